//! What becomes of a message on its way to one recipient.

use serde::{Deserialize, Serialize};

/// The state of one recipient's copy. States only go forward (contracts, "Mailbox, cursor, states").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum DeliveryState {
    /// At the post office, not called for.
    Waiting,
    /// Durably on a device of the recipient.
    Delivered,
    /// Opened by the recipient.
    Read,
    /// The lifetime passed before it was read; the post office no longer has the text.
    Expired,
    /// Taken back by the sender before it was read.
    Retracted,
}

impl DeliveryState {
    /// Every state, in the order of a message's life.
    pub const ALL: [Self; 5] = [Self::Waiting, Self::Delivered, Self::Read, Self::Expired, Self::Retracted];

    /// Whether a copy in this state may go to `next`. Reading implies delivery, so `Waiting` may go
    /// straight to `Read`.
    pub fn may_become(self, next: Self) -> bool {
        match self {
            Self::Waiting => next != Self::Waiting,
            Self::Delivered => matches!(next, Self::Read | Self::Expired | Self::Retracted),
            Self::Read | Self::Expired | Self::Retracted => false,
        }
    }

    /// The name used in JSON and SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Expired => "expired",
            Self::Retracted => "retracted",
        }
    }

    /// The state with this name; `None` for any other text.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_walk_through_the_states_comes_back() {
        for from in DeliveryState::ALL {
            assert!(!from.may_become(from));
            for next in DeliveryState::ALL {
                assert!(!(from.may_become(next) && next.may_become(from)), "{from:?} <-> {next:?}");
            }
        }
    }

    #[test]
    fn read_mail_neither_expires_nor_is_taken_back() {
        for next in DeliveryState::ALL {
            assert!(!DeliveryState::Read.may_become(next));
        }
    }
}
