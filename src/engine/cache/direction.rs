//! How the rows of messages name their direction.

use restante_local_api::Direction;
use rusqlite::Row;

use crate::storage;

pub(super) fn name(direction: Direction) -> &'static str {
    match direction {
        Direction::Received => "received",
        Direction::Sent => "sent",
    }
}

pub(super) fn of(row: &Row<'_>) -> rusqlite::Result<Direction> {
    storage::named(row, 1, |text| {
        [Direction::Received, Direction::Sent].into_iter().find(|it| name(*it) == text)
    })
}
