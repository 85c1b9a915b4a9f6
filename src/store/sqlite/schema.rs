//! The schema of each kind of database, its version, and the gate on other versions (row S4).
//!
//! WHEN CHANGING THE SCHEMA: add the next file to the list; never edit one that was released.

use sqlx::{Row, raw_sql};

use super::database::{Database, Fault, Tx};
use crate::{StoreError, Unavailable};

/// A kind of tables; several may share one file (an office inside an organisation's database).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Registry,
    Organisation,
    Office,
}

impl Part {
    /// The name used in SQL and in messages.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Registry => "registry",
            Self::Organisation => "organisation",
            Self::Office => "office",
        }
    }

    /// All steps from an empty database to this build's schema.
    fn steps(self) -> &'static [&'static str] {
        match self {
            Self::Registry => &[
                include_str!("../migrations/registry/0001_registry.sql"),
                include_str!("../migrations/registry/0002_policy.sql"),
            ],
            Self::Organisation => &[
                include_str!("../migrations/organisation/0001_people.sql"),
                include_str!("../migrations/organisation/0002_last_seen.sql"),
            ],
            Self::Office => &[
                include_str!("../migrations/office/0001_mail.sql"),
                include_str!("../migrations/office/0002_ledger.sql"),
            ],
        }
    }

    /// The version of this build.
    pub(super) fn version(self) -> i64 {
        i64::try_from(self.steps().len()).unwrap_or(i64::MAX)
    }
}

/// Makes this part's tables inside the transaction; the file has none of them yet.
pub(super) async fn create(tx: &mut Tx, part: Part) -> Result<(), Fault> {
    raw_sql(
        "CREATE TABLE IF NOT EXISTS schema_version (part TEXT PRIMARY KEY, version BIGINT NOT NULL) WITHOUT ROWID",
    )
    .execute(&mut **tx)
    .await?;
    for step in part.steps() {
        raw_sql(*step).execute(&mut **tx).await?;
    }
    sqlx::query("INSERT INTO schema_version (part, version) VALUES ($1, $2)")
        .bind(part.name())
        .bind(part.version())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Takes this part's tables from `found` to this build's schema, inside the transaction.
pub(super) async fn upgrade(tx: &mut Tx, part: Part, found: i64) -> Result<(), Fault> {
    let done = usize::try_from(found).unwrap_or(usize::MAX);
    for step in part.steps().iter().skip(done) {
        raw_sql(*step).execute(&mut **tx).await?;
    }
    sqlx::query("UPDATE schema_version SET version = $2 WHERE part = $1")
        .bind(part.name())
        .bind(part.version())
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// The version of this part in the file; 0 where it has none.
pub(super) async fn found(tx: &mut Tx, part: Part) -> Result<i64, Fault> {
    let tables = "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'schema_version'";
    let any: i64 = sqlx::query_scalar(tables).fetch_one(&mut **tx).await?;
    if any == 0 {
        return Ok(0);
    }
    let row = sqlx::query("SELECT version FROM schema_version WHERE part = $1")
        .bind(part.name())
        .fetch_optional(&mut **tx)
        .await?;
    Ok(row.map(|row| row.try_get(0)).transpose()?.unwrap_or(0))
}

/// Whether this build can work with the file: `None` when it can. A file that cannot be read is one
/// organisation's misfortune, so it is told as such and does not stop the server for the others.
pub(super) async fn gate(database: &Database, part: Part) -> Result<Option<Unavailable>, StoreError> {
    if !database.path().exists() {
        let reason = "no such file".to_owned();
        return Ok(Some(Unavailable::Unreachable { location: database.path().to_owned(), reason }));
    }
    let version = async {
        let mut tx = database.read().await?;
        found(&mut tx, part).await
    };
    let (part, known) = (part.name(), part.version());
    match version.await.map_err(|fault| fault.at("reading the schema's version", database)) {
        Ok(found) if found < known => Ok(Some(Unavailable::UpgradeNeeded { part, found, needed: known })),
        Ok(found) if found > known => Ok(Some(Unavailable::ServerTooOld { part, found, known })),
        Ok(_) => Ok(None),
        Err(StoreError::Damaged { source, .. } | StoreError::Database { source, .. }) => {
            let location = database.path().to_owned();
            Ok(Some(Unavailable::Unreachable { location, reason: source.to_string() }))
        }
        Err(error) => Err(error),
    }
}
