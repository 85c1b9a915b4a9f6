//! What every program of restante needs of the process that it is: where its files lie, how it ends,
//! where its log goes, which of its threads go first, and when it is asked to stop.
//!
//! Invariant: imports none of our other crates, and knows nothing of mail.

pub mod disk;
pub mod exit;
mod folder;
pub mod logging;
pub mod open_files;
mod paths;
pub mod priority;
mod redaction;
pub mod shutdown;

pub use exit::Exit;
pub use folder::private_umask;
pub use paths::{FolderStep, Paths, PathsError};
pub use redaction::without_credentials;
