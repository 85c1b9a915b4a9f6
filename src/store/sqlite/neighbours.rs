//! How processes on one data folder tell each other that they write.
//!
//! A server remembers answers, and an administrator's command in another process changes what they were
//! read from. Whoever is not the folder's server therefore takes a shared lock on the file `writers` and
//! makes it longer before his first write, and holds the lock until his process ends, however it ends.
//! The server looks at the file's length, then whether anybody holds the lock. When nobody did, each write
//! announced by that length was over, and whoever begins another one makes the file longer first: so as long as
//! the length stays the same nobody writes, and the lock need not be looked at again.
//!
//! SQLite itself tells of foreign changes only to one who asks the database. Nor would the date of a
//! write-ahead log do: its bytes are written before the commit that makes them count.

use std::{
    fs::{File, TryLockError},
    io::{self, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use crate::StoreError;

/// The files in the data folder by which they tell.
const WRITERS: &str = "writers";
const SERVER: &str = "server";
pub(super) const FILES: [&str; 2] = [WRITERS, SERVER];

/// This process among those that have the data folder open.
#[derive(Debug)]
pub(crate) struct Neighbours {
    path: PathBuf,
    writers: File,
    /// Locked by the one process that need not announce its writes.
    server: File,
    role: Mutex<Role>,
    /// Whether the role is that of the server.
    serves: AtomicBool,
    /// The length at which nobody held the lock; [`NEVER_QUIET`] before there was one.
    quiet_at: AtomicU64,
}

/// No file has this length.
const NEVER_QUIET: u64 = u64::MAX;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    /// Has written nothing yet.
    Reader,
    /// Has announced that it writes.
    Writer,
    /// Serves, and is the only one that remembers.
    Server,
}

impl Neighbours {
    /// Joins those that have this folder open.
    pub(crate) fn join(folder: &Path) -> Result<Self, StoreError> {
        let open = |name: &str| {
            let path = folder.join(name);
            let opened = File::options().create(true).read(true).append(true).open(&path);
            opened.map_err(|source| failed("opening the lock file", &path, source))
        };
        let (writers, server) = (open(WRITERS)?, open(SERVER)?);
        Ok(Self {
            path: folder.join(WRITERS),
            writers,
            server,
            role: Mutex::new(Role::Reader),
            serves: AtomicBool::new(false),
            quiet_at: AtomicU64::new(NEVER_QUIET),
        })
    }

    /// Becomes the folder's server, unless another process is: a second one announces its writes for as
    /// long as it runs, so that neither believes its memory.
    pub(crate) fn begin_serving(&self) -> Result<(), StoreError> {
        match self.server.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                tracing::warn!(folder = %self.path.display(), "another server has this data folder open");
                return Ok(());
            }
            Err(TryLockError::Error(source)) => {
                return Err(failed("locking the data folder", &self.path, source));
            }
        }
        let mut role = self.role.lock().unwrap_or_else(PoisonError::into_inner);
        if *role == Role::Writer {
            self.writers.unlock().map_err(|source| failed("unlocking", &self.path, source))?;
        }
        *role = Role::Server;
        self.serves.store(true, Ordering::Release);
        Ok(())
    }

    /// Whether this process is the folder's server.
    pub(crate) fn serves(&self) -> bool {
        self.serves.load(Ordering::Acquire)
    }

    /// To be called before each write.
    pub(crate) fn announce_write(&self) -> Result<(), StoreError> {
        let mut role = self.role.lock().unwrap_or_else(PoisonError::into_inner);
        if *role == Role::Reader {
            let announce = || -> io::Result<()> {
                // Waits at most for a server's look at the lock, which takes microseconds.
                self.writers.lock_shared()?;
                (&self.writers).write_all(b".")
            };
            announce().map_err(|source| failed("announcing a write", &self.path, source))?;
            *role = Role::Writer;
        }
        Ok(())
    }

    /// How many writers have announced themselves so far; `None` while one may be writing, and to all
    /// but the server.
    pub(crate) fn announced(&self) -> Option<u64> {
        if !self.serves() {
            return None;
        }
        // The length before the lock: a writer counted here took its lock before, so that it is seen.
        // (The other way round it could lock and write in between, and be counted as one that is done.)
        // By seeking, of all questions the cheapest to the system; what is written goes to the end anyway.
        let length = (&self.writers).seek(SeekFrom::End(0)).ok()?;
        if self.quiet_at.load(Ordering::Acquire) == length {
            return Some(length);
        }
        // Several threads look at once through one open file, to which such locks belong: none of them
        // excludes another, each only learns whether somebody else holds it.
        self.writers.try_lock().ok()?;
        self.writers.unlock().ok()?;
        // The file only grows: a thread that was slower cannot bring an earlier length back into force.
        self.quiet_at.store(length, Ordering::Release);
        Some(length)
    }
}

fn failed(doing: &'static str, path: &Path, source: io::Error) -> StoreError {
    StoreError::Folder { doing, path: path.to_owned(), source: source.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_sees_who_writes_and_that_he_wrote() {
        let folder = tempfile::tempdir().unwrap();
        let join = || Neighbours::join(folder.path()).unwrap();
        let server = join();
        assert_eq!(server.announced(), None, "it does not serve yet");
        server.announce_write().unwrap();
        server.begin_serving().unwrap();
        server.announce_write().unwrap();
        let quiet = server.announced();
        assert!(quiet.is_some());

        let command = join();
        assert_eq!(server.announced(), quiet, "who only reads changes nothing");
        command.announce_write().unwrap();
        command.announce_write().unwrap();
        assert_eq!(server.announced(), None, "somebody may be writing");
        drop(command);
        let after = server.announced();
        assert!(after.is_some() && after != quiet, "{quiet:?} {after:?}");
        assert_eq!(server.announced(), after);
    }

    #[test]
    fn of_two_servers_none_believes_its_memory() {
        let folder = tempfile::tempdir().unwrap();
        let join = || Neighbours::join(folder.path()).unwrap();
        let (first, second) = (join(), join());
        for server in [&first, &second] {
            server.begin_serving().unwrap();
            server.announce_write().unwrap();
        }
        assert_eq!((first.announced(), second.announced()), (None, None));
        drop(first);
        assert_eq!(second.announced(), None);
        drop(second);
        let third = join();
        third.begin_serving().unwrap();
        assert!(third.announced().is_some());
    }
}
