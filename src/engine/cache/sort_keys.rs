//! What names and subjects are sorted by. SQLite knows neither small Cyrillic letters nor that Ё stands beside
//! Е, so the key is made here and kept beside the text.

use restante_local_api::Direction;
use restante_model::Person;
use rusqlite::{Connection, params};

use super::{direction, folders::ROW};
use crate::storage;

/// Characters of a key: enough to tell subjects apart, and little enough for an index of 100,000.
const KEY_CHARACTERS: usize = 32;

/// In small letters, ё as е, from the first letter or digit on.
pub(crate) fn sort_key(text: &str) -> String {
    text.trim_start_matches(|c: char| !c.is_alphanumeric())
        .chars()
        .flat_map(char::to_lowercase)
        .map(|c| if c == 'ё' { 'е' } else { c })
        .take(KEY_CHARACTERS)
        .collect()
}

/// By whom a row is sorted: who wrote it, or of what was sent whom it is for first.
pub(crate) fn who_key(direction: Direction, from: &Person, to: &[Person]) -> String {
    let who = match direction {
        Direction::Received => Some(from),
        Direction::Sent => to.first(),
    };
    who.map_or_else(String::new, |who| {
        sort_key(if who.name.is_empty() { who.login.as_str() } else { &who.name })
    })
}

/// Makes the keys of all messages that have none yet.
pub(super) fn fill(connection: &Connection) -> rusqlite::Result<()> {
    let mut read = connection.prepare(&format!("{ROW} ORDER BY m.number"))?;
    let mut write =
        connection.prepare("UPDATE message SET who_key = ?2, subject_key = ?3 WHERE number = ?1")?;
    let keys: Vec<(i64, String, String)> = read
        .query_map([], |row| {
            let from = Person { login: storage::parsed(row, 2)?, name: row.get(3)? };
            let to: Vec<Person> = storage::json(row, 4)?;
            let who = who_key(direction::of(row)?, &from, &to);
            Ok((row.get(14)?, who, sort_key(&row.get::<_, String>(5)?)))
        })?
        .collect::<rusqlite::Result<_>>()?;
    for (number, who, subject) in keys {
        write.execute(params![number, who, subject])?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_quotes_and_the_dots_of_ё_make_no_difference() {
        assert_eq!(sort_key("«Ёлка» и Ко"), sort_key("елка» и ко"));
        assert!(sort_key("анна") < sort_key("Борис") && sort_key("(2) two") < sort_key("A"));
        assert_eq!(sort_key(&"ы".repeat(2_000)).chars().count(), KEY_CHARACTERS);
    }
}
