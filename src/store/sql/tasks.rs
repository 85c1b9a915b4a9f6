//! The tasks that the server asks of its databases, each by whichever database it concerns.

use std::sync::{PoisonError, atomic::Ordering};

use async_trait::async_trait;
use restante_model::{CheckInterval, Cursor, Letter, Login, MessageId, Name, Person};

use super::{Database, Installation, SqlStore, Time, agents, mail, people, settings};
use crate::{
    Account, Administrator, Agent, ChangesQuery, Checked, Credentials, Delivered, Device, Enrolled,
    IntervalReply, LedgerEntry, LedgerPage, LedgerQuery, Message, NewDevice, NewOffice, NewUser,
    NewsListener, OfficeChange, OfficeOverview, OfficeTerms, OrganisationOverview, Owner, Posted, Reach,
    Retracted, SavedDraft, Seen, Settings, Standing, Store, StoreError, ThrownDraft, Touched, Upgraded, User,
};

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
        people::set_disabled(&database, user, disabled)
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
        agents::change_password(&database, user, from_hash, to_hash, only_device)
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
        people::revoke(&database, user, device)
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
        settings::change(&database, &home, user, Some(wished), base_revision)
            .await
            .map_err(|fault| fault.at("saving an interval", &database))
    }

    async fn clear_interval(&self, user: &Owner) -> Result<IntervalReply, StoreError> {
        let home = self.home_terms(&user.organisation).await?;
        let database = self.organisation_database(&user.organisation).await?;
        settings::change(&database, &home, user, None, None)
            .await
            .map_err(|fault| fault.at("forgetting an interval", &database))
    }

    async fn changes(&self, owner: &Owner, query: &ChangesQuery) -> Result<Checked, StoreError> {
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
        if let Installation::Folder(_, neighbours) = &*self.installation {
            neighbours.begin_serving()?;
        }
        self.serving.store(true, Ordering::Relaxed);
        for organisation in self.attached_organisations().await? {
            match self.office_database(&organisation).await {
                Ok(_) => {}
                Err(error) if error.fatal() => return Err(error),
                // Whoever asks for his mail is told so; the others have theirs.
                Err(error) => tracing::warn!(%error, "message server not available"),
            }
        }
        Ok(())
    }

    async fn expire(&self) -> Result<Vec<Touched>, StoreError> {
        let (mut touched, mut failed) = (Vec::new(), None);
        for organisation in self.attached_organisations().await? {
            let expired = async {
                let (database, terms) = self.office_and_terms(&organisation).await?;
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

    /// Where all databases are files of one folder, while nobody else writes there; on PostgreSQL, while what others
    /// write is heard of in all databases that are in use.
    fn standing(&self) -> Option<Standing> {
        let number = match &*self.installation {
            Installation::Folder(..) => {
                let number = self.announced()?;
                // An answer that was remembered while this was not so yet is not believed any more.
                if self.used_elsewhere.load(Ordering::Relaxed) {
                    return None;
                }
                number
            }
            Installation::Server(_) => self.hearing.number()?,
        };
        let latest_now = match (&self.time, &*self.registry) {
            (Time::Clock(clock), _) => clock.now(),
            (Time::Database, Database::Postgres(schema)) => self.hearing.latest_now(schema)?,
            (Time::Database, Database::Sqlite(_)) => return None,
        };
        Some(Standing { number, latest_now })
    }

    /// Of a folder there are none: whoever else writes into it changes the standing.
    fn tell_news(&self, listener: NewsListener) {
        if !matches!(*self.installation, Installation::Server(_)) {
            return;
        }
        self.hearing.begin(listener);
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        for database in open.values().chain([&self.registry]) {
            if let Database::Postgres(schema) = &**database {
                self.hearing.attend(schema);
            }
        }
    }

    async fn ready(&self) -> Result<(), StoreError> {
        self.check_registry().await
    }
}
