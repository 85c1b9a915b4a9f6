//! Which marks of reading the server has yet to hear.

use restante_model::{MessageId, Timestamp};
use rusqlite::params;

use super::{Ledger, Result, database};
use crate::storage;

impl Ledger {
    /// Writes down that the person opened messages.
    pub(crate) fn note_read(&mut self, id: MessageId, at: Timestamp) -> Result<()> {
        self.connection
            .execute(
                "INSERT INTO pending_read (message_id, at) VALUES (?1, ?2) ON CONFLICT (message_id) DO NOTHING",
                params![id.to_string(), at.unix_ms()],
            )
            .map(drop)
            .map_err(database)
    }

    /// Messages opened here of which the server has yet to hear, oldest first.
    pub(crate) fn pending_reads(&self) -> Result<Vec<MessageId>> {
        let mut query = self
            .connection
            .prepare_cached("SELECT message_id FROM pending_read ORDER BY at, message_id")
            .map_err(database)?;
        let rows = query.query_map([], |row| storage::message_id(row, 0));
        rows.and_then(Iterator::collect).map_err(database)
    }

    /// The server has heard.
    pub(crate) fn forget_reads(&mut self, ids: &[MessageId]) -> Result<()> {
        let transaction = self.connection.transaction().map_err(database)?;
        for id in ids {
            transaction
                .execute("DELETE FROM pending_read WHERE message_id = ?1", [id.to_string()])
                .map_err(database)?;
        }
        transaction.commit().map_err(database)
    }
}
