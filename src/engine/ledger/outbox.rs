//! The outbox: letters that the server does not have yet, or has and did not say so.

use restante_model::{MessageId, Timestamp};
use rusqlite::{Connection, OptionalExtension, Row, Transaction, params, types::Type};
use sha2::{Digest, Sha256};

use super::{
    Ledger, Result, database, drafts,
    letters::{self, COLUMNS, ServerSide, WrittenLetter},
};
use crate::storage;

/// A letter of the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OutboxLetter {
    /// The letter.
    pub(crate) written: WrittenLetter,
    /// Not before this moment: until then its writer may take it back.
    pub(crate) goes_out_at: Timestamp,
    /// When it was last tried: from then on the server may have it.
    pub(crate) tried_at: Option<Timestamp>,
    /// What the server has against it.
    pub(crate) refused: Option<Refusal>,
}

/// Why the server will never take a letter as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    /// In words.
    pub(crate) why: String,
    /// When it said so.
    pub(crate) at: Timestamp,
}

impl OutboxLetter {
    /// Whether it may go out now. A clock that was set back does not hold a letter up.
    pub(crate) fn due(&self, now: Timestamp) -> bool {
        self.refused.is_none() && (self.goes_out_at <= now || self.written.written_at > now)
    }
}

const OUTBOX: &str = "goes_out_at, tried_at, refused_at, refused, row_sum FROM outbox";

/// Over a letter's id and the sum of its content.
fn row_sum(id: MessageId, content_sum: &[u8]) -> [u8; 32] {
    Sha256::new().chain_update(id.to_string()).chain_update(content_sum).finalize().into()
}

/// Gives their sums to rows that were written before there were any.
pub(super) fn fill_row_sums(connection: &Connection) -> rusqlite::Result<()> {
    let mut query = connection.prepare("SELECT id, content_sum FROM outbox WHERE row_sum IS NULL")?;
    let rows: Vec<(String, Vec<u8>)> = query
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?
        .filter_map(rusqlite::Result::ok) // One that cannot be read stays without, which is damage.
        .collect();
    for (id, content_sum) in rows {
        if let Ok(letter) = id.parse::<MessageId>() {
            connection.execute(
                "UPDATE outbox SET row_sum = ?2 WHERE id = ?1",
                params![id, row_sum(letter, &content_sum)],
            )?;
        }
    }
    Ok(())
}

impl Ledger {
    /// Puts a letter into the outbox, and takes the draft that it was out of the drafts. `None` where
    /// the id already names another letter there; where it names this one, the row is as it was.
    pub(crate) fn add_to_outbox(
        &mut self,
        written: &WrittenLetter,
        goes_out_at: Timestamp,
        draft: MessageId,
    ) -> Result<Option<OutboxLetter>> {
        let known: Option<Vec<u8>> = self
            .connection
            .query_row("SELECT content_sum FROM outbox WHERE id = ?1", [written.id.to_string()], |row| {
                row.get(0)
            })
            .optional()
            .map_err(database)?;
        if known.as_ref().is_some_and(|sum| *sum != written.letter.content_sum()) {
            return Ok(None);
        }
        if known.is_none() {
            let transaction = self.connection.transaction().map_err(database)?;
            let server = server_side_of_draft(&transaction, draft)?;
            letters::write(
                &transaction,
                "INSERT INTO outbox (id, recipients, subject, body, importance, content_sum, written_at,
                     goes_out_at, draft_id, server_version, handed, row_sum)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
                written,
                params![
                    goes_out_at.unix_ms(),
                    draft.to_string(),
                    server.version,
                    server.handed,
                    row_sum(written.id, &written.letter.content_sum())
                ],
            )?;
            transaction.execute("DELETE FROM draft WHERE id = ?1", [draft.to_string()]).map_err(database)?;
            transaction.commit().map_err(database)?;
        }
        self.outbox_letter(written.id)
    }

    /// Every letter of the outbox, oldest first.
    pub(crate) fn outbox(&self) -> Result<Vec<OutboxLetter>> {
        self.letters("outbox", &format!("SELECT {COLUMNS}, {OUTBOX} ORDER BY written_at, id"), [], read)
    }

    /// One letter of the outbox.
    pub(crate) fn outbox_letter(&self, id: MessageId) -> Result<Option<OutboxLetter>> {
        let sql = format!("SELECT {COLUMNS}, {OUTBOX} WHERE id = ?1");
        Ok(self.letters("outbox", &sql, [id.to_string()], read)?.pop())
    }

    /// Letters that wait and letters that were refused.
    pub(crate) fn outbox_counts(&self) -> Result<(u64, u64)> {
        self.one_row("SELECT count(*) - count(refused), count(refused) FROM outbox", |row| {
            Ok((row.get(0)?, row.get(1)?))
        })
    }

    /// Letters that wait and were never tried: they can be taken back.
    pub(crate) fn held_count(&self) -> Result<u64> {
        let sql = "SELECT count(*) FROM outbox WHERE refused IS NULL AND tried_at IS NULL";
        self.one_row(sql, |row| row.get(0))
    }

    /// It is about to be handed to the server, which may have it from now on.
    pub(crate) fn note_try(&mut self, id: MessageId, at: Timestamp) -> Result<()> {
        self.connection
            .execute("UPDATE outbox SET tried_at = ?2 WHERE id = ?1", params![id.to_string(), at.unix_ms()])
            .map(drop)
            .map_err(database)
    }

    /// The server has it; the draft that it was is thrown away there as well.
    pub(crate) fn remove_from_outbox(&mut self, id: MessageId) -> Result<()> {
        let transaction = self.connection.transaction().map_err(database)?;
        throw_draft_of(&transaction, id)?;
        transaction.execute("DELETE FROM outbox WHERE id = ?1", [id.to_string()]).map_err(database)?;
        transaction.commit().map_err(database)
    }

    /// The server will never take it as it is.
    pub(crate) fn refuse_outbox(&mut self, id: MessageId, refusal: &Refusal) -> Result<()> {
        self.connection
            .execute(
                "UPDATE outbox SET refused = ?2, refused_at = ?3 WHERE id = ?1",
                params![id.to_string(), refusal.why, refusal.at.unix_ms()],
            )
            .map(drop)
            .map_err(database)
    }

    /// A refused letter is to be tried again.
    pub(crate) fn retry_outbox(&mut self, id: MessageId) -> Result<()> {
        self.connection
            .execute("UPDATE outbox SET refused = NULL, refused_at = NULL WHERE id = ?1", [id.to_string()])
            .map(drop)
            .map_err(database)
    }

    /// The server has another letter under the id, so not this one: it goes on under a new one.
    pub(crate) fn rename_letter(&mut self, id: MessageId, new_id: MessageId) -> Result<()> {
        let Some(letter) = self.outbox_letter(id)? else { return Ok(()) };
        let sum = row_sum(new_id, &letter.written.letter.content_sum());
        self.connection
            .execute(
                "UPDATE outbox SET id = ?2, row_sum = ?3, tried_at = NULL WHERE id = ?1",
                params![id.to_string(), new_id.to_string(), sum],
            )
            .map(drop)
            .map_err(database)
    }

    /// A letter becomes a draft again, under `draft`. What the server has of the draft that it was stays
    /// known where the id is the same, and is thrown away there where it is another.
    pub(crate) fn take_back(&mut self, id: MessageId, draft: MessageId, at: Timestamp) -> Result<()> {
        let transaction = self.connection.transaction().map_err(database)?;
        let version = drafts::next_version(&transaction)?;
        let (from, to) = (id.to_string(), draft.to_string());
        transaction
            .execute(
                "INSERT INTO draft (id, recipients, subject, body, importance, content_sum, written_at, version,
                     server_version, handed, unsaved_since)
                 SELECT ?2, recipients, subject, body, importance, content_sum, written_at, ?4,
                        CASE WHEN draft_id = ?2 THEN server_version END,
                        CASE WHEN draft_id = ?2 THEN handed ELSE x'' END, ?3
                   FROM outbox WHERE id = ?1",
                params![from, to, at.unix_ms(), version],
            )
            .map_err(database)?;
        drafts::adopt(&transaction, draft)?;
        throw_draft_of(&transaction, id)?;
        transaction.execute("DELETE FROM outbox WHERE id = ?1", [from]).map_err(database)?;
        transaction.commit().map_err(database)
    }
}

/// What the server has of a draft here.
fn server_side_of_draft(transaction: &Transaction<'_>, draft: MessageId) -> Result<ServerSide> {
    transaction
        .query_row("SELECT server_version, handed FROM draft WHERE id = ?1", [draft.to_string()], |row| {
            ServerSide::read(row, 0)
        })
        .optional()
        .map(Option::unwrap_or_default)
        .map_err(database)
}

/// The draft that the letter was is to go from the server too, where the server has it.
fn throw_draft_of(transaction: &Transaction<'_>, letter: MessageId) -> Result<()> {
    transaction
        .execute(
            "INSERT OR REPLACE INTO thrown_draft (id, server_version, handed)
             SELECT draft_id, server_version, handed FROM outbox
              WHERE id = ?1 AND draft_id IS NOT NULL AND (server_version IS NOT NULL OR length(handed) > 0)
                AND NOT EXISTS (SELECT 1 FROM draft WHERE draft.id = outbox.draft_id)",
            [letter.to_string()],
        )
        .map(drop)
        .map_err(database)
}

/// Of a letter whose content is what was written.
fn read(written: WrittenLetter, row: &Row<'_>) -> rusqlite::Result<OutboxLetter> {
    const ROW_SUM: usize = 11;
    let sum: Option<Vec<u8>> = row.get(ROW_SUM)?;
    if sum.is_none_or(|sum| sum != row_sum(written.id, &written.letter.content_sum())) {
        let why = format!("no letter was written under the id {}", written.id);
        return Err(rusqlite::Error::FromSqlConversionFailure(ROW_SUM, Type::Blob, why.into()));
    }
    let moment = |column| row.get::<_, Option<i64>>(column).map(|at| at.map(Timestamp::from_unix_ms));
    let refused = match (moment(9)?, row.get(10)?) {
        (Some(at), Some(why)) => Some(Refusal { why, at }),
        _ => None,
    };
    Ok(OutboxLetter { written, goes_out_at: storage::timestamp(row, 7)?, tried_at: moment(8)?, refused })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        ledger::letters::samples::{NOW, id, letter, written},
        storage::StorageError,
    };

    #[test]
    fn a_letter_put_in_twice_is_there_once_and_another_under_its_id_is_refused() {
        let mut ledger = Ledger::open(None).unwrap();
        assert!(ledger.add_to_outbox(&written(1, "a"), NOW, id(1)).unwrap().is_some());
        let again = ledger.add_to_outbox(&written(1, "a"), NOW.plus_ms(5), id(1)).unwrap().unwrap();
        assert_eq!(again.goes_out_at, NOW, "the window is not opened anew");
        assert!(ledger.add_to_outbox(&written(1, "b"), NOW, id(1)).unwrap().is_none());
        assert_eq!(ledger.outbox().unwrap().len(), 1);
        assert_eq!(ledger.outbox_letter(id(1)).unwrap().unwrap().written.letter, letter("a"));
    }

    #[test]
    fn a_row_whose_text_the_disk_changed_is_an_error_and_not_sent() {
        let mut ledger = Ledger::open(None).unwrap();
        ledger.add_to_outbox(&written(1, "pay 10"), NOW, id(1)).unwrap();
        ledger.connection.execute("UPDATE outbox SET body = 'pay 90'", []).unwrap();
        assert!(matches!(ledger.outbox(), Err(StorageError::Damaged { table: "outbox", .. })));
    }

    #[test]
    fn a_letter_whose_id_the_disk_changed_is_an_error_and_not_sent() {
        let mut ledger = Ledger::open(None).unwrap();
        ledger.add_to_outbox(&written(1, "pay 10"), NOW, id(1)).unwrap();
        ledger.rename_letter(id(1), id(2)).unwrap();
        assert_eq!(ledger.outbox().unwrap()[0].written.id, id(2), "a new id of ours is none of the disk's");
        ledger.connection.execute("UPDATE outbox SET id = ?1", [id(3).to_string()]).unwrap();
        assert!(ledger.outbox().is_err_and(|error| error.is_damage()));
    }

    /// A ledger of the first schema with one letter.
    fn first_schema(path: &std::path::Path) {
        let newer = path.with_extension("newer");
        Ledger::open(Some(&newer)).unwrap().add_to_outbox(&written(1, "pay 10"), NOW, id(1)).unwrap();
        let old = Connection::open(path).unwrap();
        old.execute_batch(include_str!("schema_1.sql")).unwrap();
        old.execute("ATTACH ?1 AS newer", [newer.to_str()]).unwrap();
        old.execute_batch(
            "ALTER TABLE newer.outbox DROP COLUMN row_sum;
             INSERT INTO main.outbox SELECT * FROM newer.outbox;
             PRAGMA main.user_version = 1",
        )
        .unwrap();
    }

    #[test]
    fn letters_of_the_first_schema_get_their_sums() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("ledger.sqlite");
        first_schema(&path);
        let ledger = Ledger::open(Some(&path)).unwrap();
        assert_eq!(ledger.set_aside(), None);
        assert_eq!(ledger.outbox().unwrap()[0].written, written(1, "pay 10"));
    }

    #[test]
    fn letters_of_a_damaged_ledger_of_the_first_schema_are_taken_over() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("aside.sqlite");
        first_schema(&path);
        let mut ledger = Ledger::open(None).unwrap();
        ledger.take_over(&path).unwrap();
        assert_eq!(ledger.outbox().unwrap()[0].written, written(1, "pay 10"));
    }

    #[test]
    fn a_clock_set_back_holds_no_letter_up() {
        let mut ledger = Ledger::open(None).unwrap();
        let hour = NOW.plus_ms(3_600_000);
        let late = WrittenLetter { written_at: hour, ..written(1, "a") };
        let waiting = ledger.add_to_outbox(&late, hour.plus_ms(10_000), id(1)).unwrap().unwrap();
        assert!(!waiting.due(hour));
        assert!(waiting.due(hour.plus_ms(10_000)));
        assert!(waiting.due(NOW));
    }
}
