//! Which messages were announced on this device and how far each alert is.

use restante_model::{Importance, MessageId, Timestamp};
use rusqlite::{Transaction, params};

use super::{Ledger, Result, database};
use crate::storage;

/// What is held already is passed over in the index: it may be the whole mailbox.
const HOLD_DUE: &str = "UPDATE alert SET held = 1 WHERE message_id IN (
    SELECT message_id FROM alert INDEXED BY alert_due_kind
     WHERE state = 'due' AND importance = ?2 AND held = 0
       AND (not_before IS NULL OR not_before <= ?1 OR at > ?1))";

/// How far an alert is (reliability, "What one alert means").
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum AlertState {
    /// To be shown.
    Due,
    /// Handed to the desktop, which has not answered yet.
    Showing,
}

impl AlertState {
    fn as_str(self) -> &'static str {
        match self {
            Self::Due => "due",
            Self::Showing => "showing",
        }
    }
}

/// An alert that came with a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct NewAlert {
    /// Of which message.
    pub(crate) message_id: MessageId,
    /// How loudly.
    pub(crate) importance: Importance,
}

/// An alert that is to be shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct DueAlert {
    /// Of which message.
    pub(crate) message_id: MessageId,
    /// Whether quiet hours or a snooze held it back.
    pub(crate) held: bool,
    /// Whether it was never shown in its series.
    pub(crate) first: bool,
}

impl Ledger {
    /// Notes alerts for messages that the ledger does not know yet; a message alerts once a device.
    /// Where there is no hook, none is to run for them later.
    pub(crate) fn note_alerts(&mut self, alerts: &[NewAlert], hook: bool, at: Timestamp) -> Result<()> {
        let hook = if hook { "due" } else { "done" };
        let transaction = self.connection.transaction().map_err(database)?;
        {
            let mut insert = transaction
                .prepare_cached(
                    "INSERT INTO alert (message_id, importance, state, at, hook) VALUES (?1, ?2, 'due', ?3, ?4)
                     ON CONFLICT (message_id) DO NOTHING",
                )
                .map_err(database)?;
            for alert in alerts {
                insert
                    .execute(params![
                        alert.message_id.to_string(),
                        alert.importance.as_str(),
                        at.unix_ms(),
                        hook
                    ])
                    .map_err(database)?;
            }
        }
        transaction.commit().map_err(database)
    }

    /// The alerts of this importance that are to be shown now, oldest first. One put off by a clock that was set back
    /// since is not put off any longer.
    pub(crate) fn due_alerts(&self, importance: Importance, now: Timestamp) -> Result<Vec<DueAlert>> {
        // Of a hundred thousand that are due, nearly all are ordinary, and are to be read in their order.
        let index = match importance {
            Importance::Normal => "alert_due",
            Importance::High => "alert_due_kind",
        };
        let mut query = self
            .connection
            .prepare_cached(&format!(
                "SELECT message_id, held, series_began_at IS NULL FROM alert INDEXED BY {index}
                 WHERE state = 'due' AND importance = ?2 AND (not_before IS NULL OR not_before <= ?1 OR at > ?1)
                 ORDER BY at, message_id"
            ))
            .map_err(database)?;
        let rows = query.query_map(params![now.unix_ms(), importance.as_str()], |row| {
            Ok(DueAlert { message_id: storage::message_id(row, 0)?, held: row.get(1)?, first: row.get(2)? })
        });
        rows.and_then(Iterator::collect).map_err(database)
    }

    /// Quiet hours or a snooze hold back what is due now of this importance. At each check of a night they are the
    /// same: those that are held already are not read again.
    pub(crate) fn hold_due_alerts(&mut self, importance: Importance, now: Timestamp) -> Result<()> {
        self.connection
            .prepare_cached(HOLD_DUE)
            .and_then(|mut update| update.execute(params![now.unix_ms(), importance.as_str()]))
            .map(drop)
            .map_err(database)
    }

    /// Whether there are alerts of this importance that are to be shown now.
    pub(crate) fn has_due_alerts(&self, importance: Importance, now: Timestamp) -> Result<bool> {
        self.connection
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM alert WHERE state = 'due' AND importance = ?2
                 AND (not_before IS NULL OR not_before <= ?1 OR at > ?1))",
            )
            .and_then(|mut query| {
                query.query_row(params![now.unix_ms(), importance.as_str()], |row| row.get(0))
            })
            .map_err(database)
    }

    /// Whether it is an alert of important mail.
    pub(crate) fn is_important_alert(&self, id: MessageId) -> Result<bool> {
        self.connection
            .prepare_cached("SELECT 1 FROM alert WHERE message_id = ?1 AND importance = 'high'")
            .and_then(|mut query| query.exists([id.to_string()]))
            .map_err(database)
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

    /// Ordinary mail that was perhaps shown before a crash: it is named in the next summary.
    pub(crate) fn doubtful_alerts(&self) -> Result<Vec<MessageId>> {
        self.message_ids("SELECT message_id FROM alert WHERE state = 'doubtful' ORDER BY at, message_id")
    }

    /// Writes down how far alerts are.
    pub(crate) fn set_alerts(&mut self, ids: &[MessageId], state: AlertState, at: Timestamp) -> Result<()> {
        self.update_alerts(
            ids,
            "UPDATE alert SET state = ?2, at = ?3, not_before = NULL, bus_name = NULL WHERE message_id = ?1",
            params![state.as_str(), at.unix_ms()],
        )
    }

    /// They were handed to a service that has not answered; only its end makes them due again.
    pub(crate) fn note_unanswered(&mut self, ids: &[MessageId], bus_name: &str) -> Result<()> {
        self.update_alerts(
            ids,
            "UPDATE alert SET bus_name = ?2 WHERE message_id = ?1 AND state = 'showing'",
            params![bus_name],
        )
    }

    /// The desktop did not take them: due again. What was only perhaps shown before stays that.
    pub(crate) fn alerts_not_shown(&mut self, ids: &[MessageId], at: Timestamp) -> Result<()> {
        self.update_alerts(
            ids,
            "UPDATE alert SET state = 'due', at = ?2, bus_name = NULL WHERE message_id = ?1 AND state = 'showing'",
            params![at.unix_ms()],
        )
    }

    /// These are told in one summary with what comes meanwhile.
    pub(crate) fn hold_alerts(&mut self, ids: &[MessageId]) -> Result<()> {
        self.update_alerts(ids, "UPDATE alert SET held = 1 WHERE message_id = ?1", params![])
    }

    /// Nothing more is to be said of these: read, opened or acknowledged.
    pub(crate) fn settle_alerts(&mut self, ids: &[MessageId], at: Timestamp) -> Result<()> {
        self.update_alerts(
            ids,
            "UPDATE alert SET state = 'shown', at = ?2, held = 0, not_before = NULL, bus_name = NULL,
                 repeat_at = NULL, popup = NULL
             WHERE message_id = ?1",
            params![at.unix_ms()],
        )
    }

    /// After a crash between the call and its answer: important mail is shown again; ordinary mail was
    /// perhaps shown and stays in the count and in the next summary.
    pub(crate) fn recover_alerts(&mut self) -> Result<()> {
        self.connection
            .execute(
                "UPDATE alert SET state = CASE importance WHEN 'high' THEN 'due' ELSE 'doubtful' END
                 WHERE state = 'showing' AND (bus_name IS NULL OR importance = 'high')",
                [],
            )
            .map(drop)
            .map_err(database)
    }

    /// Another program, or none, is the notification service: what the one before was asked for and did
    /// not answer went with it.
    pub(crate) fn free_unanswered(&mut self, bus_name: Option<&str>) -> Result<Vec<MessageId>> {
        let transaction = self.connection.transaction().map_err(database)?;
        let freed: rusqlite::Result<Vec<MessageId>> = transaction
            .prepare_cached(
                "UPDATE alert SET state = 'due', bus_name = NULL
                 WHERE state = 'showing' AND bus_name IS NOT NULL AND bus_name IS NOT ?1 RETURNING message_id",
            )
            .and_then(|mut update| update.query_map([bus_name], |row| storage::message_id(row, 0))?.collect());
        let freed = freed.map_err(database)?;
        transaction.commit().map_err(database)?;
        Ok(freed)
    }

    /// Messages for which the hook command was not run yet, oldest first.
    pub(crate) fn hooks_due(&self) -> Result<Vec<MessageId>> {
        self.message_ids("SELECT message_id FROM alert WHERE hook = 'due' ORDER BY at, message_id")
    }

    /// The hook command is not to run for these again.
    pub(crate) fn hooks_done(&mut self, ids: &[MessageId]) -> Result<()> {
        self.update_alerts(ids, "UPDATE alert SET hook = 'done' WHERE message_id = ?1", params![])
    }

    fn message_ids(&self, sql: &str) -> Result<Vec<MessageId>> {
        let mut query = self.connection.prepare_cached(sql).map_err(database)?;
        let rows = query.query_map([], |row| storage::message_id(row, 0));
        rows.and_then(Iterator::collect).map_err(database)
    }

    /// One update for each message, all in one commit; `?1` is the message.
    pub(super) fn update_alerts(
        &mut self,
        ids: &[MessageId],
        sql: &str,
        rest: &[&dyn rusqlite::ToSql],
    ) -> Result<()> {
        if ids.is_empty() {
            return Ok(());
        }
        let transaction = self.connection.transaction().map_err(database)?;
        update(&transaction, ids, sql, rest)?;
        transaction.commit().map_err(database)
    }
}

pub(super) fn update(
    transaction: &Transaction<'_>,
    ids: &[MessageId],
    sql: &str,
    rest: &[&dyn rusqlite::ToSql],
) -> Result<()> {
    for id in ids {
        let id = id.to_string();
        let mut values: Vec<&dyn rusqlite::ToSql> = vec![&id];
        values.extend(rest);
        transaction
            .prepare_cached(sql)
            .and_then(|mut update| update.execute(values.as_slice()))
            .map_err(database)?;
    }
    Ok(())
}

#[cfg(test)]
impl Ledger {
    /// The state of an alert, by its word.
    pub(crate) fn alert_state(&self, id: MessageId) -> Option<String> {
        self.connection
            .query_row("SELECT state FROM alert WHERE message_id = ?1", [id.to_string()], |row| row.get(0))
            .ok()
    }
}
