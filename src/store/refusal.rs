//! What an administrator wished and the store does not do: a closed list. The server has the words for it; those here
//! are for the log and for programs.

use std::path::PathBuf;

use crate::Unavailable;

/// Why something that was wished does not fit. Nothing was changed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// What is moved to PostgreSQL is there.
    #[error("the installation is on PostgreSQL already")]
    OnPostgresAlready,
    /// An installation moves into new databases only.
    #[error("{database} is not empty: an installation moves into new databases only")]
    DatabaseNotEmpty {
        /// Which one.
        database: String,
    },
    /// A table came over with other rows than it left with.
    #[error("table {table} of {database}: {rows} rows came of {expected}, or other ones")]
    NotMoved {
        /// Which table.
        table: String,
        /// Of which database.
        database: String,
        /// What came.
        rows: u64,
        /// What should have come.
        expected: u64,
    },
    /// A backup of a data folder, and there is none.
    #[error("the installation is on PostgreSQL: pg_dump makes a copy of it")]
    BackupOfPostgres,
    /// The same of one post office.
    #[error("{name} lies in PostgreSQL: pg_dump makes a copy of it, and this cannot")]
    BackupOfOfficeElsewhere {
        /// Which one.
        name: String,
    },
    /// A backup never takes the place of a file.
    #[error("{} is there already: a backup takes no other file's place", .path.display())]
    BackupThere {
        /// Which file.
        path: PathBuf,
    },
    /// An address that is none of PostgreSQL.
    #[error("a database elsewhere is named by postgres://HOST/DATABASE")]
    NoAddressOfPostgres,
    /// The address cannot be read. What the parser says names no part of it, which may hold a password.
    #[error("the URL of PostgreSQL: {said}")]
    BadAddressOfPostgres {
        /// What is wrong with it.
        said: String,
    },
    /// A database that is a post office's.
    #[error("the database {database} is post office {office:?} already")]
    DatabaseTaken {
        /// Which one.
        database: String,
        /// Whose it is.
        office: String,
    },
    /// A folder of one machine, where several may serve.
    #[error(
        "the installation is on PostgreSQL, and several servers may share it: \
         a folder of this machine cannot hold its post offices"
    )]
    FolderBesidePostgres,
    /// A path that cannot be kept as text.
    #[error("{} is not UTF-8", .path.display())]
    PathNotUtf8 {
        /// Which one.
        path: PathBuf,
    },
    /// Mail without the registry that says whose it is.
    #[error("{} holds mail, but its registry restante.db is empty or gone: put it back, or restore a backup", .folder.display())]
    RegistryGone {
        /// The data folder.
        folder: PathBuf,
    },
    /// A database of others, where a new one was to be made.
    #[error(
        "{database} is there already and no post office or organisation of this installation: move it away first"
    )]
    DatabaseOfOthers {
        /// Which one.
        database: String,
    },
    /// A post office that cannot be attached as it is.
    #[error("post office {office:?}: {why}")]
    OfficeUnavailable {
        /// Which one.
        office: String,
        /// What is wrong with it.
        why: Unavailable,
    },
    /// PostgreSQL does not let our role make a database.
    #[error(
        "the role {role:?} may not create the database {database:?}: make it by hand and name it with --url, or use \
         --placement current"
    )]
    MayNotCreate {
        /// Our role.
        role: String,
        /// What was to be made.
        database: String,
    },
    /// A pooler stands before PostgreSQL and lends its connections for a transaction at a time.
    #[error(
        "{database}: a pooler lends its connections for a transaction at a time, and the server needs its own: let it \
         lend them for a session (PgBouncer: pool_mode = session), or name PostgreSQL itself"
    )]
    ConnectionsLent {
        /// Where.
        database: String,
    },
    /// A backup is put back into an empty folder.
    #[error("the data folder {} is not empty", .folder.display())]
    FolderNotEmpty {
        /// Which one.
        folder: PathBuf,
    },
    /// The folder for what was there is there itself.
    #[error("{} is there already", .path.display())]
    ThereAlready {
        /// Which one.
        path: PathBuf,
    },
    /// The archive is not as a backup left it.
    #[error("{} is no whole backup: {what}", .archive.display())]
    NoWholeBackup {
        /// The archive.
        archive: PathBuf,
        /// What is wrong with it, for those who know its form.
        what: String,
    },
    /// The archive is of another version of restante.
    #[error(
        "{} is of form {form}, and this program knows {known}: use the program that made it, {made_by}",
        .archive.display()
    )]
    BackupOfOtherForm {
        /// The archive.
        archive: PathBuf,
        /// Its form.
        form: u32,
        /// Ours.
        known: u32,
        /// What made it.
        made_by: String,
    },
}
