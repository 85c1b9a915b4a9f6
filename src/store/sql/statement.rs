//! One SQL text for both engines: what is bound to it, and the rows that come back.

use std::{borrow::Cow, marker::PhantomData};

use futures_util::{StreamExt, TryStreamExt, stream::BoxStream};
use sqlx::{
    AssertSqlSafe, ColumnIndex, Decode, Postgres, Row as _, SqlSafeStr, SqlStr, Sqlite, Type,
    postgres::{PgArguments, PgRow},
    sqlite::{SqliteArguments, SqliteRow},
};

use super::{Tx, database::Connection};

/// A statement with `$1`, `$2`, ... that is to run on whichever engine the transaction belongs to.
///
/// Lists stand in `IN (SELECT value FROM json_each($1))`, rows in `SELECT value ->> 0, ... FROM json_each($1)` with
/// each number cast to BIGINT: SQLite has the function, and our schemas on PostgreSQL bring one of this name.
pub(crate) fn query<'q>(text: impl SqlSafeStr) -> Query<'q> {
    Query { text: text.into_sql_str(), values: Vec::new() }
}

/// The same where only the first column of a row counts.
pub(crate) fn query_scalar<'q, T>(text: impl SqlSafeStr) -> Scalar<'q, T> {
    Scalar { query: query(text), column: PhantomData }
}

/// Rows to insert: what is the same in all of them, and then the columns of their own, all equally long.
pub(crate) struct Insert<'q> {
    /// The statement up to its columns, in that order.
    pub(crate) head: &'static str,
    pub(crate) same: Vec<Value<'q>>,
    pub(crate) own: Vec<Values<'q>>,
    /// What follows the rows.
    pub(crate) tail: &'static str,
}

/// A column of rows to insert.
pub(crate) enum Values<'q> {
    Numbers(Vec<i64>),
    Texts(Vec<&'q str>),
    Sums(Vec<[u8; 32]>),
}

/// Values of rows in one statement at most. More make it dearer: sqlx asks SQLite for the name of each, which it looks
/// for among all.
const MOST_VALUES: usize = 320;

impl Insert<'_> {
    /// Gives what `tail` has returned, if anything.
    pub(crate) async fn run(self, tx: &mut Tx) -> Result<Vec<Row>, sqlx::Error> {
        if let Tx::Postgres(..) = tx { self.in_lists(tx).await } else { self.in_values(tx).await }
    }

    /// In a statement for all: to ask once more takes PostgreSQL as long as several rows.
    async fn in_lists(self, tx: &mut Tx) -> Result<Vec<Row>, sqlx::Error> {
        let numbers = |from: usize, count: usize| {
            (from..from + count).map(|number| format!("${number}")).collect::<Vec<_>>().join(", ")
        };
        let (same, own) = (self.same.len(), self.own.len());
        let text = format!(
            "{} SELECT {}, own.* FROM unnest({}) AS own {}",
            self.head,
            numbers(1, same),
            numbers(same + 1, own),
            self.tail
        );
        let lists = self.own.into_iter().map(|column| match column {
            Values::Numbers(numbers) => Value::Numbers(numbers.into()),
            Values::Texts(texts) => Value::Texts(texts.into_iter().map(Into::into).collect()),
            Values::Sums(sums) => Value::Sums(sums),
        });
        let values = self.same.into_iter().chain(lists);
        values.fold(query(AssertSqlSafe(text)), Query::bind).fetch_all(tx).await
    }

    /// In statements of so many rows as a power of two: each number of rows is a text of its own, prepared once and kept.
    /// Where there may be thousands this costs SQLite a small part of what taking them out of JSON does.
    async fn in_values(self, tx: &mut Tx) -> Result<Vec<Row>, sqlx::Error> {
        let (same, own) = (self.same.len(), self.own.len());
        let count = self.own.first().map_or(0, Values::len);
        let most = (MOST_VALUES / own.max(1)).ilog2();
        let (mut done, mut returned) = (0, Vec::new());
        while let Some(log2) = (count - done).checked_ilog2() {
            let rows = done..done + (1 << log2.min(most));
            let mut text = format!("{} VALUES ", self.head);
            for row in 0..rows.len() {
                text.push_str(if row == 0 { "(" } else { ", (" });
                let own = same + row * own + 1..same + (row + 1) * own + 1;
                for (column, number) in (1..=same).chain(own).enumerate() {
                    text.push_str(if column == 0 { "$" } else { ", $" });
                    text.push_str(&number.to_string());
                }
                text.push(')');
            }
            text.extend([" ", self.tail]);
            done = rows.end;
            let own = rows.flat_map(|row| self.own.iter().map(move |column| column.value(row)));
            let values = self.same.iter().cloned().chain(own);
            returned.extend(values.fold(query(AssertSqlSafe(text)), Query::bind).fetch_all(tx).await?);
        }
        Ok(returned)
    }
}

impl<'q> Values<'q> {
    fn len(&self) -> usize {
        match self {
            Self::Numbers(numbers) => numbers.len(),
            Self::Texts(texts) => texts.len(),
            Self::Sums(sums) => sums.len(),
        }
    }

    fn value(&self, row: usize) -> Value<'q> {
        match self {
            Self::Numbers(numbers) => Value::Number(numbers.get(row).copied()),
            Self::Texts(texts) => Value::Text(texts.get(row).map(|text| Cow::Borrowed(*text))),
            Self::Sums(sums) => Value::Bytes(sums.get(row).map(|sum| sum.to_vec().into())),
        }
    }
}

/// Before a list that something is looked for in.
const IN_LIST: &str = "IN (SELECT value FROM json_each(";

/// What a statement can be given.
#[derive(Clone)]
pub(crate) enum Value<'q> {
    Number(Option<i64>),
    Text(Option<Cow<'q, str>>),
    Bytes(Option<Cow<'q, [u8]>>),
    Flag(Option<bool>),
    /// A list of numbers, to be read by `json_each`.
    Numbers(Cow<'q, [i64]>),
    /// A list of texts, to be read by `json_each`.
    Texts(Vec<Cow<'q, str>>),
    /// A list of sums, for PostgreSQL.
    Sums(Vec<[u8; 32]>),
}

/// A statement and what is bound to it.
#[derive(Clone)]
pub(crate) struct Query<'q> {
    text: SqlStr,
    values: Vec<Value<'q>>,
}

/// A statement whose rows are their first columns.
pub(crate) struct Scalar<'q, T> {
    query: Query<'q>,
    column: PhantomData<T>,
}

/// A row of either engine.
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

/// What a column can be read as.
pub(crate) trait Column:
    for<'r> Decode<'r, Sqlite> + Type<Sqlite> + for<'r> Decode<'r, Postgres> + Type<Postgres>
{
}

impl<T> Column for T where
    T: for<'r> Decode<'r, Sqlite> + Type<Sqlite> + for<'r> Decode<'r, Postgres> + Type<Postgres>
{
}

impl Row {
    /// The value of a column, by its name or its place from 0.
    pub(crate) fn try_get<T, I>(&self, column: I) -> Result<T, sqlx::Error>
    where
        T: Column,
        I: ColumnIndex<SqliteRow> + ColumnIndex<PgRow>,
    {
        match self {
            Self::Sqlite(row) => row.try_get(column),
            Self::Postgres(row) => row.try_get(column),
        }
    }
}

impl<'q> Query<'q> {
    /// Gives the next `$n` its value.
    pub(crate) fn bind(mut self, value: impl Into<Value<'q>>) -> Self {
        self.values.push(value.into());
        self
    }

    /// How many rows it changed.
    pub(crate) async fn execute(self, tx: &mut Tx) -> Result<u64, sqlx::Error> {
        match tx.connection() {
            Connection::Sqlite(connection) => {
                Ok(self.for_sqlite().execute(connection).await?.rows_affected())
            }
            Connection::Postgres(connection) => {
                Ok(self.for_postgres().execute(connection).await?.rows_affected())
            }
        }
    }

    pub(crate) async fn fetch_all(self, tx: &mut Tx) -> Result<Vec<Row>, sqlx::Error> {
        Ok(match tx.connection() {
            Connection::Sqlite(connection) => {
                let rows = self.for_sqlite().fetch_all(connection).await?;
                rows.into_iter().map(Row::Sqlite).collect()
            }
            Connection::Postgres(connection) => {
                let rows = self.for_postgres().fetch_all(connection).await?;
                rows.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    pub(crate) async fn fetch_optional(self, tx: &mut Tx) -> Result<Option<Row>, sqlx::Error> {
        Ok(match tx.connection() {
            Connection::Sqlite(connection) => {
                self.for_sqlite().fetch_optional(connection).await?.map(Row::Sqlite)
            }
            Connection::Postgres(connection) => {
                self.for_postgres().fetch_optional(connection).await?.map(Row::Postgres)
            }
        })
    }

    pub(crate) async fn fetch_one(self, tx: &mut Tx) -> Result<Row, sqlx::Error> {
        self.fetch_optional(tx).await?.ok_or(sqlx::Error::RowNotFound)
    }

    /// The rows one after the other, as they come.
    pub(crate) fn fetch<'t>(self, tx: &'t mut Tx) -> BoxStream<'t, Result<Row, sqlx::Error>>
    where
        'q: 't,
    {
        match tx.connection() {
            Connection::Sqlite(connection) => self.for_sqlite().fetch(connection).map_ok(Row::Sqlite).boxed(),
            Connection::Postgres(connection) => {
                self.for_postgres().fetch(connection).map_ok(Row::Postgres).boxed()
            }
        }
    }

    fn for_sqlite(self) -> sqlx::query::Query<'q, Sqlite, SqliteArguments> {
        self.values.into_iter().fold(sqlx::query(self.text), |query, value| match value {
            Value::Number(number) => query.bind(number),
            Value::Text(text) => query.bind(text),
            Value::Bytes(bytes) => query.bind(bytes),
            Value::Flag(flag) => query.bind(flag),
            Value::Numbers(numbers) => query.bind(serde_json::json!(numbers).to_string()),
            Value::Texts(texts) => query.bind(serde_json::json!(texts).to_string()),
            Value::Sums(sums) => query.bind(serde_json::json!(sums).to_string()),
        })
    }

    fn for_postgres(self) -> sqlx::query::Query<'q, Postgres, PgArguments> {
        self.values.into_iter().fold(sqlx::query(with_arrays(self.text)), |query, value| match value {
            Value::Number(number) => query.bind(number),
            Value::Text(text) => query.bind(text),
            Value::Bytes(bytes) => query.bind(bytes),
            Value::Flag(flag) => query.bind(flag),
            Value::Numbers(numbers) => query.bind(numbers.into_owned()),
            Value::Texts(texts) => query.bind(texts),
            Value::Sums(sums) => query.bind(sums),
        })
    }
}

/// For PostgreSQL, which looks the elements of an array up in an index. Of a table it has to guess how long it is, and may
/// read all messages of an organisation to find one.
fn with_arrays(text: SqlStr) -> SqlStr {
    if text.as_str().contains(IN_LIST) {
        AssertSqlSafe(text.as_str().replace(IN_LIST, "= ANY((")).into_sql_str()
    } else {
        text
    }
}

impl<'q, T: Column> Scalar<'q, T> {
    /// Gives the next `$n` its value.
    pub(crate) fn bind(self, value: impl Into<Value<'q>>) -> Self {
        Self { query: self.query.bind(value), column: PhantomData }
    }

    pub(crate) async fn fetch_all(self, tx: &mut Tx) -> Result<Vec<T>, sqlx::Error> {
        self.query.fetch_all(tx).await?.iter().map(|row| row.try_get(0)).collect()
    }

    pub(crate) async fn fetch_optional(self, tx: &mut Tx) -> Result<Option<T>, sqlx::Error> {
        self.query.fetch_optional(tx).await?.map(|row| row.try_get(0)).transpose()
    }

    pub(crate) async fn fetch_one(self, tx: &mut Tx) -> Result<T, sqlx::Error> {
        self.query.fetch_one(tx).await?.try_get(0)
    }
}

impl From<i64> for Value<'_> {
    fn from(number: i64) -> Self {
        Self::Number(Some(number))
    }
}

impl From<Option<i64>> for Value<'_> {
    fn from(number: Option<i64>) -> Self {
        Self::Number(number)
    }
}

impl<'q> From<&'q str> for Value<'q> {
    fn from(text: &'q str) -> Self {
        Self::Text(Some(text.into()))
    }
}

impl<'q> From<&'q String> for Value<'q> {
    fn from(text: &'q String) -> Self {
        text.as_str().into()
    }
}

impl From<String> for Value<'_> {
    fn from(text: String) -> Self {
        Self::Text(Some(text.into()))
    }
}

impl<'q> From<Option<&'q str>> for Value<'q> {
    fn from(text: Option<&'q str>) -> Self {
        Self::Text(text.map(Into::into))
    }
}

impl<'q> From<&'q Option<String>> for Value<'q> {
    fn from(text: &'q Option<String>) -> Self {
        Self::Text(text.as_deref().map(Into::into))
    }
}

impl From<Option<String>> for Value<'_> {
    fn from(text: Option<String>) -> Self {
        Self::Text(text.map(Into::into))
    }
}

impl<'q> From<&'q [u8]> for Value<'q> {
    fn from(bytes: &'q [u8]) -> Self {
        Self::Bytes(Some(bytes.into()))
    }
}

impl From<bool> for Value<'_> {
    fn from(flag: bool) -> Self {
        Self::Flag(Some(flag))
    }
}

impl<'q> From<&'q [i64]> for Value<'q> {
    fn from(numbers: &'q [i64]) -> Self {
        Self::Numbers(numbers.into())
    }
}

impl<'q> From<&[&'q str]> for Value<'q> {
    fn from(texts: &[&'q str]) -> Self {
        Self::Texts(texts.iter().map(|text| Cow::Borrowed(*text)).collect())
    }
}

impl From<Vec<String>> for Value<'_> {
    fn from(texts: Vec<String>) -> Self {
        Self::Texts(texts.into_iter().map(Into::into).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_an_array_to_postgresql_and_rows_stay_rows() {
        let text = |text: &'static str| with_arrays(text.into_sql_str()).as_str().to_owned();
        let lists = "SELECT a FROM t WHERE a IN (SELECT value FROM json_each($1)) AND b IN (SELECT value FROM json_each($2))";
        assert_eq!(text(lists), "SELECT a FROM t WHERE a = ANY(($1)) AND b = ANY(($2))");
        let rows = "SELECT value ->> 0 FROM json_each($1)";
        assert_eq!(text(rows), rows);
    }
}
