//! What happens to one recipient's copy of a message, as the ledger has it.

use serde::{Deserialize, Serialize};

/// An entry of the delivery ledger (row B17).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum LedgerEvent {
    /// The post office took the message for him.
    Accepted,
    /// It is durably on a device of his.
    Delivered,
    /// A device of his showed the alert for it.
    Alerted,
    /// He opened it.
    Read,
    /// He said that he knows of it, opened or not.
    Acknowledged,
    /// Its lifetime passed unread.
    Expired,
    /// The sender took it back unread.
    Retracted,
}

impl LedgerEvent {
    /// Every event, in the order of a message's life.
    pub const ALL: [Self; 7] = [
        Self::Accepted,
        Self::Delivered,
        Self::Alerted,
        Self::Read,
        Self::Acknowledged,
        Self::Expired,
        Self::Retracted,
    ];

    /// The name used in JSON, CSV and SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Delivered => "delivered",
            Self::Alerted => "alerted",
            Self::Read => "read",
            Self::Acknowledged => "acknowledged",
            Self::Expired => "expired",
            Self::Retracted => "retracted",
        }
    }

    /// The event with this name; `None` for any other text.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|event| event.as_str() == name)
    }
}
