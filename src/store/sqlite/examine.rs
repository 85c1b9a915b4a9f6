//! Looking a whole database through.

use std::path::PathBuf;

use super::{
    Database, Fault, SqliteStore,
    database::Tx,
    mail::{self, Rows},
    schema::{self, Part},
};
use crate::{ExaminedDatabase, StoreError};

/// SQLite's own check, then the sums of every row that has one.
pub(super) async fn examine(tx: &mut Tx) -> Result<Rows, Fault> {
    let found: Vec<String> = sqlx::query_scalar("PRAGMA integrity_check").fetch_all(&mut **tx).await?;
    if found != ["ok"] {
        let what = found.into_iter().take(3).collect::<Vec<_>>().join("; ");
        return Err(Fault::corrupt("-", &"-", &what));
    }
    // A mail schema of another version is its own upgrade's business.
    if schema::found(tx, Part::Office).await? == Part::Office.version() {
        mail::check_rows(tx).await
    } else {
        Ok(Rows::default())
    }
}

impl SqliteStore {
    /// Every database of the data folder with its place in it: the registry, then what the registry names.
    pub(super) async fn all_files(&self) -> Result<Vec<(String, PathBuf)>, StoreError> {
        let mut files = vec![("restante.db".to_owned(), self.registry.path().to_owned())];
        for organisation in self.organisations().await? {
            let path = self.organisation_path(&organisation.name);
            files.push((format!("organisations/{}.db", organisation.name), path));
        }
        for office in self.offices().await? {
            if office.placement == "separate" {
                // Also where an administrator had it made elsewhere: restored, it lies in the data folder.
                files.push((format!("offices/{}/office.db", office.name), office.location));
            }
        }
        Ok(files)
    }

    /// Looks every database through, beside a running server; what is wrong is in the answer.
    pub async fn examine(&self) -> Result<Vec<ExaminedDatabase>, StoreError> {
        let mut examined = Vec::new();
        for (_, file) in self.all_files().await? {
            let database = Database::new(&file, false);
            let looked = async {
                let mut tx = database.read().await?;
                examine(&mut tx).await
            };
            let looked = looked.await.map_err(|fault| fault.at("looking through", &database));
            let rows = looked.as_ref().copied().unwrap_or_default();
            let problem = looked.err().map(|error| match &error {
                StoreError::Damaged { source, .. } | StoreError::Database { source, .. } => {
                    format!("{error}: {source}")
                }
                _ => error.to_string(),
            });
            examined.push(ExaminedDatabase { file, messages: rows.messages, drafts: rows.drafts, problem });
        }
        Ok(examined)
    }
}
