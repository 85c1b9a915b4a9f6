//! Databases of the schemas that were released, and their way to this build's.
//!
//! `fixtures/schema_N` holds a data folder's databases as `sqlite3 FILE .dump` writes them.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use restante_model::{DeliveryState, Timestamp};
use sqlx::{ConnectOptions, Connection, Row, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::{
    SqlStore, Store, StoreError, Unavailable,
    story::town::{HandClock, id, name, owner, since_then},
};

/// The data folder of schema 1: the organisations "town" and "village" of the stories, the village with an
/// office inside its own database.
const SCHEMA_1: [(&str, &str); 4] = [
    ("restante.db", include_str!("../fixtures/schema_1/restante.sql")),
    ("organisations/town.db", include_str!("../fixtures/schema_1/town.sql")),
    ("organisations/village.db", include_str!("../fixtures/schema_1/village.sql")),
    ("offices/main/office.db", include_str!("../fixtures/schema_1/main.sql")),
];

/// The same of schema 2.
const SCHEMA_2: [(&str, &str); 4] = [
    ("restante.db", include_str!("../fixtures/schema_2/restante.sql")),
    ("organisations/town.db", include_str!("../fixtures/schema_2/town.sql")),
    ("organisations/village.db", include_str!("../fixtures/schema_2/village.sql")),
    ("offices/main/office.db", include_str!("../fixtures/schema_2/main.sql")),
];

/// When the fixture was left.
const LEFT_AT: i64 = 1_790_604_800_000;

struct Old {
    folder: tempfile::TempDir,
}

async fn connect(file: &Path) -> SqliteConnection {
    SqliteConnectOptions::new().filename(file).create_if_missing(true).connect().await.unwrap()
}

impl Old {
    async fn of_schema_1() -> Self {
        Self::of(&SCHEMA_1).await
    }

    async fn of(files: &[(&str, &'static str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (file, dump) in files.iter().copied() {
            let path = folder.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            let mut connection = connect(&path).await;
            sqlx::raw_sql(dump).execute(&mut connection).await.unwrap();
            connection.close().await.unwrap();
        }
        Self { folder }
    }

    fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    async fn open(&self) -> SqlStore {
        let clock = HandClock::set(Timestamp::from_unix_ms(LEFT_AT));
        SqlStore::open(self.folder.path(), clock as Arc<_>).await.unwrap()
    }
}

/// All rows of the tables named, each table's columns as named by `columns`.
async fn rows(file: &Path, columns: &BTreeMap<String, Vec<String>>) -> BTreeMap<String, Vec<String>> {
    let mut connection = connect(file).await;
    let mut all = BTreeMap::new();
    for (table, columns) in columns {
        let list: Vec<_> = columns.iter().map(|column| format!("quote({column})")).collect();
        let list = list.join(" || ',' || ");
        let query = format!("SELECT {list} FROM {table} ORDER BY 1");
        let rows: Vec<String> =
            sqlx::query_scalar(sqlx::AssertSqlSafe(query)).fetch_all(&mut connection).await.unwrap();
        all.insert(table.clone(), rows);
    }
    connection.close().await.unwrap();
    all
}

/// The tables of a file with their columns, the schema's own version left out.
async fn columns(file: &Path) -> BTreeMap<String, Vec<String>> {
    let mut connection = connect(file).await;
    let query = "SELECT m.name AS place, c.name AS part FROM sqlite_schema m, pragma_table_info(m.name) c \
                 WHERE m.type = 'table' AND m.name NOT IN ('schema_version', 'sqlite_sequence')";
    let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for row in sqlx::query(query).fetch_all(&mut connection).await.unwrap() {
        all.entry(row.get("place")).or_default().push(row.get("part"));
    }
    connection.close().await.unwrap();
    all
}

fn upgrade_needed(error: &StoreError) -> Option<(&'static str, i64, i64)> {
    match error {
        StoreError::Unavailable { why: Unavailable::UpgradeNeeded { part, found, needed }, .. } => {
            Some((part, *found, *needed))
        }
        _ => None,
    }
}

#[tokio::test]
async fn an_old_organisation_waits_for_the_command_and_keeps_every_row() {
    let old = Old::of_schema_1().await;
    let mut before = BTreeMap::new();
    for (file, _) in SCHEMA_1 {
        let columns = columns(&old.file(file)).await;
        before.insert(file, (rows(&old.file(file), &columns).await, columns));
    }
    let store = old.open().await;
    store.begin_serving().await.unwrap();
    let refused = store.changes(&owner("boris"), &since_then(None)).await.unwrap_err();
    assert_eq!(upgrade_needed(&refused), Some(("office", 1, 3)), "{refused:?}");
    let refused = store.directory(&name("town")).await.unwrap_err();
    assert_eq!(upgrade_needed(&refused), Some(("organisation", 1, 3)), "{refused:?}");

    let town = store.upgrade(&name("town")).await.unwrap();
    assert_eq!(
        town.iter().map(|done| (done.part, done.from, done.to)).collect::<Vec<_>>(),
        [("organisation", 1, 3), ("office", 1, 3)]
    );
    let village = store.upgrade(&name("village")).await.unwrap();
    for (file, (rows_before, columns)) in &before {
        assert_eq!(rows(&old.file(file), columns).await, *rows_before, "{file}");
    }
    // The copies are of what was there before. The second one of a file holds the first part's new schema.
    for done in town.iter().chain(&village[..1]) {
        let copy = done.copy.as_ref().expect("a copy was made");
        let file = Path::new(&done.database).strip_prefix(old.folder.path()).unwrap().to_str().unwrap();
        let (rows_before, columns_before) = &before[file];
        assert_eq!(columns(copy).await, *columns_before, "{file}");
        assert_eq!(rows(copy, columns_before).await, *rows_before, "{file}");
    }

    // The running server goes on by itself, and a second time there is nothing to do.
    store.changes(&owner("boris"), &since_then(None)).await.unwrap();
    let again = store.upgrade(&name("town")).await.unwrap();
    assert!(again.iter().all(|done| done.copy.is_none() && done.from == done.to), "{again:?}");
    let message = store.message(&owner("anna"), id(3)).await.unwrap().unwrap();
    assert_eq!(message.copies[0].state, DeliveryState::Expired);
    assert_eq!(store.directory(&name("village")).await.unwrap().len(), 2);
}

#[tokio::test]
async fn what_the_old_schema_knew_is_in_the_ledger() {
    let old = Old::of_schema_1().await;
    let store = old.open().await;
    store.upgrade(&name("town")).await.unwrap();
    let ledger = store.ledger(&owner("anna"), id(1)).await.unwrap().unwrap();
    let told: Vec<_> = ledger.iter().map(|e| (e.recipient.login.as_str(), e.event.as_str())).collect();
    let expected = [
        ("boris", "accepted"),
        ("boris", "delivered"),
        ("boris", "read"),
        ("clara", "accepted"),
        ("clara", "expired"),
    ];
    assert_eq!(told, expected);
    assert_eq!(ledger[4].at, Timestamp::from_unix_ms(LEFT_AT));
}

#[tokio::test]
async fn an_upgrade_that_fails_leaves_all_as_it_was() {
    let old = Old::of_schema_1().await;
    let file = old.file("offices/main/office.db");
    let mut connection = connect(&file).await;
    // The last of the steps cannot be done.
    sqlx::raw_sql("ALTER TABLE post_office ADD COLUMN lifetime_seconds BIGINT")
        .execute(&mut connection)
        .await
        .unwrap();
    connection.close().await.unwrap();
    let columns_before = columns(&file).await;
    let rows_before = rows(&file, &columns_before).await;
    let store = old.open().await;
    assert!(matches!(store.upgrade(&name("town")).await, Err(StoreError::Database { .. })));
    assert_eq!(columns(&file).await, columns_before);
    assert_eq!(rows(&file, &columns_before).await, rows_before);
    let refused = store.changes(&owner("boris"), &since_then(None)).await.unwrap_err();
    assert_eq!(upgrade_needed(&refused), Some(("office", 1, 3)));
}

#[tokio::test]
async fn an_old_registry_is_upgraded_when_it_is_opened_after_a_copy() {
    let old = Old::of_schema_1().await;
    let columns_before = columns(&old.file("restante.db")).await;
    let rows_before = rows(&old.file("restante.db"), &columns_before).await;
    for _ in 0..2 {
        let offices = old.open().await.offices().await.unwrap();
        assert_eq!(offices[1].terms.expiry_warning.get(), 86_400);
    }
    let copies: Vec<_> = std::fs::read_dir(old.folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_str().unwrap().contains("registry-schema-1"))
        .collect();
    assert_eq!(copies.len(), 1, "{copies:?}");
    assert_eq!(rows(&copies[0], &columns_before).await, rows_before);
    assert_eq!(rows(&old.file("restante.db"), &columns_before).await, rows_before);
}

#[tokio::test]
async fn a_newer_schema_is_not_upgraded_backwards() {
    let old = Old::of_schema_1().await;
    let mut connection = connect(&old.file("organisations/town.db")).await;
    sqlx::raw_sql("UPDATE schema_version SET version = 99").execute(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    let error = old.open().await.upgrade(&name("town")).await.unwrap_err().to_string();
    assert!(error.contains("schema 99") && error.contains("knows only 3"), "{error}");
    assert!(matches!(old.open().await.upgrade(&name("nowhere")).await, Err(StoreError::Unknown { .. })));
}

#[tokio::test]
async fn an_upgrade_writes_into_each_database_whose_it_is() {
    let old = Old::of(&SCHEMA_2).await;
    let store = old.open().await;
    for organisation in ["town", "village"] {
        let done = store.upgrade(&name(organisation)).await.unwrap();
        let steps: Vec<_> = done.iter().map(|done| (done.part, done.from, done.to)).collect();
        assert_eq!(steps, [("organisation", 2, 3), ("office", 2, 3)], "{organisation}");
    }
    let told = store.message(&owner("anna"), id(3)).await.unwrap().unwrap();
    assert_eq!(told.copies[0].state, DeliveryState::Expired);
    assert_eq!(store.ledger(&owner("anna"), id(1)).await.unwrap().unwrap().len(), 5);
    for organisation in store.organisations().await.unwrap() {
        assert_eq!(organisation.unavailable, None, "{}", organisation.name);
    }
    let place = |file: &str| old.file(file);
    for file in ["organisations/town.db", "organisations/village.db"] {
        let mut connection = connect(&place(file)).await;
        sqlx::raw_sql("PRAGMA wal_checkpoint(TRUNCATE)").execute(&mut connection).await.unwrap();
        connection.close().await.unwrap();
    }
    std::fs::rename(place("organisations/town.db"), place("organisations/x.db")).unwrap();
    std::fs::rename(place("organisations/village.db"), place("organisations/town.db")).unwrap();
    std::fs::rename(place("organisations/x.db"), place("organisations/village.db")).unwrap();
    let refused = old.open().await.directory(&name("town")).await.unwrap_err().to_string();
    assert!(refused.contains("organisations/town.db"), "{refused}");
}
