//! The shapes of requests and answers (contracts, "Shapes"). Absent is left out, never a sentinel.

mod changes;
mod drafts;
mod identity;
mod messages;
mod number;
mod settings;

pub use changes::{Change, ChangesPage, RemovedReason};
pub use drafts::{Draft, PutDraft, SavedDraft};
pub use identity::{ChangePassword, Device, Directory, NewSession, Organisation, Session};
pub use messages::{
    Accepted, AcceptedRecipient, Delivered, Direction, Ledger, LedgerEntry, Marked, Message, Recipient,
    Retraction,
};
pub use settings::{PutInterval, Settings};
