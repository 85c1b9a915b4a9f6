//! The search: every word of the question, in any form, newest messages first. Never in the order of rank:
//! ranking reads every message that has the word, 800 times as long for a frequent one.

use restante_local_api::{Direction, MessageRow};
use restante_model::MessageId;
use restante_server_api::Message;
use rusqlite::{OptionalExtension as _, Row, Transaction, params};

pub(crate) use super::stems::Wanted;
use super::{
    Cache, Result, database, direction,
    folders::{self, ROW},
    stems::Stemming,
};

/// A beginning that goes on to more stems than this is left to FTS5.
const MAX_CONTINUED: usize = 256;

/// So many messages are looked through for a page; each takes a fiftieth of a millisecond.
const MAX_LOOKED_THROUGH: u32 = 600;

/// So many rows behind a page are counted, in half a millisecond; what is behind them is only said to be there.
const COUNTED_AHEAD: u32 = 10_000;

/// A message that was looked for, with its number: the answers before it are those with a smaller one.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FoundRow {
    pub(crate) number: i64,
    pub(crate) direction: Direction,
    pub(crate) row: MessageRow,
}

/// Rows of an answer, and how many it has.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct FoundPage {
    pub(crate) rows: Vec<FoundRow>,
    /// As far as they were counted.
    pub(crate) count: u64,
    /// Whether there are more than those.
    pub(crate) more: bool,
}

impl Cache {
    /// The newest messages that hold all that is wanted, before this number.
    pub(crate) fn search(&self, wanted: &Wanted, before: i64, limit: u32) -> Result<Vec<FoundRow>> {
        if let Some(expression) = self.expression(wanted)? {
            return self.indexed(&expression, before, limit);
        }
        match self.looked_through(wanted, before, limit)? {
            Some(page) => Ok(page),
            None => self.indexed(&wanted.expression(None), before, limit),
        }
    }

    /// The same from a row of the answer on. The rows before it are passed over in the index, 100,000 in 2 ms; of a
    /// beginning that goes on to very many stems FTS5 reads all messages first, 40 ms for three letters.
    pub(crate) fn search_from(&self, wanted: &Wanted, from: u64, limit: u32) -> Result<FoundPage> {
        let expression = self.expression(wanted)?;
        if expression.is_none()
            && from == 0
            && let Some(mut rows) = self.looked_through(wanted, i64::MAX, limit + 1)?
        {
            let more = rows.len() > limit as usize;
            rows.truncate(limit as usize);
            return Ok(FoundPage { count: rows.len() as u64, rows, more });
        }
        let expression = expression.unwrap_or_else(|| wanted.expression(None));
        let ahead = limit + COUNTED_AHEAD;
        let (mut numbers, mut counted) = (Vec::new(), 0);
        let mut query = self
            .connection
            .prepare_cached(
                "SELECT rowid FROM message_stems WHERE message_stems MATCH ?1 ORDER BY rowid DESC LIMIT ?2 OFFSET ?3",
            )
            .map_err(database)?;
        let mut found = query.query(params![expression, ahead + 1, saturated(from)]).map_err(database)?;
        while let Some(row) = found.next().map_err(database)? {
            counted += 1;
            if counted <= limit {
                numbers.push(row.get(0).map_err(database)?);
            }
        }
        if counted == 0 && from > 0 {
            return Ok(FoundPage { count: self.found_in_all(&expression)?, ..FoundPage::default() });
        }
        let count = from + u64::from(counted.min(ahead));
        Ok(FoundPage { rows: self.numbered(&numbers)?, count, more: counted > ahead })
    }

    /// How many messages of the answer stand before this one; `None` where it is not among them.
    pub(crate) fn found_before(&self, wanted: &Wanted, id: MessageId) -> Result<Option<u64>> {
        let expression = match self.expression(wanted)? {
            Some(expression) => expression,
            None => wanted.expression(None),
        };
        // What was sent to oneself is there twice: the newer one, which is met first.
        self.connection
            .prepare_cached(
                "SELECT count(*) - 1 FROM message_stems, (SELECT max(number) AS number FROM message WHERE id = ?2) AS it
                 WHERE message_stems MATCH ?1 AND rowid >= it.number HAVING min(rowid) = it.number",
            )
            .and_then(|mut query| {
                query.query_row(params![expression, id.to_string()], |row| row.get(0)).optional()
            })
            .map_err(database)
    }

    fn found_in_all(&self, expression: &str) -> Result<u64> {
        self.connection
            .prepare_cached("SELECT count(*) FROM message_stems WHERE message_stems MATCH ?1")
            .and_then(|mut query| query.query_row([expression], |row| row.get(0)))
            .map_err(database)
    }

    /// What is wanted, for the index; `None` where its last word goes on to more stems than can be named.
    fn expression(&self, wanted: &Wanted) -> Result<Option<String>> {
        let stems = match wanted.beginning() {
            None => Some(Vec::new()),
            Some(beginning) => self.continued(beginning)?,
        };
        Ok(stems.map(|stems| wanted.expression(Some(&stems))))
    }

    /// The messages with these numbers, the newest first.
    fn numbered(&self, numbers: &[i64]) -> Result<Vec<FoundRow>> {
        let list = numbers.iter().map(i64::to_string).collect::<Vec<_>>().join(",");
        let sql = format!("{ROW} WHERE m.number IN (SELECT value FROM json_each(?1)) ORDER BY m.number DESC");
        let mut query = self.connection.prepare_cached(&sql).map_err(database)?;
        let rows = query.query_map([format!("[{list}]")], found);
        rows.and_then(Iterator::collect).map_err(database)
    }

    /// By the index alone.
    fn indexed(&self, expression: &str, before: i64, limit: u32) -> Result<Vec<FoundRow>> {
        let sql = format!(
            "{ROW} WHERE m.number IN (SELECT rowid FROM message_stems WHERE message_stems MATCH ?1
                 AND rowid < ?2 ORDER BY rowid DESC LIMIT ?3) ORDER BY m.number DESC"
        );
        let mut query = self.connection.prepare_cached(&sql).map_err(database)?;
        let rows = query.query_map(params![expression, before, limit], found);
        rows.and_then(Iterator::collect).map_err(database)
    }

    /// By the texts of the newest messages that hold the whole words: a beginning that goes on to so many stems is
    /// in many messages, and a page is soon full. `None` where it is not.
    fn looked_through(&self, wanted: &Wanted, before: i64, limit: u32) -> Result<Option<Vec<FoundRow>>> {
        let numbers = match wanted.whole_expression() {
            Some(_) => {
                "SELECT rowid FROM message_stems WHERE message_stems MATCH ?1 AND rowid < ?2 ORDER BY rowid DESC"
            }
            None => "SELECT number FROM message WHERE ?1 IS NULL AND number < ?2 ORDER BY number DESC",
        };
        let mut numbers = self.connection.prepare_cached(numbers).map_err(database)?;
        let mut numbers = numbers.query(params![wanted.whole_expression(), before]).map_err(database)?;
        let mut message =
            self.connection.prepare_cached(&format!("{ROW} WHERE m.number = ?1")).map_err(database)?;
        let mut page = Vec::new();
        for _ in 0..MAX_LOOKED_THROUGH {
            if page.len() == limit as usize {
                return Ok(Some(page));
            }
            let Some(number) = numbers.next().map_err(database)? else { return Ok(Some(page)) };
            let number: i64 = number.get(0).map_err(database)?;
            let (row, body) = message
                .query_row([number], |row| Ok((found(row)?, row.get::<_, String>(15)?)))
                .map_err(database)?;
            if wanted.goes_on_in(searched(&row.row, &body)) {
                page.push(row);
            }
        }
        Ok((page.len() == limit as usize).then_some(page))
    }

    /// The stems with this beginning; `None` where they are too many to name.
    fn continued(&self, beginning: &str) -> Result<Option<Vec<String>>> {
        let mut query = self
            .connection
            .prepare_cached("SELECT stem FROM stem WHERE stem >= ?1 AND stem < ?1 || char(0x10ffff) LIMIT ?2")
            .map_err(database)?;
        let stems: Vec<String> = query
            .query_map(params![beginning, MAX_CONTINUED + 1], |row| row.get(0))
            .and_then(Iterator::collect)
            .map_err(database)?;
        Ok((stems.len() <= MAX_CONTINUED).then_some(stems))
    }
}

/// A number for SQLite.
fn saturated(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn found(row: &Row<'_>) -> rusqlite::Result<FoundRow> {
    Ok(FoundRow { number: row.get(14)?, direction: direction::of(row)?, row: folders::row(row)? })
}

/// The texts that a message is found by.
fn searched<'a>(row: &'a MessageRow, body: &'a str) -> impl Iterator<Item = &'a str> {
    let people = [&row.from].into_iter().chain(&row.to);
    let people = people.flat_map(|person| [person.name.as_str(), person.login.as_str()]);
    [row.subject.as_str(), body].into_iter().chain(people)
}

/// Notes the stems that are met for the first time.
pub(super) fn keep_stems(transaction: &Transaction<'_>, stemming: &mut Stemming) -> rusqlite::Result<()> {
    let mut insert = transaction.prepare_cached("INSERT OR IGNORE INTO stem (stem) VALUES (?1)")?;
    for stem in stemming.new_stems() {
        insert.execute([stem])?;
    }
    Ok(())
}

/// What a message is found by: what it says, who wrote it and to whom.
pub(super) fn stems_of(stemming: &mut Stemming, message: &Message) -> String {
    let people = [&message.from].into_iter().chain(&message.to);
    stemming.index_text(
        [message.subject.as_str(), &message.body]
            .into_iter()
            .chain(people.flat_map(|person| [person.name.as_str(), person.login.as_str()])),
    )
}
