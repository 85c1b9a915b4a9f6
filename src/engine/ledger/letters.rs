//! Letters that the server does not have yet: the outbox and the drafts.

use restante_model::{Importance, Letter, MessageId, Timestamp};
use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::{Ledger, Result, database};
use crate::storage::{self, StorageError};

/// A letter that is written down here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct WrittenLetter {
    /// The id that the client made.
    pub(crate) id: MessageId,
    /// The letter.
    pub(crate) letter: Letter,
    /// When it was written down.
    pub(crate) written_at: Timestamp,
    /// Why the server refused it; `None` where it did not.
    pub(crate) refused: Option<String>,
}

const OUTBOX: &str =
    "SELECT id, recipients, subject, body, importance, content_sum, written_at, refused FROM outbox";
const DRAFTS: &str =
    "SELECT id, recipients, subject, body, importance, content_sum, written_at, NULL FROM draft";

impl Ledger {
    /// Puts a letter into the outbox, and takes the draft that it was out of the drafts. `false` where
    /// the id already names another letter there.
    pub(crate) fn add_to_outbox(&mut self, id: MessageId, letter: &Letter, at: Timestamp) -> Result<bool> {
        let transaction = self.connection.transaction().map_err(database)?;
        let known: Option<Vec<u8>> = transaction
            .query_row("SELECT content_sum FROM outbox WHERE id = ?1", [id.to_string()], |row| row.get(0))
            .optional()
            .map_err(database)?;
        if let Some(sum) = known {
            return Ok(sum == letter.content_sum());
        }
        write(
            &transaction,
            "INSERT INTO outbox (id, recipients, subject, body, importance, content_sum, written_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            id,
            letter,
            at,
        )?;
        transaction.execute("DELETE FROM draft WHERE id = ?1", [id.to_string()]).map_err(database)?;
        transaction.commit().map_err(database)?;
        Ok(true)
    }

    /// Every letter of the outbox, oldest first.
    pub(crate) fn outbox(&self) -> Result<Vec<WrittenLetter>> {
        self.letters(&format!("{OUTBOX} ORDER BY written_at, id"), [])
    }

    /// One letter of the outbox.
    pub(crate) fn outbox_letter(&self, id: MessageId) -> Result<Option<WrittenLetter>> {
        Ok(self.letters(&format!("{OUTBOX} WHERE id = ?1"), [id.to_string()])?.pop())
    }

    /// Letters that wait and letters that were refused.
    pub(crate) fn outbox_counts(&self) -> Result<(u64, u64)> {
        self.connection
            .query_row("SELECT count(*) - count(refused), count(refused) FROM outbox", [], |row| {
                Ok((row.get(0)?, row.get(1)?))
            })
            .map_err(database)
    }

    /// The server has it.
    pub(crate) fn remove_from_outbox(&mut self, id: MessageId) -> Result<()> {
        self.connection
            .execute("DELETE FROM outbox WHERE id = ?1", [id.to_string()])
            .map(drop)
            .map_err(database)
    }

    /// The server will never take it as it is.
    pub(crate) fn refuse_outbox(&mut self, id: MessageId, why: &str) -> Result<()> {
        self.connection
            .execute("UPDATE outbox SET refused = ?2 WHERE id = ?1", params![id.to_string(), why])
            .map(drop)
            .map_err(database)
    }

    /// Saves what there is of a letter. An empty one never takes the place of a written one.
    pub(crate) fn save_draft(&mut self, id: MessageId, letter: &Letter, at: Timestamp) -> Result<bool> {
        let empty = letter.body.trim().is_empty() && letter.subject.trim().is_empty() && letter.to.is_empty();
        let transaction = self.connection.transaction().map_err(database)?;
        let known: Option<i64> = transaction
            .query_row("SELECT version FROM draft WHERE id = ?1", [id.to_string()], |row| row.get(0))
            .optional()
            .map_err(database)?;
        if empty && known.is_some() {
            return Ok(false);
        }
        write(
            &transaction,
            "INSERT INTO draft (id, recipients, subject, body, importance, content_sum, written_at, version)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 1)
             ON CONFLICT (id) DO UPDATE SET recipients = excluded.recipients, subject = excluded.subject,
                 body = excluded.body, importance = excluded.importance, content_sum = excluded.content_sum,
                 written_at = excluded.written_at, version = draft.version + 1",
            id,
            letter,
            at,
        )?;
        transaction.commit().map_err(database)?;
        Ok(true)
    }

    /// Every draft, newest first.
    pub(crate) fn drafts(&self) -> Result<Vec<WrittenLetter>> {
        self.letters(&format!("{DRAFTS} ORDER BY written_at DESC, id DESC"), [])
    }

    /// One draft.
    pub(crate) fn draft(&self, id: MessageId) -> Result<Option<WrittenLetter>> {
        Ok(self.letters(&format!("{DRAFTS} WHERE id = ?1"), [id.to_string()])?.pop())
    }

    /// How many drafts there are.
    pub(crate) fn draft_count(&self) -> Result<u64> {
        self.connection.query_row("SELECT count(*) FROM draft", [], |row| row.get(0)).map_err(database)
    }

    /// Throws a draft away; `false` where there is none.
    pub(crate) fn delete_draft(&mut self, id: MessageId) -> Result<bool> {
        self.connection
            .execute("DELETE FROM draft WHERE id = ?1", [id.to_string()])
            .map(|rows| rows > 0)
            .map_err(database)
    }

    fn letters(&self, sql: &str, params: impl rusqlite::Params) -> Result<Vec<WrittenLetter>> {
        let mut query = self.connection.prepare_cached(sql).map_err(database)?;
        let rows: Vec<(WrittenLetter, Vec<u8>)> =
            query.query_map(params, read).and_then(Iterator::collect).map_err(database)?;
        rows.into_iter()
            .map(|(written, sum)| {
                let whole = sum == written.letter.content_sum();
                whole.then_some(written.clone()).ok_or_else(|| StorageError::Damaged {
                    database: "ledger",
                    table: if sql.starts_with(OUTBOX) { "outbox" } else { "draft" },
                    row: written.id.to_string(),
                })
            })
            .collect()
    }
}

fn write(
    transaction: &Transaction<'_>,
    sql: &str,
    id: MessageId,
    letter: &Letter,
    at: Timestamp,
) -> Result<()> {
    let recipients = serde_json::to_string(&letter.to).unwrap_or_default();
    let sum = letter.content_sum();
    let importance = letter.importance.as_str();
    transaction
        .execute(
            sql,
            params![id.to_string(), recipients, letter.subject, letter.body, importance, sum, at.unix_ms()],
        )
        .map(drop)
        .map_err(database)
}

fn read(row: &Row<'_>) -> rusqlite::Result<(WrittenLetter, Vec<u8>)> {
    let letter = Letter {
        to: storage::json(row, 1)?,
        subject: row.get(2)?,
        body: row.get(3)?,
        importance: storage::named(row, 4, Importance::from_name)?,
    };
    let written_at = storage::timestamp(row, 6)?;
    Ok((
        WrittenLetter { id: storage::message_id(row, 0)?, letter, written_at, refused: row.get(7)? },
        row.get(5)?,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter(body: &str) -> Letter {
        Letter {
            to: vec!["boris".into()],
            subject: "s".into(),
            body: body.into(),
            importance: Importance::High,
        }
    }

    fn id(number: u128) -> MessageId {
        MessageId::from_uuid(uuid::Uuid::from_u128(number))
    }

    const NOW: Timestamp = Timestamp::EPOCH;

    #[test]
    fn a_letter_put_in_twice_is_there_once_and_another_under_its_id_is_refused() {
        let mut ledger = Ledger::open(None).unwrap();
        assert!(ledger.add_to_outbox(id(1), &letter("a"), NOW).unwrap());
        assert!(ledger.add_to_outbox(id(1), &letter("a"), NOW).unwrap());
        assert!(!ledger.add_to_outbox(id(1), &letter("b"), NOW).unwrap());
        assert_eq!(ledger.outbox().unwrap().len(), 1);
        assert_eq!(ledger.outbox_letter(id(1)).unwrap().unwrap().letter, letter("a"));
    }

    #[test]
    fn an_empty_draft_never_takes_the_place_of_a_written_one() {
        let mut ledger = Ledger::open(None).unwrap();
        let empty =
            Letter { to: vec![], subject: String::new(), body: " \n".into(), importance: Importance::Normal };
        assert!(ledger.save_draft(id(1), &letter("long"), NOW).unwrap());
        assert!(!ledger.save_draft(id(1), &empty, NOW).unwrap());
        assert_eq!(ledger.draft(id(1)).unwrap().unwrap().letter, letter("long"));
    }

    #[test]
    fn a_row_whose_text_the_disk_changed_is_an_error_and_not_sent() {
        let mut ledger = Ledger::open(None).unwrap();
        ledger.add_to_outbox(id(1), &letter("pay 10"), NOW).unwrap();
        ledger.connection.execute("UPDATE outbox SET body = 'pay 90'", []).unwrap();
        assert!(matches!(ledger.outbox(), Err(StorageError::Damaged { table: "outbox", .. })));
    }
}
