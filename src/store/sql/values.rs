//! Our values as SQL keeps them.

use std::{fmt::Display, str::FromStr};

use super::Fault;

/// Names in rows were checked when written; one that no longer passes is damage.
pub(super) fn stored<T: FromStr<Err: Display>>(
    text: &str,
    table: &'static str,
    row: &dyn Display,
) -> Result<T, Fault> {
    text.parse().map_err(|error: T::Err| Fault::corrupt(table, row, &error))
}

/// A count or number that SQL keeps as a signed one.
pub(super) fn unsigned(number: i64, table: &'static str, row: &dyn Display) -> Result<u64, Fault> {
    u64::try_from(number)
        .map_err(|_| Fault::corrupt(table, row, &format_args!("{number} where no negative can be")))
}

/// A number for SQL; what it cannot hold is far beyond anything meant.
pub(super) fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// JSON text of rows, for SQL's `json_each`.
pub(super) fn json<T: serde::Serialize>(values: &T) -> Result<String, Fault> {
    serde_json::to_string(values).map_err(|error| Fault::corrupt("request", &"-", &error))
}
