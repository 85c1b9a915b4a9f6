//! The server: the real router called as a function, over the real store in files.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use axum::{
    Router,
    body::{Body, Bytes},
    http::{HeaderMap, Method, Request, StatusCode},
};
use http_body_util::BodyExt;
use restante_model::{CheckInterval, Clock, IntervalRange, Name, Person, Seconds};
use restante_store::{
    Device, NewDevice, NewOffice, NewUser, OfficeChange, OfficeTerms, Owner, Placement, Remembering,
    SqlStore, Store,
};
use rusqlite::Connection;
use sha2::{Digest, Sha256};
use tokio::runtime::{Builder, Runtime};
use tower::ServiceExt;

use crate::agenda::OfficeClock;

/// A request as it goes over the wire.
#[derive(Clone, Debug)]
pub(crate) struct Sent {
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// An answer as it comes back.
#[derive(Clone, Debug)]
pub(crate) struct Answered {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// A start of the server: killed by being dropped, and what its tasks had left to do with it.
struct Running {
    router: Router,
    store: Arc<Remembering>,
    runtime: Runtime,
}

/// The server, running or not, and its data.
pub(crate) struct PostOffice {
    running: Option<Running>,
    /// Holds a folder for each time that the data was copied back.
    root: PathBuf,
    copies: u32,
    clock: Arc<OfficeClock>,
}

const FAULT: &str = "the_disk_is_full";

pub(crate) fn organisation() -> Name {
    "hall".parse().expect("it is a name")
}

fn office() -> Name {
    "main".parse().expect("it is a name")
}

fn owner(person: &Person) -> Owner {
    Owner { organisation: organisation(), login: person.login.clone() }
}

impl PostOffice {
    /// An organisation of these people with its office, and the server running.
    pub(crate) fn open(root: &Path, clock: Arc<OfficeClock>, people: &[Person], lifetime: Seconds) -> Self {
        let mut this = Self { running: None, root: root.to_owned(), copies: 0, clock };
        this.start();
        this.administer(async |store| {
            let range =
                IntervalRange::new(CheckInterval::from_seconds(60), CheckInterval::from_seconds(3_600));
            let terms =
                OfficeTerms { message_lifetime: lifetime, interval_range: range, ..OfficeTerms::default() };
            let new = NewOffice { name: office(), placement: Placement::Separate { folder: None }, terms };
            store.create_office(&new).await.expect("the office is made");
            store.create_organisation(&organisation(), "Hall").await.expect("the organisation is made");
            store.attach(&office(), &organisation()).await.expect("the office is attached");
            for person in people {
                let user = NewUser { person: person.clone(), password_hash: "none".into() };
                store.add_user(&organisation(), &user).await.expect("the user is added");
            }
        });
        this
    }

    fn folder(&self) -> PathBuf {
        self.root.join(format!("data-{}", self.copies))
    }

    pub(crate) fn runs(&self) -> bool {
        self.running.is_some()
    }

    pub(crate) fn start(&mut self) {
        if self.runs() {
            return;
        }
        let runtime = Builder::new_current_thread().enable_all().build().expect("a runtime");
        let clock: Arc<dyn Clock> = self.clock.clone();
        let folder = self.folder();
        let (store, router) = runtime.block_on(async {
            let files = SqlStore::open(&folder, Arc::clone(&clock)).await.expect("the store opens");
            let store = Arc::new(Remembering::new(Arc::new(files)));
            let config = restante_server::Config::default();
            let routes = restante_server::routes(config, Arc::clone(&store) as _, clock).await;
            (store, routes.expect("the server starts"))
        });
        self.running = Some(Running { router, store, runtime });
    }

    /// Nothing that was under way goes on.
    pub(crate) fn kill(&mut self) {
        self.running = None;
    }

    /// Answers one request; `None` where no server runs.
    pub(crate) fn answer(&self, sent: &Sent) -> Option<Answered> {
        let running = self.running.as_ref()?;
        let mut request = Request::builder().method(sent.method.clone()).uri(&sent.path);
        if let Some(headers) = request.headers_mut() {
            headers.clone_from(&sent.headers);
        }
        let request = request.body(Body::from(sent.body.clone())).expect("the request was one before");
        Some(running.runtime.block_on(async {
            let answer = running.router.clone().oneshot(request).await.expect("a router always answers");
            let (parts, body) = answer.into_parts();
            let body = body.collect().await.expect("the body is in memory").to_bytes();
            Answered { status: parts.status, headers: parts.headers, body }
        }))
    }

    /// Does as an administrator with the server's own store.
    fn administer<T>(&self, task: impl AsyncFnOnce(&Remembering) -> T) -> T {
        let running = self.running.as_ref().expect("the administrator looked whether it runs");
        running.runtime.block_on(task(&running.store))
    }

    /// What the server does by itself; a fault on its disk is its own matter.
    pub(crate) fn keep_house(&self) {
        if self.runs() {
            let _ = self.administer(async |store| store.expire().await);
        }
    }

    /// Enrols a device, and gives its token.
    pub(crate) fn enrol(&self, person: &Person, device: &str, random: &str) -> (Device, String) {
        self.administer(async |store| {
            let known = store.credentials_for(&organisation(), &person.login).await;
            let account = known.expect("the registry can be read").expect("the user was added").account;
            let token = format!("rst_{}_{random}", account.organisation_tag);
            let token_sum = Sha256::digest(&token).into();
            let id = device.to_owned();
            let new = NewDevice { id, name: "pc".into(), token_sum, client_version: None };
            (store.enrol_device(&account, &new).await.expect("the device is enrolled"), token)
        })
    }

    pub(crate) fn revoke(&self, person: &Person, device: &str) {
        self.administer(async |store| store.revoke(&owner(person), device).await.expect("it is revoked"));
    }

    pub(crate) fn detach(&self) {
        self.administer(async |store| store.detach(&organisation()).await.expect("it is detached"));
    }

    pub(crate) fn attach(&self) {
        self.administer(async |store| {
            store.attach(&office(), &organisation()).await.expect("it is attached")
        });
    }

    pub(crate) fn change(&self, change: OfficeChange) {
        self.administer(async |store| store.change_office(&office(), change).await.expect("it is changed"));
    }

    fn office_file(folder: &Path) -> PathBuf {
        folder.join("offices/main/office.db")
    }

    fn office_database(&self) -> Connection {
        Connection::open(Self::office_file(&self.folder())).expect("the office's database opens")
    }

    /// From now on this statement on this table fails, wherever in a transaction it stands.
    pub(crate) fn break_disk(&self, table: &str, statement: &str) {
        break_table(&self.office_database(), table, statement);
    }

    pub(crate) fn mend_disk(&self) {
        mend_table(&self.office_database());
    }

    /// A copy of the office's database as it is now.
    pub(crate) fn copy_away(&self) {
        let copy = self.root.join("copy.db");
        // The one before, where there is one.
        let _ = std::fs::remove_file(&copy);
        copy_database(&Self::office_file(&self.folder()), &copy);
    }

    /// Takes the copy for the office's database; the server does not run.
    pub(crate) fn copy_back(&mut self) {
        let before = self.folder();
        self.copies += 1;
        let now = self.folder();
        for folder in ["organisations", "offices/main"] {
            std::fs::create_dir_all(now.join(folder)).expect("the folder is made");
        }
        for file in ["restante.db", "organisations/hall.db"] {
            copy_database(&before.join(file), &now.join(file));
        }
        copy_database(&self.root.join("copy.db"), &Self::office_file(&now));
    }

    /// Of each mailbox, how far it is, and that no two of its changes have one number.
    pub(crate) fn numbers(&self) -> Vec<(String, u64)> {
        let database = self.office_database();
        let mut query = database.prepare("SELECT login, modseq FROM mailbox ORDER BY login").expect("SQL");
        let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).expect("rows");
        rows.map(|row| row.expect("a row")).collect()
    }

    /// Mailboxes in which two changes have one number, or one has a number beyond the mailbox's.
    pub(crate) fn muddled_numbers(&self) -> Vec<String> {
        let sql = "
            WITH taken (mailbox, modseq) AS (
                SELECT recipient, arrived_modseq FROM delivery
                UNION ALL SELECT recipient, changed_modseq FROM delivery
                UNION ALL SELECT recipient, removed_modseq FROM delivery
                UNION ALL SELECT sender, told_modseq FROM delivery WHERE told_modseq IS NOT NULL
                UNION ALL SELECT sender, sent_modseq FROM message
                UNION ALL SELECT sender, removed_modseq FROM message)
            SELECT DISTINCT b.login FROM taken t JOIN mailbox b ON b.key = t.mailbox
             WHERE t.modseq IS NOT NULL
             GROUP BY t.mailbox, t.modseq HAVING count(*) > 1 OR t.modseq > max(b.modseq)";
        let database = self.office_database();
        let mut query = database.prepare(sql).expect("SQL");
        let rows = query.query_map([], |row| row.get(0)).expect("rows");
        rows.map(|row| row.expect("a row")).collect()
    }
}

fn copy_database(from: &Path, to: &Path) {
    let database = Connection::open(from).expect("the database opens");
    database.execute("VACUUM INTO ?1", [to.display().to_string()]).expect("the database is copied");
}

/// From now on this statement on this table of the database fails.
pub(crate) fn break_table(database: &Connection, table: &str, statement: &str) {
    let sql = format!(
        "CREATE TRIGGER IF NOT EXISTS {FAULT} BEFORE {statement} ON {table}
         BEGIN SELECT RAISE(ABORT, 'database or disk is full'); END"
    );
    database.execute_batch(&sql).expect("the trigger is made");
}

pub(crate) fn mend_table(database: &Connection) {
    database.execute_batch(&format!("DROP TRIGGER IF EXISTS {FAULT}")).expect("the trigger is taken out");
}
