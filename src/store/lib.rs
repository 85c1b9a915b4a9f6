//! The server's only door to SQL: what it keeps, and the tasks it may do with it.
//!
//! [`Store`] is shaped by tasks; one method is one transaction (where a task needs a second database,
//! the first is only read). "Not found" is an `Option` or a variant of the answer, never an error.
//! Everything is on disk when a method comes back.
//!
//! Invariant: the store knows nothing of HTTP, tokens or passwords; it keeps their sums and hashes.

mod administration;
mod agents;
mod backup;
mod error;
mod ledger;
mod mail;
mod part;
mod people;
mod poll;
mod postgres;
mod refusal;
mod remembering;
mod settings;
mod sql;
mod sqlite;
mod standing;
mod store;
#[cfg(test)]
mod story;

pub use administration::{
    DatabaseUrl, NewOffice, OfficeChange, OfficeOverview, OfficeTerms, OrganisationOverview, Placement,
};
pub use agents::{Administrator, Agent, AgentDevice};
pub use backup::{BackupEntry, BackupManifest, ExaminedDatabase};
pub use error::{NotOpened, StoreError, Unavailable};
pub use ledger::{
    LedgerEntry, LedgerLine, LedgerPage, LedgerQuery, OldestClient, Reach, Retracted, Upgraded,
};
pub use mail::{
    Accepted, Change, ChangesQuery, ChangesReply, Checked, Copy, Delivered, Direction, Draft, MAX_DRAFTS,
    Message, Page, Posted, RemovedReason, SavedDraft, ThrownDraft, Touched,
};
pub use people::{Account, Credentials, Device, Enrolled, NewDevice, NewUser, Owner, Seen, User};
pub use poll::{NothingNew, Poll};
pub use postgres::Durability;
pub use refusal::Refusal;
pub use remembering::Remembering;
pub use settings::{IntervalReply, Settings};
pub use sql::{Migrated, MigratedTable, SqlStore, Time};
pub use sqlite::DataFolderLock;
pub use standing::{News, NewsListener, Standing};
pub use store::Store;
