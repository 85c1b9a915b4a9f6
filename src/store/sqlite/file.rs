//! One SQLite file: one writer, a few readers, and how its errors are told apart.

use std::{
    io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use restante_process::priority;
use sqlx::{
    Sqlite, SqliteConnection, SqlitePool, Transaction,
    pool::PoolConnection,
    sqlite::{
        SqliteAutoVacuum, SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous,
    },
};

use super::{log::Log, neighbours::Neighbours};
use crate::{StoreError, sql::Fault};

/// How long one waits for another process's write before it is said to be busy.
pub(super) const BUSY_TIMEOUT: Duration = Duration::from_secs(5);
/// How often one waits so long who writes beside a server: SQLite lets him in by chance, and a server that has much to
/// write holds the lock most of the time.
const TRIES_BESIDE: u32 = 6;
/// Readers of one file at a time: each is a thread, and more than a few only queue for the same disk.
const READERS: u32 = 4;
/// Rows that SQLite's thread is ahead of who reads them at most: with few the two wait for each other again and again
/// where there are thousands.
const ROWS_AHEAD: usize = 1_000;
/// After so long without use a connection is closed, so that many small organisations hold no threads.
const IDLE: Duration = Duration::from_mins(1);

/// Takes the write lock at once.
const BEGIN: &str = "BEGIN IMMEDIATE";

/// A transaction in one of our files.
type Tx = Transaction<'static, Sqlite>;

/// One open database file.
#[derive(Debug)]
pub(crate) struct File {
    path: PathBuf,
    writer: SqlitePool,
    readers: SqlitePool,
    log: Arc<Log>,
    /// To whom a write is announced.
    neighbours: Option<Arc<Neighbours>>,
    /// Transactions begun so far.
    transactions: AtomicU64,
}

impl File {
    /// Names the file; it is opened at the first use.
    pub(crate) fn new(path: &Path, create: bool) -> Self {
        // FULL: with NORMAL a power cut loses acknowledged messages.
        let mut options = SqliteConnectOptions::new()
            .filename(path)
            .create_if_missing(create)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .row_buffer_size(ROWS_AHEAD)
            .busy_timeout(BUSY_TIMEOUT);
        if path.metadata().is_ok_and(|file| file.len() == 0) || !path.exists() {
            // Of a new file alone, before its journal mode: the statement writes, so that whoever opens the file would wait
            // for others who write.
            options = options.auto_vacuum(SqliteAutoVacuum::Incremental);
        }
        let pool = || {
            SqlitePoolOptions::new()
                .acquire_timeout(BUSY_TIMEOUT)
                .idle_timeout(IDLE)
                .test_before_acquire(false)
        };
        let log = Arc::new(Log::of(path));
        let of_writer = Arc::clone(&log);
        Self {
            path: path.to_owned(),
            writer: pool()
                .max_connections(1)
                .after_connect(move |connection, _| {
                    of_writer.connected();
                    Box::pin(go_behind(connection))
                })
                // The log is copied by us.
                .connect_lazy_with(options.clone().pragma("wal_autocheckpoint", "0")),
            readers: pool().max_connections(READERS).connect_lazy_with(options.pragma("query_only", "ON")),
            log,
            neighbours: None,
            transactions: AtomicU64::new(0),
        }
    }

    /// The same file in a folder that others have open as well.
    pub(crate) fn among(self, neighbours: &Arc<Neighbours>) -> Self {
        Self { neighbours: Some(Arc::clone(neighbours)), ..self }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// How many transactions were begun so far.
    pub(crate) fn transactions(&self) -> u64 {
        self.transactions.load(Ordering::Relaxed)
    }

    /// A transaction that sees one moment of the database.
    pub(crate) async fn read(&self) -> Result<Tx, Fault> {
        self.log.found_whole(&self.readers).await?;
        self.transactions.fetch_add(1, Ordering::Relaxed);
        Ok(self.readers.begin().await?)
    }

    /// A connection for a statement that reads.
    pub(crate) async fn glance(&self) -> Result<PoolConnection<Sqlite>, Fault> {
        self.log.found_whole(&self.readers).await?;
        self.transactions.fetch_add(1, Ordering::Relaxed);
        Ok(self.readers.acquire().await?)
    }

    /// A transaction that writes, to be committed by the log with it. It takes the write lock at once: one that reads
    /// first and writes later is refused without waiting when another has written meanwhile.
    pub(crate) async fn write(&self) -> Result<(Tx, Arc<Log>), Fault> {
        self.log.found_whole(&self.readers).await?;
        if let Some(neighbours) = &self.neighbours {
            neighbours.announce_write()?;
        }
        self.transactions.fetch_add(1, Ordering::Relaxed);
        if self.log.long() {
            self.log.settle(&mut *self.writer.acquire().await?).await?;
        }
        let mut tx = self.begin().await?;
        if self.log.fresh() {
            tx.rollback().await?;
            self.log.settle(&mut *self.writer.acquire().await?).await?;
            tx = self.begin().await?;
        }
        Ok((tx, Arc::clone(&self.log)))
    }

    async fn begin(&self) -> Result<Tx, sqlx::Error> {
        let mut tries =
            if self.neighbours.as_ref().is_some_and(|all| !all.serves()) { TRIES_BESIDE } else { 1 };
        loop {
            tries -= 1;
            match self.writer.begin_with(BEGIN).await {
                // On a full disk SQLite itself undoes a transaction; undoing it once more fails, and the connection
                // counts as one in a transaction for good.
                Err(sqlx::Error::InvalidSavePointStatement) => {
                    self.writer.acquire().await?.close().await?;
                    return self.writer.begin_with(BEGIN).await;
                }
                Err(error) if tries > 0 && primary_code(&error) == Some(code::BUSY) => {}
                begun => return begun,
            }
        }
    }
}

/// Has a connection's thread go behind the others where cores are short, so that a letter to thousands keeps nobody
/// waiting whose answer is in memory. That thread is sqlx's; what it runs of ours is such a handler.
async fn go_behind(connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
    connection.lock_handle().await?.set_progress_handler(1, || {
        priority::go_behind();
        true
    });
    sqlx::query("SELECT 1").execute(&mut *connection).await?;
    connection.lock_handle().await?.remove_progress_handler();
    Ok(())
}

/// What an error of SQLite means to whoever asked.
pub(crate) fn error(source: sqlx::Error, doing: &'static str, database: String) -> StoreError {
    if let sqlx::Error::Io(error) = &source {
        // Of the note beside the database: as with the database, nobody knows what is on the disk.
        return match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                StoreError::DiskFull { doing, database }
            }
            _ => StoreError::Damaged { doing, database, source: Arc::new(source) },
        };
    }
    let code = extended_code(&source);
    if code == Some(code::IOERR_SHMSIZE) {
        return StoreError::DiskFull { doing, database };
    }
    match primary_code(&source) {
        Some(code::BUSY | code::LOCKED) => StoreError::Busy { doing, database },
        Some(code::FULL) => StoreError::DiskFull { doing, database },
        Some(code::IOERR) => StoreError::Damaged { doing, database, source: Arc::new(source) },
        Some(code::CORRUPT | code::NOTADB) => {
            StoreError::Malformed { doing, database, source: Arc::new(source) }
        }
        None if matches!(source, sqlx::Error::PoolTimedOut) => StoreError::Busy { doing, database },
        Some(_) | None => StoreError::Database { doing, database, source: Arc::new(source) },
    }
}

/// SQLite's result codes that are told apart (<https://www.sqlite.org/rescode.html>).
mod code {
    pub(super) const BUSY: i32 = 5;
    pub(super) const LOCKED: i32 = 6;
    pub(super) const IOERR: i32 = 10;
    pub(super) const CORRUPT: i32 = 11;
    pub(super) const FULL: i32 = 13;
    pub(super) const NOTADB: i32 = 26;
    /// Opening a file found no room for the index of its log. That index is made anew at each opening and holds
    /// nothing that could be lost.
    pub(super) const IOERR_SHMSIZE: i32 = IOERR | 19 << 8;
}

fn extended_code(error: &sqlx::Error) -> Option<i32> {
    error.as_database_error()?.code()?.parse().ok()
}

/// It is in the lowest byte.
fn primary_code(error: &sqlx::Error) -> Option<i32> {
    extended_code(error).map(|code| code & 0xff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_new_file_has_the_settings_that_keep_mail() {
        let folder = tempfile::tempdir().unwrap();
        let database = File::new(&folder.path().join("x.db"), true);
        let mut tx = database.write().await.unwrap().0;
        let pragma = async |tx: &mut Tx, text: &'static str| -> String {
            use sqlx::{Row, ValueRef};
            let row = sqlx::query(text).fetch_one(&mut **tx).await.unwrap();
            assert!(!row.try_get_raw(0).unwrap().is_null());
            row.try_get::<i64, _>(0).map_or_else(|_| row.get::<String, _>(0), |number| number.to_string())
        };
        assert_eq!(pragma(&mut tx, "PRAGMA journal_mode").await, "wal");
        assert_eq!(pragma(&mut tx, "PRAGMA synchronous").await, "2");
        assert_eq!(pragma(&mut tx, "PRAGMA auto_vacuum").await, "2");
        assert_eq!(pragma(&mut tx, "PRAGMA foreign_keys").await, "1");
    }

    #[tokio::test]
    async fn a_reader_cannot_write() {
        let folder = tempfile::tempdir().unwrap();
        let database = File::new(&folder.path().join("x.db"), true);
        let mut tx = database.write().await.unwrap().0;
        sqlx::query("CREATE TABLE t (x)").execute(&mut *tx).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = database.read().await.unwrap();
        assert!(sqlx::query("INSERT INTO t VALUES (1)").execute(&mut *tx).await.is_err());
    }

    #[tokio::test]
    async fn who_reads_waits_for_nobody_who_writes_not_even_to_open_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.db");
        let mut made = File::new(&path, true).write().await.unwrap().0;
        sqlx::query("CREATE TABLE t (x)").execute(&mut *made).await.unwrap();
        made.commit().await.unwrap();
        let writer = File::new(&path, false);
        let _held = writer.write().await.unwrap();
        drop(File::new(&path, false).read().await.unwrap());
    }

    #[cfg(target_os = "linux")]
    #[tokio::test]
    async fn the_thread_that_writes_goes_behind_those_that_read() {
        /// How nice the thread of this transaction's connection is: proc(5), the 19th field, of which the second is a
        /// name in brackets.
        async fn niceness(mut tx: Tx) -> i64 {
            let (said, heard) = std::sync::mpsc::channel();
            tx.lock_handle().await.unwrap().set_progress_handler(1, move || {
                // Only the first is waited for.
                let _ = said.send(std::fs::read_to_string("/proc/thread-self/stat").unwrap());
                true
            });
            sqlx::query("SELECT 1").execute(&mut *tx).await.unwrap();
            tx.lock_handle().await.unwrap().remove_progress_handler();
            let stat = heard.recv().unwrap();
            stat.rsplit(')').next().unwrap().split_whitespace().nth(16).unwrap().parse().unwrap()
        }
        let folder = tempfile::tempdir().unwrap();
        let database = File::new(&folder.path().join("x.db"), true);
        let writer = niceness(database.write().await.unwrap().0).await;
        let reader = niceness(database.read().await.unwrap()).await;
        assert!(writer > reader, "{writer} {reader}");
    }

    #[tokio::test]
    async fn a_file_that_is_no_database_is_called_damaged_and_stops_no_server() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.db");
        std::fs::write(&path, "This was never a database. ".repeat(100)).unwrap();
        let database = File::new(&path, false);
        let error = match database.read().await.map(drop).unwrap_err() {
            Fault::Sql(source) => error(source, "reading", path.display().to_string()),
            other => panic!("{other:?}"),
        };
        assert!(matches!(error, StoreError::Malformed { .. }) && !error.fatal(), "{error:?}");
        assert!(error.to_string().contains("x.db"));
    }
}
