//! The registry: organisations, post offices, and which belong together.

mod administrators;
mod attachments;
mod new_database;
mod offices;
mod organisations;
mod upgrade;

use super::{Fault, Row, SqlStore, Tx, schema, signed, stored, unsigned};
use crate::{Refusal, StoreError, Unavailable, part::Part, sql};

use self::offices::{OFFICE, Office, office};
pub(super) use self::{attachments::HomeTerms, organisations::Home};

impl SqlStore {
    /// Makes the registry's tables in a new data folder. An older registry is upgraded, after a copy beside
    /// it: no command, the one that upgrades an organisation included, works without it. A newer one is
    /// refused.
    pub(super) async fn prepare_registry(&self) -> Result<(), StoreError> {
        let registry = &self.registry;
        if !registry.is_there() {
            self.refuse_orphans()?;
        }
        let create = async {
            // A command that only lists something is to write nothing, so that servers go on undisturbed.
            if schema::tables(&mut registry.read().await?).await? > 0 {
                return Ok(());
            }
            let mut tx = registry.write_alone().await?;
            // Another process may have come in between.
            if schema::tables(&mut tx).await? == 0 {
                self.refuse_orphans()?;
                schema::create(&mut tx, registry, Part::Registry).await?;
            }
            Ok(tx.commit().await?)
        };
        create.await.map_err(|fault: Fault| fault.at("opening the registry", registry))?;
        match schema::gate(registry, Part::Registry, None).await? {
            None => Ok(()),
            Some(Unavailable::UpgradeNeeded { found: 1.., .. }) => {
                upgrade::upgrade(registry, Part::Registry, None, self.now().await?).await.map(drop)
            }
            Some(why) => Err(StoreError::Gate { database: registry.address(), why }),
        }
    }

    /// A registry that was lost must not look like a new installation: its people would seem to be signed out.
    fn refuse_orphans(&self) -> Result<(), StoreError> {
        let Some(folder) = self.folder() else { return Ok(()) };
        let there =
            |part: &str| folder.join(part).read_dir().is_ok_and(|mut entries| entries.next().is_some());
        if there("organisations") || there("offices") {
            return Err(StoreError::Refused(Refusal::RegistryGone { folder: folder.to_owned() }));
        }
        Ok(())
    }

    pub(super) async fn check_registry(&self) -> Result<(), StoreError> {
        let check = async {
            let mut tx = self.registry.read().await?;
            sql::query_scalar::<i64>("SELECT count(*) FROM schema_version").fetch_one(&mut tx).await?;
            Ok(())
        };
        check.await.map_err(|fault: Fault| fault.at("checking the registry", &self.registry))
    }
}
