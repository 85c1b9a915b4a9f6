//! The schema of each kind of database, its version, and the gate on other versions (row S4).

use sqlx::AssertSqlSafe;

use super::{Database, Fault, Tx};
use crate::{NotOpened, StoreError, Unavailable, part::Part, postgres, sql, sqlite};

/// The version of this build, the same on both engines.
pub(crate) fn version(part: Part) -> i64 {
    i64::try_from(sqlite::schema::steps(part).len()).unwrap_or(i64::MAX)
}

/// Makes this part's tables inside the transaction; the database has none of them yet.
pub(crate) async fn create(tx: &mut Tx, database: &Database, part: Part) -> Result<(), Fault> {
    if let Database::Postgres(schema) = database {
        let create = AssertSqlSafe(format!("CREATE SCHEMA IF NOT EXISTS {}", schema.quoted()));
        sql::query(create).execute(tx).await?;
        tx.run(postgres::LISTS).await?;
    }
    tx.run("CREATE TABLE IF NOT EXISTS schema_version (part TEXT PRIMARY KEY, version BIGINT NOT NULL)")
        .await?;
    for step in steps(database, part) {
        tx.run(step).await?;
    }
    sql::query("INSERT INTO schema_version (part, version) VALUES ($1, $2)")
        .bind(part.name())
        .bind(version(part))
        .execute(tx)
        .await?;
    Ok(())
}

/// Takes this part's tables from `found` to this build's schema, inside the transaction.
pub(crate) async fn upgrade(tx: &mut Tx, database: &Database, part: Part, found: i64) -> Result<(), Fault> {
    let done = usize::try_from(found).unwrap_or(usize::MAX);
    for step in steps(database, part).iter().skip(done) {
        tx.run(step).await?;
    }
    sql::query("UPDATE schema_version SET version = $2 WHERE part = $1")
        .bind(part.name())
        .bind(version(part))
        .execute(tx)
        .await?;
    Ok(())
}

fn steps(database: &Database, part: Part) -> &'static [&'static str] {
    match database {
        Database::Sqlite(_) => sqlite::schema::steps(part),
        Database::Postgres(_) => postgres::steps(part),
    }
}

/// How many tables there are, whoever made them.
pub(crate) async fn tables(tx: &mut Tx) -> Result<i64, Fault> {
    named(tx, None).await
}

/// How many tables there are of this name; without one, of any.
async fn named(tx: &mut Tx, name: Option<&str>) -> Result<i64, Fault> {
    let count = match tx {
        Tx::Sqlite(..) | Tx::Glance(_) => {
            "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND ($1 IS NULL OR name = $1)"
        }
        Tx::Postgres(..) => {
            "SELECT count(*) FROM pg_catalog.pg_tables \
             WHERE schemaname = current_schema() AND ($1 IS NULL OR tablename = $1)"
        }
    };
    Ok(sql::query_scalar(count).bind(name).fetch_one(tx).await?)
}

/// The version of this part in the database; 0 where it has none.
pub(crate) async fn found(tx: &mut Tx, part: Part) -> Result<i64, Fault> {
    if named(tx, Some("schema_version")).await? == 0 {
        return Ok(0);
    }
    let version: Option<i64> = sql::query_scalar("SELECT version FROM schema_version WHERE part = $1")
        .bind(part.name())
        .fetch_optional(tx)
        .await?;
    Ok(version.unwrap_or(0))
}

/// Writes into a database whose it is: the id that the registry has of the organisation or post office.
pub(crate) async fn sign(tx: &mut Tx, part: Part, id: &str) -> Result<(), Fault> {
    let statement = match part {
        // It is whose all others are.
        Part::Registry => return Ok(()),
        Part::Organisation => {
            "INSERT INTO identity (only_row, id) VALUES (1, $1) ON CONFLICT (only_row) DO UPDATE SET id = excluded.id"
        }
        Part::Office => "UPDATE post_office SET id = $1",
    };
    sql::query(statement).bind(id).execute(tx).await?;
    Ok(())
}

/// Whose it is; the registry is nobody's.
async fn signature(tx: &mut Tx, part: Part) -> Result<Option<String>, Fault> {
    let query = match part {
        Part::Registry => return Ok(None),
        Part::Organisation => "SELECT id FROM identity",
        Part::Office => "SELECT id FROM post_office",
    };
    let id: Option<Option<String>> = sql::query_scalar(query).fetch_optional(tx).await?;
    Ok(id.flatten())
}

/// Whether this build can work with the file, which is to be this organisation's or post office's: `None` when it can.
/// A file that cannot be read, or that is another's, is one organisation's misfortune, so it is told as such and does
/// not stop the server for the others.
pub(crate) async fn gate(
    database: &Database,
    part: Part,
    id: Option<&str>,
) -> Result<Option<Unavailable>, StoreError> {
    if !database.is_there() {
        return Ok(Some(Unavailable::Unreachable {
            location: database.address(),
            reason: NotOpened::NoFile,
        }));
    }
    let looked = async {
        let mut tx = database.read().await?;
        let found = found(&mut tx, part).await?;
        let ours = found != version(part) || signature(&mut tx, part).await?.as_deref() == id;
        Ok((found, ours))
    };
    let (part, known) = (part.name(), version(part));
    match looked.await.map_err(|fault: Fault| fault.at("reading the schema's version", database)) {
        Ok((found, _)) if found < known => {
            Ok(Some(Unavailable::UpgradeNeeded { part, found, needed: known }))
        }
        Ok((found, _)) if found > known => Ok(Some(Unavailable::ServerTooOld { part, found, known })),
        Ok((_, true)) => Ok(None),
        Ok((_, false)) => {
            let reason = NotOpened::OfAnother;
            Ok(Some(Unavailable::Unreachable { location: database.address(), reason }))
        }
        Err(StoreError::Gate { why, .. }) => Ok(Some(why)),
        Err(
            StoreError::Malformed { source, .. }
            | StoreError::Damaged { source, .. }
            | StoreError::Database { source, .. },
        ) => {
            let location = database.address();
            Ok(Some(Unavailable::Unreachable { location, reason: NotOpened::Said(source.to_string()) }))
        }
        Err(error) => Err(error),
    }
}
