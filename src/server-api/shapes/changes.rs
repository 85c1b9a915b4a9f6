//! What changed in a mailbox.

use restante_model::{Cursor, DeliveryState, Login, MessageId, Timestamp};
use serde::{Deserialize, Serialize};

use super::{drafts::Draft, messages::Message};

/// Answer to `GET changes`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChangesPage {
    /// Where to go on from.
    pub cursor: Cursor,
    /// Whether there is more after this page.
    pub more: bool,
    /// Unread messages in the mailbox.
    pub unread: u64,
    /// What happened, in order.
    pub changes: Vec<Change>,
    /// The revision of the settings: another than known means, pull them.
    pub settings_revision: u64,
    /// When the server would like to be asked again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_check_in_seconds: Option<u64>,
    /// The server's clock.
    pub server_time: Timestamp,
}

/// One change in a mailbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Change {
    /// A message came, or was sent from another device.
    Message {
        /// The message.
        message: Box<Message>,
        /// Of a received one, the state of this mailbox's copy; absent for a sent one.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        state: Option<DeliveryState>,
    },
    /// A copy's state changed: a recipient's of a sent message, or one's own on another device.
    Delivery {
        /// Of which message.
        message_id: MessageId,
        /// Whose copy.
        user: Login,
        /// What became of it.
        state: DeliveryState,
        /// When.
        at: Timestamp,
        /// When its recipient acknowledged it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        acknowledged_at: Option<Timestamp>,
    },
    /// A message that is still unread, by oneself or by a recipient of it, expires at another time than
    /// was said, or soon.
    Expiry {
        /// Which message.
        message_id: MessageId,
        /// When it expires unread.
        expires_at: Timestamp,
        /// Whether this is the warning that it is near.
        near: bool,
    },
    /// A message is gone from the mailbox.
    Removed {
        /// Which.
        message_id: MessageId,
        /// Why.
        reason: RemovedReason,
    },
    /// A draft was saved.
    Draft {
        /// As it is now.
        draft: Box<Draft>,
    },
    /// A draft was thrown away, or sent.
    DraftRemoved {
        /// Which.
        draft_id: MessageId,
        /// The version by which it went.
        version: u64,
        /// When.
        at: Timestamp,
    },
}

/// Why a message is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum RemovedReason {
    /// Its lifetime passed unread.
    Expired,
    /// The person deleted it.
    Deleted,
    /// The sender took it back.
    Retracted,
}
