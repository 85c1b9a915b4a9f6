//! Which messages were announced on this device, and which marks of reading the server has yet to hear.

use restante_model::{Importance, MessageId, Timestamp};
use rusqlite::params;

use super::{Ledger, Result, database};
use crate::storage;

/// How far an alert is (reliability, "What one alert means").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum AlertState {
    /// To be shown.
    Due,
    /// Handed to the desktop, which has not answered yet.
    Showing,
    /// Shown, or no longer to be shown.
    Shown,
}

impl AlertState {
    fn as_str(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Showing => "showing",
            Self::Shown => "shown",
        }
    }
}

/// An alert that is to be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DueAlert {
    /// Of which message.
    pub(crate) message_id: MessageId,
    /// How loudly.
    pub(crate) importance: Importance,
}

impl Ledger {
    /// Notes alerts for messages that the ledger does not know yet; a message alerts once a device.
    pub(crate) fn note_alerts(&mut self, alerts: &[DueAlert], at: Timestamp) -> Result<()> {
        let transaction = self.connection.transaction().map_err(database)?;
        {
            let mut insert = transaction
                .prepare_cached(
                    "INSERT INTO alert (message_id, importance, state, at) VALUES (?1, ?2, 'due', ?3)
                     ON CONFLICT (message_id) DO NOTHING",
                )
                .map_err(database)?;
            for alert in alerts {
                insert
                    .execute(params![alert.message_id.to_string(), alert.importance.as_str(), at.unix_ms()])
                    .map_err(database)?;
            }
        }
        transaction.commit().map_err(database)
    }

    /// The alerts that are to be shown, oldest first.
    pub(crate) fn due_alerts(&self) -> Result<Vec<DueAlert>> {
        let mut query = self
            .connection
            .prepare_cached(
                "SELECT message_id, importance FROM alert WHERE state = 'due' ORDER BY at, message_id",
            )
            .map_err(database)?;
        let rows = query.query_map([], |row| {
            Ok(DueAlert {
                message_id: storage::message_id(row, 0)?,
                importance: storage::named(row, 1, Importance::from_name)?,
            })
        });
        rows.and_then(Iterator::collect).map_err(database)
    }

    /// Writes down how far alerts are.
    pub(crate) fn set_alerts(&mut self, ids: &[MessageId], state: AlertState, at: Timestamp) -> Result<()> {
        let transaction = self.connection.transaction().map_err(database)?;
        for id in ids {
            transaction
                .prepare_cached("UPDATE alert SET state = ?2, at = ?3 WHERE message_id = ?1")
                .and_then(|mut update| update.execute(params![id.to_string(), state.as_str(), at.unix_ms()]))
                .map_err(database)?;
        }
        transaction.commit().map_err(database)
    }

    /// Messages whose alert was done with before this moment, oldest first, at most `limit`.
    pub(crate) fn alerts_shown_before(&self, before: Timestamp, limit: u32) -> Result<Vec<MessageId>> {
        let mut query = self
            .connection
            .prepare_cached(
                "SELECT message_id FROM alert WHERE state = 'shown' AND at < ?1 ORDER BY at LIMIT ?2",
            )
            .map_err(database)?;
        let rows = query.query_map(params![before.unix_ms(), limit], |row| storage::message_id(row, 0));
        rows.and_then(Iterator::collect).map_err(database)
    }

    /// Forgets alerts: their messages are nowhere any more.
    pub(crate) fn forget_alerts(&mut self, ids: &[MessageId]) -> Result<()> {
        let transaction = self.connection.transaction().map_err(database)?;
        for id in ids {
            transaction
                .execute("DELETE FROM alert WHERE message_id = ?1", [id.to_string()])
                .map_err(database)?;
        }
        transaction.commit().map_err(database)
    }

    /// After a crash between the call and its answer: important mail is shown again, ordinary mail was
    /// perhaps shown and stays in the count.
    pub(crate) fn recover_alerts(&mut self) -> Result<()> {
        self.connection
            .execute(
                "UPDATE alert SET state = CASE importance WHEN 'high' THEN 'due' ELSE 'shown' END
                 WHERE state = 'showing'",
                [],
            )
            .map(drop)
            .map_err(database)
    }

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
