//! The store on either engine: one registry, one database an organisation, one a post office.

mod access;
mod agents;
mod database;
mod deposit;
mod examine;
mod installation;
mod mail;
mod migrate;
mod people;
mod registry;
mod schema;
mod serving;
mod settings;
mod statement;
mod tasks;
mod values;

use std::{
    collections::HashMap,
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use restante_model::{Clock, Timestamp};

pub use self::migrate::{Migrated, MigratedTable};
pub(crate) use self::{
    database::{Database, Fault, Tx},
    examine::examine,
    installation::{Installation, elsewhere},
    mail::{Rows, renew_epoch},
    schema::found,
    statement::{Insert, Query, Row, Value, Values, query, query_scalar},
};
use self::{
    deposit::Letters,
    values::{json, signed, stored, unsigned},
};
use crate::{StoreError, part::Part, postgres, sqlite::folder};

/// The store of one installation: a data folder, or a database of PostgreSQL. A clone is the same store.
#[derive(Clone)]
pub struct SqlStore {
    installation: Arc<Installation>,
    registry: Arc<Database>,
    time: Time,
    /// What is open, by location. An entry stays as long as the store.
    open: Arc<Mutex<HashMap<String, Arc<Database>>>>,
    /// The post offices that this process has begun a generation on, each with its timeline.
    begun: Arc<tokio::sync::Mutex<HashMap<String, u32>>>,
    serving: Arc<AtomicBool>,
    /// Which databases were of this build's schema, when so many other processes had written.
    passed: Arc<Mutex<HashMap<(String, Part), u64>>>,
    letters: Arc<Letters>,
    /// Hears what others change on PostgreSQL.
    hearing: Arc<postgres::Hearing>,
    /// Whether a database was used to which others can write without a word to this folder.
    used_elsewhere: Arc<AtomicBool>,
}

/// Where the store has the time from: mail expires by it.
#[derive(Clone)]
pub enum Time {
    /// A clock of this machine, or of a test.
    Clock(Arc<dyn Clock>),
    /// PostgreSQL's own, which all servers of an installation share.
    Database,
}

impl SqlStore {
    /// Opens a data folder, which is made when it is not there. `clock` is the databases' clock: mail expires by it.
    pub async fn open(folder: &Path, clock: Arc<dyn Clock>) -> Result<Self, StoreError> {
        folder::make(folder)?;
        folder::probe(folder)?;
        Self::begin(Installation::folder(folder)?, Time::Clock(clock)).await
    }

    /// Opens an installation on PostgreSQL; in an empty database it is made.
    pub async fn connect(url: &str, time: Time) -> Result<Self, StoreError> {
        let server = postgres::Server::new(url)?;
        server.refuse_lent_connections().await?;
        Self::begin(Installation::Server(Box::new(server)), time).await
    }

    async fn begin(installation: Installation, time: Time) -> Result<Self, StoreError> {
        let store = Self {
            registry: Arc::new(installation.registry()),
            installation: Arc::new(installation),
            time,
            open: Arc::default(),
            begun: Arc::default(),
            serving: Arc::default(),
            passed: Arc::default(),
            letters: Arc::default(),
            hearing: Arc::default(),
            used_elsewhere: Arc::default(),
        };
        store.prepare_registry().await?;
        Ok(store)
    }

    /// Where the installation lies, for people: never with a password.
    pub fn address(&self) -> String {
        match &*self.installation {
            Installation::Folder(folder, _) => folder.display().to_string(),
            Installation::Server(server) => format!("{server:?}"),
        }
    }

    /// The data folder, where the installation is one.
    pub(crate) fn folder(&self) -> Option<&Path> {
        match &*self.installation {
            Installation::Folder(folder, _) => Some(folder),
            Installation::Server(_) => None,
        }
    }

    #[cfg(test)]
    pub(crate) fn hearing(&self) -> &postgres::Hearing {
        &self.hearing
    }

    /// How many transactions were begun so far, in all databases: a check that brings nothing begins none.
    pub fn transactions(&self) -> u64 {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        self.registry.transactions() + open.values().map(|database| database.transactions()).sum::<u64>()
    }

    pub(crate) async fn now(&self) -> Result<Timestamp, StoreError> {
        let asked = match (&self.time, &*self.registry) {
            (Time::Clock(clock), _) => return Ok(clock.now()),
            (Time::Database, Database::Postgres(schema)) => schema.now().await,
            (Time::Database, Database::Sqlite(_)) => {
                Err(sqlx::Error::Configuration("a file has no clock".into()))
            }
        };
        asked.map_err(|error| Fault::from(error).at("asking for the time", &self.registry))
    }

    /// The open database at this location.
    fn database(&self, location: &str) -> Result<Arc<Database>, StoreError> {
        // A panic while the map is held leaves it whole, so a poisoned lock is used on.
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(database) = open.get(location) {
            return Ok(Arc::clone(database));
        }
        let database = Arc::new(self.installation.database(location, false)?);
        if let Database::Postgres(schema) = &*database {
            self.used_elsewhere.store(true, Ordering::Relaxed);
            self.hearing.attend(schema);
        }
        open.insert(location.to_owned(), Arc::clone(&database));
        Ok(database)
    }
}
