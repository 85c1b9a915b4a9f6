//! What happened to messages, as the ledger hands it out (row B17).

use restante_model::{ClientVersion, Importance, LedgerEvent, Login, MessageId, Name, Person, Timestamp};

use crate::{Copy, Touched};

/// What happened to one recipient's copy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerEntry {
    /// Whose copy.
    pub recipient: Person,
    /// What happened.
    pub event: LedgerEvent,
    /// When the post office learnt it, by its database's clock.
    pub at: Timestamp,
    /// What the recipient calls the device that told it.
    pub device: Option<String>,
}

/// An entry with its message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerLine {
    /// Of which message.
    pub id: MessageId,
    /// Who wrote it.
    pub sender: Person,
    /// How loudly it asked for attention.
    pub importance: Importance,
    /// What happened to whose copy.
    pub entry: LedgerEntry,
}

/// Which part of an organisation's ledger is asked for.
#[derive(Clone, Debug)]
pub struct LedgerQuery {
    /// Whose.
    pub organisation: Name,
    /// From then on.
    pub from: Option<Timestamp>,
    /// Until then, that moment not included.
    pub to: Option<Timestamp>,
    /// Where the page before ended; 0 for the first one.
    pub after: i64,
    /// The most lines in one page.
    pub max_lines: u32,
}

/// A part of a ledger, oldest first; an empty one comes after the last.
#[derive(Clone, Debug)]
pub struct LedgerPage {
    /// Where the next page begins.
    pub after: i64,
    /// What happened.
    pub lines: Vec<LedgerLine>,
}

/// What became of a message that its sender takes back.
#[derive(Clone, Debug)]
pub struct Retracted {
    /// Every recipient's copy, in the order written: retracted, or what it was too late for.
    pub copies: Vec<Copy>,
    /// The mailboxes that changed.
    pub touched: Vec<Touched>,
}

/// Whether somebody can be reached (row B18).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reach {
    /// Who.
    pub login: Login,
    /// Whether he may not sign in.
    pub disabled: bool,
    /// When a device of his last asked for anything, to the minute; absent: he never signed in.
    pub last_seen_at: Option<Timestamp>,
}

/// A database that was brought to this build's schema.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upgraded {
    /// Which kind of tables.
    pub part: &'static str,
    /// Where they lie.
    pub database: String,
    /// The schema before.
    pub from: i64,
    /// The schema now.
    pub to: i64,
    /// The copy of the database as it was before; absent where nothing was to be done,
    /// and on PostgreSQL, whose own tools copy it.
    pub copy: Option<std::path::PathBuf>,
}

/// The oldest agent that an organisation's post office serves; `None`: any.
pub type OldestClient = Option<ClientVersion>;
