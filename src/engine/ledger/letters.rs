//! Letters as both the outbox and the drafts keep them: the same columns, read and written in one place.

use restante_model::{Importance, Letter, MessageId, Timestamp};
use rusqlite::{Row, Transaction, params};

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
}

/// What the server has of a draft, as far as it can be known here.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ServerSide {
    /// The version that it told last.
    pub(crate) version: Option<u64>,
    /// The sums of what was handed to it since then, one behind the other: any of them may be there.
    pub(crate) handed: Vec<u8>,
}

/// The length of a content sum.
const SUM_BYTES: usize = 32;
/// Unanswered saves that are remembered; a draft saved more often while nobody answers may come back as
/// a copy, and loses nothing.
const MAX_HANDED: usize = 64;

impl ServerSide {
    /// Whether this content may be there because it was handed over from here.
    pub(crate) fn may_have(&self, sum: &[u8]) -> bool {
        self.handed.chunks(SUM_BYTES).any(|handed| handed == sum)
    }

    /// One more content is on its way to the server.
    pub(crate) fn hand(&mut self, sum: [u8; SUM_BYTES]) {
        if self.may_have(&sum) {
            return;
        }
        self.handed.extend_from_slice(&sum);
        let too_many = self.handed.len().saturating_sub(MAX_HANDED * SUM_BYTES);
        self.handed.drain(..too_many);
    }

    pub(super) fn read(row: &Row<'_>, column: usize) -> rusqlite::Result<Self> {
        Ok(Self { version: row.get(column)?, handed: row.get(column + 1)? })
    }
}

/// The columns that [`read`] reads, in its order.
pub(super) const COLUMNS: &str = "id, recipients, subject, body, importance, content_sum, written_at";

/// Writes a row with [`COLUMNS`] as its first seven parameters.
pub(super) fn write(
    transaction: &Transaction<'_>,
    sql: &str,
    written: &WrittenLetter,
    more: &[&dyn rusqlite::ToSql],
) -> Result<()> {
    let WrittenLetter { id, letter, written_at } = written;
    let recipients = serde_json::to_string(&letter.to).unwrap_or_default();
    let (sum, importance, at) = (letter.content_sum(), letter.importance.as_str(), written_at.unix_ms());
    let id = id.to_string();
    let mut all = params![id, recipients, letter.subject, letter.body, importance, sum, at].to_vec();
    all.extend_from_slice(more);
    transaction.execute(sql, all.as_slice()).map(drop).map_err(database)
}

/// A row's letter, and the sum that was written with it.
pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<(WrittenLetter, Vec<u8>)> {
    let letter = Letter {
        to: storage::json(row, 1)?,
        subject: row.get(2)?,
        body: row.get(3)?,
        importance: storage::named(row, 4, Importance::from_name)?,
    };
    let written_at = storage::timestamp(row, 6)?;
    Ok((WrittenLetter { id: storage::message_id(row, 0)?, letter, written_at }, row.get(5)?))
}

/// The letter, where its sum says that it is what was written.
pub(super) fn whole((written, sum): (WrittenLetter, Vec<u8>), table: &'static str) -> Result<WrittenLetter> {
    if sum == written.letter.content_sum() {
        return Ok(written);
    }
    Err(StorageError::Damaged { database: "ledger", table, row: written.id.to_string() })
}

impl Ledger {
    /// Rows of letters with what else `more` reads of them.
    pub(super) fn letters<T>(
        &self,
        table: &'static str,
        sql: &str,
        params: impl rusqlite::Params,
        more: fn(WrittenLetter, &Row<'_>) -> rusqlite::Result<T>,
    ) -> Result<Vec<T>> {
        let mut query = self.connection.prepare_cached(sql).map_err(database)?;
        let mut rows = query.query(params).map_err(database)?;
        let mut found = Vec::new();
        while let Some(row) = rows.next().map_err(database)? {
            let written = whole(read(row).map_err(database)?, table)?;
            found.push(more(written, row).map_err(database)?);
        }
        Ok(found)
    }
}

#[cfg(test)]
pub(super) mod samples {
    use super::*;

    pub(in super::super) const NOW: Timestamp = Timestamp::EPOCH;

    pub(in super::super) fn letter(body: &str) -> Letter {
        Letter {
            to: vec!["boris".into()],
            subject: "s".into(),
            body: body.into(),
            importance: Importance::High,
        }
    }

    pub(in super::super) fn id(number: u128) -> MessageId {
        MessageId::from_uuid(uuid::Uuid::from_u128(number))
    }

    pub(in super::super) fn written(number: u128, body: &str) -> WrittenLetter {
        WrittenLetter { id: id(number), letter: letter(body), written_at: NOW }
    }
}
