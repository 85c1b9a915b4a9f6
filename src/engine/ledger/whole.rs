//! Whether the ledger is whole, and what is saved of it where it is not.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags, params_from_iter, types::Value};

use super::{Ledger, Result, SCHEMA, database};
use crate::{
    effect::Effect,
    storage::{self, StorageError},
};

impl Ledger {
    /// Opens the ledger in this file, or one in memory for tests. What a person wrote is looked through, and all of
    /// it where it is small; what is left is for [`Self::look_through_later`]. A damaged one is set aside, and what
    /// can be read of it is taken over; one of a newer version is left as it is, and refused.
    pub(crate) fn open(path: Option<&Path>) -> Result<Self> {
        match (Self::open_whole(path), path) {
            (Err(error), Some(path))
                if !error.is_circumstance() && !matches!(error, StorageError::Newer { .. }) =>
            {
                tracing::error!(%error, path = %path.display(), "the ledger is damaged");
                storage::set_aside(path);
                Self::open_salvaged(path)
            }
            (opened, _) => opened,
        }
    }

    /// Sets aside what is open, and goes on with what can be read of it.
    pub(crate) fn begin_anew(&mut self) -> Result<()> {
        if let Some(path) = self.path.clone() {
            // The file is closed before it moves; nobody reads from the one in between.
            self.connection = Connection::open_in_memory().map_err(database)?;
            storage::set_aside(&path);
            *self = Self::open_salvaged(&path)?;
        }
        Ok(())
    }

    /// Of a hundred thousand messages it knows what was announced, which takes SQLite's quick check a quarter of a
    /// second: it is looked through while the agent answers already.
    pub(crate) fn look_through_later(&self) -> Option<Effect> {
        let path = self.path.as_ref().filter(|path| !storage::is_small(path))?;
        Some(Effect::LookThrough { database: "ledger", path: path.clone() })
    }

    /// Where a damaged ledger lies, until somebody takes it away.
    pub(crate) fn set_aside(&self) -> Option<PathBuf> {
        self.path.as_deref().map(storage::name_aside).filter(|aside| aside.exists())
    }

    fn open_whole(path: Option<&Path>) -> Result<Self> {
        let connection = SCHEMA.open(path)?;
        let ledger = Self { connection, path: path.map(Path::to_owned) };
        if let Some(path) = path {
            if storage::is_small(path) {
                storage::look_through("ledger", &ledger.connection)?;
            } else {
                for table in ["account", "setting", "outbox", "draft", "draft_version", "thrown_draft"] {
                    storage::look_through_table("ledger", &ledger.connection, table)?;
                }
            }
            // Rows whose text the disk changed pass SQLite's check, and not that of their sums.
            ledger.outbox()?;
            ledger.drafts()?;
            ledger.account()?;
        }
        Ok(ledger)
    }

    fn open_salvaged(path: &Path) -> Result<Self> {
        let mut ledger = Self { connection: SCHEMA.open(Some(path))?, path: Some(path.to_owned()) };
        match ledger.take_over(&storage::name_aside(path)) {
            Ok(rows) => tracing::warn!(rows, "what can be read of the damaged ledger was taken over"),
            Err(error) => tracing::error!(%error, "nothing can be read of the damaged ledger"),
        }
        ledger.drop_damaged_letters()?;
        if ledger.account().is_err() {
            ledger.connection.execute("DELETE FROM account", []).map_err(database)?;
        }
        Ok(ledger)
    }

    /// Copies the rows of every table that can be read, from both ends up to where it is damaged.
    pub(super) fn take_over(&mut self, aside: &Path) -> Result<usize> {
        let damaged = Connection::open_with_flags(
            aside,
            // Its log is to be read too, and a reader has to write beside it for that.
            OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
        )
        .map_err(database)?;
        // What the schema of a damaged file says of itself is not believed.
        damaged.pragma_update(None, "cell_size_check", true).map_err(database)?;
        let version = damaged.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap_or(0);
        let transaction = self.connection.transaction().map_err(database)?;
        let mut rows = 0;
        for table in tables(&transaction).map_err(database)? {
            for order in ["ASC", "DESC"] {
                // A table that cannot be read at all is one of which nothing is saved.
                rows += copy(&damaged, &transaction, &table, order).unwrap_or_else(|error| {
                    tracing::warn!(%error, table = table.name, "rows of the damaged ledger are lost");
                    0
                });
            }
        }
        (SCHEMA.fill)(&transaction, version).map_err(database)?;
        transaction.commit().map_err(database)?;
        Ok(rows)
    }

    /// A letter that says something else than the person wrote is not sent; it stays in the file aside.
    fn drop_damaged_letters(&mut self) -> Result<()> {
        for (table, is_whole) in [
            ("outbox", (|ledger, id| ledger.outbox_letter(id).is_ok()) as fn(&Self, _) -> bool),
            ("draft", |ledger, id| ledger.draft(id).is_ok()),
        ] {
            let ids: Vec<String> = self
                .connection
                .prepare(&format!("SELECT id FROM {table}"))
                .and_then(|mut query| query.query_map([], |row| row.get(0))?.collect())
                .map_err(database)?;
            for id in ids {
                if !id.parse().is_ok_and(|id| is_whole(self, id)) {
                    tracing::warn!(id, table, "a letter of the damaged ledger is lost");
                    self.connection
                        .execute(&format!("DELETE FROM {table} WHERE id = ?1"), [id])
                        .map_err(database)?;
                }
            }
        }
        Ok(())
    }
}

/// A table of ours: what to copy of it, and in which order its rows lie in the file.
struct Table {
    name: String,
    columns: Vec<String>,
    key: String,
}

fn tables(connection: &Connection) -> rusqlite::Result<Vec<Table>> {
    let mut query = connection.prepare(
        "SELECT name, wr FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite%'",
    )?;
    let found: Vec<(String, bool)> =
        query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<_>>()?;
    found
        .into_iter()
        .map(|(name, without_rowid)| {
            let columns: Vec<(String, bool)> = connection
                .prepare("SELECT name, pk FROM pragma_table_info(?1)")?
                .query_map([&name], |row| Ok((row.get(0)?, row.get::<_, i64>(1)? > 0)))?
                .collect::<rusqlite::Result<_>>()?;
            let key =
                columns.iter().find(|(_, of_key)| *of_key && without_rowid).map(|(name, _)| name.clone());
            Ok(Table {
                name,
                key: key.unwrap_or_else(|| "rowid".into()),
                columns: columns.into_iter().map(|(name, _)| name).collect(),
            })
        })
        .collect()
}

/// Copies rows until one cannot be read. A row that the schema refuses is left out.
fn copy(from: &Connection, to: &Connection, table: &Table, order: &str) -> rusqlite::Result<usize> {
    let Table { name, columns, key } = table;
    // A file of an older version may lack some.
    let there: Vec<String> = from
        .prepare("SELECT name FROM pragma_table_info(?1)")?
        .query_map([name], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let columns: Vec<&str> =
        columns.iter().filter(|column| there.contains(column)).map(String::as_str).collect();
    let list = columns.join(", ");
    let places = vec!["?"; columns.len()].join(", ");
    let mut insert = to.prepare(&format!("INSERT OR IGNORE INTO {name} ({list}) VALUES ({places})"))?;
    let mut query = from.prepare(&format!("SELECT {list} FROM {name} ORDER BY {key} {order}"))?;
    let mut rows = query.query([])?;
    let mut copied = 0;
    while let Ok(Some(row)) = rows.next() {
        let values: rusqlite::Result<Vec<Value>> = (0..columns.len()).map(|at| row.get(at)).collect();
        let Ok(values) = values else { continue };
        copied += insert.execute(params_from_iter(values)).unwrap_or(0);
    }
    Ok(copied)
}
