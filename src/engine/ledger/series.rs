//! Important mail in a series: shown, again by a rhythm, put off, and over.

use restante_model::{MessageId, Timestamp};
use rusqlite::{Transaction, params};

use super::{Ledger, Result, ShownPopup, alerts::update, database, popups};
use crate::alert::Rhythm;

/// The next beat of a series after a showing, NULL where it is over; counted from the first showing, or from this
/// one where the clock was set back since.
macro_rules! next_beat {
    ($shown_at:literal, $every:literal, $lasting:literal) => {
        concat!(
            "CASE WHEN series_began_at IS NULL OR series_began_at > ",
            $shown_at,
            " THEN iif(",
            $every,
            " <= ",
            $lasting,
            ", ",
            $shown_at,
            " + ",
            $every,
            ", NULL)",
            " WHEN ((",
            $shown_at,
            " - series_began_at) / ",
            $every,
            " + 1) * ",
            $every,
            " <= ",
            $lasting,
            " THEN series_began_at + ((",
            $shown_at,
            " - series_began_at) / ",
            $every,
            " + 1) * ",
            $every,
            " END"
        )
    };
}

/// Asked at every check. Which are due is read from the index alone: an update that looks for them itself reads the row
/// of each message that waits for its repeat, and those lie all over the table.
const BEGIN_REPEATS: &str = "UPDATE alert SET state = 'due', repeat_at = NULL WHERE message_id IN (
    SELECT message_id FROM alert WHERE repeat_at IS NOT NULL AND (repeat_at <= ?1 OR at > ?1))";

impl Ledger {
    /// They are on the screen, of which the server is to hear; in this popup where it is one of the desktop's.
    /// Important mail comes again at the next beat of this rhythm since its first showing; what is shown together comes
    /// again together.
    pub(crate) fn alerts_shown(
        &mut self,
        ids: &[MessageId],
        popup: Option<&ShownPopup>,
        rhythm: Rhythm,
        at: Timestamp,
    ) -> Result<()> {
        if ids.is_empty() && popup.is_none() {
            return Ok(());
        }
        let transaction = self.connection.transaction().map_err(database)?;
        if let Some(popup) = popup {
            popups::note(&transaction, popup).map_err(database)?;
        }
        if ids.len() > 1 {
            join_series(&transaction, ids, at).map_err(database)?;
        }
        update(
            &transaction,
            ids,
            concat!(
                "UPDATE alert SET state = 'shown', at = ?2, held = 0, not_before = NULL, bus_name = NULL,
                     popup = ?5, told = CASE told WHEN 'no' THEN 'due' ELSE told END,
                     series_began_at = CASE importance WHEN 'high' THEN coalesce(series_began_at, ?2) END,
                     repeat_at = iif(importance = 'high', ",
                next_beat!("?2", "?3", "?4"),
                ", NULL) WHERE message_id = ?1",
            ),
            params![
                at.unix_ms(),
                rhythm.every_ms(),
                rhythm.lasting_ms(),
                popup.map(|popup| popup.id.0.cast_signed())
            ],
        )?;
        transaction.commit().map_err(database)
    }

    /// What waits for its repeat waits by this rhythm from now on. A series that is over stays over. Nothing is written
    /// where it is the rhythm of before: it is asked for at every start.
    pub(crate) fn follow_rhythm(&mut self, rhythm: Rhythm) -> Result<()> {
        self.connection
            .prepare_cached(concat!(
                "UPDATE alert SET repeat_at = ",
                next_beat!("at", "?1", "?2"),
                " WHERE repeat_at IS NOT NULL AND repeat_at IS NOT ",
                next_beat!("at", "?1", "?2"),
            ))
            .and_then(|mut update| update.execute([rhythm.every_ms(), rhythm.lasting_ms()]))
            .map(drop)
            .map_err(database)
    }

    /// The person asked to be reminded: due again from that moment on, in a new series.
    pub(crate) fn snooze_alert(&mut self, id: MessageId, until: Timestamp, at: Timestamp) -> Result<()> {
        self.update_alerts(
            &[id],
            "UPDATE alert SET state = 'due', at = ?2, held = 0, not_before = ?3, bus_name = NULL,
                 series_began_at = NULL, repeat_at = NULL, popup = NULL
             WHERE message_id = ?1",
            params![at.unix_ms(), until.unix_ms()],
        )
    }

    /// Makes due what is to be repeated by now; also where the clock was set back since it was shown.
    pub(crate) fn begin_repeats(&mut self, now: Timestamp) -> Result<()> {
        self.connection
            .prepare_cached(BEGIN_REPEATS)
            .and_then(|mut update| update.execute([now.unix_ms()]))
            .map(drop)
            .map_err(database)
    }

    /// The next moment after `now` at which an alert becomes due by itself: a reminder or a repeat.
    pub(crate) fn next_reminder(&self, now: Timestamp) -> Result<Option<Timestamp>> {
        let earliest: Option<i64> = self
            .connection
            .prepare_cached(
                "SELECT min(moment) FROM (
                     SELECT min(not_before) AS moment FROM alert
                         WHERE state = 'due' AND not_before IS NOT NULL AND not_before > ?1
                     UNION ALL SELECT min(repeat_at) FROM alert WHERE repeat_at IS NOT NULL AND repeat_at > ?1)",
            )
            .and_then(|mut query| query.query_row([now.unix_ms()], |row| row.get(0)))
            .map_err(database)?;
        Ok(earliest.map(Timestamp::from_unix_ms))
    }
}

/// Messages that came at different moments would each bring back the window or the popup that tells of all: they become
/// one series, the newest of theirs.
fn join_series(transaction: &Transaction<'_>, ids: &[MessageId], at: Timestamp) -> rusqlite::Result<()> {
    let began: Option<i64> = {
        let mut newest = transaction.prepare_cached(
            "SELECT max(coalesce(series_began_at, ?2)) FROM alert WHERE message_id = ?1 AND importance = 'high'",
        )?;
        let mut began = None;
        for id in ids {
            let own: Option<i64> =
                newest.query_row(params![id.to_string(), at.unix_ms()], |row| row.get(0))?;
            // Ordinary mail, which may be a whole mailbox, has none, and nothing that is shown tells of both.
            if own.is_none() {
                return Ok(());
            }
            began = began.max(own);
        }
        began
    };
    let mut join = transaction.prepare_cached(
        "UPDATE alert SET series_began_at = ?2 WHERE message_id = ?1 AND importance = 'high'",
    )?;
    for id in ids {
        join.execute(params![id.to_string(), began])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_without_repeats_reads_no_alert_that_waits_for_its_own() {
        let ledger = Ledger::open(None).unwrap();
        let mut plan = ledger.connection.prepare(&format!("EXPLAIN QUERY PLAN {BEGIN_REPEATS}")).unwrap();
        let steps = plan.query_map([0], |row| row.get::<_, String>(3)).unwrap();
        let steps: Vec<String> = steps.map(rusqlite::Result::unwrap).collect();
        assert!(steps.iter().any(|step| step.contains("COVERING INDEX alert_repeat")), "{steps:?}");
        assert!(steps.iter().all(|step| !step.contains("USING INDEX alert_repeat")), "{steps:?}");
    }
}
