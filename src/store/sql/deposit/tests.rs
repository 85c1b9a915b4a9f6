//! Letters that are posted at the same moment.

use std::sync::Arc;

use sqlx::{ConnectOptions, SqliteConnection, sqlite::SqliteConnectOptions};
use tokio::task::JoinHandle;

use crate::{
    Posted, SqlStore, Store, StoreError, Time,
    sql::mail::Post,
    story::town::{Town, account, id, letter, name, owner, since_then, told},
};

/// The town's data as one more process has it open.
async fn opened(town: &Town) -> SqlStore {
    let clock = Arc::clone(&town.clock) as _;
    match &town.database {
        None => SqlStore::open(town.folder.path(), clock).await.unwrap(),
        Some(database) => SqlStore::connect(&database.url(), Time::Clock(clock)).await.unwrap(),
    }
}

fn post(from: &str, number: u128, to: &[&str], subject: &str) -> Arc<Post> {
    Arc::new(Post { sender: account("town", from), id: id(number), letter: letter(to, subject) })
}

fn answer(posted: &Result<Posted, StoreError>) -> String {
    match posted {
        Ok(Posted::Accepted(_, touched)) => {
            let touched = touched.iter().map(|it| format!(" {} {}", it.owner.login, it.modseq));
            format!("accepted{}", touched.collect::<String>())
        }
        Ok(Posted::Repeated(_)) => "repeated".to_owned(),
        Ok(Posted::IdReused) => "id reused".to_owned(),
        Ok(Posted::UnknownRecipients(unknown)) => format!("unknown {}", unknown.join(" ")),
        Err(error) => error.to_string(),
    }
}

async fn each_has_its_own_answer(town: &Town) {
    let store = opened(town).await;
    town.send("clara", 1, &["boris"]).await;
    town.send("clara", 6, &["clara"]).await;
    let posted = store
        .store_together(
            &name("town"),
            &[
                post("anna", 2, &["boris", "anna"], "to herself as well"),
                post("clara", 1, &["boris"], "letter 1"),
                post("anna", 6, &["clara"], "letter 6"),
                post("anna", 3, &["boris", "dora"], "to the village"),
                post("boris", 4, &["anna"], "back"),
                post("anna", 5, &["boris"], "once more"),
            ],
        )
        .await;
    let answers: Vec<_> = posted.iter().map(answer).collect();
    let expected = [
        "accepted anna 1 boris 2 anna 2",
        "repeated",
        "id reused",
        "unknown dora",
        "accepted boris 3 anna 3",
        "accepted anna 4 boris 4",
    ];
    assert_eq!(answers, expected);
    let boris = town.page("boris", None).await;
    let received = [
        "letter 1 Received(Waiting)",
        "to herself as well Received(Waiting)",
        "back Sent",
        "once more Received(Waiting)",
    ];
    assert_eq!((boris.cursor.modseq, told(&boris.changes)), (4, received.map(str::to_owned).to_vec()));
    assert_eq!(town.cursor("anna").await.modseq, 4, "who is refused uses up no number");
    let known = [post("clara", 1, &["nobody"], "letter 1")];
    let posted = store.store_together(&name("town"), &known).await;
    assert_eq!(answer(&posted[0]), "id reused", "that an id is known goes before who is not");
}

#[tokio::test]
async fn letters_stored_together_are_told_apart() {
    each_has_its_own_answer(&Town::on_sqlite().await).await;
    let town = Town::on_postgres().await;
    each_has_its_own_answer(&town).await;
    let database = town.database.as_ref().unwrap();
    let office = database.beside(&format!("{}_main", database.name()));
    let transactions =
        office.sql("SELECT count(DISTINCT CAST(xmin AS TEXT)) FROM restante_office.message WHERE key > 2");
    assert_eq!(transactions, "1", "all of them share one");
}

/// The town with the post office's writer in the test's hands.
struct Held {
    town: Town,
    store: SqlStore,
    office: SqliteConnection,
}

impl Held {
    /// With statements done in the post office's database first.
    async fn after(statements: &'static str) -> Self {
        let town = Town::on_sqlite().await;
        let store = opened(&town).await;
        let file = town.folder.path().join("offices/main/office.db");
        let mut office = SqliteConnectOptions::new().filename(file).connect().await.unwrap();
        sqlx::raw_sql(statements).execute(&mut office).await.unwrap();
        sqlx::raw_sql("BEGIN IMMEDIATE").execute(&mut office).await.unwrap();
        Self { town, store, office }
    }

    /// Posts letters from anna to boris: the first is on its way, the others wait behind it.
    async fn post(&self, subjects: &[&str]) -> Vec<JoinHandle<Result<Posted, StoreError>>> {
        let mut posting = Vec::new();
        for (number, subject) in (0..).zip(subjects) {
            let (store, letter) = (self.store.clone(), letter(&["boris"], subject));
            posting.push(tokio::spawn(async move {
                Store::deliver(&store, &account("town", "anna"), id(number), &letter).await
            }));
            let ahead = usize::try_from(number).unwrap();
            while self.store.letters.by_organisation.waiting(&name("town")) != Some(ahead) {
                tokio::task::yield_now().await;
            }
        }
        posting
    }

    async fn let_go(&mut self) {
        sqlx::raw_sql("ROLLBACK").execute(&mut self.office).await.unwrap();
    }
}

async fn answers(posting: Vec<JoinHandle<Result<Posted, StoreError>>>) -> Vec<String> {
    let mut answers = Vec::new();
    for posted in posting {
        answers.push(answer(&posted.await.unwrap()));
    }
    answers
}

/// A message with this subject can be inserted, and the transaction with it cannot be committed.
const POISON: &str = "CREATE TABLE poisoned (message BIGINT REFERENCES message (key) DEFERRABLE INITIALLY DEFERRED); \
    CREATE TRIGGER poison AFTER INSERT ON message WHEN NEW.subject = 'poison' \
    BEGIN INSERT INTO poisoned VALUES (-1); END;";

#[tokio::test]
async fn what_cannot_be_stored_holds_nobody_up() {
    let mut held = Held::after(POISON).await;
    let posting = held.post(&["a", "b", "poison", "c"]).await;
    held.let_go().await;
    let answers = answers(posting).await;
    assert_eq!(
        [&answers[0], &answers[1], &answers[3]],
        ["accepted anna 1 boris 1", "accepted anna 2 boris 2", "accepted anna 3 boris 3"]
    );
    assert!(answers[2].starts_with("storing a message in"), "{answers:?}");
    let boris = held.town.page("boris", None).await;
    assert_eq!(told(&boris.changes), ["a Received(Waiting)", "b Received(Waiting)", "c Received(Waiting)"]);
}

#[tokio::test]
async fn a_commit_that_fails_is_an_error_for_all_of_its_letters() {
    let mut held = Held::after(POISON).await;
    let subjects = ["poison"; 5];
    let posting = held.post(&subjects).await;
    held.let_go().await;
    for answer in answers(posting).await {
        assert!(answer.starts_with("storing a message in"), "{answer}");
    }
    let reply = held.town.reply("boris", since_then(None)).await;
    assert!(matches!(&reply, crate::ChangesReply::Page(page) if page.changes.is_empty()), "{reply:?}");

    sqlx::raw_sql("DROP TRIGGER poison; BEGIN IMMEDIATE").execute(&mut held.office).await.unwrap();
    let again = held.post(&subjects).await;
    held.let_go().await;
    assert_eq!(answers(again).await, [1, 2, 3, 4, 5].map(|n| format!("accepted anna {n} boris {n}")));
}

#[tokio::test]
async fn a_sender_who_hangs_up_takes_nobody_with_him() {
    let mut held = Held::after("").await;
    let mut posting = held.post(&["a", "b", "c"]).await;
    posting[0].abort();
    posting.remove(1).abort();
    held.let_go().await;
    assert_eq!(answer(&posting.remove(1).await.unwrap()), "accepted anna 3 boris 3");
    // Both heard nothing, and try again.
    for (number, subject) in [(0, "a"), (1, "b")] {
        let posted =
            held.store.store_together(&name("town"), &[post("anna", number, &["boris"], subject)]).await;
        assert_eq!(answer(&posted[0]), "repeated");
    }
    assert_eq!(held.town.page("boris", None).await.unread, 3);
}

/// A letter of the town, and behind it two of one id in the village and in a hamlet, which have come to the file while it
/// was held; how many transactions were begun before.
async fn of_two_organisations(
    held: &Held,
    subjects: [&str; 2],
) -> (Vec<JoinHandle<Result<Posted, StoreError>>>, u64) {
    let hamlet = name("hamlet");
    held.store.create_organisation(&hamlet, "The hamlet").await.unwrap();
    held.store.attach(&name("main"), &hamlet).await.unwrap();
    held.town.add("hamlet", "anna").await;
    let begun = held.store.transactions();
    let mut posting = held.post(&["before"]).await;
    let file = held.town.folder.path().join("offices/main/office.db").display().to_string();
    for (ahead, (organisation, subject)) in ["village", "hamlet"].into_iter().zip(subjects).enumerate() {
        while held.store.letters.by_file.waiting(&file) != Some(ahead) {
            tokio::task::yield_now().await;
        }
        let (store, letter) = (held.store.clone(), letter(&["anna"], subject));
        posting.push(tokio::spawn(async move {
            Store::deliver(&store, &account(organisation, "anna"), id(9), &letter).await
        }));
    }
    while held.store.letters.by_file.waiting(&file) != Some(2) {
        tokio::task::yield_now().await;
    }
    (posting, begun)
}

#[tokio::test]
async fn letters_of_several_organisations_share_a_transaction_in_their_file() {
    let mut held = Held::after("").await;
    let (posting, begun) = of_two_organisations(&held, ["a", "b"]).await;
    held.let_go().await;
    assert_eq!(
        answers(posting).await,
        ["accepted anna 1 boris 1", "accepted anna 1 anna 2", "accepted anna 1 anna 2"]
    );
    let of_three = held.store.transactions() - begun;
    let letter = letter(&["anna"], "alone");
    Store::deliver(&held.store, &account("hamlet", "anna"), id(10), &letter).await.unwrap();
    let of_one = held.store.transactions() - begun - of_three;
    assert_eq!(of_three, 3 * of_one - 1, "two have one transaction that writes");
    for (organisation, subject) in [("village", "a"), ("hamlet", "b")] {
        let anna = crate::Owner { organisation: name(organisation), ..owner("anna") };
        let message = held.store.message(&anna, id(9)).await.unwrap().unwrap();
        assert_eq!(message.subject, subject);
    }
}

#[tokio::test]
async fn what_one_organisation_cannot_store_holds_no_other_up() {
    let mut held = Held::after(POISON).await;
    let (posting, _) = of_two_organisations(&held, ["poison", "b"]).await;
    held.let_go().await;
    let answers = answers(posting).await;
    assert!(answers[1].starts_with("storing a message in"), "{answers:?}");
    assert_eq!(answers[2], "accepted anna 1 anna 2");
}
