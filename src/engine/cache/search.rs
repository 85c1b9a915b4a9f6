//! The search: every word of the question, in any form, newest messages first. Never in the order of rank:
//! ranking reads every message that has the word, 800 times as long for a frequent one.

use restante_local_api::{Direction, MessageRow};
use restante_server_api::Message;
use rusqlite::params;

pub(crate) use super::stems::Wanted;
use super::{
    Cache, Result, database,
    folders::{self, ROW},
    stems::index_text,
};

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
        let rows = query.query_map(params![wanted.expression(), before, limit], |row| {
            Ok(FoundRow {
                number: row.get(14)?,
                direction: folders::direction(row)?,
                row: folders::row(row)?,
            })
        });
        rows.and_then(Iterator::collect).map_err(database)
    }
}

/// What a message is found by: what it says, who wrote it and to whom.
pub(super) fn stems_of(message: &Message) -> String {
    let people = [&message.from].into_iter().chain(&message.to);
    index_text(
        [message.subject.as_str(), &message.body]
            .into_iter()
            .chain(people.flat_map(|person| [person.name.as_str(), person.login.as_str()])),
    )
}
