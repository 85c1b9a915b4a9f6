//! Several servers on one PostgreSQL: what one remembers, another may change.

use std::sync::Arc;

use rand::{SeedableRng, rngs::StdRng};
use restante_model::{CheckInterval, Cursor};

use super::{
    Remembering,
    tests::{Remembered, sum},
    walk_tests::{ALL, look, step},
};
use crate::{
    ChangesReply, OfficeChange, SqlStore, Store, StoreError, Time,
    story::{
        postgres_cluster::{Cluster, Database},
        town::{Town, account, device, id, letter, name, owner, since_then},
    },
};

/// Another server on the same databases, with a memory of its own.
struct Server {
    store: Remembering,
    files: Arc<SqlStore>,
}

impl Server {
    async fn start(town: &Town) -> Self {
        let url = town.database.as_ref().unwrap().url();
        let files = SqlStore::connect(&url, Time::Clock(Arc::clone(&town.clock) as _)).await.unwrap();
        let files = Arc::new(files);
        let store = Remembering::new(Arc::clone(&files) as _);
        store.begin_serving().await.unwrap();
        Self { store, files }
    }

    /// A server, and beside it the one of the town that remembers.
    async fn two() -> (Self, Remembered) {
        let town = Town::on_postgres().await;
        let there = Self::start(&town).await;
        let here = Self::start(&town).await;
        let town = Town { store: Arc::new(here.store), ..town };
        let here = Remembered { town, files: here.files };
        here.enrol().await;
        here.town.send("anna", 1, &["boris"]).await;
        (there, here)
    }
}

impl Remembered {
    /// The post office's database, which was made beside the installation's.
    fn office_database(&self) -> Database {
        let database = self.town.database.as_ref().unwrap();
        database.beside(&format!("{}_main", database.name()))
    }

    /// Whether this poll asked a database.
    async fn asks(&self, tag: &str, login: &str, cursor: &Cursor) -> bool {
        let before = self.files.transactions();
        self.poll(tag, login, cursor).await;
        self.files.transactions() != before
    }

    /// Polls until that is answered from memory, as far as it ever is.
    async fn remembered_cursor(&self, tag: &str, login: &str) -> Cursor {
        self.files.hearing().caught_up().await;
        let cursor = self.town.cursor(login).await;
        assert!(self.poll(tag, login, &cursor).await);
        assert!(!self.asks(tag, login, &cursor).await, "{login}'s poll is answered from memory");
        cursor
    }
}

#[tokio::test]
async fn what_another_server_changes_is_heard_and_what_nobody_changes_asks_no_database() {
    let _kept = Cluster::shared();
    let (there, here) = Server::two().await;
    let tag = here.tag().await;
    let anna = account("town", "anna");
    let cursor = here.remembered_cursor(&tag, "boris").await;

    there.store.deliver(&anna, id(2), &letter(&["boris"], "from there")).await.unwrap();
    here.files.hearing().caught_up().await;
    assert!(!here.poll(&tag, "boris", &cursor).await, "there is mail");

    let cursor = here.remembered_cursor(&tag, "boris").await;
    there.store.deliver(&anna, id(3), &letter(&["clara"], "to another")).await.unwrap();
    here.files.hearing().caught_up().await;
    assert!(!here.asks(&tag, "boris", &cursor).await, "others' mail is nothing to him");

    let interval = CheckInterval::from_seconds(777);
    there.store.set_interval(&owner("boris"), interval, None).await.unwrap();
    here.files.hearing().caught_up().await;
    assert_eq!(here.town.store.settings(&owner("boris")).await.unwrap().wished, Some(interval));

    let interval = CheckInterval::from_seconds(600);
    there.store.change_office(&name("main"), OfficeChange::CheckInterval(interval)).await.unwrap();
    here.files.hearing().caught_up().await;
    assert_eq!(here.town.store.settings(&owner("anna")).await.unwrap().terms.check_interval, interval);

    here.remembered_cursor(&tag, "anna").await;
    assert!(there.store.revoke(&owner("anna"), "anna").await.unwrap());
    here.files.hearing().caught_up().await;
    assert_eq!(here.town.store.device_by_token_sum(&tag, &sum("anna")).await.unwrap(), None);

    let cursor = here.remembered_cursor(&tag, "boris").await;
    let third = Server::start(&here.town).await;
    here.files.hearing().caught_up().await;
    let reply = here.town.reply("boris", since_then(Some(&cursor))).await;
    assert!(matches!(reply, ChangesReply::Page(_)), "his devices report anew at each start: {reply:?}");
    drop(third);
}

#[tokio::test]
async fn who_does_not_hear_asks_and_believes_nothing_that_he_remembered() {
    let _kept = Cluster::shared();
    let (there, here) = Server::two().await;
    let tag = here.tag().await;
    let cursor = here.remembered_cursor(&tag, "boris").await;
    let number = here.files.standing().unwrap().number;
    // Each has connections, before nobody may come in any more, and one that is free while another is given back.
    for files in [&here.files, &there.files] {
        let query = since_then(None);
        let (anna, boris) = (owner("anna"), owner("boris"));
        let (one, other) = tokio::join!(files.changes(&anna, &query), files.changes(&boris, &query));
        assert!(one.is_ok() && other.is_ok());
    }

    let office = here.office_database();
    let database = here.town.database.as_ref().unwrap();
    let allow = |allowed: bool| {
        database.sql(&format!("ALTER DATABASE {} ALLOW_CONNECTIONS {allowed}", office.name()));
    };
    allow(false);
    let ended = database.sql(&format!(
        "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity \
         WHERE query LIKE 'LISTEN%' AND datname = '{}'",
        office.name()
    ));
    assert_eq!(ended.trim(), "2", "both servers listened there");
    here.files.hearing().lost().await;
    assert_eq!(here.files.standing(), None);

    assert!(here.asks(&tag, "boris", &cursor).await, "nothing is believed");
    there.store.mark_read(&owner("boris"), &device("pc"), &[id(1)]).await.unwrap();
    assert!(!here.poll(&tag, "boris", &cursor).await, "it was done unheard");
    allow(true);
    here.files.hearing().caught_up().await;
    assert_ne!(here.files.standing().unwrap().number, number, "what was remembered is forgotten");
    assert!(!here.poll(&tag, "boris", &cursor).await);
    here.remembered_cursor(&tag, "boris").await;
}

#[tokio::test]
async fn the_databases_own_clock_is_never_behind_what_is_remembered() {
    let _kept = Cluster::shared();
    let database = Database::create();
    let files = Arc::new(SqlStore::connect(&database.url(), Time::Database).await.unwrap());
    let _store = Remembering::new(Arc::clone(&files) as _);
    assert_eq!(files.standing(), None, "nothing was heard yet");
    for _ in 0..5 {
        files.hearing().caught_up().await;
        let before = files.now().await.unwrap();
        let standing = files.standing().unwrap();
        assert!(standing.latest_now >= before, "{standing:?}, and it was {before}");
        let after = files.now().await.unwrap();
        assert!(standing.latest_now.ms_since(after) < 5_000, "{standing:?}, and it is {after}");
    }
}

#[tokio::test]
async fn whatever_two_servers_do_each_answers_as_the_databases() {
    let _kept = Cluster::shared();
    let (there, here) = Server::two().await;
    let tag = here.tag().await;
    let mut chance = StdRng::seed_from_u64(7);
    let (mut number, mut cursors) = (10, Vec::new());
    for turn in 0..12 {
        look(&here, &mut cursors).await;
        let store: &dyn Store = if turn % 4 == 0 { here.town.store.as_ref() } else { &there.store };
        let what = step(store, ALL, &mut chance, &mut number).await;
        here.files.hearing().caught_up().await;
        here.compare(&tag, &cursors, &what).await;
    }
}

#[tokio::test]
async fn a_schema_is_looked_at_anew_once_an_upgrade_of_it_is_heard_of() {
    let _kept = Cluster::shared();
    let (_there, here) = Server::two().await;
    here.files.hearing().caught_up().await;
    let asked = async || {
        let before = here.files.transactions();
        let page = here.town.store.changes(&owner("anna"), &since_then(None)).await;
        (page.map(drop), here.files.transactions() - before)
    };
    let tell = async |statement: &str| {
        here.office_database().sql(&format!("BEGIN; {statement}; NOTIFY restante, '\"Everything\"'; COMMIT"));
        here.files.hearing().caught_up().await;
    };
    // Since it last asked for a schema the starts of both servers were heard of.
    asked().await.0.unwrap();
    let (page, usual) = asked().await;
    page.unwrap();
    tell("SELECT 1").await;
    let (page, anew) = asked().await;
    page.unwrap();
    assert_eq!(anew, usual + 1, "the schema was asked for");
    assert_eq!(asked().await.1, usual, "and is known");
    tell("UPDATE restante_office.schema_version SET version = 99").await;
    let (refused, _) = asked().await;
    assert!(matches!(refused, Err(StoreError::Unavailable { .. })), "{refused:?}");
}
