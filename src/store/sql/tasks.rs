//! The tasks that the server asks of its databases, each by whichever database it concerns.

use async_trait::async_trait;
use restante_model::{CheckInterval, Cursor, Letter, Login, MessageId, Name, Person};

use super::{SqlStore, agents, mail, people, settings};
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
        self.in_organisation(organisation, "adding a user", |database| async move {
            people::add_user(&database, user, self.now().await?).await
        })
        .await
    }

    async fn users(&self, organisation: &Name) -> Result<Vec<User>, StoreError> {
        self.known_organisation(organisation).await?;
        self.in_organisation(organisation, "listing users", |database| async move {
            people::users(&database).await
        })
        .await
    }

    async fn set_disabled(&self, user: &Owner, disabled: bool) -> Result<(), StoreError> {
        self.known_organisation(&user.organisation).await?;
        self.in_organisation(&user.organisation, "changing a user", |database| async move {
            people::set_disabled(&database, user, disabled).await
        })
        .await
    }

    async fn set_password_hash(&self, user: &Owner, password_hash: &str) -> Result<(), StoreError> {
        self.known_organisation(&user.organisation).await?;
        self.in_organisation(&user.organisation, "changing a password", |database| async move {
            people::set_password_hash(&database, &user.login, password_hash).await
        })
        .await
    }

    async fn add_users(&self, organisation: &Name, users: &[NewUser]) -> Result<(), StoreError> {
        self.known_organisation(organisation).await?;
        self.in_organisation(organisation, "adding users", |database| async move {
            agents::add_users(&database, users, self.now().await?).await
        })
        .await
    }

    async fn agents(&self, organisation: &Name) -> Result<Vec<Agent>, StoreError> {
        self.known_organisation(organisation).await?;
        // Without a post office no interval is in force; agents keep to the one that is built in.
        let office = self.office_of(organisation).await?;
        let terms = office.map_or_else(OfficeTerms::default, |office| office.terms);
        self.in_organisation(organisation, "listing agents", |database| async move {
            agents::agents(&database, terms).await
        })
        .await
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
        self.in_organisation(&user.organisation, "changing a password", |database| async move {
            agents::change_password(&database, user, from_hash, to_hash, only_device).await
        })
        .await
    }

    async fn credentials_for(
        &self,
        organisation: &Name,
        login: &Login,
    ) -> Result<Option<Credentials>, StoreError> {
        let Some(home) = self.organisation(organisation).await? else { return Ok(None) };
        self.in_organisation(organisation, "looking up a user", |database| async move {
            people::credentials_for(&database, &home, login).await
        })
        .await
    }

    async fn enrol_device(&self, account: &Account, device: &NewDevice) -> Result<Device, StoreError> {
        self.in_organisation(&account.organisation, "enrolling a device", |database| async move {
            people::enrol_device(&database, &account.person.login, device, self.now().await?).await
        })
        .await
    }

    async fn device_by_token_sum(
        &self,
        organisation_tag: &str,
        token_sum: &[u8; 32],
    ) -> Result<Option<Enrolled>, StoreError> {
        let Some(home) = &self.organisation_by_tag(organisation_tag).await? else { return Ok(None) };
        self.in_organisation(&home.name, "looking up a device", |database| async move {
            people::device_by_token_sum(&database, home, token_sum).await
        })
        .await
    }

    async fn devices(&self, user: &Owner) -> Result<Vec<Device>, StoreError> {
        self.in_organisation(&user.organisation, "listing devices", |database| async move {
            people::devices(&database, &user.login).await
        })
        .await
    }

    async fn revoke(&self, user: &Owner, device: &str) -> Result<bool, StoreError> {
        self.in_organisation(&user.organisation, "revoking a device", |database| async move {
            people::revoke(&database, user, device).await
        })
        .await
    }

    async fn devices_seen(&self, organisation: &Name, seen: &[Seen]) -> Result<(), StoreError> {
        self.in_organisation(organisation, "noting when devices were seen", |database| async move {
            people::devices_seen(&database, seen).await
        })
        .await
    }

    async fn settings(&self, user: &Owner) -> Result<Settings, StoreError> {
        let home = self.home_terms(&user.organisation).await?;
        self.in_organisation(&user.organisation, "reading settings", |database| async move {
            settings::read(&database, &home, &user.login).await
        })
        .await
    }

    async fn set_interval(
        &self,
        user: &Owner,
        wished: CheckInterval,
        base_revision: Option<u64>,
    ) -> Result<IntervalReply, StoreError> {
        let home = self.home_terms(&user.organisation).await?;
        self.in_organisation(&user.organisation, "saving an interval", |database| async move {
            settings::change(&database, &home, user, Some(wished), base_revision).await
        })
        .await
    }

    async fn clear_interval(&self, user: &Owner) -> Result<IntervalReply, StoreError> {
        let home = self.home_terms(&user.organisation).await?;
        self.in_organisation(&user.organisation, "forgetting an interval", |database| async move {
            settings::change(&database, &home, user, None, None).await
        })
        .await
    }

    async fn changes(&self, owner: &Owner, query: &ChangesQuery) -> Result<Checked, StoreError> {
        self.in_office(&owner.organisation, "reading changes", |database| async move {
            mail::changes(&database, owner, query, self.now().await?).await
        })
        .await
    }

    async fn mark_delivered(
        &self,
        owner: &Owner,
        device: &Device,
        cursor: &Cursor,
    ) -> Result<Delivered, StoreError> {
        self.in_office(&owner.organisation, "noting deliveries", |database| async move {
            mail::mark_delivered(&database, owner, device, cursor, self.now().await?).await
        })
        .await
    }

    async fn mark_alerted(
        &self,
        owner: &Owner,
        device: &Device,
        ids: &[MessageId],
    ) -> Result<(), StoreError> {
        self.in_office(&owner.organisation, "noting alerts", |database| async move {
            mail::mark_alerted(&database, owner, device, ids, self.now().await?).await
        })
        .await
    }

    async fn mark_read(
        &self,
        owner: &Owner,
        device: &Device,
        ids: &[MessageId],
    ) -> Result<Vec<Touched>, StoreError> {
        self.in_office(&owner.organisation, "noting what was read", |database| async move {
            mail::mark_read(&database, owner, device, ids, self.now().await?).await
        })
        .await
    }

    async fn acknowledge(
        &self,
        owner: &Owner,
        device: &Device,
        ids: &[MessageId],
    ) -> Result<Vec<Touched>, StoreError> {
        self.in_office(&owner.organisation, "noting acknowledgements", |database| async move {
            mail::acknowledge(&database, owner, device, ids, self.now().await?).await
        })
        .await
    }

    async fn retract(&self, owner: &Owner, id: MessageId) -> Result<Option<Retracted>, StoreError> {
        self.in_office(&owner.organisation, "taking a message back", |database| async move {
            mail::retract(&database, owner, id, self.now().await?).await
        })
        .await
    }

    async fn ledger(&self, owner: &Owner, id: MessageId) -> Result<Option<Vec<LedgerEntry>>, StoreError> {
        self.in_office(&owner.organisation, "reading the ledger", |database| async move {
            mail::ledger(&database, owner, id).await
        })
        .await
    }

    async fn ledger_page(&self, query: &LedgerQuery) -> Result<LedgerPage, StoreError> {
        self.known_organisation(&query.organisation).await?;
        self.in_office(&query.organisation, "reading the ledger", |database| async move {
            mail::ledger_page(&database, query).await
        })
        .await
    }

    async fn reach(&self, organisation: &Name, logins: &[Login]) -> Result<Vec<Reach>, StoreError> {
        self.in_organisation(organisation, "looking up users", |database| async move {
            people::reach(&database, logins).await
        })
        .await
    }

    async fn deliver(&self, sender: &Account, id: MessageId, letter: &Letter) -> Result<Posted, StoreError> {
        self.deliver(mail::Post { sender: sender.clone(), id, letter: letter.clone() }).await
    }

    async fn message(&self, owner: &Owner, id: MessageId) -> Result<Option<Message>, StoreError> {
        self.in_office(&owner.organisation, "reading a message", |database| async move {
            mail::message(&database, owner, id, self.now().await?).await
        })
        .await
    }

    async fn delete_message(&self, owner: &Owner, id: MessageId) -> Result<Option<Touched>, StoreError> {
        self.in_office(&owner.organisation, "deleting a message", |database| async move {
            mail::delete_message(&database, owner, id, self.now().await?).await
        })
        .await
    }

    async fn save_draft(
        &self,
        writer: &Account,
        id: MessageId,
        base_version: Option<u64>,
        letter: &Letter,
    ) -> Result<SavedDraft, StoreError> {
        self.in_office(&writer.organisation, "saving a draft", |database| async move {
            let save = mail::Save { writer, id, base_version, letter, now: self.now().await? };
            save.store(&database).await
        })
        .await
    }

    async fn throw_draft(
        &self,
        owner: &Owner,
        id: MessageId,
        base_version: Option<u64>,
    ) -> Result<Option<ThrownDraft>, StoreError> {
        self.in_office(&owner.organisation, "throwing a draft away", |database| async move {
            mail::throw_draft(&database, owner, id, base_version, self.now().await?).await
        })
        .await
    }

    async fn directory(&self, organisation: &Name) -> Result<Vec<Person>, StoreError> {
        self.in_organisation(organisation, "reading the directory", |database| async move {
            people::directory(&database).await
        })
        .await
    }

    async fn begin_serving(&self) -> Result<(), StoreError> {
        self.begin_serving().await
    }

    async fn expire(&self) -> Result<Vec<Touched>, StoreError> {
        self.expire().await
    }

    fn standing(&self) -> Option<Standing> {
        self.standing()
    }

    fn tell_news(&self, listener: NewsListener) {
        self.tell_news(listener);
    }

    async fn ready(&self) -> Result<(), StoreError> {
        self.check_registry().await
    }
}
