//! Warnings that messages expire soon unread, each told once on this device (row B19).

use restante_model::{MessageId, Timestamp};
use rusqlite::params;

use super::{Ledger, Result, ShownPopup, database, popups};
use crate::storage;

/// How long a warning is remembered behind the moment that it warns of, in milliseconds: the page that brought it may come again.
const KEPT_MS: i64 = 86_400_000;

/// The server said that a message expires at this moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ExpiryWarning {
    pub(crate) message_id: MessageId,
    pub(crate) expires_at: Timestamp,
}

impl Ledger {
    /// Notes warnings. One that is known for the same moment is not told again; one for another moment is.
    pub(crate) fn note_expiry_warnings(&mut self, warnings: &[ExpiryWarning], now: Timestamp) -> Result<()> {
        if warnings.is_empty() {
            return Ok(());
        }
        let transaction = self.connection.transaction().map_err(database)?;
        transaction
            .execute("DELETE FROM expiry_warning WHERE expires_at < ?1", [now.plus_ms(-KEPT_MS).unix_ms()])
            .map_err(database)?;
        for warning in warnings {
            transaction
                .prepare_cached(
                    "INSERT INTO expiry_warning (message_id, expires_at) VALUES (?1, ?2)
                     ON CONFLICT (message_id) DO UPDATE SET expires_at = excluded.expires_at, told = 0
                     WHERE expires_at <> excluded.expires_at",
                )
                .and_then(|mut insert| {
                    insert.execute(params![warning.message_id.to_string(), warning.expires_at.unix_ms()])
                })
                .map_err(database)?;
        }
        transaction.commit().map_err(database)
    }

    /// The warnings that are still to be told, the nearest first.
    pub(crate) fn due_expiry_warnings(&self) -> Result<Vec<ExpiryWarning>> {
        let mut query = self
            .connection
            .prepare_cached(
                "SELECT message_id, expires_at FROM expiry_warning WHERE told = 0 ORDER BY expires_at, message_id",
            )
            .map_err(database)?;
        let rows = query.query_map([], |row| {
            Ok(ExpiryWarning {
                message_id: storage::message_id(row, 0)?,
                expires_at: storage::timestamp(row, 1)?,
            })
        });
        rows.and_then(Iterator::collect).map_err(database)
    }

    /// Whether there are any.
    pub(crate) fn has_due_expiry_warnings(&self) -> Result<bool> {
        self.connection
            .prepare_cached("SELECT 1 FROM expiry_warning WHERE told = 0")
            .and_then(|mut query| query.exists([]))
            .map_err(database)
    }

    /// They are told from now on, or are to be told again.
    pub(crate) fn set_expiry_told(&mut self, ids: &[MessageId], told: bool) -> Result<()> {
        self.update_alerts(ids, "UPDATE expiry_warning SET told = ?2 WHERE message_id = ?1", params![told])
    }

    /// The messages expire later than was said: nothing is to be told of them.
    pub(crate) fn forget_expiry_warnings(&mut self, ids: &[MessageId]) -> Result<()> {
        self.update_alerts(ids, "DELETE FROM expiry_warning WHERE message_id = ?1", params![])
    }

    /// This popup of the desktop's service tells of them.
    pub(crate) fn expiry_shown(&mut self, ids: &[MessageId], popup: &ShownPopup) -> Result<()> {
        let transaction = self.connection.transaction().map_err(database)?;
        popups::note(&transaction, popup).map_err(database)?;
        super::alerts::update(
            &transaction,
            ids,
            "UPDATE expiry_warning SET popup = ?2 WHERE message_id = ?1",
            params![popup.id.0.cast_signed()],
        )?;
        transaction.commit().map_err(database)
    }
}
