//! The shapes of requests and answers (contracts, "Shapes"). Absent is left out, never a sentinel.

use restante_model::{
    CheckInterval, Cursor, DeliveryState, Importance, IntervalFrom, LedgerEvent, Letter, Login, MessageId,
    Name, NotDelivered, Person, Seconds, Timestamp,
};
use serde::{Deserialize, Deserializer, Serialize};

/// `POST sessions`: sign in on a device.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NewSession {
    /// The organisation's name.
    pub organisation: String,
    /// The user's login.
    pub user: String,
    /// The password, compared as it is.
    pub password: String,
    /// What the device is called in the user's list of devices; read from `"pc"` and from `{"name": "pc"}`,
    /// the shape in which the answer tells it.
    #[serde(default, deserialize_with = "device_name")]
    pub device: String,
}

fn device_name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "expected the device's name, or an object that holds it")]
    enum Told {
        Name(String),
        Device { name: String },
    }
    Told::deserialize(deserializer).map(|told| match told {
        Told::Name(name) | Told::Device { name } => name,
    })
}

/// Never the password.
impl std::fmt::Debug for NewSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewSession")
            .field("organisation", &self.organisation)
            .field("user", &self.user)
            .field("device", &self.device)
            .finish_non_exhaustive()
    }
}

/// Answer to `POST sessions`.
#[derive(Clone, Serialize, Deserialize)]
pub struct Session {
    /// The device's token, shown this once.
    pub token: String,
    /// The device just enrolled.
    pub device: Device,
    /// The user signed in.
    pub user: Person,
    /// The organisation signed in to.
    pub organisation: Organisation,
    /// The server's clock.
    pub server_time: Timestamp,
}

/// Never the token.
impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session")
            .field("device", &self.device)
            .field("user", &self.user)
            .field("organisation", &self.organisation)
            .finish_non_exhaustive()
    }
}

/// An enrolled agent; `GET sessions` lists the user's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// The device's id.
    pub id: String,
    /// What the person called it.
    pub name: String,
    /// When it was enrolled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// When it last asked for anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen_at: Option<Timestamp>,
    /// Whether it is the one that asks.
    #[serde(default)]
    pub current: bool,
}

/// An organisation as its users see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organisation {
    /// Its name.
    pub name: Name,
    /// What it is called in words.
    pub title: String,
}

/// `GET settings`: the check interval in force, where it comes from and within which range.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// The interval in force for this user.
    pub check_interval_seconds: CheckInterval,
    /// Whose it is: `office` or `user`.
    pub check_interval_from: IntervalFrom,
    /// Whether only the administrator may change it.
    pub locked: bool,
    /// The shortest interval that the office allows.
    pub check_interval_min_seconds: CheckInterval,
    /// The longest.
    pub check_interval_max_seconds: CheckInterval,
    /// How long an unread message is kept.
    pub message_lifetime_seconds: Seconds,
    /// Grows with every change; the base of the next one.
    pub revision: u64,
    /// In the answer to a change: what was wished, where it was clamped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wished_seconds: Option<u64>,
    /// In the answer to a change: why the wish was not taken as it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clamped: Option<String>,
}

/// `PUT settings/check-interval`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PutInterval {
    /// The interval wished, at least 1.
    pub check_interval_seconds: u64,
    /// The revision that the wish was made on; absent: whatever it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_revision: Option<u64>,
}

/// `PUT drafts/{id}`: what there is of a letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PutDraft {
    /// The version that this one follows; absent: there is none yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub base_version: Option<u64>,
    /// The letter so far.
    pub content: Letter,
}

/// Answer to `PUT drafts/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedDraft {
    /// The id that the client made.
    pub id: MessageId,
    /// The version now; the base of the next one.
    pub version: u64,
    /// When it was saved.
    pub saved_at: Timestamp,
}

/// A draft as the post office has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Draft {
    /// The id that the client made.
    pub id: MessageId,
    /// Grows with every save, and when it is thrown away.
    pub version: u64,
    /// When that was.
    pub saved_at: Timestamp,
    /// The letter so far; absent once it was thrown away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<Letter>,
}

/// `POST delivered`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Delivered {
    /// Everything up to here is durably on the device.
    pub cursor: Cursor,
}

/// `POST read`, `POST alerted`, `POST acknowledged`: messages of one's own mailbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Marked {
    /// Which messages the person opened, a device of his alerted him of, or he knows of.
    pub ids: Vec<MessageId>,
}

/// Answer to `PUT messages/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
pub struct AcceptedRecipient {
    /// Who.
    #[serde(flatten)]
    pub person: Person,
    /// What became of his copy by now.
    pub state: DeliveryState,
}

/// A message in one's own mailbox. `direction` tells which further fields there are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
pub struct Ledger {
    /// Recipient by recipient in the order written, each one's entries in their order.
    pub entries: Vec<LedgerEntry>,
}

/// What happened to one recipient's copy.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
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
pub struct Retraction {
    /// What became of each recipient's copy: `retracted`, or what it was too late for.
    pub recipients: Vec<Recipient>,
}

/// Answer to `GET changes`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
pub enum RemovedReason {
    /// Its lifetime passed unread.
    Expired,
    /// The person deleted it.
    Deleted,
    /// The sender took it back.
    Retracted,
}

/// Answer to `GET directory`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Directory {
    /// The users that can be written to.
    pub users: Vec<Person>,
}
