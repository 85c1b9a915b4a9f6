//! One open database of either engine, a transaction in it, and what can go wrong there.

use std::{fmt::Display, sync::Arc};

use sqlx::{PgConnection, Postgres, Sqlite, SqliteConnection, Transaction, pool::PoolConnection};

use super::query_scalar;
use crate::{News, StoreError, postgres, sqlite};

/// One open database: a file of SQLite, or a schema in a database of PostgreSQL.
#[derive(Debug)]
pub(crate) enum Database {
    Sqlite(sqlite::File),
    Postgres(postgres::Schema),
}

/// A transaction in one of our databases.
pub(crate) enum Tx {
    /// One that writes is committed by the log of its file.
    Sqlite(Transaction<'static, Sqlite>, Option<Arc<sqlite::Log>>),
    /// No transaction, but one statement that reads: on a file its own moment is enough, and takes a third as long.
    Glance(PoolConnection<Sqlite>),
    /// And what it changed of what servers remember: everything, where nothing is said.
    Postgres(Transaction<'static, Postgres>, Option<Vec<News>>),
}

impl Database {
    /// Where it lies, for people: never with a password.
    pub(crate) fn address(&self) -> String {
        match self {
            Self::Sqlite(file) => file.path().display().to_string(),
            Self::Postgres(schema) => schema.address(),
        }
    }

    /// Whether its file is there; of PostgreSQL only a connection can say.
    pub(crate) fn is_there(&self) -> bool {
        match self {
            Self::Sqlite(file) => file.path().exists(),
            Self::Postgres(_) => true,
        }
    }

    /// Which history of its data this is: PostgreSQL begins another one where what was committed last may be missing.
    pub(crate) fn timeline(&self) -> u32 {
        match self {
            Self::Sqlite(_) => 0,
            Self::Postgres(schema) => schema.timeline(),
        }
    }

    /// A generation has begun on this timeline; on another one nothing is written any more.
    pub(crate) fn begin_timeline(&self, timeline: u32) {
        match self {
            Self::Sqlite(_) => {}
            Self::Postgres(schema) => schema.begin_timeline(timeline),
        }
    }

    /// How many transactions were begun so far.
    pub(crate) fn transactions(&self) -> u64 {
        match self {
            Self::Sqlite(file) => file.transactions(),
            Self::Postgres(schema) => schema.transactions(),
        }
    }

    /// A transaction that sees one moment of the database.
    pub(crate) async fn read(&self) -> Result<Tx, Fault> {
        match self {
            Self::Sqlite(file) => Ok(Tx::Sqlite(file.read().await?, None)),
            Self::Postgres(schema) => Ok(Tx::Postgres(schema.read().await?, None)),
        }
    }

    /// The same for a single statement.
    pub(crate) async fn glance(&self) -> Result<Tx, Fault> {
        match self {
            Self::Sqlite(file) => file.glance().await.map(Tx::Glance),
            Self::Postgres(_) => self.read().await,
        }
    }

    /// A transaction that writes. On SQLite there is one at a time; on PostgreSQL each locks the mailboxes that it
    /// changes before it looks at them.
    pub(crate) async fn write(&self) -> Result<Tx, Fault> {
        match self {
            Self::Sqlite(file) => file.write().await.map(|(tx, log)| Tx::Sqlite(tx, Some(log))),
            Self::Postgres(schema) => Ok(Tx::Postgres(schema.write().await?, None)),
        }
    }

    /// The same for mail: of each mailbox that it changes it takes a number, and says so by it.
    pub(crate) async fn write_mail(&self) -> Result<Tx, Fault> {
        let mut tx = self.write().await?;
        tx.tells(News::NOTHING);
        Ok(tx)
    }

    /// A transaction that writes as the only one of its kind in this database, on either engine.
    pub(crate) async fn write_alone(&self) -> Result<Tx, Fault> {
        match self {
            Self::Sqlite(file) => file.write().await.map(|(tx, log)| Tx::Sqlite(tx, Some(log))),
            Self::Postgres(schema) => Ok(Tx::Postgres(schema.write_alone().await?, None)),
        }
    }
}

/// What a statement runs on.
pub(crate) enum Connection<'t> {
    Sqlite(&'t mut SqliteConnection),
    Postgres(&'t mut PgConnection),
}

impl Tx {
    pub(crate) fn connection(&mut self) -> Connection<'_> {
        match self {
            Self::Sqlite(tx, _) => Connection::Sqlite(tx),
            Self::Glance(connection) => Connection::Sqlite(connection),
            Self::Postgres(tx, _) => Connection::Postgres(tx),
        }
    }

    pub(crate) async fn commit(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Sqlite(tx, None) => tx.commit().await,
            Self::Sqlite(tx, Some(log)) => log.commit(tx).await,
            Self::Glance(_) => Ok(()),
            Self::Postgres(tx, news) => postgres::commit(tx, news).await,
        }
    }

    /// What it changes of that which servers remember; one that says nothing changes everything. Where a file's other
    /// processes are concerned, `sqlite/neighbours` tells them.
    pub(crate) fn tells(&mut self, more: News) {
        if let Self::Postgres(_, news) = self {
            news.get_or_insert_default().push(more);
        }
    }

    /// Runs statements of our own that take no values.
    pub(crate) async fn run(&mut self, script: &'static str) -> Result<(), sqlx::Error> {
        match self.connection() {
            Connection::Sqlite(connection) => sqlx::raw_sql(script).execute(connection).await.map(drop),
            Connection::Postgres(connection) => sqlx::raw_sql(script).execute(connection).await.map(drop),
        }
    }

    /// Ends a SELECT whose rows nobody else may change until this transaction has ended; SQLite has but one writer.
    pub(crate) fn row_lock(&self) -> &'static str {
        match self {
            Self::Sqlite(..) | Self::Glance(_) => "",
            Self::Postgres(..) => " FOR NO KEY UPDATE",
        }
    }

    /// Whether this transaction is the only one in its database that does this job; `false` where another server is at
    /// it. It holds until the transaction ends.
    pub(crate) async fn takes_job(&mut self, job: &'static str) -> Result<bool, sqlx::Error> {
        match self {
            Self::Sqlite(..) | Self::Glance(_) => Ok(true),
            Self::Postgres(..) => {
                let lock =
                    "SELECT pg_try_advisory_xact_lock(hashtextextended($1 || ' ' || current_schema(), 0))";
                query_scalar(lock).bind(job).fetch_one(self).await
            }
        }
    }

    /// Whether others may write beside this transaction, so that it must lock what it reads in order to change.
    pub(crate) fn others_write(&self) -> bool {
        matches!(self, Self::Postgres(..))
    }
}

/// What went wrong inside a transaction, before it knows its database.
#[derive(Debug)]
pub(crate) enum Fault {
    Sql(sqlx::Error),
    Corrupt { table: &'static str, row: String, what: String },
    Store(StoreError),
}

impl From<sqlx::Error> for Fault {
    fn from(error: sqlx::Error) -> Self {
        Self::Sql(error)
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Fault {
    /// A row that is not what was written.
    pub(crate) fn corrupt(table: &'static str, row: &dyn Display, what: &dyn Display) -> Self {
        Self::Corrupt { table, row: row.to_string(), what: what.to_string() }
    }

    /// The same with its address.
    pub(crate) fn at(self, doing: &'static str, database: &Database) -> StoreError {
        match self {
            Self::Store(error) => error,
            Self::Corrupt { table, row, what } => {
                StoreError::Corrupt { database: database.address(), table, row, what }
            }
            Self::Sql(source) => match database {
                Database::Sqlite(_) => sqlite::error(source, doing, database.address()),
                Database::Postgres(_) => postgres::error(source, doing, database.address()),
            },
        }
    }
}
