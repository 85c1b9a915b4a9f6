//! Databases that an older version left: brought to the schema of now with every row, and used on.

use rusqlite::Connection;

use super::*;

/// A cache as its first version made it: what came with the later ones is taken out again.
const TO_FIRST: &str = "ALTER TABLE recipient DROP COLUMN acknowledged_at;
    INSERT INTO message_stems (message_stems, rank) VALUES ('automerge', 4);
    ALTER TABLE message DROP COLUMN who_key; ALTER TABLE message DROP COLUMN subject_key;
    PRAGMA user_version = 1;";

fn schema(connection: &Connection) -> Vec<(String, String)> {
    let mut query =
        connection.prepare("SELECT name, coalesce(sql, '') FROM sqlite_schema ORDER BY name").unwrap();
    let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
    rows.collect::<rusqlite::Result<_>>().unwrap()
}

#[test]
fn a_cache_of_the_first_version_keeps_its_mail_and_learns_who_acknowledged() {
    let folder = tempfile::tempdir().unwrap();
    let cache = folder.path().join("cache.sqlite");
    let open = || Engine::open(Some(&folder.path().join("ledger.sqlite")), Some(&cache)).unwrap();
    let mut story = Story::with(open());
    story.waiting = vec![received(1, Importance::Normal, DeliveryState::Waiting), sent_to("anna", 2)];
    story.due();
    let folders = story.engine.folders().unwrap();
    let cursor = story.engine.cache.cursor().unwrap();
    story.engine = Engine::open(None, None).unwrap();

    let first = Connection::open(&cache).unwrap();
    first.execute_batch(TO_FIRST).unwrap();
    let made = Connection::open_in_memory().unwrap();
    made.execute_batch(include_str!("../cache/schema_1.sql")).unwrap();
    assert_eq!(schema(&first), schema(&made), "it is what the first version made");
    drop(first);

    story.engine = open();
    story.happens(Event::Started { settings: Ok(SettingsFile::default()) });
    story.happens(Event::TokenFound(TokenFound::Found(restante_local_api::KeyringState::Ok)));
    assert_eq!(story.engine.cache.cursor().unwrap(), cursor, "nothing is fetched again");
    assert_eq!(story.engine.folders().unwrap(), folders);
    assert_eq!(story.found("subject", None, 9).0, [2, 1]);
    story.waiting = vec![Change::Delivery {
        message_id: id(2),
        user: "anna".parse().unwrap(),
        state: DeliveryState::Delivered,
        at: at(9),
        acknowledged_at: Some(at(10)),
    }];
    story.due();
    let sent = story.engine.cache.message(id(2)).unwrap().expect("the sent message");
    assert_eq!(sent.recipients[0].acknowledged_at, Some(at(10)));
}

fn sent_to(login: &str, number: u128) -> Change {
    let mut change = received(number, Importance::Normal, DeliveryState::Waiting);
    if let Change::Message { message, state } = &mut change {
        let recipient = restante_server_api::Recipient {
            person: person(login),
            state: DeliveryState::Waiting,
            since: at(0),
            delivered_at: None,
            acknowledged_at: None,
            not_delivered_because: None,
        };
        message.direction = Direction::Sent { recipients: vec![recipient] };
        *state = None;
    }
    change
}
