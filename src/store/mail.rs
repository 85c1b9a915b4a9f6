//! Messages, copies and changes, as the store hands them out.

use restante_model::{Cursor, DeliveryState, Importance, Letter, Login, MessageId, Person, Timestamp};

use crate::Owner;

/// A mailbox that a write changed, and how far it is now: what a server keeps in memory to answer
/// "anything new?" without asking the database.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touched {
    /// Whose mailbox.
    pub owner: Owner,
    /// Its newest change.
    pub modseq: u64,
}

/// What became of a letter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Posted {
    /// It is on disk for all its recipients.
    Accepted(Accepted, Vec<Touched>),
    /// It was so already: the same id and the same content, from the same sender.
    Repeated(Accepted),
    /// The id names another message of the organisation.
    IdReused,
    /// These are nobody in the organisation; nothing was stored.
    UnknownRecipients(Vec<String>),
}

/// The post office has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// The id that the client made.
    pub id: MessageId,
    /// Since when.
    pub accepted_at: Timestamp,
    /// When it expires unread.
    pub expires_at: Timestamp,
    /// For whom, each once, in the order written.
    pub recipients: Vec<Person>,
}

/// A message in somebody's mailbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    /// Its id.
    pub id: MessageId,
    /// Who wrote it.
    pub from: Person,
    /// One line.
    pub subject: String,
    /// Plain text.
    pub body: String,
    /// How loudly it asks for attention.
    pub importance: Importance,
    /// When the post office accepted it.
    pub accepted_at: Timestamp,
    /// When it expires unread.
    pub expires_at: Timestamp,
    /// When the post office deleted its text because it expired unread for everybody; its body is empty.
    pub text_removed_at: Option<Timestamp>,
    /// Every recipient's copy, in the order written.
    pub copies: Vec<Copy>,
    /// Whether the mailbox's owner got it or wrote it.
    pub direction: Direction,
}

/// Whether a message came or went.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// It came; his copy is in this state.
    Received(DeliveryState),
    /// He wrote it.
    Sent,
}

/// One recipient's copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Copy {
    /// Whose.
    pub person: Person,
    /// What became of it.
    pub state: DeliveryState,
    /// Since when.
    pub since: Timestamp,
    /// When it first reached a device of his.
    pub delivered_at: Option<Timestamp>,
    /// When he said that he knows of it, opened or not.
    pub acknowledged_at: Option<Timestamp>,
}

/// What an agent asks: what changed since it last asked.
#[derive(Clone, Debug)]
pub struct ChangesQuery {
    /// How far it is; absent: from the beginning.
    pub since: Option<Cursor>,
    /// How far it is by its copy of the whole answer: nothing new since then needs no answer.
    pub unless: Option<Cursor>,
    /// The most changes in one page.
    pub max_changes: u32,
    /// About how much text a page may carry; a single larger message still goes out.
    pub max_bytes: usize,
}

/// What came of a check.
#[derive(Clone, Debug)]
pub struct Checked {
    /// What the agent is told.
    pub reply: ChangesReply,
    /// The mailboxes that mail left which expired meanwhile, and those of its senders.
    pub expired: Vec<Touched>,
    /// Before that moment, by the database's clock, nothing in this mailbox and nothing sent from it
    /// expires; absent: nothing does.
    pub next_expiry: Option<Timestamp>,
}

/// What changed since a cursor.
#[derive(Clone, Debug)]
pub enum ChangesReply {
    /// Nothing.
    UpToDate(Cursor),
    /// This.
    Page(Page),
    /// The cursor is of another database, of a time that was undone, or ahead of the mailbox.
    Reset,
}

/// A part of what changed, oldest first.
#[derive(Clone, Debug)]
pub struct Page {
    /// Where to go on from.
    pub cursor: Cursor,
    /// Whether there is more.
    pub more: bool,
    /// Unread messages in the mailbox, by query.
    pub unread: u64,
    /// What happened.
    pub changes: Vec<Change>,
}

/// One change in a mailbox.
#[derive(Clone, Debug)]
pub enum Change {
    /// A message came or was sent; it carries the state as of now.
    Message(Box<Message>),
    /// The state of a copy changed: one's own, or a recipient's of a message one sent.
    Delivery {
        /// Of which message.
        id: MessageId,
        /// Whose copy.
        login: Login,
        /// What became of it.
        state: DeliveryState,
        /// When.
        at: Timestamp,
        /// When its recipient said that he knows of it, opened or not.
        acknowledged_at: Option<Timestamp>,
    },
    /// A message that still waits expires at another time than before, or soon.
    Expiry {
        /// Which message.
        id: MessageId,
        /// When it expires unread.
        expires_at: Timestamp,
        /// Whether this is the warning that it is near.
        near: bool,
    },
    /// A draft was saved, or thrown away.
    Draft(Box<Draft>),
    /// It is gone from the mailbox.
    Removed {
        /// Which message.
        id: MessageId,
        /// Why.
        reason: RemovedReason,
    },
}

/// The most drafts in one mailbox: more than anybody writes at once.
pub const MAX_DRAFTS: u64 = 1_000;

/// A letter still being written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// The id that the client made.
    pub id: MessageId,
    /// Grows with each save, and when it is thrown away.
    pub version: u64,
    /// When that was.
    pub saved_at: Timestamp,
    /// The letter so far; `None` once it was thrown away.
    pub letter: Option<Letter>,
}

/// What became of a draft on its way in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SavedDraft {
    /// It is on disk, perhaps since before.
    Saved {
        /// Its version now.
        version: u64,
        /// Since when.
        saved_at: Timestamp,
        /// The mailbox, where this changed it.
        touched: Option<Touched>,
    },
    /// Another version stands there than the one that it follows; nothing was changed.
    Conflict(Draft),
    /// There are [`MAX_DRAFTS`].
    TooMany,
}

/// What became of a draft that is to go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ThrownDraft {
    /// It is gone; the mailbox, where this changed it.
    Thrown(Option<Touched>),
    /// Another version stands there than the one meant; nothing was changed.
    Conflict(Draft),
}

/// Why a message is gone from a mailbox.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RemovedReason {
    /// Its lifetime passed unread.
    Expired,
    /// Its owner deleted it.
    Deleted,
    /// Its sender took it back.
    Retracted,
}

impl RemovedReason {
    /// The name used in SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::Deleted => "deleted",
            Self::Retracted => "retracted",
        }
    }

    /// The reason with this name; `None` for any other text.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Expired, Self::Deleted, Self::Retracted].into_iter().find(|reason| reason.as_str() == name)
    }
}

/// What became of "I have everything up to here".
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delivered {
    /// It is noted; these mailboxes changed.
    Noted(Vec<Touched>),
    /// The cursor is not of this mailbox as it is now.
    Reset,
}
