//! An organisation to tell stories in.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use restante_model::{
    Clock, Cursor, DeliveryState, Importance, Letter, Login, MessageId, Name, Person, Timestamp,
};
use tempfile::TempDir;

use crate::{
    Accepted, Account, Change, ChangesQuery, ChangesReply, Delivered, Device, NewOffice, NewUser,
    OfficeTerms, Owner, Page, Placement, Posted, SqlStore, Store, StoreError, Time, story::postgres_cluster,
};

/// A clock that is set by hand.
pub(crate) struct HandClock(AtomicI64);

impl HandClock {
    pub(crate) fn set(at: Timestamp) -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(at.unix_ms())))
    }

    pub(crate) fn forward_ms(&self, milliseconds: i64) {
        self.0.fetch_add(milliseconds, Ordering::Relaxed);
    }
}

impl Clock for HandClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_ms(self.0.load(Ordering::Relaxed))
    }
}

/// The default lifetime, in milliseconds.
pub(crate) const WEEK_MS: i64 = 7 * 86_400_000;

/// The organisations "town" (anna, boris, clara) and "village" (anna, dora), both at post office "main".
pub(crate) struct Town {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<HandClock>,
    pub(crate) folder: Arc<TempDir>,
    /// Where it lies instead of in the folder.
    pub(crate) database: Option<postgres_cluster::Database>,
}

impl Town {
    pub(crate) async fn on_sqlite() -> Self {
        Self::founded(None).await
    }

    pub(crate) async fn on_postgres() -> Self {
        Self::in_database(postgres_cluster::Database::create()).await
    }

    pub(crate) async fn in_database(database: postgres_cluster::Database) -> Self {
        Self::founded(Some(database)).await
    }

    async fn founded(database: Option<postgres_cluster::Database>) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let clock = HandClock::set(Timestamp::from_unix_ms(1_790_000_000_000));
        let store = open(&folder, database.as_ref(), &clock).await.unwrap();
        let town = Self { store, clock, folder, database };
        town.settle().await;
        town
    }

    /// The same data served by a process that was started anew.
    pub(crate) async fn reopened(&self) -> Self {
        let store = open(&self.folder, self.database.as_ref(), &self.clock).await.unwrap();
        store.begin_serving().await.unwrap();
        let (clock, folder) = (Arc::clone(&self.clock), Arc::clone(&self.folder));
        Self { store, clock, folder, database: self.database.clone() }
    }

    async fn settle(&self) {
        let main = NewOffice { name: name("main"), placement: separate(), terms: OfficeTerms::default() };
        self.store.create_office(&main).await.unwrap();
        for (organisation, people) in
            [("town", vec!["anna", "boris", "clara"]), ("village", vec!["anna", "dora"])]
        {
            self.store.create_organisation(&name(organisation), &title(organisation)).await.unwrap();
            self.store.attach(&name("main"), &name(organisation)).await.unwrap();
            for person in people {
                self.add(organisation, person).await;
            }
        }
        self.store.begin_serving().await.unwrap();
    }

    pub(crate) async fn add(&self, organisation: &str, login: &str) {
        let user = NewUser { person: person(login), password_hash: format!("hash of {login}") };
        self.store.add_user(&name(organisation), &user).await.unwrap();
    }

    /// Posts a letter from a user of the town.
    pub(crate) async fn post(&self, from: &str, number: u128, letter: &Letter) -> Posted {
        self.store.deliver(&account("town", from), id(number), letter).await.unwrap()
    }

    /// The same where it must be accepted.
    pub(crate) async fn send(&self, from: &str, number: u128, to: &[&str]) -> Accepted {
        match self.post(from, number, &letter(to, &format!("letter {number}"))).await {
            Posted::Accepted(accepted, _) => accepted,
            other => panic!("not accepted: {other:?}"),
        }
    }

    pub(crate) async fn reply(&self, login: &str, query: ChangesQuery) -> ChangesReply {
        self.store.changes(&owner(login), &query).await.unwrap().reply
    }

    /// What changed in the mailbox of a user of the town since then; at most a page.
    pub(crate) async fn page(&self, login: &str, since: Option<&Cursor>) -> Page {
        match self.reply(login, since_then(since)).await {
            ChangesReply::Page(page) => page,
            other => panic!("no page for {login}: {other:?}"),
        }
    }

    /// Where that mailbox is now.
    pub(crate) async fn cursor(&self, login: &str) -> Cursor {
        self.page(login, None).await.cursor
    }

    /// His agent has everything.
    pub(crate) async fn fetch(&self, login: &str) {
        let cursor = self.cursor(login).await;
        let noted = self.store.mark_delivered(&owner(login), &device("pc"), &cursor).await.unwrap();
        assert!(matches!(noted, Delivered::Noted(_)), "{noted:?}");
    }

    /// The state of a recipient's copy, as the sender sees it.
    pub(crate) async fn state(&self, sender: &str, number: u128, recipient: &str) -> DeliveryState {
        let message =
            self.store.message(&owner(sender), id(number)).await.unwrap().expect("the sender has it");
        let copy = message.copies.iter().find(|copy| copy.person.login.as_str() == recipient);
        copy.expect("he is a recipient").state
    }
}

async fn open(
    folder: &TempDir,
    database: Option<&postgres_cluster::Database>,
    clock: &Arc<HandClock>,
) -> Result<Arc<dyn Store>, StoreError> {
    let clock: Arc<dyn Clock> = Arc::clone(clock) as _;
    Ok(match database {
        None => Arc::new(SqlStore::open(folder.path(), clock).await?),
        Some(database) => Arc::new(SqlStore::connect(&database.url(), Time::Clock(clock)).await?),
    })
}

pub(crate) fn name(text: &str) -> Name {
    text.parse().unwrap()
}

pub(crate) fn login(text: &str) -> Login {
    text.parse().unwrap()
}

pub(crate) fn person(login_text: &str) -> Person {
    Person { login: login(login_text), name: login_text.to_uppercase() }
}

fn title(organisation: &str) -> String {
    format!("The {organisation}")
}

pub(crate) fn separate() -> Placement {
    Placement::Separate { folder: None }
}

/// A user of the town.
pub(crate) fn owner(text: &str) -> Owner {
    Owner { organisation: name("town"), login: login(text) }
}

/// As the server knows a user once he is signed in.
pub(crate) fn account(organisation: &str, text: &str) -> Account {
    Account {
        person: person(text),
        organisation: name(organisation),
        organisation_title: title(organisation),
        organisation_tag: String::new(),
    }
}

pub(crate) fn id(number: u128) -> MessageId {
    format!("01930000-0000-7000-8000-{number:012x}").parse().unwrap()
}

pub(crate) fn letter(to: &[&str], subject: &str) -> Letter {
    Letter {
        to: to.iter().map(ToString::to_string).collect(),
        subject: subject.to_owned(),
        body: format!("About {subject}."),
        importance: Importance::Normal,
    }
}

/// A whole page of what changed since then.
pub(crate) fn since_then(since: Option<&Cursor>) -> ChangesQuery {
    ChangesQuery { since: since.cloned(), unless: None, max_changes: 500, max_bytes: 4 << 20 }
}

/// Changes in a line each, to compare.
pub(crate) fn told(changes: &[Change]) -> Vec<String> {
    changes
        .iter()
        .map(|change| match change {
            Change::Message(message) => format!("{} {:?}", message.subject, message.direction),
            Change::Delivery { id, login, state, acknowledged_at, .. } => {
                let also = if acknowledged_at.is_some() { ", acknowledged" } else { "" };
                format!("{} {login} {}{also}", number(*id), state.as_str())
            }
            Change::Expiry { id, near, .. } => {
                format!("{} {}", number(*id), if *near { "expires soon" } else { "expires at another time" })
            }
            Change::Draft(draft) => {
                let body = draft.letter.as_ref().map_or("thrown away", |letter| letter.subject.as_str());
                format!("draft {} version {}: {body}", number(draft.id), draft.version)
            }
            Change::Removed { id, reason } => format!("{} removed {}", number(*id), reason.as_str()),
        })
        .collect()
}

fn number(id: MessageId) -> u128 {
    id.uuid().as_u128() & 0xffff_ffff_ffff
}

/// A device that reports something.
pub(crate) fn device(text: &str) -> Device {
    let epoch = Timestamp::from_unix_ms(1_790_000_000_000);
    Device { id: format!("id of {text}"), name: text.to_owned(), created_at: epoch, last_seen_at: epoch }
}
