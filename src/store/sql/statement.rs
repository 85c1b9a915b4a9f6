//! One SQL text for both engines: what is bound to it, and the rows that come back.

use std::{borrow::Cow, marker::PhantomData};

use futures_util::{StreamExt, TryStreamExt, stream::BoxStream};
use sqlx::{
    AssertSqlSafe, ColumnIndex, Decode, Postgres, Row as _, SqlSafeStr, SqlStr, Sqlite, Type,
    postgres::{PgArguments, PgRow},
    sqlite::{SqliteArguments, SqliteRow},
};

use super::Tx;

/// A statement with `$1`, `$2`, ... that is to run on whichever engine the transaction belongs to.
///
/// Lists are read by `SELECT value FROM json_each($1)`, rows by `SELECT value ->> 0, ... FROM json_each($1)` with
/// each number cast to BIGINT: SQLite has the function, and our schemas on PostgreSQL bring one of this name.
pub(crate) fn query<'q>(text: impl SqlSafeStr) -> Query<'q> {
    Query { text: text.into_sql_str(), values: Vec::new() }
}

/// The same where only the first column of a row counts.
pub(crate) fn query_scalar<'q, T>(text: impl SqlSafeStr) -> Scalar<'q, T> {
    Scalar { query: query(text), column: PhantomData }
}

/// Rows in one statement at most, as a power of two: each number of rows is a text of its own, prepared once and kept.
/// More make it dearer: sqlx asks SQLite for the name of each value, which it looks for among all.
const MOST_ROWS_LOG2: u32 = 6;

/// Inserts rows of numbers, after those that are the same in all of them; `head` is the statement up to its columns.
///
/// Where there may be thousands of rows this costs SQLite a small part of what taking them out of JSON does.
pub(crate) async fn insert_rows<const SAME: usize, const OWN: usize>(
    tx: &mut Tx,
    head: &str,
    same: [i64; SAME],
    rows: &[[i64; OWN]],
) -> Result<(), sqlx::Error> {
    let mut left = rows;
    while let Some(log2) = left.len().checked_ilog2() {
        let (now, later) = left.split_at(1 << log2.min(MOST_ROWS_LOG2));
        left = later;
        let mut text = format!("{head} VALUES ");
        for row in 0..now.len() {
            text.push_str(if row == 0 { "(" } else { ", (" });
            let own = SAME + row * OWN + 1;
            for (column, number) in (1..=SAME).chain(own..own + OWN).enumerate() {
                text.push_str(if column == 0 { "$" } else { ", $" });
                text.push_str(&number.to_string());
            }
            text.push(')');
        }
        let numbers = same.iter().chain(now.as_flattened());
        let statement = numbers.fold(query(AssertSqlSafe(text)), |statement, number| statement.bind(*number));
        statement.execute(tx).await?;
    }
    Ok(())
}

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
        match tx {
            Tx::Sqlite(tx) => Ok(self.for_sqlite().execute(&mut **tx).await?.rows_affected()),
            Tx::Postgres(tx, _) => Ok(self.for_postgres().execute(&mut **tx).await?.rows_affected()),
        }
    }

    pub(crate) async fn fetch_all(self, tx: &mut Tx) -> Result<Vec<Row>, sqlx::Error> {
        Ok(match tx {
            Tx::Sqlite(tx) => {
                let rows = self.for_sqlite().fetch_all(&mut **tx).await?;
                rows.into_iter().map(Row::Sqlite).collect()
            }
            Tx::Postgres(tx, _) => {
                let rows = self.for_postgres().fetch_all(&mut **tx).await?;
                rows.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    pub(crate) async fn fetch_optional(self, tx: &mut Tx) -> Result<Option<Row>, sqlx::Error> {
        Ok(match tx {
            Tx::Sqlite(tx) => self.for_sqlite().fetch_optional(&mut **tx).await?.map(Row::Sqlite),
            Tx::Postgres(tx, _) => self.for_postgres().fetch_optional(&mut **tx).await?.map(Row::Postgres),
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
        match tx {
            Tx::Sqlite(tx) => self.for_sqlite().fetch(&mut **tx).map_ok(Row::Sqlite).boxed(),
            Tx::Postgres(tx, _) => self.for_postgres().fetch(&mut **tx).map_ok(Row::Postgres).boxed(),
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
        })
    }

    fn for_postgres(self) -> sqlx::query::Query<'q, Postgres, PgArguments> {
        self.values.into_iter().fold(sqlx::query(self.text), |query, value| match value {
            Value::Number(number) => query.bind(number),
            Value::Text(text) => query.bind(text),
            Value::Bytes(bytes) => query.bind(bytes),
            Value::Flag(flag) => query.bind(flag),
            Value::Numbers(numbers) => query.bind(numbers.into_owned()),
            Value::Texts(texts) => query.bind(texts.into_iter().map(Cow::into_owned).collect::<Vec<_>>()),
        })
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
