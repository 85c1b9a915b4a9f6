//! One schema of a database: where the tables of the registry, of an organisation or of a post office lie.
//!
//! WHEN CHANGING THE SCHEMA: add the next file to the list, here and in `sqlite/schema.rs`; never edit one that was
//! released.

use std::{
    io,
    sync::{
        Arc,
        atomic::{AtomicU32, AtomicU64, Ordering},
    },
};

use restante_model::Timestamp;
use sqlx::{AssertSqlSafe, PgPool, Postgres, Transaction, postgres::PgConnectOptions};

use super::{Durability, announcement, server::quoted, timeline::Timeline};
use crate::{News, part::Part};

/// All steps from an empty schema to this build's.
pub(crate) fn steps(part: Part) -> &'static [&'static str] {
    match part {
        Part::Registry => &[
            include_str!("migrations/registry/0001_registry.sql"),
            include_str!("migrations/registry/0002_policy.sql"),
            include_str!("migrations/registry/0003_identity.sql"),
        ],
        Part::Organisation => &[
            include_str!("migrations/organisation/0001_people.sql"),
            include_str!("migrations/organisation/0002_last_seen.sql"),
            include_str!("migrations/organisation/0003_identity.sql"),
        ],
        Part::Office => &[
            include_str!("migrations/office/0001_mail.sql"),
            include_str!("migrations/office/0002_ledger.sql"),
            include_str!("migrations/office/0003_identity.sql"),
        ],
    }
}

/// What the tables of each kind lean on.
pub(crate) const LISTS: &str = include_str!("migrations/lists.sql");

/// A schema, reached by connections that other schemas of its database share: each transaction names it first.
#[derive(Debug)]
pub(crate) struct Schema {
    pool: PgPool,
    timeline: Arc<Timeline>,
    /// The timeline on which this server began a generation; 0 where it has begun none.
    begun: AtomicU32,
    name: String,
    shown: String,
    begin_read: String,
    begin_write: String,
    begin_alone: String,
    /// Transactions begun so far.
    transactions: AtomicU64,
}

impl Schema {
    pub(super) fn new(pool: PgPool, timeline: Arc<Timeline>, name: &str, shown: String) -> Self {
        let path = format!("SET LOCAL search_path TO {}", quoted(name));
        // One that waits for a lock is told after 5 s that it is busy; one whose server is gone with its machine lets
        // go of its locks.
        let write = format!(
            "BEGIN; {path}; SET LOCAL lock_timeout = '5s'; SET LOCAL idle_in_transaction_session_timeout = '30s'"
        );
        let alone = format!(
            "{write}; SELECT pg_advisory_xact_lock(hashtextextended('restante ' || current_database() || ' {}', 0))",
            name.replace('\'', "''")
        );
        Self {
            pool,
            timeline,
            begun: AtomicU32::new(0),
            name: name.to_owned(),
            shown,
            begin_read: format!("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY; {path}"),
            begin_write: write,
            begin_alone: alone,
            transactions: AtomicU64::new(0),
        }
    }

    /// Its database, and itself.
    pub(crate) fn address(&self) -> String {
        format!("{} ({})", self.shown, self.name)
    }

    /// The database that it is in, whichever schemas share it.
    pub(crate) fn database(&self) -> &str {
        &self.shown
    }

    /// What its server promises of what is committed.
    pub(crate) async fn durability(&self) -> Result<Durability, sqlx::Error> {
        Durability::ask(&self.pool, &self.shown).await
    }

    pub(super) fn options(&self) -> Arc<PgConnectOptions> {
        self.pool.connect_options()
    }

    /// How many transactions were begun so far.
    pub(crate) fn transactions(&self) -> u64 {
        self.transactions.load(Ordering::Relaxed)
    }

    /// Its name, to stand in a statement.
    pub(crate) fn quoted(&self) -> String {
        quoted(&self.name)
    }

    /// By the clock of its server.
    pub(crate) async fn now(&self) -> Result<Timestamp, sqlx::Error> {
        self.transactions.fetch_add(1, Ordering::Relaxed);
        // A transaction by itself: it needs no schema.
        let milliseconds =
            sqlx::query_scalar("SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)");
        milliseconds.fetch_one(&self.pool).await.map(Timestamp::from_unix_ms)
    }

    pub(crate) async fn read(&self) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
        self.begin(&self.begin_read).await
    }

    pub(crate) async fn write(&self) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
        let tx = self.begin(&self.begin_write).await?;
        let begun = self.begun.load(Ordering::SeqCst);
        if begun != 0 && begun != self.timeline() {
            // What was lost and what comes now would have the same numbers, and nothing to tell them apart.
            return Err(io::Error::other(
                "PostgreSQL is on another timeline, and no generation has begun on it",
            )
            .into());
        }
        Ok(tx)
    }

    /// What the connections of its database meet.
    pub(super) fn met(&self) -> Arc<Timeline> {
        Arc::clone(&self.timeline)
    }

    /// The timeline of the newest connection.
    pub(crate) fn timeline(&self) -> u32 {
        self.timeline.current()
    }

    /// A generation has begun on this timeline: from now on nothing is written on another one.
    pub(crate) fn begin_timeline(&self, timeline: u32) {
        self.begun.store(timeline, Ordering::SeqCst);
    }

    pub(crate) async fn write_alone(&self) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
        self.begin(&self.begin_alone).await
    }

    async fn begin(&self, statement: &str) -> Result<Transaction<'static, Postgres>, sqlx::Error> {
        self.transactions.fetch_add(1, Ordering::Relaxed);
        self.pool.begin_with(AssertSqlSafe(statement)).await
    }
}

/// Commits, and with it tells all servers what changed: everything, where it was not said.
pub(crate) async fn commit(
    mut tx: Transaction<'static, Postgres>,
    news: Option<Vec<News>>,
) -> Result<(), sqlx::Error> {
    let texts = announcement::texts(news);
    if !texts.is_empty() {
        sqlx::query("SELECT pg_notify($1, text) FROM unnest($2) AS texts (text)")
            .bind(announcement::CHANNEL)
            .bind(texts)
            .execute(&mut *tx)
            .await?;
    }
    tx.commit().await
}
