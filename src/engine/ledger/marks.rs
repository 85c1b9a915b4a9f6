//! Which marks the server has yet to hear: what was opened, acknowledged, deleted and alerted of here; and what
//! is kept as unread here, of which the server does not hear.

use std::collections::BTreeSet;

use restante_model::{MessageId, Timestamp};
use rusqlite::params;

use super::{Ledger, Result, database};
use crate::{effect::Mark, storage};

/// The statements of a mark: to note it, to list what is noted, and to forget it.
struct Sql {
    note: &'static str,
    pending: &'static str,
    forget: &'static str,
}

impl Mark {
    fn sql(self) -> Sql {
        match self {
            Self::Read => Sql {
                note: "INSERT INTO pending_read (message_id, at) VALUES (?1, ?2) ON CONFLICT (message_id) DO NOTHING",
                pending: "SELECT message_id FROM pending_read ORDER BY at, message_id",
                forget: "DELETE FROM pending_read WHERE message_id = ?1",
            },
            Self::Acknowledged => Sql {
                note: "INSERT INTO pending_acknowledgement (message_id, at) VALUES (?1, ?2)
                       ON CONFLICT (message_id) DO NOTHING",
                pending: "SELECT message_id FROM pending_acknowledgement ORDER BY at, message_id",
                forget: "DELETE FROM pending_acknowledgement WHERE message_id = ?1",
            },
            Self::Deleted => Sql {
                note: "INSERT INTO pending_deletion (message_id, at) VALUES (?1, ?2)
                       ON CONFLICT (message_id) DO NOTHING",
                pending: "SELECT message_id FROM pending_deletion ORDER BY at, message_id",
                forget: "DELETE FROM pending_deletion WHERE message_id = ?1",
            },
            // Noted with the showing itself.
            Self::Alerted => Sql {
                note: "UPDATE alert SET told = 'due' WHERE message_id = ?1 AND told = 'no' AND at <= ?2",
                pending: "SELECT message_id FROM alert WHERE told = 'due' ORDER BY at, message_id",
                forget: "UPDATE alert SET told = 'done' WHERE message_id = ?1",
            },
        }
    }
}

impl Ledger {
    /// Writes down that the person did this with a message.
    pub(crate) fn note_mark(&mut self, mark: Mark, id: MessageId, at: Timestamp) -> Result<()> {
        self.connection
            .execute(mark.sql().note, params![id.to_string(), at.unix_ms()])
            .map(drop)
            .map_err(database)
    }

    /// Messages so marked here of which the server has yet to hear, oldest first, at most `limit`: a first sync
    /// leaves as many as there is mail.
    pub(crate) fn pending_marks(&self, mark: Mark, limit: u32) -> Result<Vec<MessageId>> {
        // Written out: SQLite compiles a statement anew whenever another value is given for its limit, and takes the
        // same one for another.
        let sql = format!("{} LIMIT {limit}", mark.sql().pending);
        let mut query = self.connection.prepare_cached(&sql).map_err(database)?;
        let rows = query.query_map([], |row| storage::message_id(row, 0));
        rows.and_then(Iterator::collect).map_err(database)
    }

    /// The person wants a message to count as unread on this device, until it is opened again.
    pub(crate) fn keep_unread(&mut self, id: MessageId) -> Result<()> {
        self.connection
            .execute("INSERT OR IGNORE INTO kept_unread (message_id) VALUES (?1)", [id.to_string()])
            .map(drop)
            .map_err(database)
    }

    /// A message was opened again, or is gone.
    pub(crate) fn forget_kept_unread(&mut self, id: MessageId) -> Result<()> {
        self.connection
            .execute("DELETE FROM kept_unread WHERE message_id = ?1", [id.to_string()])
            .map(drop)
            .map_err(database)
    }

    /// Messages that count as unread here although they were opened.
    pub(crate) fn kept_unread(&self) -> Result<BTreeSet<MessageId>> {
        let mut query =
            self.connection.prepare_cached("SELECT message_id FROM kept_unread").map_err(database)?;
        let rows = query.query_map([], |row| storage::message_id(row, 0));
        rows.and_then(Iterator::collect).map_err(database)
    }

    /// The server has heard.
    pub(crate) fn forget_marks(&mut self, mark: Mark, ids: &[MessageId]) -> Result<()> {
        let transaction = self.connection.transaction().map_err(database)?;
        for id in ids {
            transaction.execute(mark.sql().forget, [id.to_string()]).map_err(database)?;
        }
        transaction.commit().map_err(database)
    }
}
