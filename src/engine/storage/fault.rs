//! What stands behind an error of the agent's databases: a closed list, which the agent has words for.

use std::path::PathBuf;

use rusqlite::ErrorCode;

use super::StorageError;

/// Why something could not be written down or read back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StorageFault {
    /// There is no room left on the disk, or in the part of it that this user may fill.
    DiskFull,
    /// What is in the file is not what was written there.
    Damaged,
    /// The file was written by a newer version.
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u32,
        /// Ours.
        known: u32,
    },
    /// The system does not let us open or write the file.
    Closed,
    /// Another program holds the file.
    Busy,
    /// The disk does not read or write.
    DiskBroken,
    /// Anything else.
    Other,
}

impl StorageError {
    /// What stands behind it.
    pub fn fault(&self) -> StorageFault {
        if self.is_damage() {
            return StorageFault::Damaged;
        }
        match self {
            Self::Damaged { .. } => StorageFault::Damaged,
            Self::Newer { path, found, known } => {
                StorageFault::Newer { path: path.clone(), found: *found, known: *known }
            }
            Self::Database { source, .. } => match source.sqlite_error_code() {
                Some(ErrorCode::DiskFull) => StorageFault::DiskFull,
                Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied | ErrorCode::ReadOnly) => {
                    StorageFault::Closed
                }
                Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StorageFault::Busy,
                Some(ErrorCode::SystemIoFailure) => StorageFault::DiskBroken,
                _ => StorageFault::Other,
            },
        }
    }
}
