//! One message, its recipients and what happened to it.

use restante_model::{
    Cursor, DeliveryState, Importance, LedgerEvent, MessageId, NotDelivered, Person, Timestamp,
};
use serde::{Deserialize, Serialize};

/// `POST delivered`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Delivered {
    /// Everything up to here is durably on the device.
    pub cursor: Cursor,
}

/// `POST read`, `POST alerted`, `POST acknowledged`: messages of one's own mailbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Marked {
    /// Which messages the person opened, a device of his alerted him of, or he knows of.
    pub ids: Vec<MessageId>,
}

/// Answer to `PUT messages/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Accepted {
    /// The id that the client made.
    pub id: MessageId,
    /// When the post office had it on disk.
    pub accepted_at: Timestamp,
    /// When it expires unread.
    pub expires_at: Timestamp,
    /// The recipients as resolved.
    pub recipients: Vec<AcceptedRecipient>,
}

/// One recipient of an accepted message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AcceptedRecipient {
    /// Who.
    #[serde(flatten)]
    pub person: Person,
    /// What became of his copy by now.
    pub state: DeliveryState,
}

/// A message in one's own mailbox. `direction` tells which further fields there are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// Who wrote it.
    pub from: Person,
    /// Whom it is for.
    pub to: Vec<Person>,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// How loudly it asks for attention.
    pub importance: Importance,
    /// When the post office accepted it.
    pub sent_at: Timestamp,
    /// When it expires unread.
    pub expires_at: Timestamp,
    /// When the post office deleted its text, because it expired unread for everybody: `body` is empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text_removed_at: Option<Timestamp>,
    /// Whether it came or went.
    #[serde(flatten)]
    pub direction: Direction,
}

/// Whether a message came or went, and what is known of it so.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "direction", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Direction {
    /// It came to this mailbox.
    Received {
        /// The state of this mailbox's copy.
        state: DeliveryState,
    },
    /// It was written from this mailbox.
    Sent {
        /// What became of each recipient's copy.
        recipients: Vec<Recipient>,
    },
}

/// One recipient of a sent message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Recipient {
    /// Who.
    #[serde(flatten)]
    pub person: Person,
    /// What became of his copy.
    pub state: DeliveryState,
    /// Since when.
    pub since: Timestamp,
    /// Whether it ever reached a device of his: an expired copy was not delivered unless it did.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub delivered_at: Option<Timestamp>,
    /// When he acknowledged it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub acknowledged_at: Option<Timestamp>,
    /// Why no device of his has it, where none has (row B18).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub not_delivered_because: Option<NotDelivered>,
}

impl Recipient {
    /// Whether the column "Not delivered" names him (contracts, "Mailbox, cursor, states").
    pub fn not_delivered(&self) -> bool {
        match self.state {
            DeliveryState::Waiting => true,
            DeliveryState::Expired => self.delivered_at.is_none(),
            DeliveryState::Delivered | DeliveryState::Read | DeliveryState::Retracted => false,
        }
    }
}

/// Answer to `GET messages/{id}/ledger`: what happened to a message that one sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Ledger {
    /// Recipient by recipient in the order written, each one's entries in their order.
    pub entries: Vec<LedgerEntry>,
}

/// What happened to one recipient's copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LedgerEntry {
    /// Whose copy.
    #[serde(flatten)]
    pub person: Person,
    /// What happened.
    pub event: LedgerEvent,
    /// When the post office learnt it.
    pub at: Timestamp,
}

/// Answer to `POST messages/{id}/retract`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Retraction {
    /// What became of each recipient's copy: `retracted`, or what it was too late for.
    pub recipients: Vec<Recipient>,
}
