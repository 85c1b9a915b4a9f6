//! Bringing a database to this build's schema, after a copy of it as it was (row S4).

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use restante_model::{Name, Timestamp};
use sqlx::{ConnectOptions, Connection, sqlite::SqliteConnectOptions};

use super::{Fault, Part, SqlStore, schema};
use crate::{Refusal, StoreError, Unavailable, Upgraded, sql::Database};

impl SqlStore {
    pub(in super::super) async fn upgrade(&self, organisation: &Name) -> Result<Vec<Upgraded>, StoreError> {
        let home = self.known_organisation(organisation).await?;
        let location = self.installation.organisation(organisation);
        let mut done = vec![self.upgrade_part(organisation, &location, Part::Organisation, &home.tag).await?];
        if let Some(office) = self.office_of(organisation).await? {
            let location = &office.location;
            done.push(self.upgrade_part(organisation, location, Part::Office, &office.id).await?);
        }
        Ok(done)
    }

    async fn upgrade_part(
        &self,
        organisation: &Name,
        location: &str,
        part: Part,
        id: &str,
    ) -> Result<Upgraded, StoreError> {
        let database = self.database(location)?;
        match schema::gate(&database, part, Some(id)).await? {
            None | Some(Unavailable::UpgradeNeeded { found: 1.., .. }) => {
                upgrade(&database, part, Some(id), self.now().await?).await
            }
            Some(why) => Err(StoreError::Unavailable { organisation: organisation.to_string(), why }),
        }
    }
}

/// Upgrades one part of a file, in one transaction that nobody else writes beside: the copy is of what the
/// upgrade begins with. Interrupted, the file is as it was. One that does not say whose it is does so from then on.
pub(super) async fn upgrade(
    database: &Database,
    part: Part,
    id: Option<&str>,
    now: Timestamp,
) -> Result<Upgraded, StoreError> {
    let upgrade = async {
        let mut tx = database.write_alone().await?;
        let (from, to) = (schema::found(&mut tx, part).await?, schema::version(part));
        let mut copy = None;
        if from < to {
            // PostgreSQL's own tools copy its databases, and its administrator says when.
            if let Database::Sqlite(file) = database {
                let name = copy_name(file.path(), part, from, now);
                copy_to(file.path(), &name).await?;
                copy = Some(name);
            }
            schema::upgrade(&mut tx, database, part, from).await?;
            if let Some(id) = id {
                schema::sign(&mut tx, part, id).await?;
            }
            tx.commit().await?;
            let copied = copy.as_ref().map(|copy| tracing::field::display(copy.display()));
            tracing::info!(
                database = database.address(),
                part = part.name(),
                from,
                to,
                copy = copied,
                "the database was upgraded"
            );
        }
        Ok(Upgraded { part: part.name(), database: database.address(), from, to, copy })
    };
    upgrade.await.map_err(|fault: Fault| fault.at("upgrading the schema", database))
}

/// Beside the database; no two copies are ever called the same.
fn copy_name(path: &Path, part: Part, from: i64, now: Timestamp) -> PathBuf {
    path.with_extension(format!("{}-schema-{from}-{}.db", part.name(), now.unix_ms()))
}

/// Copies the whole file as it is committed, and has the copy on disk before it comes back.
async fn copy_to(path: &Path, copy: &Path) -> Result<(), Fault> {
    let folder = |source| StoreError::Folder {
        doing: "writing a copy to",
        path: copy.to_owned(),
        source: Arc::new(source),
    };
    let name =
        copy.to_str().ok_or_else(|| StoreError::Refused(Refusal::PathNotUtf8 { path: copy.to_owned() }))?;
    let mut connection = SqliteConnectOptions::new().filename(path).connect().await?;
    sqlx::query("VACUUM INTO $1").bind(name).execute(&mut connection).await?;
    connection.close().await?;
    std::fs::File::open(copy).and_then(|file| file.sync_all()).map_err(folder)?;
    Ok(())
}
