//! The cache: everything fetched, readable with no server and no network. It may be lost; the server has
//! it all, and the ledger knows what was announced.

mod apply;
mod direction;
mod folders;
mod place;
mod search;
mod sort_keys;
mod stems;
mod sums;
mod whole;

use std::{
    cell::{Cell, RefCell},
    collections::HashSet,
    path::PathBuf,
};

use restante_local_api::SortBy;
use restante_model::{Cursor, Login, Person};
use rusqlite::{Connection, OptionalExtension, params};

use crate::storage::{self, Durability, Schema, StorageError};

const SCHEMA: Schema = Schema {
    database: "cache",
    migrations: &[
        include_str!("cache/schema_1.sql"),
        include_str!("cache/schema_2.sql"),
        include_str!("cache/schema_3.sql"),
        include_str!("cache/schema_4.sql"),
    ],
    fill: |connection, found| if found < 3 { sort_keys::fill(connection) } else { Ok(()) },
    durability: Durability::Rebuildable,
    // A message of a page of text takes 3 KiB, and a page of SQLite's usual 4 KiB has room for one.
    page_bytes: 8_192,
};

/// Memory for pages of the file during a first sync.
const PAGE_CACHE_WHILE_MANY_COME_KIB: i32 = 8_192;
/// Pages that one tidying gives back: 4 MiB.
const FREED_PAGES: u32 = 1_024;

/// The cache's database.
pub(crate) struct Cache {
    connection: Connection,
    path: Option<PathBuf>,
    /// The unread as last counted, which is right until something is written.
    unread_counted: Cell<Option<folders::Counted>>,
    /// The same of all messages.
    all_counted: Cell<Option<folders::AllCounted>>,
    /// The words of the pages before, while there are more.
    stemming: stems::Stemming,
    /// Whether more pages follow the last one.
    many_come: bool,
    /// By what else than the time somebody sorted since the file was opened: their indexes are there.
    sorted_by: RefCell<HashSet<SortBy>>,
    /// The agent before this one did not end in order, and nobody has looked through the file since.
    doubtful: bool,
}

pub(crate) use apply::DoneHere;
pub(crate) use place::Place;
pub(crate) use search::{FoundPage, FoundRow, Wanted};
pub(crate) use sort_keys::{sort_key, who_key};

type Result<T> = std::result::Result<T, StorageError>;

fn database(source: rusqlite::Error) -> StorageError {
    StorageError::Database { database: "cache", source }
}

impl Cache {
    /// For tests that break the disk.
    #[cfg(test)]
    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Forgets everything: another account signed in.
    pub(crate) fn clear(&mut self) -> Result<()> {
        let transaction = self.connection.transaction().map_err(database)?;
        transaction
            .execute_batch(
                "DELETE FROM message; DELETE FROM recipient; DELETE FROM person;
                 DELETE FROM stem; INSERT INTO message_stems (message_stems) VALUES ('delete-all');
                 UPDATE place SET cursor = NULL, reported = NULL, directory_tag = NULL",
            )
            .map_err(database)?;
        transaction.commit().map_err(database)?;
        self.no_more_come()
    }

    /// Many pages come, or no more: while they do, so much more of the file is held in memory that each index has its
    /// place there.
    fn hold_pages(&mut self, many: bool) -> Result<()> {
        if std::mem::replace(&mut self.many_come, many) == many {
            return Ok(());
        }
        let kib = if many { PAGE_CACHE_WHILE_MANY_COME_KIB } else { storage::PAGE_CACHE_KIB };
        self.connection.pragma_update(None, "cache_size", -kib).map_err(database)?;
        if !many {
            self.all_rows_of("PRAGMA shrink_memory")?;
        }
        Ok(())
    }

    /// No page follows for now, although more were told of: the sync broke off, or was given up.
    pub(crate) fn no_more_come(&mut self) -> Result<()> {
        self.stemming = stems::Stemming::default();
        self.hold_pages(false)
    }

    /// Gives the disk back pages that are free, and lets the database look at its figures where they are
    /// old. Bounded, so that a large cache does not hold up the agent.
    pub(crate) fn tidy(&mut self) -> Result<()> {
        self.all_rows_of(&format!("PRAGMA incremental_vacuum({FREED_PAGES})"))?;
        self.all_rows_of("PRAGMA analysis_limit = 400")?;
        self.all_rows_of("PRAGMA optimize")?;
        // Where somebody reads meanwhile it is done the next time.
        self.all_rows_of("PRAGMA wal_checkpoint(TRUNCATE)")
    }

    /// A pragma works while its rows are read.
    fn all_rows_of(&self, sql: &str) -> Result<()> {
        let mut pragma = self.connection.prepare(sql).map_err(database)?;
        let mut rows = pragma.query([]).map_err(database)?;
        while rows.next().map_err(database)?.is_some() {}
        Ok(())
    }

    /// How far the mailbox was fetched; `None` before the first page.
    pub(crate) fn cursor(&self) -> Result<Option<Cursor>> {
        self.place("SELECT cursor FROM place")
    }

    /// The cursor that the server was last told of.
    pub(crate) fn reported(&self) -> Result<Option<Cursor>> {
        self.place("SELECT reported FROM place")
    }

    /// The server has heard that everything up to the cursor is here.
    pub(crate) fn set_reported(&mut self, cursor: &Cursor) -> Result<()> {
        self.connection
            .execute("UPDATE place SET reported = ?1", [cursor.to_string()])
            .map(drop)
            .map_err(database)
    }

    /// The cursor is of another time: the mailbox is fetched from the beginning. What is here stays
    /// readable meanwhile.
    pub(crate) fn forget_cursor(&mut self) -> Result<()> {
        self.connection
            .execute("UPDATE place SET cursor = NULL, reported = NULL", [])
            .map(drop)
            .map_err(database)
    }

    fn place(&self, sql: &str) -> Result<Option<Cursor>> {
        let text: Option<String> = self
            .connection
            .prepare_cached(sql)
            .and_then(|mut query| query.query_row([], |row| row.get(0)))
            .map_err(database)?;
        // A cursor that cannot be read counts as none: fetching anew alerts for nothing twice.
        Ok(text.and_then(|text| text.parse().ok()))
    }

    /// The tag of the directory as last fetched.
    pub(crate) fn directory_tag(&self) -> Result<Option<String>> {
        self.connection
            .query_row("SELECT directory_tag FROM place", [], |row| row.get(0))
            .optional()
            .map(Option::flatten)
            .map_err(database)
    }

    /// Takes the directory as the server told it.
    pub(crate) fn set_directory(&mut self, people: &[Person], tag: &str) -> Result<()> {
        let transaction = self.connection.transaction().map_err(database)?;
        transaction.execute("DELETE FROM person", []).map_err(database)?;
        for person in people {
            let search = format!("{} {}", person.login, person.name).to_lowercase();
            transaction
                .prepare_cached("INSERT OR REPLACE INTO person (login, name, search) VALUES (?1, ?2, ?3)")
                .and_then(|mut insert| insert.execute(params![person.login.as_str(), person.name, search]))
                .map_err(database)?;
        }
        transaction.execute("UPDATE place SET directory_tag = ?1", [tag]).map_err(database)?;
        transaction.commit().map_err(database)
    }

    /// The people whose login or name holds the text, in the order of their names.
    pub(crate) fn people(&self, text: &str) -> Result<Vec<Person>> {
        let mut query = self
            .connection
            .prepare_cached("SELECT login, name FROM person WHERE instr(search, ?1) > 0 ORDER BY name, login")
            .map_err(database)?;
        let rows = query.query_map([text.trim().to_lowercase()], |row| {
            Ok(Person { login: storage::parsed(row, 0)?, name: row.get(1)? })
        });
        rows.and_then(Iterator::collect).map_err(database)
    }

    /// What a login is called; the login itself where the directory does not know it.
    pub(crate) fn person(&self, login: &Login) -> Result<Person> {
        let name: Option<String> = self
            .connection
            .query_row("SELECT name FROM person WHERE login = ?1", [login.as_str()], |row| row.get(0))
            .optional()
            .map_err(database)?;
        Ok(Person { name: name.unwrap_or_else(|| login.to_string()), login: login.clone() })
    }
}
