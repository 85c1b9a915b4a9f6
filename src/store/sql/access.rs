//! The databases that belong to an organisation: opened, of this build's schema, and with a generation of this server.

use std::{
    collections::HashMap,
    sync::{Arc, MutexGuard, PoisonError, atomic::Ordering},
};

use restante_model::Name;

use super::{Database, Fault, Installation, SqlStore, mail, schema};
use crate::{OfficeTerms, StoreError, Unavailable, part::Part};

impl SqlStore {
    /// Does something in an organisation's database, once it passed the gate; `doing` says what, where that fails. It
    /// must be in the registry.
    pub(super) async fn in_organisation<T, F>(
        &self,
        organisation: &Name,
        doing: &'static str,
        work: impl FnOnce(Arc<Database>) -> F,
    ) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, Fault>>,
    {
        let database = self.organisation_database(organisation).await?;
        work(Arc::clone(&database)).await.map_err(|fault| fault.at(doing, &database))
    }

    /// The same in the database of its post office.
    pub(super) async fn in_office<T, F>(
        &self,
        organisation: &Name,
        doing: &'static str,
        work: impl FnOnce(Arc<Database>) -> F,
    ) -> Result<T, StoreError>
    where
        F: Future<Output = Result<T, Fault>>,
    {
        let database = self.office_database(organisation).await?;
        work(Arc::clone(&database)).await.map_err(|fault| fault.at(doing, &database))
    }

    /// The organisation's database, once it passed the gate. It must be in the registry.
    pub(super) async fn organisation_database(
        &self,
        organisation: &Name,
    ) -> Result<Arc<Database>, StoreError> {
        let database = self.database(&self.installation.organisation(organisation))?;
        let tag = async || Ok(self.known_organisation(organisation).await?.tag);
        match self.gate(&database, Part::Organisation, tag).await? {
            None => Ok(database),
            Some(why) => Err(StoreError::Unavailable { organisation: organisation.to_string(), why }),
        }
    }

    /// The database of the organisation's post office, once it passed the gate.
    pub(super) async fn office_database(&self, organisation: &Name) -> Result<Arc<Database>, StoreError> {
        Ok(self.office_and_terms(organisation).await?.0)
    }

    /// The same with the post office's terms.
    pub(super) async fn office_and_terms(
        &self,
        organisation: &Name,
    ) -> Result<(Arc<Database>, OfficeTerms), StoreError> {
        let unavailable = |why| StoreError::Unavailable { organisation: organisation.to_string(), why };
        let office =
            self.office_of(organisation).await?.ok_or_else(|| unavailable(Unavailable::NoneAttached))?;
        let database = self.database(&office.location)?;
        if let Some(why) = self.gate(&database, Part::Office, async || Ok(office.id)).await? {
            return Err(unavailable(why));
        }
        self.begin_generation(&database).await?;
        Ok((database, office.terms))
    }

    /// Whether this build can work with the database, and it is whose it is to be; asked anew only where another
    /// process may have upgraded it since. An upgrade on PostgreSQL tells that it changed everything.
    async fn gate(
        &self,
        database: &Database,
        part: Part,
        id: impl AsyncFnOnce() -> Result<String, StoreError>,
    ) -> Result<Option<Unavailable>, StoreError> {
        // Before the question: what is written after it changes the number.
        let announced = self.announced().filter(|_| database.is_there());
        let key = (database.address(), part);
        if announced.is_some() && self.passed().get(&key).copied() == announced {
            return Ok(None);
        }
        let why = schema::gate(database, part, Some(&id().await?)).await?;
        if let (Some(announced), None) = (announced, &why) {
            self.passed().insert(key, announced);
        }
        Ok(why)
    }

    fn passed(&self) -> MutexGuard<'_, HashMap<(String, Part), u64>> {
        self.passed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Another number whenever another process may have changed a schema; `None` where that is not known.
    pub(super) fn announced(&self) -> Option<u64> {
        match &*self.installation {
            Installation::Folder(_, neighbours) => neighbours.announced(),
            Installation::Server(_) => self.hearing.number(),
        }
    }

    /// Writes this start of the server into a post office's database, once; and again where it goes on on another
    /// timeline.
    async fn begin_generation(&self, database: &Database) -> Result<(), StoreError> {
        if !self.serving.load(Ordering::Relaxed) {
            return Ok(());
        }
        let mut begun = self.begun.lock().await;
        let timeline = database.timeline();
        if begun.get(&database.address()) == Some(&timeline) {
            return Ok(());
        }
        mail::begin_generation(database, self.now().await?)
            .await
            .map_err(|fault| fault.at("beginning a generation", database))?;
        database.begin_timeline(timeline);
        if begun.insert(database.address(), timeline).is_some() {
            tracing::warn!(
                database = database.address(),
                timeline,
                "PostgreSQL goes on from a failover or a recovery: what it lost, agents notice"
            );
        }
        Ok(())
    }
}
