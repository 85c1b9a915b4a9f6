//! Where a page of a folder ended, so that the next one begins behind it whatever came meanwhile.

use std::fmt;

use restante_local_api::{Direction, FolderOrder, MessageRow, SortBy};
use restante_model::Importance;
use rusqlite::types::Value;

use super::sort_keys::{sort_key, who_key};

/// The last row of a page: its time in milliseconds, its id, and what it is sorted by besides.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Place {
    sent_at: i64,
    id: String,
    key: Option<Key>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Key {
    Text(String),
    High(bool),
}

impl Place {
    /// Of a row in a folder of this order.
    pub(crate) fn of(direction: Direction, order: FolderOrder, row: &MessageRow) -> Self {
        let key = match order.sort {
            SortBy::Time => None,
            SortBy::Who => Some(Key::Text(who_key(direction, &row.from, &row.to))),
            SortBy::Subject => Some(Key::Text(sort_key(&row.subject))),
            SortBy::Importance => Some(Key::High(row.importance == Importance::High)),
        };
        Self { sent_at: row.sent_at.unix_ms(), id: row.id.to_string(), key }
    }

    /// As a front end hands it back; `None` where it is of no page in this order.
    pub(crate) fn parse(order: FolderOrder, text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '.');
        let (sent_at, id, key) = (parts.next()?.parse().ok()?, parts.next()?.to_owned(), parts.next());
        let key = match (order.sort, key) {
            (SortBy::Time, None) => None,
            (SortBy::Who | SortBy::Subject, Some(key)) => Some(Key::Text(key.to_owned())),
            (SortBy::Importance, Some("high")) => Some(Key::High(true)),
            (SortBy::Importance, Some("normal")) => Some(Key::High(false)),
            (SortBy::Time | SortBy::Importance, Some(_))
            | (SortBy::Who | SortBy::Subject | SortBy::Importance, None) => return None,
        };
        Some(Self { sent_at, id, key })
    }

    /// The values of the columns that the folder is sorted by, in their order.
    pub(super) fn values(&self) -> impl Iterator<Item = Value> {
        let key = self.key.clone().map(|key| match key {
            Key::Text(text) => Value::Text(text),
            Key::High(high) => Value::Integer(high.into()),
        });
        key.into_iter().chain([Value::Integer(self.sent_at), Value::Text(self.id.clone())])
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.sent_at, self.id)?;
        match &self.key {
            None => Ok(()),
            Some(Key::Text(text)) => write!(f, ".{text}"),
            Some(Key::High(true)) => f.write_str(".high"),
            Some(Key::High(false)) => f.write_str(".normal"),
        }
    }
}
