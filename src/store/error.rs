//! What can go wrong in the store, with its address: which database, which table, which row.

use std::{path::PathBuf, sync::Arc};

use crate::Refusal;

/// The store could not do what it was asked. Letters that are stored together have their errors in common as well.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// A second thing of the same kind and name.
    #[error("{what} {name:?} exists already")]
    NameTaken {
        /// Organisation, post office or user.
        what: &'static str,
        /// Its name.
        name: String,
    },
    /// An administrator named something that is not there.
    #[error("there is no {what} {name:?}")]
    Unknown {
        /// Organisation, post office or user.
        what: &'static str,
        /// The name as given.
        name: String,
    },
    /// An administrator wished something that does not fit.
    #[error("{0}")]
    Refused(Refusal),
    /// Another server has the data folder to itself.
    #[error("another server has the data folder {folder}{}", holder(.process.as_deref()), folder = .folder.display())]
    Served {
        /// The folder.
        folder: PathBuf,
        /// The process, where it is known.
        process: Option<String>,
    },
    /// The organisation has no usable post office, or is itself not usable.
    #[error("organisation {organisation:?}: {why}")]
    Unavailable {
        /// Whose.
        organisation: String,
        /// What is missing.
        why: Unavailable,
    },
    /// A database cannot be used as it is.
    #[error("{database}: {why}")]
    Gate {
        /// Which one.
        database: String,
        /// What is wrong with it.
        why: Unavailable,
    },
    /// A row is not what was written.
    #[error("{database}: table {table}, row {row}: {what}")]
    Corrupt {
        /// Which one.
        database: String,
        /// Which table.
        table: &'static str,
        /// Which row.
        row: String,
        /// What is wrong with it.
        what: String,
    },
    /// Another process or too many requests held the database for longer than one should wait.
    #[error("{doing} in {database}: others hold it for too long")]
    Busy {
        /// What was being done.
        doing: &'static str,
        /// Which one.
        database: String,
    },
    /// There is no room left on the disk; nothing was changed.
    #[error("{doing} in {database}: the disk is full")]
    DiskFull {
        /// What was being done.
        doing: &'static str,
        /// Which one.
        database: String,
    },
    /// The database does not answer, or went away: what was written last may or may not be there.
    #[error("{doing} in {database}: the database does not answer")]
    Away {
        /// What was being done.
        doing: &'static str,
        /// Which one.
        database: String,
        /// What the connection says.
        source: Arc<sqlx::Error>,
    },
    /// The file is no database, or its pages contradict each other. Nothing was changed, and other databases are whole.
    #[error("{doing} in {database}: the database is damaged")]
    Malformed {
        /// What was being done.
        doing: &'static str,
        /// Which one.
        database: String,
        /// What the database says.
        source: Arc<sqlx::Error>,
    },
    /// The disk is broken: what was written last may or may not be there, so the server
    /// must stop rather than go on from a guess.
    #[error("{doing} in {database}: the disk is damaged")]
    Damaged {
        /// What was being done.
        doing: &'static str,
        /// Which one.
        database: String,
        /// What the database says.
        source: Arc<sqlx::Error>,
    },
    /// Anything else that the database said.
    #[error("{doing} in {database}")]
    Database {
        /// What was being done.
        doing: &'static str,
        /// Which one.
        database: String,
        /// What the database says.
        source: Arc<sqlx::Error>,
    },
    /// A folder or file could not be made.
    #[error("{doing} {path}", path = .path.display())]
    Folder {
        /// What was being done.
        doing: &'static str,
        /// Which one.
        path: PathBuf,
        /// What the system says.
        source: Arc<std::io::Error>,
    },
}

fn holder(process: Option<&str>) -> String {
    process.map_or_else(String::new, |process| format!(" (process {process})"))
}

/// Why an organisation cannot have its mail for now (row S4).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unavailable {
    /// No post office is attached.
    #[error("no post office is attached")]
    NoneAttached,
    /// The database is of an older schema.
    #[error(
        "its {part} database is of schema {found}, this server needs {needed}: the database must be upgraded"
    )]
    UpgradeNeeded {
        /// Which kind of database.
        part: &'static str,
        /// Its schema.
        found: i64,
        /// The schema of this build.
        needed: i64,
    },
    /// The database is of a newer schema.
    #[error(
        "its {part} database is of schema {found}, this server knows only {known}: the server must be upgraded"
    )]
    ServerTooOld {
        /// Which kind of database.
        part: &'static str,
        /// Its schema.
        found: i64,
        /// The newest schema that this build knows.
        known: i64,
    },
    /// The database has lost its log, in which what was written last lay.
    #[error(
        "its database {location} has lost what was written last, since its log {location}-wal is not there: put the log \
         back, or restore a backup; if the database is a copy that was put there on purpose, remove {location}-note"
    )]
    LogLost {
        /// Which one.
        location: String,
    },
    /// The database cannot be opened.
    #[error("its database {location} cannot be opened: {reason}")]
    Unreachable {
        /// Which one.
        location: String,
        /// Why not.
        reason: NotOpened,
    },
}

/// Why a database is not opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotOpened {
    /// Its file is not there.
    #[error("no such file")]
    NoFile,
    /// It is signed as that of another organisation or post office.
    #[error("it is the database of another one: were files put in each other's place?")]
    OfAnother,
    /// Anything else, in the database's own words.
    #[error("{0}")]
    Said(String),
}

impl StoreError {
    /// Whether the server must stop: after a failed write nobody knows what is on disk.
    pub fn fatal(&self) -> bool {
        matches!(self, Self::Damaged { .. })
    }
}
