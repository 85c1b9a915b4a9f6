//! What agent and server say to each other over HTTP: paths, shapes and the one list of problems.
//!
//! WHEN CHANGING THE API: fields may be added, none renamed; say so in CHANGELOG.md.

pub mod path;
mod problem;
mod shapes;

pub use problem::{FieldError, PasswordFault, Problem, ProblemKind, SchemaVersions, UnavailableReason};
pub use shapes::{
    Accepted, AcceptedRecipient, Change, ChangePassword, ChangesPage, Delivered, Device, Direction,
    Directory, Draft, Ledger, LedgerEntry, Marked, Message, NewSession, Organisation, PutDraft, PutInterval,
    Recipient, RemovedReason, Retraction, SavedDraft, Session, Settings,
};

/// The most changes in one page.
pub const MAX_PAGE_CHANGES: u32 = 500;
/// The size at which a page ends early, in bytes of message text.
pub const MAX_PAGE_BYTES: usize = 4 * 1024 * 1024;
/// The largest request.
pub const MAX_REQUEST_BYTES: usize = 2 * 1024 * 1024;
/// The header that tells the settings' revision where an answer has no body to do so: 304 to a check.
pub const SETTINGS_REVISION_HEADER: &str = "restante-settings-revision";
/// The header by which an agent tells its version, for the gate on old clients.
pub const CLIENT_VERSION_HEADER: &str = "restante-client-version";
