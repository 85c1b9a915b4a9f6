//! The search: every word of the question, in any form, newest messages first. Never in the order of rank:
//! ranking reads every message that has the word, 800 times as long for a frequent one.

use restante_local_api::{Direction, MessageRow};
use restante_server_api::Message;
use rusqlite::{Transaction, params};

pub(crate) use super::stems::Wanted;
use super::{
    Cache, Result, database,
    folders::{self, ROW},
    stems::Stemming,
};

/// A beginning that goes on to more stems than this is left to FTS5.
const MAX_CONTINUED: usize = 256;

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
        let sql = format!(
            "{ROW} WHERE m.number IN (SELECT rowid FROM message_stems WHERE message_stems MATCH ?1
                 AND rowid < ?2 ORDER BY rowid DESC LIMIT ?3) ORDER BY m.number DESC"
        );
        let mut query = self.connection.prepare_cached(&sql).map_err(database)?;
        let before = before.unwrap_or(i64::MAX);
        let expression = match wanted.beginning() {
            Some(beginning) => wanted.expression(self.continued(beginning)?.as_deref()),
            None => wanted.expression(Some(&[])),
        };
        let rows = query.query_map(params![expression, before, limit], |row| {
            Ok(FoundRow {
                number: row.get(14)?,
                direction: folders::direction(row)?,
                row: folders::row(row)?,
            })
        });
        rows.and_then(Iterator::collect).map_err(database)
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
