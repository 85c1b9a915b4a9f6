//! The values and rules of restante, shared by every part: what a message, a delivery, a check
//! interval and a cursor are, and what may become of them.
//!
//! Invariant: no I/O, no async, no randomness; the time is read only by [`SystemClock`].

mod check_interval;
mod client_version;
mod clock;
mod cursor;
mod delivery;
mod duration;
mod folder;
mod ledger;
mod local_time;
mod message;
mod name;
mod not_delivered;

pub use check_interval::{CheckInterval, IntervalFrom, IntervalRange};
pub use client_version::{ClientVersion, ClientVersionError};
pub use clock::{Clock, SystemClock, Timestamp, TimestampError};
pub use cursor::{Cursor, CursorError};
pub use delivery::DeliveryState;
pub use duration::{DurationError, Seconds};
pub use folder::{Folder, FolderError};
pub use ledger::LedgerEvent;
pub use local_time::{LocalTime, OffsetChange};
pub use message::{
    Importance, Letter, LetterProblem, MAX_BODY_BYTES, MAX_RECIPIENTS, MAX_SUBJECT_BYTES, MessageId,
};
pub use name::{Login, Name, NameError, Person};
pub use not_delivered::{NotDelivered, NotDeliveredReason};

/// The version of this build, as agents and servers tell it to each other.
pub const VERSION: &str = env!("CARGO_PKG_VERSION");
