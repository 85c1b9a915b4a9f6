//! An organisation of many users to measure with.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use restante_model::{Importance, Letter, Login, MessageId, Name, Person, SystemClock};
use restante_store::{
    Account, NewDevice, NewOffice, NewUser, OfficeTerms, Placement, Posted, SqlStore, Store,
};
use serde_json::json;
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tokio_rustls::TlsConnector;

use crate::client::Connection;

const PASSWORD: &str = "measured, not secret";

/// Users `user0`, `user1` and so on of the organisation "hall"; each has a device.
pub(crate) struct Office {
    folder: TempDir,
    /// The same databases as another process has them open.
    store: SqlStore,
    tag: String,
    users: usize,
    next_id: AtomicU64,
}

fn organisation() -> Name {
    "hall".parse().expect("a name")
}

fn login(number: usize) -> Login {
    format!("user{number}").parse().expect("a login")
}

impl Office {
    pub(crate) async fn open(users: usize) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let store = open(folder.path()).await;
        let office: Name = "main".parse().expect("a name");
        let terms = OfficeTerms::default();
        let new = NewOffice { name: office.clone(), placement: Placement::Separate { folder: None }, terms };
        store.create_office(&new).await.expect("an office");
        store.create_organisation(&organisation(), "Hall").await.expect("an organisation");
        store.attach(&office, &organisation()).await.expect("it is attached");
        let password_hash = restante_server::hash_password(PASSWORD, &[]).expect("a hash");
        let mut this = Self { folder, store, tag: String::new(), users, next_id: AtomicU64::new(1) };
        let all: Vec<_> = (0..users)
            .map(|number| {
                let person = Person { login: login(number), name: format!("User {number}") };
                NewUser { person, password_hash: password_hash.clone() }
            })
            .collect();
        this.store.add_users(&organisation(), &all).await.expect("users");
        let known = this.store.credentials_for(&organisation(), &login(0)).await.expect("it answers");
        this.tag = known.expect("he is known").account.organisation_tag;
        for number in (0..64).chain(users - 64..users) {
            let device = NewDevice {
                id: format!("device{number}"),
                name: "pc".into(),
                token_sum: Sha256::digest(this.token(number)).into(),
                client_version: None,
            };
            this.store.enrol_device(&this.account(number), &device).await.expect("a device");
        }
        // Let go of: a process that wrote keeps the server from believing its memory.
        this.store = open(this.folder.path()).await;
        this
    }

    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn token(&self, user: usize) -> String {
        format!("rst_{}_{user:064x}", self.tag)
    }

    fn account(&self, user: usize) -> Account {
        Account {
            person: Person { login: login(user), name: format!("User {user}") },
            organisation: organisation(),
            organisation_title: "Hall".into(),
            organisation_tag: self.tag.clone(),
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
        let since = cursor.map(|cursor| format!("?since={cursor}")).unwrap_or_default();
        format!(
            "GET /api/v1/changes{since} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {}\r\n\
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
        let to =
            (1..=recipients.min(self.users - 128)).map(|step| login(sender + step).to_string()).collect();
        Letter { to, subject: "Measured".into(), body: "x".repeat(1_000), importance: Importance::Normal }
    }

    pub(crate) fn letter(&self, sender: usize, recipients: usize) -> Vec<u8> {
        let content = serde_json::to_string(&self.content(sender, recipients)).expect("it is text");
        self.request(sender, &format!("PUT /api/v1/messages/{}", self.next_id()), &content)
    }

    pub(crate) fn sign_in(&self) -> Vec<u8> {
        let body = json!({"organisation": "hall", "user": "user0", "password": PASSWORD, "device": "pc"});
        self.request(0, "POST /api/v1/sessions", &body.to_string())
    }

    /// As the server's handlers do it, from this process, and then lets go of the databases.
    async fn post(&self, store: &SqlStore, sender: usize, recipients: usize) {
        let content = self.content(sender, recipients);
        let posted = store.deliver(&self.account(sender), self.next_id(), &content).await;
        assert!(matches!(posted, Ok(Posted::Accepted(..))), "{posted:?}");
    }

    pub(crate) async fn deliver_directly(&self, count: usize) {
        let store = open(self.folder.path()).await;
        for _ in 0..count {
            self.post(&store, 0, 1).await;
        }
    }

    pub(crate) async fn fan_out_directly(&self, recipients: usize) -> Duration {
        let store = open(self.folder.path()).await;
        // The connection is made by another call than the measured one.
        self.post(&store, 0, 1).await;
        let begun = Instant::now();
        self.post(&store, 0, recipients).await;
        begun.elapsed()
    }

    /// Many messages for one user.
    pub(crate) async fn fill_mailbox(&self, messages: usize) {
        let store = open(self.folder.path()).await;
        let last = self.users - 1;
        for _ in 0..messages {
            self.post(&store, last - 1, 1).await;
        }
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

async fn open(folder: &Path) -> SqlStore {
    SqlStore::open(folder, Arc::new(SystemClock)).await.expect("the store opens")
}
