//! Looking a whole database through.

use std::{collections::HashSet, path::PathBuf, sync::Arc};

use super::{
    Database, Fault, Installation, SqlStore, Tx,
    mail::{self, Rows},
    query_scalar, schema,
};
use crate::{Durability, ExaminedDatabase, Refusal, StoreError, part::Part};

/// The engine's own check, where it has one, then the sums of every row that has one.
pub(crate) async fn examine(tx: &mut Tx) -> Result<Rows, Fault> {
    if !tx.others_write() {
        let found: Vec<String> = query_scalar("PRAGMA integrity_check").fetch_all(tx).await?;
        if found != ["ok"] {
            let what = found.into_iter().take(3).collect::<Vec<_>>().join("; ");
            return Err(Fault::corrupt("-", &"-", &what));
        }
    }
    // A mail schema of another version is its own upgrade's business.
    if schema::found(tx, Part::Office).await? == schema::version(Part::Office) {
        mail::check_rows(tx).await
    } else {
        Ok(Rows::default())
    }
}

impl SqlStore {
    /// Every database of the data folder with its place in it: the registry, then what the registry names.
    pub(crate) async fn all_files(&self) -> Result<Vec<(String, PathBuf)>, StoreError> {
        let Installation::Folder(folder, _) = &*self.installation else {
            return Err(StoreError::Refused(Refusal::BackupOfPostgres));
        };
        let mut files = Vec::new();
        for (name, location) in self.all_locations().await? {
            if super::elsewhere(&location) {
                return Err(StoreError::Refused(Refusal::BackupOfOfficeElsewhere { name }));
            }
            files.push((name, folder.join(location)));
        }
        Ok(files)
    }

    /// Where each database of the installation lies, under the name that it has in a data folder of its own.
    async fn all_locations(&self) -> Result<Vec<(String, String)>, StoreError> {
        let mut all = vec![("restante.db".to_owned(), "restante.db".to_owned())];
        for organisation in self.organisations().await? {
            let location = self.installation.organisation(&organisation.name);
            all.push((format!("organisations/{}.db", organisation.name), location));
        }
        for (office, location) in self.separate_offices().await? {
            // Also where an administrator had it made elsewhere: restored, it lies in the data folder.
            all.push((format!("offices/{office}/office.db"), location));
        }
        Ok(all)
    }

    /// Databases in the data folder that its registry does not name: it is older than they are, or a command that made
    /// them did not come to its end.
    pub async fn unnamed(&self) -> Result<Vec<PathBuf>, StoreError> {
        let Some(folder) = self.folder() else { return Ok(Vec::new()) };
        let named: HashSet<_> =
            self.all_locations().await?.into_iter().map(|(_, location)| folder.join(location)).collect();
        let entries = |folder: PathBuf| {
            let entries = folder.read_dir().into_iter().flatten().flatten();
            entries.map(|entry| entry.path()).collect::<Vec<_>>()
        };
        let offices = entries(folder.join("offices")).into_iter().flat_map(entries);
        let mut unnamed: Vec<_> = entries(folder.join("organisations")).into_iter().chain(offices).collect();
        unnamed.retain(|path| path.extension().is_some_and(|ending| ending == "db") && !named.contains(path));
        unnamed.sort();
        Ok(unnamed)
    }

    /// What the servers of PostgreSQL promise that hold databases of this installation.
    pub async fn durability(&self) -> Result<Vec<Durability>, StoreError> {
        let mut databases = vec![Arc::clone(&self.registry)];
        for (_, location) in self.all_locations().await?.into_iter().skip(1) {
            databases.push(self.database(&location)?);
        }
        let (mut asked, mut all) = (HashSet::new(), Vec::new());
        for database in &databases {
            if let Database::Postgres(schema) = &**database
                && asked.insert(schema.database())
            {
                let durability = schema.durability().await;
                all.push(durability.map_err(|error| Fault::from(error).at("reading settings of", database))?);
            }
        }
        Ok(all)
    }

    /// Looks every database through, beside a running server; what is wrong is in the answer.
    pub async fn examine(&self) -> Result<Vec<ExaminedDatabase>, StoreError> {
        let mut examined = vec![look_through(&self.registry).await];
        for (_, location) in self.all_locations().await?.into_iter().skip(1) {
            examined.push(look_through(&*self.database(&location)?).await);
        }
        Ok(examined)
    }
}

async fn look_through(database: &Database) -> ExaminedDatabase {
    let looked = async {
        let mut tx = database.read().await?;
        examine(&mut tx).await
    };
    let looked = looked.await.map_err(|fault| fault.at("looking through", database));
    let rows = looked.as_ref().copied().unwrap_or_default();
    let (messages, drafts) = (rows.messages, rows.drafts);
    ExaminedDatabase { database: database.address(), messages, drafts, problem: looked.err() }
}
