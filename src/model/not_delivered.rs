//! Why a message has not reached a recipient (row B18).

use serde::{Deserialize, Serialize};

use crate::Timestamp;

/// Why no device of a recipient has his copy, as of the answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NotDelivered {
    /// What keeps it.
    pub why: NotDeliveredReason,
    /// When a device of his last asked for anything, to the minute; absent: he never signed in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen_at: Option<Timestamp>,
}

/// What keeps a message from a recipient's devices.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotDeliveredReason {
    /// The administrator has disabled his account.
    AccountDisabled,
    /// He never signed in on any device.
    NeverSignedIn,
    /// His devices have not asked for longer than three intervals.
    Offline,
    /// His devices asked lately; the next check fetches it.
    NotFetchedYet,
}
