//! The tasks that the server asks of its databases.

use async_trait::async_trait;
use restante_model::{CheckInterval, Cursor, Letter, Login, MessageId, Name, Person};

use crate::{
    Account, Administrator, Agent, ChangesQuery, Checked, Credentials, Delivered, Device, Enrolled,
    IntervalReply, LedgerEntry, LedgerPage, LedgerQuery, Message, NewDevice, NewOffice, NewUser,
    NewsListener, NothingNew, OfficeChange, OfficeOverview, OrganisationOverview, Owner, Poll, Posted, Reach,
    Retracted, SavedDraft, Seen, Settings, Standing, StoreError, ThrownDraft, Touched, Upgraded, User,
};

/// Everything the server keeps. Safe to share; a method that comes back with success has its changes
/// on disk, one that comes back with an error may have them or not ("an error is not not-stored"), so
/// whoever tries again uses the same ids.
#[async_trait]
pub trait Store: Send + Sync {
    // What an administrator does.

    /// Makes an organisation with a database of its own.
    async fn create_organisation(&self, name: &Name, title: &str) -> Result<(), StoreError>;
    /// All organisations, by name.
    async fn organisations(&self) -> Result<Vec<OrganisationOverview>, StoreError>;
    /// Makes a post office, attached to nobody yet.
    async fn create_office(&self, office: &NewOffice) -> Result<OfficeOverview, StoreError>;
    /// All post offices, by name.
    async fn offices(&self) -> Result<Vec<OfficeOverview>, StoreError>;
    /// Changes one of a post office's terms; running servers follow at the next request.
    async fn change_office(&self, office: &Name, change: OfficeChange) -> Result<OfficeOverview, StoreError>;
    /// Gives an organisation this post office, instead of the one it had.
    async fn attach(&self, office: &Name, organisation: &Name) -> Result<OfficeOverview, StoreError>;
    /// Takes an organisation's post office away; `None` when it had none. Its mail stays where it is.
    async fn detach(&self, organisation: &Name) -> Result<Option<Name>, StoreError>;
    /// Brings an organisation's database and its post office's to this build's schema, each after a copy
    /// beside it.
    async fn upgrade(&self, organisation: &Name) -> Result<Vec<Upgraded>, StoreError>;
    /// Adds a user to an organisation.
    async fn add_user(&self, organisation: &Name, user: &NewUser) -> Result<(), StoreError>;
    /// An organisation's users, by login.
    async fn users(&self, organisation: &Name) -> Result<Vec<User>, StoreError>;
    /// Forbids a user to sign in, his devices included, or allows it again.
    async fn set_disabled(&self, user: &Owner, disabled: bool) -> Result<(), StoreError>;
    /// Gives a user another password; his devices stay signed in.
    async fn set_password_hash(&self, user: &Owner, password_hash: &str) -> Result<(), StoreError>;

    /// Adds all these users to an organisation, or, where one cannot be added, none.
    async fn add_users(&self, organisation: &Name, users: &[NewUser]) -> Result<(), StoreError>;
    /// An organisation's users, each with every device of his.
    async fn agents(&self, organisation: &Name) -> Result<Vec<Agent>, StoreError>;
    /// Lets somebody use the administrators' pages.
    async fn add_administrator(&self, name: &Login, password_hash: &str) -> Result<(), StoreError>;
    /// Who may use the administrators' pages, by name.
    async fn administrators(&self) -> Result<Vec<Administrator>, StoreError>;
    /// What an administrator's password is to be compared with; `None` for an unknown one.
    async fn administrator_hash(&self, name: &Login) -> Result<Option<String>, StoreError>;
    /// Takes an administrator away; `false` when there is none of this name.
    async fn remove_administrator(&self, name: &Login) -> Result<bool, StoreError>;

    // Signing in.

    /// Gives a user another password, as long as he has the one of `from_hash`; `false` when he has not.
    /// With `only_device` all his other devices are signed out.
    async fn change_password(
        &self,
        user: &Owner,
        from_hash: &str,
        to_hash: &str,
        only_device: Option<&str>,
    ) -> Result<bool, StoreError>;

    /// What a password is to be compared with; `None` for an unknown organisation or user.
    async fn credentials_for(
        &self,
        organisation: &Name,
        login: &Login,
    ) -> Result<Option<Credentials>, StoreError>;
    /// Enrols a device of this user.
    async fn enrol_device(&self, account: &Account, device: &NewDevice) -> Result<Device, StoreError>;
    /// The device of the organisation with this tag whose token has this sum, unless its user is disabled.
    async fn device_by_token_sum(
        &self,
        organisation_tag: &str,
        token_sum: &[u8; 32],
    ) -> Result<Option<Enrolled>, StoreError>;
    /// A user's devices, oldest first.
    async fn devices(&self, user: &Owner) -> Result<Vec<Device>, StoreError>;
    /// Makes a device's token worthless; `false` when the user has no such device.
    async fn revoke(&self, user: &Owner, device: &str) -> Result<bool, StoreError>;
    /// Notes when devices of an organisation last asked for anything.
    async fn devices_seen(&self, organisation: &Name, seen: &[Seen]) -> Result<(), StoreError>;

    // Settings.

    /// What holds for a user.
    async fn settings(&self, user: &Owner) -> Result<Settings, StoreError>;
    /// Saves a user's own check interval.
    async fn set_interval(
        &self,
        user: &Owner,
        wished: CheckInterval,
        base_revision: Option<u64>,
    ) -> Result<IntervalReply, StoreError>;
    /// Forgets a user's own check interval.
    async fn clear_interval(&self, user: &Owner) -> Result<IntervalReply, StoreError>;

    // Mail.

    /// What changed in a mailbox. Copies that expired meanwhile are taken out of it first.
    async fn changes(&self, owner: &Owner, query: &ChangesQuery) -> Result<Checked, StoreError>;
    /// What a poll would be told by `device_by_token_sum`, `changes` and `settings`, where it is that nothing is
    /// new and this is known without a database; `None`: ask them. A store without a memory knows nothing.
    fn nothing_new(&self, _poll: &Poll<'_>) -> Option<NothingNew> {
        None
    }
    /// Everything up to the cursor is durably on a device of the owner.
    async fn mark_delivered(
        &self,
        owner: &Owner,
        device: &Device,
        cursor: &Cursor,
    ) -> Result<Delivered, StoreError>;
    /// A device of the owner showed alerts for these; noted once for each device. What is not his is
    /// passed over.
    async fn mark_alerted(&self, owner: &Owner, device: &Device, ids: &[MessageId])
    -> Result<(), StoreError>;
    /// The owner opened these. What is not his, gone, or read already is passed over.
    async fn mark_read(
        &self,
        owner: &Owner,
        device: &Device,
        ids: &[MessageId],
    ) -> Result<Vec<Touched>, StoreError>;
    /// The owner knows of these; what was unread stays so. What is not his, expired, or acknowledged already
    /// is passed over.
    async fn acknowledge(
        &self,
        owner: &Owner,
        device: &Device,
        ids: &[MessageId],
    ) -> Result<Vec<Touched>, StoreError>;
    /// Takes a message of the owner back from whoever has not read it; `None` where he sent none of this id.
    async fn retract(&self, owner: &Owner, id: MessageId) -> Result<Option<Retracted>, StoreError>;
    /// What happened to a message that the owner wrote, recipient by recipient; `None` where he wrote none
    /// of this id.
    async fn ledger(&self, owner: &Owner, id: MessageId) -> Result<Option<Vec<LedgerEntry>>, StoreError>;
    /// The next part of an organisation's ledger, for its administrator.
    async fn ledger_page(&self, query: &LedgerQuery) -> Result<LedgerPage, StoreError>;
    /// Whether these users of an organisation can be reached; who is no user is left out.
    async fn reach(&self, organisation: &Name, logins: &[Login]) -> Result<Vec<Reach>, StoreError>;
    /// Accepts a letter for all its recipients at once.
    async fn deliver(&self, sender: &Account, id: MessageId, letter: &Letter) -> Result<Posted, StoreError>;
    /// One message of the owner's mailbox; as received where he both wrote and got it.
    async fn message(&self, owner: &Owner, id: MessageId) -> Result<Option<Message>, StoreError>;
    /// Removes a message from the owner's mailbox; `None` when it is not there.
    async fn delete_message(&self, owner: &Owner, id: MessageId) -> Result<Option<Touched>, StoreError>;
    /// Saves a draft upon the version that it follows; `None`: it is new.
    async fn save_draft(
        &self,
        writer: &Account,
        id: MessageId,
        base_version: Option<u64>,
        letter: &Letter,
    ) -> Result<SavedDraft, StoreError>;
    /// Throws a draft of the owner away, in this version or, with `None`, in any; `None` when there is no
    /// such draft of his.
    async fn throw_draft(
        &self,
        owner: &Owner,
        id: MessageId,
        base_version: Option<u64>,
    ) -> Result<Option<ThrownDraft>, StoreError>;
    /// Whom the owner's colleagues can write to, by login.
    async fn directory(&self, organisation: &Name) -> Result<Vec<Person>, StoreError>;

    // The server itself.

    /// From now on each post office opened by this store gets a new generation; the ones that are
    /// attached get it at once. Those that cannot be opened are said in the log.
    async fn begin_serving(&self) -> Result<(), StoreError>;
    /// Does in all post offices, in steps, what time asks for: takes expired copies out, lets what still
    /// waits follow the office's lifetime, warns of what expires soon, forgets what was kept for long
    /// enough. Says which mailboxes changed.
    async fn expire(&self) -> Result<Vec<Touched>, StoreError>;
    /// How long what was read may be believed, told without asking a database; `None`: not at all, as
    /// long as others may be writing unheard.
    fn standing(&self) -> Option<Standing>;
    /// From now on this listener hears what others change, where a [`Standing`] does not tell of it.
    fn tell_news(&self, listener: NewsListener);
    /// Whether the store can be used now.
    async fn ready(&self) -> Result<(), StoreError>;
}
