//! The ledger: what may not be lost. Every commit is on disk when it returns.

mod alerts;
mod drafts;
mod expiry;
mod letters;
mod marks;
mod outbox;
mod popups;
mod series;
mod settings;
mod whole;

use std::path::PathBuf;

use restante_model::{Login, Person};
use rusqlite::{Connection, OptionalExtension, params};

use crate::storage::{self, Durability, Schema, StorageError};

pub(crate) use alerts::{AlertState, DueAlert, NewAlert};
pub(crate) use drafts::{Draft, ServerDraft, TakenDraft};
pub(crate) use expiry::ExpiryWarning;
pub(crate) use letters::WrittenLetter;
pub(crate) use outbox::{OutboxLetter, Refusal};
pub(crate) use popups::{PopupAbout, ShownPopup};
pub(crate) use settings::SyncedInterval;

const SCHEMA: Schema = Schema {
    database: "ledger",
    migrations: &[
        include_str!("ledger/schema_1.sql"),
        include_str!("ledger/schema_2.sql"),
        include_str!("ledger/schema_3.sql"),
        include_str!("ledger/schema_4.sql"),
        include_str!("ledger/schema_5.sql"),
    ],
    fill: |connection, found| if found < 2 { outbox::fill_row_sums(connection) } else { Ok(()) },
    durability: Durability::Full,
    page_bytes: 4_096,
};

/// Who is signed in where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The server's URL, without a slash at the end.
    pub server: String,
    /// The organisation's name.
    pub organisation: String,
    /// The user.
    pub user: Person,
    /// The device as the server knows it; its phase in the interval comes from it.
    pub device_id: String,
}

/// The ledger's database.
pub(crate) struct Ledger {
    connection: Connection,
    path: Option<PathBuf>,
}

type Result<T> = std::result::Result<T, StorageError>;

pub(crate) fn database(source: rusqlite::Error) -> StorageError {
    StorageError::Database { database: "ledger", source }
}

impl Ledger {
    /// For tests that break the disk.
    #[cfg(test)]
    pub(crate) fn connection(&self) -> &Connection {
        &self.connection
    }

    /// The one row that answers a question of every check, which stays compiled.
    fn one_row<T>(
        &self,
        sql: &str,
        read: impl FnOnce(&rusqlite::Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<T> {
        let mut query = self.connection.prepare_cached(sql).map_err(database)?;
        query.query_row([], read).map_err(database)
    }

    /// Who is signed in, or was last.
    pub(crate) fn account(&self) -> Result<Option<Account>> {
        self.connection
            .query_row("SELECT server, organisation, user, user_name, device_id FROM account", [], |row| {
                let login: Login = storage::parsed(row, 2)?;
                Ok(Account {
                    server: row.get(0)?,
                    organisation: row.get(1)?,
                    user: Person { login, name: row.get(3)? },
                    device_id: row.get(4)?,
                })
            })
            .optional()
            .map_err(database)
    }

    /// Writes down who signed in. What belonged to another account goes with `fresh`.
    pub(crate) fn set_account(&mut self, account: &Account, fresh: bool) -> Result<()> {
        let transaction = self.connection.transaction().map_err(database)?;
        if fresh {
            transaction
                .execute_batch(
                    "DELETE FROM alert; DELETE FROM expiry_warning; DELETE FROM pending_read;
                     DELETE FROM pending_acknowledgement; DELETE FROM pending_deletion; DELETE FROM kept_unread;
                     DELETE FROM setting WHERE name IN ('interval', 'batch_open', 'connection_alert')",
                )
                .map_err(database)?;
        }
        transaction
            .execute(
                "INSERT INTO account (id, server, organisation, user, user_name, device_id)
                 VALUES (1, ?1, ?2, ?3, ?4, ?5)
                 ON CONFLICT (id) DO UPDATE SET server = excluded.server, organisation = excluded.organisation,
                     user = excluded.user, user_name = excluded.user_name, device_id = excluded.device_id",
                params![
                    account.server,
                    account.organisation,
                    account.user.login.as_str(),
                    account.user.name,
                    account.device_id
                ],
            )
            .map_err(database)?;
        transaction.commit().map_err(database)
    }
}
