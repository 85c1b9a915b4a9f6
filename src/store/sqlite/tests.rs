//! What only SQLite has: files, triggers, rows that a disk changed, schemas of other versions.

use std::path::{Path, PathBuf};

use restante_model::DeliveryState;
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};

use crate::{
    ChangesReply, NewOffice, OfficeTerms, Placement, SqlStore, Store, StoreError, Unavailable,
    story::town::{HandClock, Town, id, login, name, owner, separate, since_then, told},
};

/// The file of the town's post office.
fn office_file(town: &Town) -> PathBuf {
    town.folder.path().join("offices/main/office.db")
}

/// Writes into a file past the store; gives what SQLite says.
pub(super) async fn sql(file: &Path, text: &'static str) -> Result<(), String> {
    let options = SqliteConnectOptions::new().filename(file);
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    let done = sqlx::raw_sql(text).execute(&mut connection).await;
    connection.close().await.unwrap();
    done.map(drop).map_err(|error| error.to_string())
}

/// Opens the town's data folder as another process would.
async fn open(town: &Town) -> Result<SqlStore, StoreError> {
    SqlStore::open(town.folder.path(), std::sync::Arc::clone(&town.clock) as _).await
}

#[tokio::test]
async fn the_database_itself_takes_no_state_back() {
    let town = Town::on_sqlite().await;
    town.send("anna", 1, &["boris"]).await;
    let steps: [(&'static str, bool); 8] = [
        ("UPDATE delivery SET state = 'delivered'", true),
        ("UPDATE delivery SET state = 'waiting'", false),
        ("UPDATE delivery SET state = 'delivered'", false),
        ("UPDATE delivery SET state = 'lost'", false),
        ("UPDATE delivery SET state = 'read'", true),
        ("UPDATE delivery SET state = 'delivered'", false),
        ("UPDATE delivery SET state = 'expired'", false),
        ("UPDATE delivery SET state = 'retracted'", false),
    ];
    for (text, allowed) in steps {
        let done = sql(&office_file(&town), text).await;
        assert_eq!(done.is_ok(), allowed, "{text}: {done:?}");
    }
    assert_eq!(town.state("anna", 1, "boris").await, DeliveryState::Read);
}

#[tokio::test]
async fn the_database_itself_lets_no_number_go_back() {
    let town = Town::on_sqlite().await;
    town.send("anna", 1, &["boris"]).await;
    for text in ["UPDATE mailbox SET modseq = modseq - 1", "UPDATE mailbox SET modseq = modseq"] {
        let refused = sql(&office_file(&town), text).await.unwrap_err();
        assert!(refused.contains("only grows"), "{refused}");
    }
    assert_eq!(town.cursor("boris").await.modseq, 1);
}

#[tokio::test]
async fn a_row_that_a_disk_changed_is_an_error_with_its_address() {
    let damages: [(&str, &'static str); 9] = [
        ("message", "UPDATE message SET body = replace(body, 'A', 'B')"),
        ("message", "UPDATE message SET subject = 'letter 2'"),
        ("message", "UPDATE message SET importance = 'high'"),
        ("message", "UPDATE message SET written_to = '[\"clara\"]'"),
        ("message", "UPDATE message SET written_to = 'x'"),
        ("message", "UPDATE message SET accepted_at = accepted_at + 1"),
        ("message", "UPDATE message SET sender = (SELECT key FROM mailbox WHERE login = 'boris')"),
        ("mailbox", "UPDATE mailbox SET login = '../boris' WHERE login = 'anna'"),
        ("delivery", "UPDATE delivery SET recipient = (SELECT key FROM mailbox WHERE login = 'clara')"),
    ];
    for (table, damage) in damages {
        let town = Town::on_sqlite().await;
        town.send("anna", 1, &["boris"]).await;
        town.send("anna", 2, &["clara"]).await;
        town.store.delete_message(&owner("clara"), id(2)).await.unwrap();
        sql(&office_file(&town), damage).await.unwrap();
        // A copy that a disk gave to somebody else is looked for where it is.
        let reader = owner(if table == "delivery" { "clara" } else { "boris" });
        let asked = [
            town.store.message(&reader, id(1)).await.err(),
            town.store.changes(&reader, &since_then(None)).await.err(),
        ];
        for error in asked {
            let error = error.unwrap_or_else(|| panic!("unseen: {damage}"));
            let text = error.to_string();
            assert!(
                matches!(&error, StoreError::Corrupt { table: found, .. } if *found == table),
                "{error:?}"
            );
            assert!(text.contains("office.db") && text.contains(table), "{text}");
            assert!(!error.fatal(), "one bad row stops nobody else's mail");
        }
    }
}

#[tokio::test]
async fn a_state_or_name_that_cannot_be_is_an_error_too() {
    let town = Town::on_sqlite().await;
    town.send("anna", 1, &["boris"]).await;
    let unchecked = "PRAGMA ignore_check_constraints = ON; DROP TRIGGER state_only_goes_forward; \
                     UPDATE delivery SET state = 'vaiting'";
    sql(&office_file(&town), unchecked).await.unwrap();
    let error = town.store.message(&owner("boris"), id(1)).await.unwrap_err();
    assert!(matches!(error, StoreError::Corrupt { table: "delivery", .. }), "{error:?}");

    let people = town.folder.path().join("organisations/town.db");
    sql(&people, "UPDATE users SET login = 'bo ris' WHERE login = 'boris'").await.unwrap();
    let error = town.store.directory(&name("town")).await.unwrap_err();
    assert!(matches!(error, StoreError::Corrupt { table: "users", .. }), "{error:?}");
}

/// Writes into the data folder as another process, as one that upgrades a database does.
async fn announce(town: &Town) {
    open(town).await.unwrap().add_administrator(&login("root"), "none").await.unwrap();
}

#[tokio::test]
async fn a_database_of_another_schema_waits_at_the_gate() {
    type Expected = fn(&Unavailable) -> bool;
    let gates: [(&str, &'static str, Expected); 4] = [
        ("offices/main/office.db", "UPDATE schema_version SET version = 0", |why| {
            matches!(why, Unavailable::UpgradeNeeded { part: "office", found: 0, .. })
        }),
        ("offices/main/office.db", "UPDATE schema_version SET version = 99", |why| {
            matches!(why, Unavailable::ServerTooOld { part: "office", found: 99, .. })
        }),
        ("organisations/town.db", "UPDATE schema_version SET version = 0", |why| {
            matches!(why, Unavailable::UpgradeNeeded { part: "organisation", found: 0, .. })
        }),
        ("organisations/town.db", "UPDATE schema_version SET version = 99", |why| {
            matches!(why, Unavailable::ServerTooOld { part: "organisation", found: 99, .. })
        }),
    ];
    for (file, change, expected) in gates {
        let town = Town::on_sqlite().await;
        assert!(town.store.changes(&owner("boris"), &since_then(None)).await.is_ok(), "all is well so far");
        sql(&town.folder.path().join(file), change).await.unwrap();
        announce(&town).await;
        let error = if file.starts_with("offices") {
            town.store.changes(&owner("boris"), &since_then(None)).await.unwrap_err()
        } else {
            town.store.directory(&name("town")).await.unwrap_err()
        };
        assert!(matches!(&error, StoreError::Unavailable { why, .. } if expected(why)), "{error:?}");
        let list = town.store.organisations().await.unwrap();
        let why = list[0].unavailable.as_ref().expect("the list says so");
        assert!(expected(why), "{why:?}");
        // A server starts all the same, for the others.
        open(&town).await.unwrap().begin_serving().await.unwrap();
        assert!(town.store.expire().await.is_ok());
    }
}

#[tokio::test]
async fn a_registry_of_another_schema_is_refused_with_its_file() {
    let town = Town::on_sqlite().await;
    let registry = town.folder.path().join("restante.db");
    for (change, word) in [
        ("UPDATE schema_version SET version = 99", "the server must be upgraded"),
        ("UPDATE schema_version SET version = 0", "the database must be upgraded"),
        ("DROP TABLE schema_version", "the database must be upgraded"),
    ] {
        sql(&registry, change).await.unwrap();
        let error = open(&town).await.err().expect("it is refused");
        assert!(matches!(&error, StoreError::Gate { .. }), "{error:?}");
        let text = error.to_string();
        assert!(text.contains("restante.db") && text.contains(word), "{text}");
    }
}

#[tokio::test]
async fn a_missing_or_foreign_office_is_told_and_stops_nobody_else() {
    for content in [None, Some("This was never a database. ".repeat(400))] {
        let town = Town::on_sqlite().await;
        let terms = OfficeTerms::default();
        let other = NewOffice { name: name("other"), placement: separate(), terms };
        town.store.create_office(&other).await.unwrap();
        town.store.attach(&name("other"), &name("village")).await.unwrap();
        let file = town.folder.path().join("offices/other/office.db");
        for ending in ["db", "db-wal", "db-shm"] {
            let _ = std::fs::remove_file(file.with_extension(ending));
        }
        if let Some(content) = content {
            std::fs::write(&file, content).unwrap();
        }
        let store = open(&town).await.unwrap();
        store.begin_serving().await.unwrap();
        let villager = crate::Owner { organisation: name("village"), ..owner("anna") };
        let error = store.changes(&villager, &since_then(None)).await.unwrap_err();
        let why = |error: &StoreError| match error {
            StoreError::Unavailable { why: Unavailable::Unreachable { location, .. }, .. } => {
                Some(location.clone())
            }
            _ => None,
        };
        assert_eq!(why(&error), Some(file.display().to_string()), "{error:?}");
        assert!(store.changes(&owner("boris"), &since_then(None)).await.is_ok());
        assert!(store.attach(&name("other"), &name("town")).await.is_err(), "it is not attached to more");
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}

#[tokio::test]
async fn databases_put_in_each_others_place_are_refused_by_name() {
    let town = Town::on_sqlite().await;
    let other = NewOffice { name: name("other"), placement: separate(), terms: OfficeTerms::default() };
    town.store.create_office(&other).await.unwrap();
    town.store.attach(&name("other"), &name("village")).await.unwrap();
    let swaps = [
        ("organisations/town.db", "organisations/village.db"),
        ("offices/main/office.db", "offices/other/office.db"),
    ];
    for (one, another) in swaps {
        for file in [one, another] {
            sql(&town.folder.path().join(file), "PRAGMA wal_checkpoint(TRUNCATE)").await.unwrap();
        }
        let folder = tempfile::tempdir().unwrap();
        copy(town.folder.path(), folder.path());
        let place = |file: &str| folder.path().join(file);
        std::fs::copy(town.folder.path().join(one), place(another)).unwrap();
        std::fs::copy(town.folder.path().join(another), place(one)).unwrap();
        let store = SqlStore::open(folder.path(), std::sync::Arc::clone(&town.clock) as _).await.unwrap();
        store.begin_serving().await.unwrap();
        for (organisation, file) in [("town", one), ("village", another)] {
            let organisation = name(organisation);
            let error = if file.starts_with("offices") {
                let anna = crate::Owner { organisation: organisation.clone(), ..owner("anna") };
                store.changes(&anna, &since_then(None)).await.unwrap_err()
            } else {
                store.directory(&organisation).await.unwrap_err()
            };
            assert!(error.to_string().contains(file) && !error.fatal(), "{error}");
            let listed = store.organisations().await.unwrap();
            let listed = listed.iter().find(|listed| listed.name == organisation).unwrap();
            // A database beside another's note may look as if it had lost its log.
            let refused = matches!(
                listed.unavailable,
                Some(Unavailable::Unreachable { .. } | Unavailable::LogLost { .. })
            );
            assert!(refused, "{listed:?}");
        }
    }
    assert!(town.store.changes(&owner("boris"), &since_then(None)).await.is_ok());
}

#[tokio::test]
async fn a_database_copied_back_by_hand_resets_whoever_saw_what_was_undone() {
    let town = Town::on_sqlite().await;
    town.send("anna", 1, &["boris"]).await;
    let at_the_copy = town.cursor("boris").await;
    let copied = tempfile::tempdir().unwrap();
    copy(town.folder.path(), copied.path());

    // Undone: a letter seen in the same start of the server, and one seen in a later start.
    town.send("anna", 2, &["boris"]).await;
    let same_start = town.cursor("boris").await;
    let later = town.reopened().await;
    later.send("anna", 3, &["boris"]).await;
    let later_start = later.cursor("boris").await;

    let store = SqlStore::open(copied.path(), std::sync::Arc::clone(&town.clock) as _).await.unwrap();
    store.begin_serving().await.unwrap();
    let copied_town = Town { store: std::sync::Arc::new(store), ..town };
    let reset = async |cursor: &_| {
        matches!(copied_town.reply("boris", since_then(Some(cursor))).await, ChangesReply::Reset)
    };
    assert!(reset(&same_start).await, "it is ahead");
    assert!(reset(&later_start).await);
    assert!(!reset(&at_the_copy).await, "nothing that he saw was undone");
    // Grown past those cursors, it still knows that they count other changes.
    for number in 12..20 {
        copied_town.send("anna", number, &["boris"]).await;
    }
    assert!(reset(&same_start).await);
    assert!(reset(&later_start).await);
    assert_eq!(copied_town.page("boris", Some(&at_the_copy)).await.changes.len(), 8);
}

#[tokio::test]
async fn the_database_itself_keeps_the_ledger() {
    let town = Town::on_sqlite().await;
    town.send("anna", 1, &["boris"]).await;
    for (text, word) in [
        ("UPDATE ledger SET at = at + 1", "only added to"),
        ("UPDATE ledger SET event = 'read'", "only added to"),
        ("DELETE FROM ledger", "is kept"),
    ] {
        let refused = sql(&office_file(&town), text).await.unwrap_err();
        assert!(refused.contains(word), "{refused}");
    }
}

#[tokio::test]
async fn a_text_that_no_mailbox_shows_is_gone_from_the_file() {
    let town = Town::on_sqlite().await;
    town.send("anna", 1, &["boris"]).await;
    for user in ["boris", "anna"] {
        town.store.delete_message(&owner(user), id(1)).await.unwrap().unwrap();
    }
    let options = SqliteConnectOptions::new().filename(office_file(&town));
    let mut connection = SqliteConnection::connect_with(&options).await.unwrap();
    let text: String = sqlx::query_scalar("SELECT subject || body || written_to FROM message")
        .fetch_one(&mut connection)
        .await
        .unwrap();
    assert_eq!(text, "[]");
}

#[tokio::test]
async fn what_an_interrupted_command_left_is_used_and_what_is_others_is_not() {
    let town = Town::on_sqlite().await;
    // As after a kill between making the database and writing it into the registry.
    let registry = town.folder.path().join("restante.db");
    let forgotten =
        "DELETE FROM attachment; DELETE FROM office; DELETE FROM organisation WHERE name = 'village'";
    sql(&town.folder.path().join("organisations/village.db"), "DELETE FROM users").await.unwrap();
    sql(&registry, forgotten).await.unwrap();
    town.store.create_organisation(&name("village"), "The village").await.unwrap();
    let office = NewOffice { name: name("main"), placement: separate(), terms: OfficeTerms::default() };
    town.store.create_office(&office).await.unwrap();
    town.store.attach(&name("main"), &name("town")).await.unwrap();
    town.send("anna", 1, &["boris"]).await;

    // The same with somebody's mail and users in it is never taken over.
    sql(&registry, "DELETE FROM attachment; DELETE FROM office; DELETE FROM organisation").await.unwrap();
    let refused = [
        town.store.create_organisation(&name("town"), "Another").await,
        town.store.create_office(&office).await.map(drop),
    ];
    for outcome in refused {
        assert!(
            matches!(&outcome, Err(StoreError::Refused(why)) if why.to_string().contains("move it away")),
            "{outcome:?}"
        );
    }
    // Nor is even an unused one in a folder that may be another server's.
    let elsewhere = tempfile::tempdir().unwrap();
    let placement = Placement::Separate { folder: Some(elsewhere.path().to_owned()) };
    let foreign = Town::on_sqlite().await;
    let theirs = NewOffice { name: name("theirs"), placement, ..office };
    foreign.store.create_office(&theirs).await.unwrap();
    assert!(matches!(town.store.create_office(&theirs).await, Err(StoreError::Refused(_))));
}

#[tokio::test]
async fn a_folder_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();
    let clock = HandClock::set(restante_model::Timestamp::EPOCH);
    let error = SqlStore::open(&file.join("data"), clock).await.err().expect("a file holds no folder");
    assert!(matches!(&error, StoreError::Folder { path, .. } if path.starts_with(&file)), "{error:?}");
}

#[tokio::test]
async fn what_was_accepted_is_there_for_the_next_process() {
    let town = Town::on_sqlite().await;
    town.send("anna", 1, &["boris"]).await;
    let page = town.reopened().await.page("boris", None).await;
    assert_eq!(told(&page.changes), ["letter 1 Received(Waiting)"]);
}

#[tokio::test]
async fn a_server_believes_nothing_while_another_process_writes() {
    let town = Town::on_sqlite().await;
    let quiet = town.store.standing().unwrap();
    town.send("anna", 1, &["boris"]).await;
    assert_eq!(town.store.standing(), Some(quiet), "its own writes it knows of");

    let command = open(&town).await.unwrap();
    command.users(&name("town")).await.unwrap();
    assert_eq!(town.store.standing(), Some(quiet), "who only lists changes nothing");
    command.set_disabled(&owner("boris"), true).await.unwrap();
    assert_eq!(town.store.standing(), None);
    drop(command);
    let after = town.store.standing().unwrap();
    assert_ne!(after.number, quiet.number);
    town.clock.forward_ms(1);
    assert_eq!(town.store.standing().unwrap().latest_now.ms_since(after.latest_now), 1);
}
