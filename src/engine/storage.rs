//! How the agent's two databases are opened and brought to their schema.

mod fault;

use std::{
    io::Read as _,
    path::{Path, PathBuf},
};

use restante_model::{MessageId, Timestamp};
use rusqlite::{Connection, ErrorCode, OpenFlags, types::Type};

pub use fault::StorageFault;

/// Why something could not be written down or read back.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The database refused.
    #[error("{database}: {source}")]
    Database {
        /// Which database.
        database: &'static str,
        /// What it said.
        source: rusqlite::Error,
    },
    /// The database was written by a newer version.
    #[error("{path}: schema version {found} is newer than {known}, the newest that this version knows")]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u32,
        /// Ours.
        known: u32,
    },
    /// A row's content is not what was written.
    #[error("{database}: row {row} of {table} is damaged")]
    Damaged {
        /// Which database.
        database: &'static str,
        /// Which table.
        table: &'static str,
        /// The row's key.
        row: String,
    },
}

impl StorageError {
    /// Whether what is in the file is not what was written there, so that trying again does not help.
    pub fn is_damage(&self) -> bool {
        match self {
            // What a column holds and cannot be read is not what was written there.
            Self::Damaged { .. }
            | Self::Database { source: rusqlite::Error::FromSqlConversionFailure(..), .. } => true,
            Self::Newer { .. } => false,
            Self::Database { source, .. } => matches!(
                source.sqlite_error_code(),
                Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
            ),
        }
    }

    /// Whether the disk, or the part of it that this user may fill, is full: what was to be written is
    /// not, and is worth trying again.
    pub fn is_disk_full(&self) -> bool {
        matches!(self, Self::Database { source, .. } if source.sqlite_error_code() == Some(ErrorCode::DiskFull))
    }

    /// Whether the cache holds what cannot be read, so that it is to be fetched anew.
    pub(crate) fn spoils_cache(&self) -> bool {
        match self {
            Self::Database { database, .. } | Self::Damaged { database, .. } => {
                *database == "cache" && self.is_damage()
            }
            Self::Newer { .. } => false,
        }
    }

    /// Whether the file cannot be used now, which says nothing of what is in it.
    pub(crate) fn is_circumstance(&self) -> bool {
        let Self::Database { source, .. } = self else { return false };
        matches!(
            source.sqlite_error_code(),
            Some(
                ErrorCode::DiskFull
                    | ErrorCode::CannotOpen
                    | ErrorCode::PermissionDenied
                    | ErrorCode::ReadOnly
                    | ErrorCode::SystemIoFailure
                    | ErrorCode::DatabaseBusy
                    | ErrorCode::DatabaseLocked
                    | ErrorCode::OutOfMemory
                    | ErrorCode::FileLockingProtocolFailed
            )
        )
    }
}

/// Moves a database's files aside, beside where they were, in place of what was set aside before.
pub(crate) fn set_aside(path: &Path) {
    for suffix in ["", "-wal", "-shm"] {
        let (from, to) = (beside(path, suffix), beside(&name_aside(path), suffix));
        // What was set aside before must not lie beside what is set aside now.
        let _ = std::fs::remove_file(&to);
        // What cannot be moved shows when the new one is opened.
        let _ = std::fs::rename(from, to);
    }
}

/// Where a damaged database is moved.
pub(crate) fn name_aside(path: &Path) -> PathBuf {
    beside(path, ".damaged")
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Looks through a database of the agent from outside, also while the agent runs: `None` where there is no
/// file yet, else its length in bytes.
pub fn examine_database(database: &'static str, path: &Path) -> Result<Option<u64>, StorageError> {
    let Ok(file) = std::fs::metadata(path) else { return Ok(None) };
    // A reader of a write-ahead log has to write beside it.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)
        .map_err(|source| StorageError::Database { database, source })?;
    look_through(database, &connection)?;
    Ok(Some(file.len()))
}

/// Whether a write-ahead log lies beside the file with something in it.
pub(crate) fn has_log(path: &Path) -> bool {
    std::fs::metadata(beside(path, "-wal")).is_ok_and(|log| log.len() > 0)
}

/// Whether a file and its log are so small that looking through the whole of it holds up no start: 2 MiB take 10 ms.
pub(crate) fn is_small(path: &Path) -> bool {
    const SMALL_BYTES: u64 = 2 << 20;
    let bytes = |path: PathBuf| std::fs::metadata(path).map_or(0, |file| file.len());
    bytes(path.to_owned()) + bytes(beside(path, "-wal")) <= SMALL_BYTES
}

/// Looks through the whole file: finds torn and foreign pages, not changed letters.
pub(crate) fn look_through(database: &'static str, connection: &Connection) -> Result<(), StorageError> {
    whole(database, connection, "PRAGMA quick_check")
}

/// The same for the pages of one table and its indexes.
pub(crate) fn look_through_table(
    database: &'static str,
    connection: &Connection,
    table: &'static str,
) -> Result<(), StorageError> {
    whole(database, connection, &format!("PRAGMA quick_check({table})"))
}

fn whole(database: &'static str, connection: &Connection, check: &str) -> Result<(), StorageError> {
    let found: String = connection
        .query_row(check, [], |row| row.get(0))
        .map_err(|source| StorageError::Database { database, source })?;
    if found == "ok" {
        return Ok(());
    }
    Err(StorageError::Damaged { database, table: "(any)", row: found })
}

/// How surely a commit is on disk when it returns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Durability {
    /// Surely: power cuts lost rows with anything less.
    Full,
    /// Nearly: for what the server still has.
    Rebuildable,
}

/// Memory for pages of a file: the agent is to stay small, and its pages are few.
pub(crate) const PAGE_CACHE_KIB: i32 = 1_024;
/// Statements that stay compiled.
const STATEMENTS_KEPT: usize = 64;

/// A database of the agent: what it is called in errors, its schema, and how surely it keeps.
pub(crate) struct Schema {
    pub(crate) database: &'static str,
    pub(crate) migrations: &'static [&'static str],
    /// What SQL alone cannot fill in after the migrations from this version on; in one commit with them.
    pub(crate) fill: fn(&Connection, u32) -> rusqlite::Result<()>,
    pub(crate) durability: Durability,
    /// Of a file that is made anew; one that is there keeps its own.
    pub(crate) page_bytes: u32,
}

impl Schema {
    /// Opens the database in this file, or in memory, and applies the migrations that it lacks. One that
    /// a newer version wrote is left as it is.
    pub(crate) fn open(&self, path: Option<&Path>) -> Result<Connection, StorageError> {
        let database = |source| StorageError::Database { database: self.database, source };
        if path.is_some_and(header_is_damaged) {
            let (table, row) = ("(header)", "18".to_owned());
            return Err(StorageError::Damaged { database: self.database, table, row });
        }
        let mut connection = match path {
            Some(path) => Connection::open(path),
            None => Connection::open_in_memory(),
        }
        .map_err(database)?;
        let found: u32 =
            connection.pragma_query_value(None, "user_version", |row| row.get(0)).map_err(database)?;
        let known = u32::try_from(self.migrations.len()).unwrap_or(u32::MAX);
        if found > known {
            return Err(StorageError::Newer {
                path: path.map(Path::to_owned).unwrap_or_default(),
                found,
                known,
            });
        }
        self.prepare(&mut connection, found, known).map_err(database)?;
        Ok(connection)
    }

    fn prepare(&self, connection: &mut Connection, found: u32, known: u32) -> rusqlite::Result<()> {
        // Before anything is in the file: later it would take a VACUUM.
        connection.pragma_update(None, "page_size", self.page_bytes)?;
        connection.pragma_update(None, "auto_vacuum", "INCREMENTAL")?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        let synchronous = match self.durability {
            Durability::Full => "FULL",
            Durability::Rebuildable => "NORMAL",
        };
        connection.pragma_update(None, "synchronous", synchronous)?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.pragma_update(None, "cache_size", -PAGE_CACHE_KIB)?;
        // More than an event asks for: rusqlite's 16 have some of them compiled anew at every event.
        connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
        if found == known {
            // Nothing is written, so that a start does not wait for the disk.
            return Ok(());
        }
        let transaction = connection.transaction()?;
        for migration in self.migrations.iter().skip(found as usize) {
            transaction.execute_batch(migration)?;
        }
        (self.fill)(&transaction, found)?;
        transaction.pragma_update(None, "user_version", known)?;
        transaction.commit()
    }
}

/// Whether the header names a way of writing or reading that does not exist ("The Database Header", 1.3.3 of SQLite's
/// file format): SQLite takes such a file for one that may only be read, or for none, and not for a damaged one.
fn header_is_damaged(path: &Path) -> bool {
    let mut header = [0; 20];
    let read = std::fs::File::open(path).and_then(|mut file| file.read_exact(&mut header));
    // A shorter file is empty, or shows itself when it is opened.
    read.is_ok() && !header[18..].iter().all(|version| (1..=2).contains(version))
}

/// A column that holds a message's id.
pub(crate) fn message_id(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<MessageId> {
    parsed(row, column)
}

/// A column that holds a moment.
pub(crate) fn timestamp(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<Timestamp> {
    row.get(column).map(Timestamp::from_unix_ms)
}

/// A column that holds text with a form of its own.
pub(crate) fn parsed<T>(row: &rusqlite::Row<'_>, column: usize) -> rusqlite::Result<T>
where
    T: std::str::FromStr,
    T::Err: std::error::Error + Send + Sync + 'static,
{
    let text: String = row.get(column)?;
    text.parse().map_err(|error: T::Err| {
        rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error))
    })
}

/// A column that holds JSON.
pub(crate) fn json<T: serde::de::DeserializeOwned>(
    row: &rusqlite::Row<'_>,
    column: usize,
) -> rusqlite::Result<T> {
    let text: String = row.get(column)?;
    serde_json::from_str(&text)
        .map_err(|error| rusqlite::Error::FromSqlConversionFailure(column, Type::Text, Box::new(error)))
}

/// A column that holds one word of a closed list.
pub(crate) fn named<T>(
    row: &rusqlite::Row<'_>,
    column: usize,
    from_name: fn(&str) -> Option<T>,
) -> rusqlite::Result<T> {
    let name: String = row.get(column)?;
    from_name(&name).ok_or_else(|| {
        let error = format!("{name:?} is no word of the list");
        rusqlite::Error::FromSqlConversionFailure(column, Type::Text, error.into())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHEMA: Schema = Schema {
        database: "test",
        migrations: &["CREATE TABLE t (x)"],
        fill: |_, _| Ok(()),
        durability: Durability::Full,
        page_bytes: 4_096,
    };

    #[test]
    fn a_database_of_a_newer_version_is_refused_with_both_versions_and_left_as_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("test.sqlite");
        SCHEMA.open(Some(&path)).unwrap().pragma_update(None, "user_version", 7).unwrap();
        let refused = SCHEMA.open(Some(&path)).unwrap_err();
        assert!(matches!(refused, StorageError::Newer { found: 7, known: 1, .. }), "{refused}");
        let version: u32 = Connection::open(&path)
            .and_then(|it| it.pragma_query_value(None, "user_version", |row| row.get(0)))
            .unwrap();
        assert_eq!(version, 7);
    }

    #[test]
    fn a_database_is_brought_to_its_schema_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("test.sqlite");
        for _ in 0..2 {
            SCHEMA.open(Some(&path)).unwrap().execute("INSERT INTO t VALUES (1)", []).unwrap();
        }
    }
}
