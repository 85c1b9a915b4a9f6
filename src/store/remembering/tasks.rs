//! Every task of the store: each goes to the databases, and what it changed to the memory.

use async_trait::async_trait;
use restante_model::{CheckInterval, Cursor, Letter, Login, MessageId, Name, Person};

use super::Remembering;
use crate::{
    Account, Administrator, Agent, ChangesQuery, Checked, Credentials, Delivered, Device, Enrolled,
    IntervalReply, LedgerEntry, LedgerPage, LedgerQuery, Message, NewDevice, NewOffice, NewUser, News,
    NewsListener, NothingNew, OfficeChange, OfficeOverview, OrganisationOverview, Owner, Poll, Posted, Reach,
    Retracted, SavedDraft, Seen, Settings, Standing, Store, StoreError, ThrownDraft, Touched, Upgraded, User,
};

#[async_trait]
impl Store for Remembering {
    async fn create_organisation(&self, name: &Name, title: &str) -> Result<(), StoreError> {
        self.store.create_organisation(name, title).await
    }

    async fn organisations(&self) -> Result<Vec<OrganisationOverview>, StoreError> {
        self.store.organisations().await
    }

    async fn create_office(&self, office: &NewOffice) -> Result<OfficeOverview, StoreError> {
        self.store.create_office(office).await
    }

    async fn offices(&self) -> Result<Vec<OfficeOverview>, StoreError> {
        self.store.offices().await
    }

    async fn change_office(&self, office: &Name, change: OfficeChange) -> Result<OfficeOverview, StoreError> {
        let office = office.clone();
        self.tell(|store| async move { store.change_office(&office, change).await }, |_| News::Everything)
            .await
    }

    async fn attach(&self, office: &Name, organisation: &Name) -> Result<OfficeOverview, StoreError> {
        let (office, organisation) = (office.clone(), organisation.clone());
        self.tell(|store| async move { store.attach(&office, &organisation).await }, |_| News::Everything)
            .await
    }

    async fn detach(&self, organisation: &Name) -> Result<Option<Name>, StoreError> {
        let organisation = organisation.clone();
        self.tell(|store| async move { store.detach(&organisation).await }, |_| News::Everything).await
    }

    async fn upgrade(&self, organisation: &Name) -> Result<Vec<Upgraded>, StoreError> {
        let organisation = organisation.clone();
        self.tell(|store| async move { store.upgrade(&organisation).await }, |_| News::Everything).await
    }

    async fn add_user(&self, organisation: &Name, user: &NewUser) -> Result<(), StoreError> {
        self.store.add_user(organisation, user).await
    }

    async fn users(&self, organisation: &Name) -> Result<Vec<User>, StoreError> {
        self.store.users(organisation).await
    }

    async fn set_disabled(&self, user: &Owner, disabled: bool) -> Result<(), StoreError> {
        let (user, whose) = (user.clone(), user.clone());
        self.tell(|store| async move { store.set_disabled(&user, disabled).await }, |()| News::User(whose))
            .await
    }

    async fn set_password_hash(&self, user: &Owner, password_hash: &str) -> Result<(), StoreError> {
        self.store.set_password_hash(user, password_hash).await
    }

    async fn add_users(&self, organisation: &Name, users: &[NewUser]) -> Result<(), StoreError> {
        self.store.add_users(organisation, users).await
    }

    async fn agents(&self, organisation: &Name) -> Result<Vec<Agent>, StoreError> {
        self.store.agents(organisation).await
    }

    async fn add_administrator(&self, name: &Login, password_hash: &str) -> Result<(), StoreError> {
        self.store.add_administrator(name, password_hash).await
    }

    async fn administrators(&self) -> Result<Vec<Administrator>, StoreError> {
        self.store.administrators().await
    }

    async fn administrator_hash(&self, name: &Login) -> Result<Option<String>, StoreError> {
        self.store.administrator_hash(name).await
    }

    async fn remove_administrator(&self, name: &Login) -> Result<bool, StoreError> {
        self.store.remove_administrator(name).await
    }

    async fn change_password(
        &self,
        user: &Owner,
        from_hash: &str,
        to_hash: &str,
        only_device: Option<&str>,
    ) -> Result<bool, StoreError> {
        let (user, whose, only_device) = (user.clone(), user.clone(), only_device.map(ToOwned::to_owned));
        let (from_hash, to_hash) = (from_hash.to_owned(), to_hash.to_owned());
        self.tell(
            |store| async move {
                store.change_password(&user, &from_hash, &to_hash, only_device.as_deref()).await
            },
            |_| News::User(whose),
        )
        .await
    }

    async fn credentials_for(
        &self,
        organisation: &Name,
        login: &Login,
    ) -> Result<Option<Credentials>, StoreError> {
        self.store.credentials_for(organisation, login).await
    }

    async fn enrol_device(&self, account: &Account, device: &NewDevice) -> Result<Device, StoreError> {
        self.store.enrol_device(account, device).await
    }

    async fn device_by_token_sum(
        &self,
        organisation_tag: &str,
        token_sum: &[u8; 32],
    ) -> Result<Option<Enrolled>, StoreError> {
        self.remembered_token(organisation_tag, token_sum).await
    }

    async fn devices(&self, user: &Owner) -> Result<Vec<Device>, StoreError> {
        self.store.devices(user).await
    }

    async fn revoke(&self, user: &Owner, device: &str) -> Result<bool, StoreError> {
        let (user, whose, device) = (user.clone(), user.clone(), device.to_owned());
        self.tell(|store| async move { store.revoke(&user, &device).await }, |_| News::User(whose)).await
    }

    async fn devices_seen(&self, organisation: &Name, seen: &[Seen]) -> Result<(), StoreError> {
        self.store.devices_seen(organisation, seen).await
    }

    async fn settings(&self, user: &Owner) -> Result<Settings, StoreError> {
        self.remembered_settings(user).await
    }

    async fn set_interval(
        &self,
        user: &Owner,
        wished: CheckInterval,
        base_revision: Option<u64>,
    ) -> Result<IntervalReply, StoreError> {
        let (user, whose) = (user.clone(), user.clone());
        self.tell(
            move |store| async move { store.set_interval(&user, wished, base_revision).await },
            |_| News::User(whose),
        )
        .await
    }

    async fn clear_interval(&self, user: &Owner) -> Result<IntervalReply, StoreError> {
        let (user, whose) = (user.clone(), user.clone());
        self.tell(|store| async move { store.clear_interval(&user).await }, |_| News::User(whose)).await
    }

    async fn changes(&self, owner: &Owner, query: &ChangesQuery) -> Result<Checked, StoreError> {
        self.remembered_changes(owner, query).await
    }

    fn nothing_new(&self, poll: &Poll<'_>) -> Option<NothingNew> {
        self.memory.nothing_new(self.store.standing()?, poll)
    }

    async fn mark_delivered(
        &self,
        owner: &Owner,
        device: &Device,
        cursor: &Cursor,
    ) -> Result<Delivered, StoreError> {
        let (owner, device, cursor) = (owner.clone(), device.clone(), cursor.clone());
        self.tell(
            |store| async move { store.mark_delivered(&owner, &device, &cursor).await },
            |delivered| match delivered {
                Delivered::Noted(touched) => News::Touched(touched.clone()),
                Delivered::Reset => News::NOTHING,
            },
        )
        .await
    }

    async fn mark_alerted(
        &self,
        owner: &Owner,
        device: &Device,
        ids: &[MessageId],
    ) -> Result<(), StoreError> {
        // It stands in the ledger only, of which nothing is remembered.
        self.store.mark_alerted(owner, device, ids).await
    }

    async fn mark_read(
        &self,
        owner: &Owner,
        device: &Device,
        ids: &[MessageId],
    ) -> Result<Vec<Touched>, StoreError> {
        let (owner, device, ids) = (owner.clone(), device.clone(), ids.to_owned());
        self.tell(
            |store| async move { store.mark_read(&owner, &device, &ids).await },
            |touched| News::Touched(touched.clone()),
        )
        .await
    }

    async fn acknowledge(
        &self,
        owner: &Owner,
        device: &Device,
        ids: &[MessageId],
    ) -> Result<Vec<Touched>, StoreError> {
        let (owner, device, ids) = (owner.clone(), device.clone(), ids.to_owned());
        self.tell(
            |store| async move { store.acknowledge(&owner, &device, &ids).await },
            |touched| News::Touched(touched.clone()),
        )
        .await
    }

    async fn retract(&self, owner: &Owner, id: MessageId) -> Result<Option<Retracted>, StoreError> {
        let owner = owner.clone();
        let retracted = self
            .tell(
                move |store| async move { store.retract(&owner, id).await },
                |retracted| {
                    News::Touched(retracted.iter().flat_map(|retracted| retracted.touched.clone()).collect())
                },
            )
            .await;
        // It may have taken out what expired, in others' mailboxes as well.
        self.memory.time_passed(self.store.standing());
        retracted
    }

    async fn ledger(&self, owner: &Owner, id: MessageId) -> Result<Option<Vec<LedgerEntry>>, StoreError> {
        self.store.ledger(owner, id).await
    }

    async fn ledger_page(&self, query: &LedgerQuery) -> Result<LedgerPage, StoreError> {
        self.store.ledger_page(query).await
    }

    async fn reach(&self, organisation: &Name, logins: &[Login]) -> Result<Vec<Reach>, StoreError> {
        self.store.reach(organisation, logins).await
    }

    async fn deliver(&self, sender: &Account, id: MessageId, letter: &Letter) -> Result<Posted, StoreError> {
        let (sender, letter) = (sender.clone(), letter.clone());
        self.tell(
            move |store| async move { store.deliver(&sender, id, &letter).await },
            |posted| match posted {
                Posted::Accepted(_, touched) => News::Touched(touched.clone()),
                Posted::Repeated(_) | Posted::IdReused | Posted::UnknownRecipients(_) => News::NOTHING,
            },
        )
        .await
    }

    async fn message(&self, owner: &Owner, id: MessageId) -> Result<Option<Message>, StoreError> {
        let message = self.store.message(owner, id).await;
        // It may have taken out what expired, in others' mailboxes as well.
        self.memory.time_passed(self.store.standing());
        message
    }

    async fn delete_message(&self, owner: &Owner, id: MessageId) -> Result<Option<Touched>, StoreError> {
        let owner = owner.clone();
        self.tell(
            move |store| async move { store.delete_message(&owner, id).await },
            |touched| News::Touched(touched.iter().cloned().collect()),
        )
        .await
        .inspect(|_| self.memory.time_passed(self.store.standing()))
    }

    async fn save_draft(
        &self,
        writer: &Account,
        id: MessageId,
        base_version: Option<u64>,
        letter: &Letter,
    ) -> Result<SavedDraft, StoreError> {
        let (writer, letter) = (writer.clone(), letter.clone());
        self.tell(
            move |store| async move { store.save_draft(&writer, id, base_version, &letter).await },
            |saved| match saved {
                SavedDraft::Saved { touched, .. } => News::Touched(touched.iter().cloned().collect()),
                SavedDraft::Conflict(_) | SavedDraft::TooMany => News::NOTHING,
            },
        )
        .await
    }

    async fn throw_draft(
        &self,
        owner: &Owner,
        id: MessageId,
        base_version: Option<u64>,
    ) -> Result<Option<ThrownDraft>, StoreError> {
        let owner = owner.clone();
        self.tell(
            move |store| async move { store.throw_draft(&owner, id, base_version).await },
            |thrown| match thrown {
                Some(ThrownDraft::Thrown(touched)) => News::Touched(touched.iter().cloned().collect()),
                Some(ThrownDraft::Conflict(_)) | None => News::NOTHING,
            },
        )
        .await
    }

    async fn directory(&self, organisation: &Name) -> Result<Vec<Person>, StoreError> {
        self.store.directory(organisation).await
    }

    async fn begin_serving(&self) -> Result<(), StoreError> {
        self.tell(|store| async move { store.begin_serving().await }, |()| News::Everything).await
    }

    async fn expire(&self) -> Result<Vec<Touched>, StoreError> {
        self.tell(
            |store| async move { store.expire().await },
            |touched: &Vec<Touched>| News::Touched(touched.clone()),
        )
        .await
    }

    fn standing(&self) -> Option<Standing> {
        self.store.standing()
    }

    fn tell_news(&self, listener: NewsListener) {
        self.store.tell_news(listener);
    }

    async fn ready(&self) -> Result<(), StoreError> {
        self.store.ready().await
    }
}
