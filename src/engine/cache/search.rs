//! The search: every word of the question, in any form, newest messages first. Never in the order of rank:
//! ranking reads every message that has the word, 800 times as long for a frequent one.

use restante_local_api::{Direction, MessageRow};
use restante_server_api::Message;
use rusqlite::{Row, Transaction, params};

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

/// A message that was looked for, with its number: the answers before it are those with a smaller one.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct FoundRow {
    pub(crate) number: i64,
    pub(crate) direction: Direction,
    pub(crate) row: MessageRow,
}

impl Cache {
    /// The newest messages that hold all that is wanted, before this number where one is given.
    pub(crate) fn search(&self, wanted: &Wanted, before: Option<i64>, limit: u32) -> Result<Vec<FoundRow>> {
        let before = before.unwrap_or(i64::MAX);
        let Some(beginning) = wanted.beginning() else {
            return self.indexed(&wanted.expression(Some(&[])), before, limit);
        };
        if let Some(stems) = self.continued(beginning)? {
            return self.indexed(&wanted.expression(Some(&stems)), before, limit);
        }
        match self.looked_through(wanted, before, limit)? {
            Some(page) => Ok(page),
            None => self.indexed(&wanted.expression(None), before, limit),
        }
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
