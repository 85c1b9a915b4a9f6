//! Whether the cache is whole, and what is done where it is not: set aside, and begun anew.

use std::{
    cell::{Cell, RefCell},
    path::Path,
};

use rusqlite::Connection;

use super::{Cache, Result, SCHEMA, database, stems::Stemming};
use crate::{effect::Effect, storage};

impl Cache {
    /// Opens the cache in this file, or one in memory for tests. A damaged one, or one of a newer
    /// version, is set aside beside it, and a new one begun: `true` then.
    pub(crate) fn open(path: Option<&Path>) -> Result<(Self, bool)> {
        match (Self::open_whole(path), path) {
            (Err(error), Some(path)) if !error.is_circumstance() => {
                tracing::warn!(%error, path = %path.display(), "the cache is set aside and fetched again");
                storage::set_aside(path);
                Ok((Self::open_whole(Some(path))?, true))
            }
            (opened, _) => Ok((opened?, false)),
        }
    }

    /// Sets aside what is open and begins anew: something in it is not what was written.
    pub(crate) fn begin_anew(&mut self) -> Result<()> {
        if let Some(path) = self.path.clone() {
            // The file is closed before it moves; nobody reads from the one in between.
            self.connection = Connection::open_in_memory().map_err(database)?;
            storage::set_aside(&path);
            self.connection = SCHEMA.open(Some(&path))?;
            self.mark_open()?;
        } else {
            self.connection = SCHEMA.open(None)?;
        }
        self.unread_counted.set(None);
        self.all_counted.set(None);
        self.stemming = Stemming::default();
        self.many_come = false;
        self.sorted_by.take();
        self.doubtful = false;
        Ok(())
    }

    /// After an end in order only what opening reads is looked at: header, length, schema. What SQLite's quick
    /// check would find shows when it is read, and the sums of the rows find more. After any other end the whole
    /// file is looked through: at once where it is small, else by [`Self::look_through_later`], since 100,000
    /// messages take 0.6 s and more.
    fn open_whole(path: Option<&Path>) -> Result<Self> {
        // An agent that ended in order leaves no log beside the file; one may also be another file's.
        let log_left = path.is_some_and(storage::has_log);
        let connection = SCHEMA.open(path)?;
        let closed: bool =
            connection.query_row("SELECT closed FROM place", [], |row| row.get(0)).map_err(database)?;
        let doubtful = log_left || !closed;
        let small = path.is_none_or(storage::is_small);
        if doubtful && small {
            storage::look_through("cache", &connection)?;
        }
        let cache = Self {
            connection,
            path: path.map(Path::to_owned),
            unread_counted: Cell::new(None),
            all_counted: Cell::new(None),
            stemming: Stemming::default(),
            many_come: false,
            sorted_by: RefCell::default(),
            doubtful: doubtful && !small,
        };
        // What the agent says of itself when it starts.
        cache.unread()?;
        cache.cursor()?;
        match cache.mark_open() {
            Err(error) if error.is_damage() => Err(error),
            // On a full disk the mail stays readable; the log that a crash leaves tells of it too.
            Err(error) => {
                tracing::warn!(%error, "it could not be noted that the cache is in use");
                Ok(cache)
            }
            Ok(()) => Ok(cache),
        }
    }

    /// A large file that was left open, looked through while the agent answers already.
    pub(crate) fn look_through_later(&self) -> Option<Effect> {
        let path = self.path.as_ref().filter(|_| self.doubtful)?;
        Some(Effect::LookThrough { database: "cache", path: path.clone() })
    }

    /// Behaves from now on as on a disk that has room for so many pages more.
    #[cfg(test)]
    pub(crate) fn leave_room_for(&self, pages: u32) -> Result<()> {
        let count: u32 =
            self.connection.pragma_query_value(None, "page_count", |row| row.get(0)).map_err(database)?;
        self.connection.pragma_update(None, "max_page_count", count + pages).map_err(database)
    }

    fn mark_open(&self) -> Result<()> {
        self.connection.execute("UPDATE place SET closed = 0", []).map(drop).map_err(database)
    }
}

impl Drop for Cache {
    fn drop(&mut self) {
        // Where this fails, the next start looks through the whole file.
        let _ = self.connection.execute("UPDATE place SET closed = 1", []);
    }
}
