//! The write-ahead log of a database file: when it is copied into the file, and whether it was lost.
//!
//! What was written last lies in `NAME-wal` alone, and SQLite takes a file without a log for a whole one. So each time
//! that the log was emptied the next commit raises a number inside the database (`user_version`), which is then written
//! into `NAME-note` before anybody hears of that commit. Without its log the database has the number from before.
//!
//! The order of the two makes no false alarm: after a crash between them the note is older than the database. SQLite
//! itself may empty the log and remove it, with the last connection or by another program; then the number is in the file.
//! For that we copy the log ourselves, and note that we do: a copy that was cut short would have the number, which is on
//! the first page, and not what belongs to it.
//!
//! Two cases are left. Another program that opens the database after we were killed while copying, and removes the log
//! as it ought to, leaves us with a false alarm. A kill while SQLite copies what is left of a log as the last connection
//! closes, together with a loss of the log, is not noticed. And a copy of the file alone that was made since its log was
//! emptied last is, put back, the same as a file without its log, byte for byte: whoever puts it back removes the note.

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use sqlx::{AssertSqlSafe, Row, Sqlite, SqliteConnection, SqlitePool, Transaction, sqlite::SqliteRow};
use tokio::sync::OnceCell;

use super::{
    backup::blocking,
    log_note::{self, Held, Note},
};
use crate::{StoreError, Unavailable, sql::Fault};

/// Pages in the log after which it is copied into the database: as many as SQLite itself would wait for.
const LONG: u64 = 1_000;
/// Bytes of the log's header, and of that of each page in it (<https://www.sqlite.org/fileformat2.html#walformat>).
const HEADER: u64 = 32;
const PAGE_HEADER: u64 = 24;

/// The log of one database file, and what this process does with it.
#[derive(Debug)]
pub(crate) struct Log {
    database: PathBuf,
    /// Whether the database had its log when this process came.
    found_whole: OnceCell<()>,
    /// The connection that writes is a new one, which has not looked at the log yet.
    fresh: AtomicBool,
    /// The next commit that changes anything raises the number.
    owed: AtomicBool,
    /// Held while it is raised, so that one commit does it.
    turn: tokio::sync::Mutex<()>,
    copied: Mutex<Copied>,
}

/// When it was copied last.
#[derive(Clone, Copy, Debug, Default)]
struct Copied {
    /// The log's own numbers then; it has others once it is written from its beginning again.
    salts: [u8; 8],
    /// How many pages it had.
    pages: u64,
    /// What the writing connection had changed by then.
    changes: i64,
}

impl Log {
    pub(super) fn of(database: &Path) -> Self {
        Self {
            database: database.to_owned(),
            found_whole: OnceCell::new(),
            fresh: AtomicBool::new(false),
            owed: AtomicBool::new(false),
            turn: tokio::sync::Mutex::default(),
            copied: Mutex::default(),
        }
    }

    /// Refuses a database that lost its log; looked at once, before anything is written.
    pub(super) async fn found_whole(&self, readers: &SqlitePool) -> Result<(), Fault> {
        self.found_whole.get_or_try_init(|| self.look(readers)).await.map(drop)
    }

    async fn look(&self, readers: &SqlitePool) -> Result<(), Fault> {
        // Both before SQLite opens the log, and makes one where there is none.
        let looking = |source: io::Error| Fault::Store(self.failed("reading", source));
        let Some(mut note) = log_note::look(&self.database).map_err(looking)? else { return Ok(()) };
        let mut log_there = log_note::log_there(&self.database);
        if note.copying && !log_there {
            // Another process may have begun to copy in between; who is killed at it holds the note no more.
            let held = blocking(self.database.clone(), |database| Held::take(&database)).await;
            note = held.map_err(looking)?.note.unwrap_or(note);
            log_there = log_note::log_there(&self.database);
        }
        // Torn in the middle of copying, it may be no database without its log.
        let lost =
            (note.copying && !log_there) || note.log_lost(number(&mut *readers.acquire().await?).await?);
        if lost {
            let location = self.database.display().to_string();
            let why = Unavailable::LogLost { location: location.clone() };
            return Err(StoreError::Gate { database: location, why }.into());
        }
        Ok(())
    }

    fn failed(&self, doing: &'static str, source: io::Error) -> StoreError {
        StoreError::Folder { doing, path: log_note::path(&self.database), source: source.into() }
    }

    /// Whether so much is in it that it is to be copied.
    pub(super) fn long(&self) -> bool {
        let copied = *self.copied();
        // One that cannot be read is copied at another time: nothing is lost by that.
        let long = || -> io::Result<bool> {
            let mut log = File::open(log_note::log(&self.database))?;
            let (salts, page_bytes) = header(&mut log)?;
            let before = if salts == copied.salts { copied.pages } else { 0 };
            log.seek(SeekFrom::Start(HEADER + (before + LONG - 1) * (PAGE_HEADER + page_bytes)))?;
            let mut page = [0; 16];
            log.read_exact(&mut page)?;
            Ok(page[8..] == salts)
        };
        long().unwrap_or(false)
    }

    /// Copies the log into the database as far as readers allow, and notes what the database has without it.
    pub(super) async fn settle(&self, connection: &mut SqliteConnection) -> Result<(), sqlx::Error> {
        let _turn = self.turn.lock().await;
        let mut held = blocking(self.database.clone(), |database| Held::take(&database)).await?;
        // Nobody writes a number into the note meanwhile, so that it is not ahead of this one.
        let number = number(connection).await?;
        let before = held.note.unwrap_or(Note { alone: 0, latest: number, copying: false });
        let mut after = Note { alone: before.alone.min(number), latest: number, copying: false };
        if before.copying || log_note::log_there(&self.database) {
            held = write(held, Note { copying: true, ..before }).await?;
            let row = sqlx::query("PRAGMA wal_checkpoint(PASSIVE)").fetch_one(&mut *connection).await?;
            let (busy, pages, copied): (i64, i64, i64) = (row.try_get(0)?, row.try_get(1)?, row.try_get(2)?);
            if busy == 0 && pages == copied {
                after.alone = number;
            }
            let mut noted = self.copied();
            noted.pages = u64::try_from(pages).unwrap_or_default();
            noted.salts = File::open(log_note::log(&self.database))
                .and_then(|mut log| header(&mut log))
                .map_or([0; 8], |(salts, _)| salts);
        } else {
            after.alone = number;
        }
        if held.note.is_some() {
            write(held, after).await?;
        }
        self.fresh.store(false, Ordering::Release);
        self.owed.store(true, Ordering::Release);
        Ok(())
    }

    /// The connection that writes is a new one.
    pub(super) fn connected(&self) {
        self.copied().changes = 0;
        self.fresh.store(true, Ordering::Release);
        self.owed.store(true, Ordering::Release);
    }

    /// Whether the log is to be settled before that connection writes.
    pub(super) fn fresh(&self) -> bool {
        self.fresh.load(Ordering::Acquire)
    }

    /// Commits, and raises the number before where that is owed.
    pub(crate) async fn commit(&self, mut tx: Transaction<'static, Sqlite>) -> Result<(), sqlx::Error> {
        if !self.owed.load(Ordering::Acquire) {
            return tx.commit().await;
        }
        let _turn = self.turn.lock().await;
        let changes: i64 = sqlx::query_scalar("SELECT total_changes()").fetch_one(&mut *tx).await?;
        if !self.owed.load(Ordering::Acquire) || changes == self.copied().changes {
            return tx.commit().await;
        }
        let before = number(&mut tx).await?;
        let number = before.saturating_add(1);
        let raise = AssertSqlSafe(format!("PRAGMA user_version = {number}"));
        sqlx::query(raise).persistent(false).execute(&mut *tx).await?;
        tx.commit().await?;
        blocking(self.database.clone(), move |database| {
            let mut held = Held::take(&database)?;
            // Another process that raised it after us has written already.
            match held.note {
                Some(note) if note.latest >= number => Ok(()),
                Some(note) => held.write(Note { latest: number, ..note }),
                None => held.write(Note { alone: before, latest: number, copying: false }),
            }
        })
        .await?;
        self.copied().changes = changes;
        self.owed.store(false, Ordering::Release);
        Ok(())
    }

    fn copied(&self) -> std::sync::MutexGuard<'_, Copied> {
        self.copied.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn number(connection: &mut SqliteConnection) -> Result<i32, sqlx::Error> {
    sqlx::query("PRAGMA user_version").try_map(|row: SqliteRow| row.try_get(0)).fetch_one(connection).await
}

async fn write(mut held: Held, note: Note) -> io::Result<Held> {
    blocking((), move |()| held.write(note).map(|()| held)).await
}

/// A log's own numbers, and the size of a page.
fn header(log: &mut File) -> io::Result<([u8; 8], u64)> {
    let mut header = [0; 32];
    log.read_exact(&mut header)?;
    let part = |from: usize| -> [u8; 4] { [0, 1, 2, 3].map(|place| header[from + place]) };
    let mut salts = [0; 8];
    salts.copy_from_slice(&header[16..24]);
    Ok((salts, u64::from(u32::from_be_bytes(part(8)))))
}
