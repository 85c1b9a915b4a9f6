//! An organisation of many users to measure with.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use restante_model::{
    Clock, Importance, LedgerEvent, Letter, Login, MessageId, Name, Person, SystemClock, Timestamp,
};
use restante_store::{
    Account, NewDevice, NewOffice, NewUser, OfficeTerms, Owner, Placement, Posted, SqlStore, Store, Time,
};
use serde_json::json;
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tokio_rustls::TlsConnector;

use crate::client::Connection;

const PASSWORD: &str = "measured, not secret";

/// Users `user0`, `user1` and so on, each with a device, in one organisation or in turn in several.
pub(crate) struct Office {
    place: Place,
    /// The same databases as another process has them open.
    store: SqlStore,
    /// What tokens of each organisation begin with.
    tags: Vec<String>,
    users: usize,
    next_id: AtomicU64,
}

/// Where its installation lies.
pub(crate) enum Place {
    Folder(TempDir),
    /// A database of PostgreSQL.
    Url(String),
}

/// A clock that is so far behind.
struct Behind(i64);

impl Clock for Behind {
    fn now(&self) -> Timestamp {
        SystemClock.now().plus_ms(-self.0)
    }
}

fn organisation(number: usize) -> Name {
    format!("hall{number}").parse().expect("a name")
}

fn login(number: usize) -> Login {
    format!("user{number}").parse().expect("a login")
}

fn person(number: usize) -> Person {
    Person { login: login(number), name: format!("User {number}") }
}

impl Office {
    pub(crate) async fn open(users: usize) -> Self {
        Self::at(Place::Folder(tempfile::tempdir().expect("a folder")), users, 1).await
    }

    /// At this place, with its users in so many organisations.
    pub(crate) async fn at(place: Place, users: usize, organisations: usize) -> Self {
        let store = place.open().await;
        let office: Name = "main".parse().expect("a name");
        let terms = OfficeTerms::default();
        let new = NewOffice { name: office.clone(), placement: Placement::Separate { folder: None }, terms };
        store.create_office(&new).await.expect("an office");
        let password_hash = restante_server::hash_password(PASSWORD, &[]).expect("a hash");
        let mut this = Self { place, store, tags: Vec::new(), users, next_id: AtomicU64::new(1) };
        for number in 0..organisations {
            let name = organisation(number);
            this.store.create_organisation(&name, "Hall").await.expect("an organisation");
            this.store.attach(&office, &name).await.expect("it is attached");
            let all: Vec<_> = (number..users)
                .step_by(organisations)
                .map(|number| NewUser { person: person(number), password_hash: password_hash.clone() })
                .collect();
            this.store.add_users(&name, &all).await.expect("users");
            let known = this.store.credentials_for(&name, &login(number)).await.expect("it answers");
            this.tags.push(known.expect("he is known").account.organisation_tag);
        }
        for number in (0..128).chain(users - 64..users) {
            let device = NewDevice {
                id: format!("device{number}"),
                name: "pc".into(),
                token_sum: Sha256::digest(this.token(number)).into(),
                client_version: None,
            };
            this.store.enrol_device(&this.account(number), &device).await.expect("a device");
        }
        // Let go of: a process that wrote keeps the server from believing its memory.
        this.store = this.place.open().await;
        this
    }

    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    /// Which organisation a user is in.
    fn organisation_of(&self, user: usize) -> usize {
        user % self.tags.len()
    }

    fn token(&self, user: usize) -> String {
        format!("rst_{}_{user:064x}", self.tags[self.organisation_of(user)])
    }

    fn account(&self, user: usize) -> Account {
        let number = self.organisation_of(user);
        Account {
            person: person(user),
            organisation: organisation(number),
            organisation_title: "Hall".into(),
            organisation_tag: self.tags[number].clone(),
        }
    }

    fn request(&self, user: usize, line: &str, body: &str) -> Vec<u8> {
        format!(
            "{line} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {}\r\nuser-agent: restante-agent/0.1.0\r\n\
             restante-client-version: 0.1.0\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.token(user),
            body.len()
        )
        .into_bytes()
    }

    fn poll(&self, user: usize, cursor: Option<&str>) -> Vec<u8> {
        self.poll_at(user, &cursor.map(|cursor| format!("?since={cursor}")).unwrap_or_default())
    }

    fn poll_at(&self, user: usize, query: &str) -> Vec<u8> {
        format!(
            "GET /api/v1/changes{query} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {}\r\n\
             user-agent: restante-agent/0.1.0\r\nrestante-client-version: 0.1.0\r\naccept: */*\r\n\r\n",
            self.token(user)
        )
        .into_bytes()
    }

    /// The empty polls of the first users, each with the cursor that the server gave.
    pub(crate) async fn polls(&self, address: &str, count: usize) -> Vec<Vec<u8>> {
        self.polls_of(&mut Connection::open(address).await, 0..count).await
    }

    /// The same over TLS, where there is a connector.
    pub(crate) async fn polls_by(
        &self,
        connector: Option<&TlsConnector>,
        address: &str,
        count: usize,
    ) -> Vec<Vec<u8>> {
        self.polls_of(&mut Connection::open_by(connector, address).await, 0..count).await
    }

    /// The same of the last users.
    pub(crate) async fn quiet_polls(&self, address: &str, count: usize) -> Vec<Vec<u8>> {
        self.polls_of(&mut Connection::open(address).await, self.users - count..self.users).await
    }

    async fn polls_of(&self, connection: &mut Connection, users: std::ops::Range<usize>) -> Vec<Vec<u8>> {
        let mut requests = Vec::new();
        for user in users {
            assert_eq!(connection.ask(&self.poll(user, None)).await, 200);
            let cursor = connection.body()["cursor"].as_str().expect("a cursor").to_owned();
            requests.push(self.poll(user, Some(&cursor)));
        }
        requests
    }

    fn next_id(&self) -> MessageId {
        let number = self.next_id.fetch_add(1, Ordering::Relaxed);
        format!("01930000-0000-7000-8000-{number:012x}").parse().expect("an id")
    }

    /// A letter for the first of so many users after the sender; the last 64 get none.
    fn content(&self, sender: usize, recipients: usize) -> Letter {
        let organisations = self.tags.len();
        let to = (1..=recipients.min((self.users - 128) / organisations))
            .map(|step| login(sender + step * organisations).to_string())
            .collect();
        Letter { to, subject: "Measured".into(), body: "x".repeat(1_000), importance: Importance::Normal }
    }

    pub(crate) fn letter(&self, sender: usize, recipients: usize) -> Vec<u8> {
        let content = serde_json::to_string(&self.content(sender, recipients)).expect("it is text");
        self.request(sender, &format!("PUT /api/v1/messages/{}", self.next_id()), &content)
    }

    pub(crate) fn sign_in(&self) -> Vec<u8> {
        let body =
            json!({"organisation": organisation(0), "user": "user0", "password": PASSWORD, "device": "pc"});
        self.request(0, "POST /api/v1/sessions", &body.to_string())
    }

    /// As the server's handlers do it, from this process, and then lets go of the databases.
    async fn post(&self, store: &SqlStore, sender: usize, recipients: usize) -> MessageId {
        let (id, content) = (self.next_id(), self.content(sender, recipients));
        let posted = store.deliver(&self.account(sender), id, &content).await;
        assert!(matches!(posted, Ok(Posted::Accepted(..))), "{posted:?}");
        id
    }

    pub(crate) async fn deliver_directly(&self, count: usize) {
        let store = self.place.open().await;
        for _ in 0..count {
            self.post(&store, 0, 1).await;
        }
    }

    pub(crate) async fn fan_out_directly(&self, recipients: usize) -> Duration {
        let store = self.place.open().await;
        // The connection is made by another call than the measured one.
        self.post(&store, 0, 1).await;
        let begun = Instant::now();
        self.post(&store, 0, recipients).await;
        begun.elapsed()
    }

    /// Many messages for one user.
    pub(crate) async fn fill_mailbox(&self, messages: usize) {
        let store = self.place.open().await;
        let last = self.users - 1;
        for _ in 0..messages {
            self.post(&store, last - 1, 1).await;
        }
    }

    /// Letters of the first user to so many, as they came a lifetime ago; gives the last.
    pub(crate) async fn fill_with_what_expires(&self, letters: usize, recipients: usize) -> MessageId {
        let Place::Folder(folder) = &self.place else { panic!("a folder has any clock") };
        let lifetime_ms =
            i64::try_from(OfficeTerms::default().message_lifetime.get()).expect("a week") * 1_000;
        let store =
            SqlStore::open(folder.path(), Arc::new(Behind(lifetime_ms))).await.expect("the store opens");
        let mut last = self.next_id();
        for _ in 0..letters {
            last = self.post(&store, 0, recipients).await;
        }
        last
    }

    /// Letters of the first user to so many.
    pub(crate) async fn fill(&self, letters: usize, recipients: usize) {
        let store = self.place.open().await;
        for _ in 0..letters {
            self.post(&store, 0, recipients).await;
        }
    }

    /// Whether all copies of this letter of the first user have expired.
    pub(crate) async fn expired(&self, id: MessageId) -> bool {
        let sender = Owner { organisation: organisation(0), login: login(0) };
        let entries = self.store.ledger(&sender, id).await.expect("it answers").expect("he wrote it");
        entries.iter().any(|entry| entry.event == LedgerEvent::Expired)
    }

    /// What fetches the first ten changes of a user who gets letters.
    pub(crate) fn first_page(&self) -> Vec<u8> {
        self.poll_at(1, "?limit=10")
    }

    /// Fetches that user's mailbox from the beginning; gives the number of pages.
    pub(crate) async fn fetch_all(&self, connection: &mut Connection) -> usize {
        let (mut cursor, mut pages) = (None::<String>, 0);
        loop {
            assert_eq!(connection.ask(&self.poll(self.users - 1, cursor.as_deref())).await, 200);
            pages += 1;
            let page = connection.body();
            cursor = page["cursor"].as_str().map(ToOwned::to_owned);
            if page["more"] == false {
                return pages;
            }
        }
    }
}

impl Place {
    async fn open(&self) -> SqlStore {
        match self {
            Self::Folder(folder) => SqlStore::open(folder.path(), Arc::new(SystemClock)).await,
            Self::Url(url) => SqlStore::connect(url, Time::Database).await,
        }
        .expect("the store opens")
    }
}
