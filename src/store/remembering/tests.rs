//! What the memory answers is what the databases would answer.

use std::sync::Arc;

use restante_model::{Cursor, Seconds};

use super::Remembering;
use crate::{
    ChangesQuery, ChangesReply, DatabaseUrl, NewDevice, NewOffice, NothingNew, OfficeChange, OfficeTerms,
    Placement, Poll, SqlStore, Store,
    story::{
        postgres_cluster::{self, Cluster},
        town::{Town, WEEK_MS, account, name, owner, since_then},
    },
};

/// The town with a memory before its databases; what is asked of `files` is not remembered.
pub(super) struct Remembered {
    pub(super) town: Town,
    pub(super) files: Arc<SqlStore>,
}

impl Remembered {
    pub(super) async fn open() -> Self {
        let town = Town::on_sqlite().await;
        let Town { store, clock, folder, database } = town;
        // Another server would have the folder otherwise.
        drop(store);
        let opened = SqlStore::open(folder.path(), Arc::clone(&clock) as _).await.unwrap();
        let files = Arc::new(opened);
        let store: Arc<dyn Store> = Arc::new(Remembering::new(Arc::clone(&files) as _));
        store.begin_serving().await.unwrap();
        let this = Self { town: Town { store, clock, folder, database }, files };
        this.enrol().await;
        this
    }

    /// Gives everybody a device.
    pub(super) async fn enrol(&self) {
        for login in PEOPLE {
            let device = NewDevice {
                id: login.into(),
                name: login.into(),
                token_sum: sum(login),
                client_version: None,
            };
            self.town.store.enrol_device(&account("town", login), &device).await.unwrap();
        }
    }

    /// Does something from another process on the same folder.
    pub(super) async fn elsewhere(&self, task: impl AsyncFnOnce(&SqlStore)) {
        let clock = Arc::clone(&self.town.clock) as _;
        task(&SqlStore::open(self.town.folder.path(), clock).await.unwrap()).await;
    }

    pub(super) async fn tag(&self) -> String {
        let known = self.files.credentials_for(&name("town"), &owner("anna").login).await.unwrap();
        known.unwrap().account.organisation_tag
    }

    /// What a poll asks: whose token, anything new, which settings.
    pub(super) async fn poll(&self, tag: &str, login: &str, cursor: &Cursor) -> bool {
        let store = &self.town.store;
        store.device_by_token_sum(tag, &sum(login)).await.unwrap().expect("he has a device");
        store.settings(&owner(login)).await.unwrap();
        matches!(self.town.reply(login, since_then(Some(cursor))).await, ChangesReply::UpToDate(_))
    }

    /// What a poll is told without a database, where it is told so: the settings' revision.
    fn told_at_once(&self, tag: &str, login: &str, cursor: &Cursor) -> Option<NothingNew> {
        let since = cursor.to_string();
        let poll = Poll { organisation_tag: tag, token_sum: &sum(login), since: &since };
        let before = self.files.transactions();
        let told = self.town.store.nothing_new(&poll);
        assert_eq!(self.files.transactions(), before);
        told
    }

    /// The same by the databases; `None` where something is new or he is refused.
    async fn told_by_the_databases(&self, tag: &str, login: &str, cursor: &Cursor) -> Option<NothingNew> {
        let enrolled = self.files.device_by_token_sum(tag, &sum(login)).await.ok()??;
        let checked = self.files.changes(&owner(login), &since_then(Some(cursor))).await.ok()?;
        let ChangesReply::UpToDate(_) = checked.reply else { return None };
        let settings_revision = self.files.settings(&owner(login)).await.ok()?.revision;
        Some(NothingNew { enrolled: Arc::new(enrolled), settings_revision })
    }

    /// Compares every answer of the memory with the databases'.
    pub(super) async fn compare(&self, tag: &str, cursors: &[(&str, Cursor)], what: &str) {
        for login in PEOPLE {
            let remembered = self.town.store.device_by_token_sum(tag, &sum(login)).await.unwrap();
            let stored = self.files.device_by_token_sum(tag, &sum(login)).await.unwrap();
            assert_eq!(remembered, stored, "{login}'s token after {what}");
            let settings = settings(self.town.store.as_ref(), login).await;
            assert_eq!(
                settings,
                self::settings(self.files.as_ref(), login).await,
                "{login}'s settings after {what}"
            );
        }
        for (login, cursor) in cursors {
            // Before the others, which make it know more.
            if let Some(told) = self.told_at_once(tag, login, cursor) {
                let stored = self.told_by_the_databases(tag, login, cursor).await;
                assert_eq!(Some(told), stored, "{login}'s poll after {what}");
            }
            let asked = |query: ChangesQuery| async move {
                let remembered = changes(self.town.store.as_ref(), login, &query).await;
                assert_eq!(
                    remembered,
                    changes(self.files.as_ref(), login, &query).await,
                    "{login} after {what}"
                );
            };
            asked(since_then(Some(cursor))).await;
            asked(ChangesQuery { unless: Some(cursor.clone()), ..since_then(None) }).await;
        }
    }
}

pub(super) const PEOPLE: [&str; 3] = ["anna", "boris", "clara"];

pub(super) fn sum(login: &str) -> [u8; 32] {
    let mut sum = [0; 32];
    sum[..login.len()].copy_from_slice(login.as_bytes());
    sum
}

async fn settings(store: &dyn Store, login: &str) -> String {
    format!("{:?}", store.settings(&owner(login)).await)
}

async fn changes(store: &dyn Store, login: &str, query: &ChangesQuery) -> String {
    let checked = store.changes(&owner(login), query).await;
    format!("{:?}", checked.map(|checked| (checked.reply, checked.next_expiry)))
}

#[tokio::test]
async fn a_check_that_brings_nothing_begins_no_transaction() {
    let here = Remembered::open().await;
    let tag = here.tag().await;
    here.town.send("anna", 1, &["boris"]).await;
    here.town.fetch("boris").await;
    let cursor = here.town.cursor("boris").await;
    assert!(here.poll(&tag, "boris", &cursor).await, "the first one may ask");
    let before = here.files.transactions();
    for _ in 0..10 {
        assert!(here.poll(&tag, "boris", &cursor).await);
    }
    assert_eq!(here.files.transactions(), before);
    assert!(here.told_at_once(&tag, "boris", &cursor).is_some());
    assert!(here.told_at_once("ffffffff", "boris", &cursor).is_none(), "of another organisation");
    assert!(here.told_at_once(&tag, "clara", &cursor).is_none(), "of her nothing is known");
    // Others' mail is nothing to him.
    here.town.send("anna", 2, &["clara"]).await;
    let before = here.files.transactions();
    assert!(here.poll(&tag, "boris", &cursor).await);
    assert_eq!(here.files.transactions(), before);
    here.town.send("anna", 3, &["boris"]).await;
    assert!(here.told_at_once(&tag, "boris", &cursor).is_none());
    assert!(!here.poll(&tag, "boris", &cursor).await);
}

#[tokio::test]
async fn a_cursor_of_an_earlier_start_gets_a_new_one_however_often_it_comes() {
    let here = Remembered::open().await;
    here.town.send("anna", 1, &["boris"]).await;
    let earlier = here.town.cursor("boris").await;
    let Town { store, clock, folder, database } = here.town;
    drop((store, here.files));
    let files = Arc::new(SqlStore::open(folder.path(), Arc::clone(&clock) as _).await.unwrap());
    let store: Arc<dyn Store> = Arc::new(Remembering::new(Arc::clone(&files) as _));
    store.begin_serving().await.unwrap();
    let here = Remembered { town: Town { store, clock, folder, database }, files };
    let tag = here.tag().await;
    let present = here.town.cursor("boris").await;
    assert_ne!(earlier.generation, present.generation);
    for _ in 0..2 {
        let reply = here.town.reply("boris", since_then(Some(&earlier))).await;
        let ChangesReply::Page(page) = reply else { panic!("his devices are to report anew: {reply:?}") };
        assert_eq!((page.changes.len(), &page.cursor), (0, &present));
        assert!(here.poll(&tag, "boris", &present).await);
    }
    let before = here.files.transactions();
    assert!(here.poll(&tag, "boris", &present).await);
    assert_eq!(here.files.transactions(), before);
}

#[tokio::test]
async fn nothing_is_believed_from_the_moment_in_which_something_expires() {
    let here = Remembered::open().await;
    let tag = here.tag().await;
    here.town.send("anna", 1, &["boris"]).await;
    let cursors = [here.town.cursor("boris").await, here.town.cursor("anna").await];
    here.town.clock.forward_ms(WEEK_MS - 1);
    for _ in 0..2 {
        assert!(here.poll(&tag, "boris", &cursors[0]).await);
        assert!(here.poll(&tag, "anna", &cursors[1]).await);
    }
    assert!(here.told_at_once(&tag, "boris", &cursors[0]).is_some());
    here.town.clock.forward_ms(1);
    assert!(here.told_at_once(&tag, "boris", &cursors[0]).is_none());
    assert!(!here.poll(&tag, "anna", &cursors[1]).await, "the sender's next check says so");
    assert!(!here.poll(&tag, "boris", &cursors[0]).await);
}

#[tokio::test]
async fn a_warning_comes_with_the_first_check_after_it_was_given() {
    const DAY_MS: i64 = 86_400_000;
    let here = Remembered::open().await;
    let tag = here.tag().await;
    here.town.send("anna", 1, &["boris"]).await;
    let cursors = [("boris", here.town.cursor("boris").await), ("anna", here.town.cursor("anna").await)];
    here.town.clock.forward_ms(WEEK_MS - DAY_MS);
    for (login, cursor) in &cursors {
        assert!(here.poll(&tag, login, cursor).await && here.poll(&tag, login, cursor).await);
    }
    // What is due is a warning only once it stands in the database, with a number of its own.
    here.compare(&tag, &cursors, "a warning fell due").await;
    here.town.store.expire().await.unwrap();
    for (login, cursor) in &cursors {
        assert!(!here.poll(&tag, login, cursor).await, "{login}");
    }
}

#[tokio::test]
async fn another_lifetime_is_heard_of_from_here_and_from_elsewhere() {
    let here = Remembered::open().await;
    let tag = here.tag().await;
    here.town.send("anna", 1, &["boris"]).await;
    let main = name("main");
    for (seconds, from_here) in [(1_000, true), (2_000, false)] {
        let cursors = [("boris", here.town.cursor("boris").await), ("anna", here.town.cursor("anna").await)];
        for (login, cursor) in &cursors {
            assert!(here.poll(&tag, login, cursor).await);
        }
        let lifetime = OfficeChange::MessageLifetime(Seconds::new(seconds));
        if from_here {
            here.town.store.change_office(&main, lifetime).await.unwrap();
        } else {
            here.elsewhere(async |store| drop(store.change_office(&main, lifetime).await.unwrap())).await;
        }
        for (login, cursor) in &cursors {
            assert!(!here.poll(&tag, login, cursor).await, "{login} after {seconds}");
        }
    }
}

#[tokio::test]
async fn beside_a_database_that_others_share_nothing_is_believed() {
    let here = Remembered::open().await;
    let _kept = Cluster::shared();
    let database = postgres_cluster::Database::create();
    assert!(here.files.standing().is_some());
    let placement = Placement::Elsewhere { url: DatabaseUrl(database.url()) };
    let office = NewOffice { name: name("shared"), placement, terms: OfficeTerms::default() };
    here.elsewhere(async |store| drop(store.create_office(&office).await.unwrap())).await;
    assert!(here.files.standing().is_some(), "it is nobody's yet");
    here.town.store.attach(&name("shared"), &name("village")).await.unwrap();
    assert_eq!(here.files.standing(), None);
}

#[tokio::test]
async fn a_revoked_token_and_a_disabled_user_are_unknown_at_once() {
    let here = Remembered::open().await;
    let tag = here.tag().await;
    let known =
        async |login: &str| here.town.store.device_by_token_sum(&tag, &sum(login)).await.unwrap().is_some();
    for login in PEOPLE {
        assert!(known(login).await && known(login).await);
    }
    here.town.store.revoke(&owner("anna"), "anna").await.unwrap();
    here.town.store.set_disabled(&owner("boris"), true).await.unwrap();
    assert_eq!((known("anna").await, known("boris").await, known("clara").await), (false, false, true));
    let kept = Some("clara");
    here.town.store.set_password_hash(&owner("clara"), "old").await.unwrap();
    assert!(here.town.store.change_password(&owner("clara"), "old", "new", kept).await.unwrap());
    assert!(known("clara").await && known("clara").await, "it is the device that he changed it on");
    here.elsewhere(async |store| {
        store.set_disabled(&owner("clara"), true).await.unwrap();
        assert!(!known("clara").await, "while the command still runs");
    })
    .await;
    assert!(!known("clara").await);
}
