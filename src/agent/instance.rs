//! One agent on one data folder, by a lock of the operating system: it ends with the process, however
//! that ends.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
};

/// The proof that this agent is the only one on its folders; as long as it lives no other gets one.
#[derive(Debug)]
pub(crate) struct Instance {
    _locked: File,
}

/// Why there is no such proof.
#[derive(Debug, thiserror::Error)]
pub enum InstanceError {
    /// Another agent holds the lock.
    #[error("an agent is already running on {}", .folder.display())]
    AlreadyRunning {
        /// The data folder.
        folder: PathBuf,
    },
    /// The system refused.
    #[error("could not lock {}: {source}", .file.display())]
    Io {
        /// The lock file.
        file: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
}

impl Instance {
    /// Takes the lock, or says who has it; never waits. The file itself means nothing and stays.
    pub(crate) fn take(lock_file: &Path) -> Result<Self, InstanceError> {
        let io = |source| InstanceError::Io { file: lock_file.to_owned(), source };
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, crate::durable_file::PRIVATE);
        let file = options.open(lock_file).map_err(io)?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _locked: file }),
            Err(TryLockError::WouldBlock) => Err(InstanceError::AlreadyRunning {
                folder: lock_file.parent().unwrap_or(lock_file).to_owned(),
            }),
            Err(TryLockError::Error(source)) => Err(io(source)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_agent_on_one_folder_is_refused_until_the_first_ends() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("agent.lock");
        let first = Instance::take(&file).unwrap();
        let refused = Instance::take(&file).unwrap_err();
        assert!(matches!(&refused, InstanceError::AlreadyRunning { folder: of } if of == folder.path()));
        drop(first);
        Instance::take(&file).unwrap();
    }

    #[test]
    fn a_file_left_by_a_crash_is_no_obstacle() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("agent.lock");
        std::fs::write(&file, "4711").unwrap();
        Instance::take(&file).unwrap();
    }

    #[test]
    fn a_missing_folder_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("none/agent.lock");
        let error = Instance::take(&file).unwrap_err();
        assert!(error.to_string().contains("none/agent.lock"), "{error}");
    }
}
