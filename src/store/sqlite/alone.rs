//! One server on a data folder at a time: each would expire mail and begin generations of its own, and each
//! would answer checks from what it remembers. Administration commands beside it are welcome.

use std::{
    fs::{File, OpenOptions, TryLockError},
    io::{Read, Seek, Write},
    sync::Arc,
};

use super::folder;
use crate::{SqlStore, StoreError};

/// The file in the data folder that is locked.
pub(super) const LOCK: &str = "server.lock";

/// Held as long as a server, or a restore, has the data folder to itself. The lock is the system's, so it
/// ends with its process, however that ends.
#[derive(Debug)]
pub struct DataFolderLock {
    _file: File,
}

impl DataFolderLock {
    /// Takes it, or says which process has it.
    pub fn take(data_folder: &std::path::Path) -> Result<Self, StoreError> {
        folder::make(data_folder)?;
        let path = data_folder.join(LOCK);
        let failed = |doing| {
            let path = path.clone();
            move |source| StoreError::Folder { doing, path, source: Arc::new(source) }
        };
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&path).map_err(failed("opening"))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // For people only: an empty file says nothing, and that is as well.
                let _ = file.read_to_string(&mut holder);
                let holder = holder.trim();
                let process = (!holder.is_empty()).then(|| holder.to_owned());
                return Err(StoreError::Served { folder: data_folder.to_owned(), process });
            }
            Err(TryLockError::Error(error)) => return Err(failed("locking")(error)),
        }
        let note = file.set_len(0).and_then(|()| file.rewind()).and_then(|()| {
            let note = format!("{}\n", std::process::id());
            file.write_all(note.as_bytes())
        });
        note.map_err(failed("writing into"))?;
        Ok(Self { _file: file })
    }
}

impl SqlStore {
    /// Keeps every other server off this data folder; `None` on PostgreSQL, which any number of servers share.
    pub fn serve_alone(&self) -> Result<Option<DataFolderLock>, StoreError> {
        self.folder().map(DataFolderLock::take).transpose()
    }
}
