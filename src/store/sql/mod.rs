//! The store on either engine: one registry, one database an organisation, one a post office.

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
mod settings;
mod statement;

use std::{
    collections::HashMap,
    fmt::Display,
    path::Path,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use async_trait::async_trait;
use restante_model::{CheckInterval, Clock, Cursor, Letter, Login, MessageId, Name, Person, Timestamp};

use self::deposit::Letters;
pub use self::migrate::{Migrated, MigratedTable};
pub(crate) use self::{
    database::{Database, Fault, Tx},
    examine::examine,
    installation::{Installation, elsewhere},
    mail::{Rows, renew_epoch},
    schema::{Part, found},
    statement::{Query, Row, Value, query, query_scalar},
};
use crate::{
    Account, Administrator, Agent, ChangesQuery, ChangesReply, Credentials, Delivered, Device, Enrolled,
    IntervalReply, LedgerEntry, LedgerPage, LedgerQuery, Message, NewDevice, NewOffice, NewUser,
    OfficeChange, OfficeOverview, OfficeTerms, OrganisationOverview, Owner, Posted, Reach, Retracted,
    SavedDraft, Seen, Settings, Store, StoreError, ThrownDraft, Touched, Unavailable, Upgraded, User,
    postgres, sqlite::folder,
};

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
    letters: Arc<Letters>,
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
        Self::begin(Installation::Folder(folder.to_owned()), Time::Clock(clock)).await
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
            letters: Arc::default(),
        };
        store.prepare_registry().await?;
        Ok(store)
    }

    /// Where the installation lies, for people: never with a password.
    pub fn address(&self) -> String {
        match &*self.installation {
            Installation::Folder(folder) => folder.display().to_string(),
            Installation::Server(server) => format!("{server:?}"),
        }
    }

    /// The data folder, where the installation is one.
    pub(crate) fn folder(&self) -> Option<&Path> {
        match &*self.installation {
            Installation::Folder(folder) => Some(folder),
            Installation::Server(_) => None,
        }
    }

    pub(crate) async fn now(&self) -> Result<Timestamp, StoreError> {
        let now = async {
            let mut tx = match &self.time {
                Time::Clock(clock) => return Ok(clock.now()),
                Time::Database => self.registry.read().await?,
            };
            let milliseconds: i64 =
                query_scalar("SELECT CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT)")
                    .fetch_one(&mut tx)
                    .await?;
            Ok(Timestamp::from_unix_ms(milliseconds))
        };
        now.await.map_err(|fault: Fault| fault.at("asking for the time", &self.registry))
    }

    /// The open database at this location.
    fn database(&self, location: &str) -> Result<Arc<Database>, StoreError> {
        // A panic while the map is held leaves it whole, so a poisoned lock is used on.
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(database) = open.get(location) {
            return Ok(Arc::clone(database));
        }
        let database = Arc::new(self.installation.database(location, false)?);
        open.insert(location.to_owned(), Arc::clone(&database));
        Ok(database)
    }

    /// The organisation's database, once it passed the gate. It must be in the registry.
    async fn organisation_database(&self, organisation: &Name) -> Result<Arc<Database>, StoreError> {
        let database = self.database(&self.installation.organisation(organisation))?;
        match schema::gate(&database, Part::Organisation).await? {
            None => Ok(database),
            Some(why) => Err(StoreError::Unavailable { organisation: organisation.to_string(), why }),
        }
    }

    /// The database of the organisation's post office, once it passed the gate.
    async fn office_database(&self, organisation: &Name) -> Result<Arc<Database>, StoreError> {
        Ok(self.office_and_terms(organisation).await?.0)
    }

    /// The same with the post office's terms.
    async fn office_and_terms(
        &self,
        organisation: &Name,
    ) -> Result<(Arc<Database>, OfficeTerms), StoreError> {
        let unavailable = |why| StoreError::Unavailable { organisation: organisation.to_string(), why };
        let office =
            self.office_of(organisation).await?.ok_or_else(|| unavailable(Unavailable::NoneAttached))?;
        let database = self.database(&office.location)?;
        if let Some(why) = schema::gate(&database, Part::Office).await? {
            return Err(unavailable(why));
        }
        self.begin_generation(&database).await?;
        Ok((database, office.terms))
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

#[async_trait]
impl Store for SqlStore {
    async fn create_organisation(&self, name: &Name, title: &str) -> Result<(), StoreError> {
        self.create_organisation(name, title).await
    }

    async fn organisations(&self) -> Result<Vec<OrganisationOverview>, StoreError> {
        self.organisations().await
    }

    async fn create_office(&self, office: &NewOffice) -> Result<OfficeOverview, StoreError> {
        self.create_office(office).await
    }

    async fn offices(&self) -> Result<Vec<OfficeOverview>, StoreError> {
        self.offices().await
    }

    async fn change_office(&self, office: &Name, change: OfficeChange) -> Result<OfficeOverview, StoreError> {
        self.change_office(office, change).await
    }

    async fn attach(&self, office: &Name, organisation: &Name) -> Result<OfficeOverview, StoreError> {
        self.attach(office, organisation).await
    }

    async fn detach(&self, organisation: &Name) -> Result<Option<Name>, StoreError> {
        self.detach(organisation).await
    }

    async fn upgrade(&self, organisation: &Name) -> Result<Vec<Upgraded>, StoreError> {
        self.upgrade(organisation).await
    }

    async fn add_user(&self, organisation: &Name, user: &NewUser) -> Result<(), StoreError> {
        self.known_organisation(organisation).await?;
        let database = self.organisation_database(organisation).await?;
        people::add_user(&database, user, self.now().await?)
            .await
            .map_err(|fault| fault.at("adding a user", &database))
    }

    async fn users(&self, organisation: &Name) -> Result<Vec<User>, StoreError> {
        self.known_organisation(organisation).await?;
        let database = self.organisation_database(organisation).await?;
        people::users(&database).await.map_err(|fault| fault.at("listing users", &database))
    }

    async fn set_disabled(&self, user: &Owner, disabled: bool) -> Result<(), StoreError> {
        self.known_organisation(&user.organisation).await?;
        let database = self.organisation_database(&user.organisation).await?;
        people::set_disabled(&database, &user.login, disabled)
            .await
            .map_err(|fault| fault.at("changing a user", &database))
    }

    async fn set_password_hash(&self, user: &Owner, password_hash: &str) -> Result<(), StoreError> {
        self.known_organisation(&user.organisation).await?;
        let database = self.organisation_database(&user.organisation).await?;
        people::set_password_hash(&database, &user.login, password_hash)
            .await
            .map_err(|fault| fault.at("changing a password", &database))
    }

    async fn add_users(&self, organisation: &Name, users: &[NewUser]) -> Result<(), StoreError> {
        self.known_organisation(organisation).await?;
        let database = self.organisation_database(organisation).await?;
        agents::add_users(&database, users, self.now().await?)
            .await
            .map_err(|fault| fault.at("adding users", &database))
    }

    async fn agents(&self, organisation: &Name) -> Result<Vec<Agent>, StoreError> {
        self.known_organisation(organisation).await?;
        // Without a post office no interval is in force; agents keep to the one that is built in.
        let office = self.office_of(organisation).await?;
        let terms = office.map_or_else(OfficeTerms::default, |office| office.terms);
        let database = self.organisation_database(organisation).await?;
        agents::agents(&database, terms).await.map_err(|fault| fault.at("listing agents", &database))
    }

    async fn add_administrator(&self, name: &Login, password_hash: &str) -> Result<(), StoreError> {
        self.add_administrator(name, password_hash).await
    }

    async fn administrators(&self) -> Result<Vec<Administrator>, StoreError> {
        self.administrators().await
    }

    async fn administrator_hash(&self, name: &Login) -> Result<Option<String>, StoreError> {
        self.administrator_hash(name).await
    }

    async fn remove_administrator(&self, name: &Login) -> Result<bool, StoreError> {
        self.remove_administrator(name).await
    }

    async fn change_password(
        &self,
        user: &Owner,
        from_hash: &str,
        to_hash: &str,
        only_device: Option<&str>,
    ) -> Result<bool, StoreError> {
        let database = self.organisation_database(&user.organisation).await?;
        agents::change_password(&database, &user.login, from_hash, to_hash, only_device)
            .await
            .map_err(|fault| fault.at("changing a password", &database))
    }

    async fn credentials_for(
        &self,
        organisation: &Name,
        login: &Login,
    ) -> Result<Option<Credentials>, StoreError> {
        let Some(home) = self.organisation(organisation).await? else { return Ok(None) };
        let database = self.organisation_database(organisation).await?;
        people::credentials_for(&database, &home, login)
            .await
            .map_err(|fault| fault.at("looking up a user", &database))
    }

    async fn enrol_device(&self, account: &Account, device: &NewDevice) -> Result<Device, StoreError> {
        let database = self.organisation_database(&account.organisation).await?;
        people::enrol_device(&database, &account.person.login, device, self.now().await?)
            .await
            .map_err(|fault| fault.at("enrolling a device", &database))
    }

    async fn device_by_token_sum(
        &self,
        organisation_tag: &str,
        token_sum: &[u8; 32],
    ) -> Result<Option<Enrolled>, StoreError> {
        let Some(home) = self.organisation_by_tag(organisation_tag).await? else { return Ok(None) };
        let database = self.organisation_database(&home.name).await?;
        people::device_by_token_sum(&database, &home, token_sum)
            .await
            .map_err(|fault| fault.at("looking up a device", &database))
    }

    async fn devices(&self, user: &Owner) -> Result<Vec<Device>, StoreError> {
        let database = self.organisation_database(&user.organisation).await?;
        people::devices(&database, &user.login).await.map_err(|fault| fault.at("listing devices", &database))
    }

    async fn revoke(&self, user: &Owner, device: &str) -> Result<bool, StoreError> {
        let database = self.organisation_database(&user.organisation).await?;
        people::revoke(&database, &user.login, device)
            .await
            .map_err(|fault| fault.at("revoking a device", &database))
    }

    async fn devices_seen(&self, organisation: &Name, seen: &[Seen]) -> Result<(), StoreError> {
        let database = self.organisation_database(organisation).await?;
        people::devices_seen(&database, seen)
            .await
            .map_err(|fault| fault.at("noting when devices were seen", &database))
    }

    async fn settings(&self, user: &Owner) -> Result<Settings, StoreError> {
        let home = self.home_terms(&user.organisation).await?;
        let database = self.organisation_database(&user.organisation).await?;
        settings::read(&database, &home, &user.login)
            .await
            .map_err(|fault| fault.at("reading settings", &database))
    }

    async fn set_interval(
        &self,
        user: &Owner,
        wished: CheckInterval,
        base_revision: Option<u64>,
    ) -> Result<IntervalReply, StoreError> {
        let home = self.home_terms(&user.organisation).await?;
        let database = self.organisation_database(&user.organisation).await?;
        settings::change(&database, &home, &user.login, Some(wished), base_revision)
            .await
            .map_err(|fault| fault.at("saving an interval", &database))
    }

    async fn clear_interval(&self, user: &Owner) -> Result<IntervalReply, StoreError> {
        let home = self.home_terms(&user.organisation).await?;
        let database = self.organisation_database(&user.organisation).await?;
        settings::change(&database, &home, &user.login, None, None)
            .await
            .map_err(|fault| fault.at("forgetting an interval", &database))
    }

    async fn changes(&self, owner: &Owner, query: &ChangesQuery) -> Result<ChangesReply, StoreError> {
        let database = self.office_database(&owner.organisation).await?;
        mail::changes(&database, owner, query, self.now().await?)
            .await
            .map_err(|fault| fault.at("reading changes", &database))
    }

    async fn mark_delivered(
        &self,
        owner: &Owner,
        device: &Device,
        cursor: &Cursor,
    ) -> Result<Delivered, StoreError> {
        let database = self.office_database(&owner.organisation).await?;
        mail::mark_delivered(&database, owner, device, cursor, self.now().await?)
            .await
            .map_err(|fault| fault.at("noting deliveries", &database))
    }

    async fn mark_alerted(
        &self,
        owner: &Owner,
        device: &Device,
        ids: &[MessageId],
    ) -> Result<(), StoreError> {
        let database = self.office_database(&owner.organisation).await?;
        mail::mark_alerted(&database, owner, device, ids, self.now().await?)
            .await
            .map_err(|fault| fault.at("noting alerts", &database))
    }

    async fn mark_read(
        &self,
        owner: &Owner,
        device: &Device,
        ids: &[MessageId],
    ) -> Result<Vec<Touched>, StoreError> {
        let database = self.office_database(&owner.organisation).await?;
        mail::mark_read(&database, owner, device, ids, self.now().await?)
            .await
            .map_err(|fault| fault.at("noting what was read", &database))
    }

    async fn acknowledge(
        &self,
        owner: &Owner,
        device: &Device,
        ids: &[MessageId],
    ) -> Result<Vec<Touched>, StoreError> {
        let database = self.office_database(&owner.organisation).await?;
        mail::acknowledge(&database, owner, device, ids, self.now().await?)
            .await
            .map_err(|fault| fault.at("noting acknowledgements", &database))
    }

    async fn retract(&self, owner: &Owner, id: MessageId) -> Result<Option<Retracted>, StoreError> {
        let database = self.office_database(&owner.organisation).await?;
        mail::retract(&database, owner, id, self.now().await?)
            .await
            .map_err(|fault| fault.at("taking a message back", &database))
    }

    async fn ledger(&self, owner: &Owner, id: MessageId) -> Result<Option<Vec<LedgerEntry>>, StoreError> {
        let database = self.office_database(&owner.organisation).await?;
        mail::ledger(&database, owner, id).await.map_err(|fault| fault.at("reading the ledger", &database))
    }

    async fn ledger_page(&self, query: &LedgerQuery) -> Result<LedgerPage, StoreError> {
        self.known_organisation(&query.organisation).await?;
        let database = self.office_database(&query.organisation).await?;
        mail::ledger_page(&database, query).await.map_err(|fault| fault.at("reading the ledger", &database))
    }

    async fn reach(&self, organisation: &Name, logins: &[Login]) -> Result<Vec<Reach>, StoreError> {
        let database = self.organisation_database(organisation).await?;
        people::reach(&database, logins).await.map_err(|fault| fault.at("looking up users", &database))
    }

    async fn deliver(&self, sender: &Account, id: MessageId, letter: &Letter) -> Result<Posted, StoreError> {
        self.deliver(mail::Post { sender: sender.clone(), id, letter: letter.clone() }).await
    }

    async fn message(&self, owner: &Owner, id: MessageId) -> Result<Option<Message>, StoreError> {
        let database = self.office_database(&owner.organisation).await?;
        mail::message(&database, owner, id, self.now().await?)
            .await
            .map_err(|fault| fault.at("reading a message", &database))
    }

    async fn delete_message(&self, owner: &Owner, id: MessageId) -> Result<Option<Touched>, StoreError> {
        let database = self.office_database(&owner.organisation).await?;
        mail::delete_message(&database, owner, id, self.now().await?)
            .await
            .map_err(|fault| fault.at("deleting a message", &database))
    }

    async fn save_draft(
        &self,
        writer: &Account,
        id: MessageId,
        base_version: Option<u64>,
        letter: &Letter,
    ) -> Result<SavedDraft, StoreError> {
        let database = self.office_database(&writer.organisation).await?;
        let save = mail::Save { writer, id, base_version, letter, now: self.now().await? };
        save.store(&database).await.map_err(|fault| fault.at("saving a draft", &database))
    }

    async fn throw_draft(
        &self,
        owner: &Owner,
        id: MessageId,
        base_version: Option<u64>,
    ) -> Result<Option<ThrownDraft>, StoreError> {
        let database = self.office_database(&owner.organisation).await?;
        mail::throw_draft(&database, owner, id, base_version, self.now().await?)
            .await
            .map_err(|fault| fault.at("throwing a draft away", &database))
    }

    async fn directory(&self, organisation: &Name) -> Result<Vec<Person>, StoreError> {
        let database = self.organisation_database(organisation).await?;
        people::directory(&database).await.map_err(|fault| fault.at("reading the directory", &database))
    }

    async fn begin_serving(&self) -> Result<(), StoreError> {
        self.serving.store(true, Ordering::Relaxed);
        for organisation in self.attached_organisations().await? {
            match self.office_database(&organisation).await {
                Ok(_) => {}
                Err(error @ StoreError::Unavailable { .. }) => {
                    tracing::warn!(%error, "message server not available");
                }
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    async fn expire(&self) -> Result<Vec<Touched>, StoreError> {
        let (mut touched, mut failed) = (Vec::new(), None);
        for organisation in self.attached_organisations().await? {
            let expired = async {
                let terms = self.home_terms(&organisation).await?.terms;
                let database = self.office_database(&organisation).await?;
                let kept = mail::keep(&database, &terms, self.now().await?).await;
                kept.map_err(|fault| fault.at("taking out expired mail", &database))
            };
            match expired.await {
                Ok(expired) => touched.extend(expired),
                // Said at the start and to whoever asks for his mail.
                Err(StoreError::Unavailable { .. }) => {}
                Err(error) if error.fatal() => return Err(error),
                // One post office that others hold must not keep the next one waiting.
                Err(error) => failed = Some(error),
            }
        }
        failed.map_or(Ok(touched), Err)
    }

    async fn ready(&self) -> Result<(), StoreError> {
        self.check_registry().await
    }
}

/// Names in rows were checked when written; one that no longer passes is damage.
fn stored<T: std::str::FromStr<Err: std::fmt::Display>>(
    text: &str,
    table: &'static str,
    row: &dyn Display,
) -> Result<T, Fault> {
    text.parse().map_err(|error: T::Err| Fault::corrupt(table, row, &error))
}

/// A count or number that SQL keeps as a signed one.
fn unsigned(number: i64, table: &'static str, row: &dyn Display) -> Result<u64, Fault> {
    u64::try_from(number)
        .map_err(|_| Fault::corrupt(table, row, &format_args!("{number} where no negative can be")))
}

/// A number for SQL; what it cannot hold is far beyond anything meant.
fn signed(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

/// JSON text of rows, for SQL's `json_each`.
fn json<T: serde::Serialize>(values: &T) -> Result<String, Fault> {
    serde_json::to_string(values).map_err(|error| Fault::corrupt("request", &"-", &error))
}
