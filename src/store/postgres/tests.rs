//! What only PostgreSQL has: triggers of its own, roles, several servers at once.

use std::sync::Arc;

use restante_model::DeliveryState;

use crate::{
    ChangesReply, DatabaseUrl, NewOffice, OfficeTerms, Placement, Posted, SqlStore, Store, StoreError, Time,
    story::{
        mail::{a_letter_to_many_reaches_each_once, first_mail_travels_and_its_sender_is_told},
        postgres_cluster::{Cluster, Database},
        town::{Town, WEEK_MS, account, device, id, letter, name, owner, since_then, told},
    },
};

/// The database of the town's post office, which was made beside the installation's.
fn in_office(town: &Town, statements: &str) -> Result<String, String> {
    let database = town.database.as_ref().unwrap();
    let beside = database.beside(&format!("{}_main", database.name()));
    beside.try_sql(&format!("SET search_path TO restante_office; {statements}"))
}

fn office(text: &str, placement: Placement) -> NewOffice {
    NewOffice { name: name(text), placement, terms: OfficeTerms::default() }
}

#[tokio::test]
async fn the_database_itself_takes_no_state_or_number_back() {
    let town = Town::on_postgres().await;
    town.send("anna", 1, &["boris"]).await;
    for (text, allowed) in [
        ("UPDATE delivery SET state = 'delivered'", true),
        ("UPDATE delivery SET state = 'waiting'", false),
        ("UPDATE delivery SET state = 'delivered'", false),
        ("UPDATE delivery SET state = 'lost'", false),
        ("UPDATE delivery SET state = 'read'", true),
        ("UPDATE delivery SET state = 'expired'", false),
        ("UPDATE mailbox SET modseq = modseq", false),
        ("UPDATE mailbox SET modseq = modseq - 1", false),
        ("UPDATE mailbox SET modseq = modseq + 1", true),
    ] {
        let done = in_office(&town, text);
        assert_eq!(done.is_ok(), allowed, "{text}: {done:?}");
    }
    assert_eq!(town.state("anna", 1, "boris").await, DeliveryState::Read);
}

#[tokio::test]
async fn a_role_that_may_make_no_database_is_told_what_else_there_is() {
    let _kept = Cluster::shared();
    let (database, elsewhere) = (Database::create(), Database::create());
    for database in [&database, &elsewhere] {
        database.sql(&format!(
            "DO $$ BEGIN CREATE ROLE plain LOGIN; EXCEPTION WHEN duplicate_object THEN END $$; \
             GRANT CREATE ON DATABASE {} TO plain",
            database.name()
        ));
    }
    let url = database.url_for("plain", "not-to-be-seen");
    let store = SqlStore::connect(&url, Time::Database).await.unwrap();
    store.create_organisation(&name("town"), "The town").await.unwrap();
    let separate = office("main", Placement::Separate { folder: None });
    let refused = store.create_office(&separate).await.unwrap_err().to_string();
    for word in ["\"plain\" may not create", "--url", "--placement current"] {
        assert!(refused.contains(word), "{refused}");
    }
    assert_eq!(store.offices().await.unwrap().len(), 0, "nothing was made");

    let current = Placement::Current { organisation: name("town") };
    store.create_office(&office("inside", current)).await.unwrap();
    let url = DatabaseUrl(elsewhere.url_for("plain", "not-to-be-seen"));
    let placement = Placement::Elsewhere { url };
    let overview = store.create_office(&office("elsewhere", placement.clone())).await.unwrap();
    assert!(overview.location.contains(elsewhere.name()), "{overview:?}");
    let again = store.create_office(&office("again", placement)).await.unwrap_err();
    for shown in [
        format!("{overview:?}"),
        format!("{again} {again:?}"),
        format!("{:?}", store.offices().await.unwrap()),
        store.address(),
    ] {
        assert!(!shown.contains("not-to-be-seen"), "{shown}");
    }
    for office in ["inside", "elsewhere", "inside"] {
        store.attach(&name(office), &name("town")).await.unwrap();
        assert!(store.settings(&owner("anna")).await.is_err(), "there is nobody yet");
    }
    let nowhere = DatabaseUrl("mysql://anna:not-to-be-seen@db/mail".to_owned());
    let refused =
        store.create_office(&office("odd", Placement::Elsewhere { url: nowhere })).await.unwrap_err();
    assert!(
        matches!(&refused, StoreError::Refused(why) if !why.to_string().contains("not-to-be-seen")),
        "{refused:?}"
    );
}

#[tokio::test]
async fn a_data_folder_moves_with_every_row_and_agents_notice_nothing() {
    let mut town = Town::on_sqlite().await;
    let inside = Placement::Current { organisation: name("village") };
    town.store.create_office(&office("inside", inside)).await.unwrap();
    town.store.attach(&name("inside"), &name("village")).await.unwrap();
    for number in 1..120 {
        town.send("anna", number, &["boris", "clara", "anna"]).await;
    }
    let villager = account("village", "dora");
    town.store.deliver(&villager, id(1), &letter(&["anna"], "in the village")).await.unwrap();
    town.store.mark_read(&owner("boris"), &device("pc"), &[id(1), id(2)]).await.unwrap();
    town.store.delete_message(&owner("boris"), id(3)).await.unwrap();
    town.store
        .save_draft(&account("town", "anna"), id(900), None, &letter(&["boris"], "draft"))
        .await
        .unwrap();
    let cursor = town.cursor("boris").await;
    town.send("anna", 120, &["boris"]).await;
    let everything = async |town: &Town| {
        let mut all = Vec::new();
        for login in ["anna", "boris", "clara"] {
            all.extend(told(&town.page(login, None).await.changes));
        }
        all.extend(told(&town.page("boris", Some(&cursor)).await.changes));
        all
    };
    let before = everything(&town).await;

    let database = Database::create();
    let source = SqlStore::open(town.folder.path(), Arc::clone(&town.clock) as _).await.unwrap();
    let read_only = Database::create();
    read_only.sql(&format!("ALTER DATABASE {} SET default_transaction_read_only = on", read_only.name()));
    let refused = source.migrate_to(&read_only.url()).await.unwrap_err().to_string();
    let place = format!("storing what moves in postgres:///{}?", read_only.name());
    assert!(refused.starts_with(&place), "{refused}");
    let moved = source.migrate_to(&database.url()).await.unwrap();
    let rows = |table: &str| -> u64 {
        moved.tables.iter().filter(|moved| moved.table == table).map(|moved| moved.rows).sum()
    };
    assert_eq!((rows("message"), rows("delivery"), rows("organisation")), (121, 359, 2), "{moved:?}");
    assert_eq!(everything(&town).await, before, "the folder is as it was");
    let refused = source.migrate_to(&database.url()).await.unwrap_err();
    assert!(
        matches!(&refused, StoreError::Refused(why) if why.to_string().contains("not empty")),
        "{refused:?}"
    );

    town.database = Some(database);
    let moved = town.reopened().await;
    assert_eq!(everything(&moved).await, before, "cursors count on as well");
    moved.send("anna", 121, &["boris"]).await;
    let posted = moved.store.deliver(&villager, id(2), &letter(&["anna"], "and more")).await.unwrap();
    assert!(matches!(posted, Posted::Accepted(..)), "rows are counted on");
    let boris = moved.page("boris", Some(&cursor)).await;
    assert_eq!(told(&boris.changes), ["letter 120 Received(Waiting)", "letter 121 Received(Waiting)"]);
}

/// Two servers at one database, with letters from and to everybody at once, deletions and marks among them.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn servers_that_write_at_once_neither_lose_nor_double_nor_block() {
    const LETTERS: u128 = 60;
    let town = Town::on_postgres().await;
    let other = town.reopened().await;
    let people = ["anna", "boris", "clara"];
    let mut writing = tokio::task::JoinSet::new();
    for number in 0..LETTERS {
        // Each letter is posted at both servers, as by one who heard no answer.
        for store in [&town.store, &other.store] {
            let store = Arc::clone(store);
            writing.spawn(async move {
                let from = people[usize::try_from(number % 3).unwrap()];
                let to: Vec<_> =
                    if number % 2 == 0 { people.to_vec() } else { people.iter().rev().copied().collect() };
                let posted =
                    store.deliver(&account("town", from), id(number), &letter(&to, "x")).await.unwrap();
                store.mark_read(&owner(from), &device("pc"), &[id(number)]).await.unwrap();
                usize::from(matches!(posted, Posted::Accepted(..)))
            });
        }
    }
    let mut accepted = 0;
    while let Some(posted) = writing.join_next().await {
        accepted += posted.unwrap();
    }
    assert_eq!(accepted, usize::try_from(LETTERS).unwrap(), "each is accepted once");
    for login in people {
        let page = town.page(login, None).await;
        let received =
            page.changes.iter().filter(|change| matches!(change, crate::Change::Message(message) if matches!(message.direction, crate::Direction::Received(_)))).count();
        assert_eq!(received, usize::try_from(LETTERS).unwrap(), "{login}");
        assert_eq!(page.unread, u64::try_from(LETTERS - LETTERS / 3).unwrap(), "{login} read his own");
        let elsewhere = other.page(login, None).await;
        assert_eq!(told(&page.changes), told(&elsewhere.changes), "both servers say the same");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn what_expires_is_taken_out_once_however_many_servers_look() {
    let town = Town::on_postgres().await;
    let other = town.reopened().await;
    for number in 0..150 {
        town.send("anna", number, &["boris", "clara"]).await;
    }
    town.clock.forward_ms(WEEK_MS);
    let (one, two) = tokio::join!(town.store.expire(), other.store.expire());
    let (one, two) = (one.unwrap(), two.unwrap());
    // A server that found the other at it left the rest to it.
    other.store.expire().await.unwrap();
    let told =
        in_office(&town, "SELECT count(*), count(told_modseq), count(DISTINCT told_modseq) FROM delivery");
    assert_eq!(told.unwrap(), "300|300|300", "{one:?} {two:?}");
    assert_eq!(in_office(&town, "SELECT count(*) FROM message WHERE NOT settled").unwrap(), "0");
}

#[tokio::test]
async fn a_server_started_beside_another_makes_no_cursor_unknown() {
    let town = Town::on_postgres().await;
    town.send("anna", 1, &["boris"]).await;
    let before = town.cursor("boris").await;
    let other = town.reopened().await;
    let at_the_other = other.cursor("boris").await;
    for (number, servers) in [(2, [&town, &other]), (3, [&other, &town])] {
        servers[0].send("anna", number, &["boris"]).await;
        for server in servers {
            for cursor in [&before, &at_the_other] {
                let reply = server.reply("boris", since_then(Some(cursor))).await;
                let crate::ChangesReply::Page(page) = reply else { panic!("{cursor:?}: {reply:?}") };
                assert_eq!(page.changes.len(), usize::try_from(number).unwrap() - 1);
            }
        }
    }
}

#[tokio::test]
async fn a_pooler_lends_connections_for_a_session_or_is_refused() {
    let _kept = Cluster::shared();
    let by_session = async || Town::in_database(Database::create().through_pooler("session")).await;
    first_mail_travels_and_its_sender_is_told(&by_session().await).await;
    a_letter_to_many_reaches_each_once(&by_session().await).await;

    let by_transaction = Database::create().through_pooler("transaction");
    let refused = SqlStore::connect(&by_transaction.url(), Time::Database).await.err();
    let Some(StoreError::Refused(why)) = &refused else { panic!("not refused: {refused:?}") };
    let why = why.to_string();
    assert!(why.contains("for a transaction at a time") && why.contains("pool_mode = session"), "{why}");
    assert_eq!(by_transaction.sql("SELECT count(*) FROM pg_namespace WHERE nspname = 'restante'"), "0");
}

/// Does it as an agent does, until PostgreSQL answers again.
async fn patiently<T>(mut task: impl AsyncFnMut() -> Result<T, StoreError>) -> T {
    loop {
        match task().await {
            Ok(done) => return done,
            Err(StoreError::Away { .. }) => {}
            Err(error) => panic!("{error:?}"),
        }
    }
}

#[tokio::test]
async fn what_a_failover_lost_a_running_server_takes_for_no_news() {
    let cluster = Arc::new(Cluster::start());
    let town = Town::in_database(Database::within(&cluster)).await;
    town.send("anna", 1, &["boris"]).await;
    let before = town.cursor("boris").await;
    cluster.copy_away();
    town.send("anna", 2, &["boris"]).await;
    let lost = town.cursor("boris").await;
    cluster.fail_over_to_copy();

    // Letter 3 takes the number that letter 2 had in the mailbox.
    let letter = letter(&["boris"], "letter 3");
    let posted = patiently(async || town.store.deliver(&account("town", "anna"), id(3), &letter).await).await;
    assert!(matches!(posted, Posted::Accepted(..)), "{posted:?}");
    let reply = patiently(async || town.store.changes(&owner("boris"), &since_then(Some(&lost))).await).await;
    assert!(matches!(reply.reply, ChangesReply::Reset), "he was told of letter 2: {reply:?}");
    let page = town.page("boris", Some(&before)).await;
    assert_eq!(told(&page.changes), ["letter 3 Received(Waiting)"], "what is not lost is known");
    assert_eq!((&page.cursor.epoch, page.cursor.modseq), (&lost.epoch, lost.modseq));
    assert_ne!(page.cursor.generation, lost.generation);
    let again = town.page("boris", None).await;
    assert_eq!(again.cursor, page.cursor, "one generation a timeline");
}
