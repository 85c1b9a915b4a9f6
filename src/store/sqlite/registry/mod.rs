//! The registry: organisations, post offices, and which belong together.

mod attachments;
mod new_database;
mod offices;
mod organisations;

use super::{
    Database, Fault, SqliteStore,
    database::Tx,
    schema::{self, Part},
    signed, stored, unsigned,
};
use crate::StoreError;

use self::offices::{OFFICE, Office, office};
pub(super) use self::{attachments::HomeTerms, organisations::Home};

impl SqliteStore {
    /// Makes the registry's tables in a new data folder; refuses a registry of another schema.
    pub(super) async fn prepare_registry(&self) -> Result<(), StoreError> {
        let registry = &self.registry;
        let empty = async |tx: &mut Tx| -> Result<bool, Fault> {
            let tables: i64 =
                sqlx::query_scalar("SELECT count(*) FROM sqlite_schema").fetch_one(&mut **tx).await?;
            Ok(tables == 0)
        };
        let create = async {
            // A command that only lists something is to write nothing, so that servers go on undisturbed.
            if !empty(&mut registry.read().await?).await? {
                return Ok(());
            }
            let mut tx = registry.write().await?;
            // Another process may have come in between.
            if empty(&mut tx).await? {
                schema::create(&mut tx, Part::Registry).await?;
            }
            Ok(tx.commit().await?)
        };
        create.await.map_err(|fault: Fault| fault.at("opening the registry", registry))?;
        match schema::gate(registry, Part::Registry).await? {
            None => Ok(()),
            Some(why) => Err(StoreError::Gate { database: registry.path().to_owned(), why }),
        }
    }

    pub(super) async fn check_registry(&self) -> Result<(), StoreError> {
        let check = async {
            let mut tx = self.registry.read().await?;
            sqlx::query_scalar::<_, i64>("SELECT count(*) FROM schema_version").fetch_one(&mut *tx).await?;
            Ok(())
        };
        check.await.map_err(|fault: Fault| fault.at("checking the registry", &self.registry))
    }
}
