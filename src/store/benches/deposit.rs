//! What it costs to accept letters: `cargo bench -p restante-store`.
//!
//! Everything is durable (WAL, synchronous FULL), on the disk of the temporary folder. Rates are the median of rounds;
//! CPU is this process's, from `/proc/self/task/*/schedstat`, so that figures of two builds can be compared on a machine
//! that does other things besides. Linux only.

#![expect(clippy::expect_used, reason = "a measurement that cannot go on says why")]
#![expect(clippy::cast_precision_loss, reason = "figures for people, rounded as they are printed")]

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use restante_model::{Importance, Letter, Login, MessageId, Name, Person, SystemClock};
use restante_store::{Account, NewOffice, NewUser, OfficeTerms, Placement, Posted, SqlStore, Store};
use sqlx::{ConnectOptions, SqliteConnection, sqlite::SqliteConnectOptions};
use tempfile::TempDir;
use tokio::task::JoinSet;

const USERS: usize = 10_100;
const SENDERS: usize = 64;
const ROUNDS: usize = 5;
const ROUND: Duration = Duration::from_secs(2);

/// An organisation whose users are `user0`, `user1` and so on.
struct Office {
    folder: TempDir,
    store: Arc<SqlStore>,
    next_id: AtomicU64,
}

#[tokio::main]
async fn main() {
    println!("load before: {}", fs::read_to_string("/proc/loadavg").unwrap_or_default().trim());
    let office = Arc::new(Office::open().await);
    for senders in [1, SENDERS] {
        let (mut rates, mut costs) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let (before, begun) = (cpu_ns(), Instant::now());
            let letters = office.post_for(senders, ROUND).await as f64;
            rates.push(letters / begun.elapsed().as_secs_f64());
            costs.push((cpu_ns() - before) as f64 / letters / 1_000.0);
        }
        println!("{senders} senders: {:.0} letters/s, {:.0} us CPU each", median(rates), median(costs));
    }
    let mut bare_connection = office.bare_connection().await;
    for recipients in [100, 10_000] {
        let (mut ours, mut bare) = (Vec::new(), Vec::new());
        let (mut our_cost, mut bare_cost) = (Vec::new(), Vec::new());
        let us_each = |before: u64| (cpu_ns() - before) as f64 / recipients as f64 / 1_000.0;
        for _ in 0..ROUNDS {
            let before = cpu_ns();
            bare.push(office.bare(&mut bare_connection, recipients).await.as_secs_f64() * 1_000.0);
            bare_cost.push(us_each(before));
            let (before, begun) = (cpu_ns(), Instant::now());
            office.post(0, recipients).await;
            ours.push(begun.elapsed().as_secs_f64() * 1_000.0);
            our_cost.push(us_each(before));
        }
        let (ours, bare) = (median(ours), median(bare));
        let (our_cost, bare_cost) = (median(our_cost), median(bare_cost));
        println!(
            "1 letter to {recipients}: {ours:.2} ms, bare transaction {bare:.2} ms: {:.2} x; \
             {our_cost:.1} us CPU a recipient, bare {bare_cost:.1} us: {:.2} x",
            ours / bare,
            our_cost / bare_cost
        );
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Nanoseconds of CPU that this process's threads have used.
fn cpu_ns() -> u64 {
    let tasks = fs::read_dir("/proc/self/task").expect("it is there");
    let used = tasks.flatten().filter_map(|task| {
        let text = fs::read_to_string(task.path().join("schedstat")).ok()?;
        text.split(' ').next()?.parse::<u64>().ok()
    });
    used.sum()
}

fn name(text: &str) -> Name {
    text.parse().expect("a name")
}

fn person(number: usize) -> Person {
    let login: Login = format!("user{number}").parse().expect("a login");
    Person { login, name: format!("User {number}") }
}

impl Office {
    async fn open() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let store = SqlStore::open(folder.path(), Arc::new(SystemClock)).await.expect("the store opens");
        let placement = Placement::Separate { folder: None };
        let new = NewOffice { name: name("main"), placement, terms: OfficeTerms::default() };
        store.create_office(&new).await.expect("an office");
        store.create_organisation(&name("hall"), "Hall").await.expect("an organisation");
        store.attach(&name("main"), &name("hall")).await.expect("it is attached");
        let user = |number| NewUser { person: person(number), password_hash: "none".into() };
        let users: Vec<_> = (0..USERS).map(user).collect();
        store.add_users(&name("hall"), &users).await.expect("users");
        let this = Self { folder, store: Arc::new(store), next_id: AtomicU64::new(1) };
        // Everybody has a mailbox.
        this.post(0, 10_000).await;
        this
    }

    fn next_id(&self) -> String {
        format!("01930000-0000-7000-8000-{:012x}", self.next_id.fetch_add(1, Ordering::Relaxed))
    }

    /// A letter to the first after the sender.
    async fn post(&self, sender: usize, recipients: usize) {
        let id: MessageId = self.next_id().parse().expect("an id");
        let to = (1..=recipients).map(|step| person(sender + step).login.to_string()).collect();
        let letter = Letter {
            to,
            subject: "Measured".into(),
            body: "x".repeat(1_000),
            importance: Importance::Normal,
        };
        let sender = Account {
            person: person(sender),
            organisation: name("hall"),
            organisation_title: "Hall".into(),
            organisation_tag: String::new(),
        };
        let posted = self.store.deliver(&sender, id, &letter).await;
        assert!(matches!(posted, Ok(Posted::Accepted(..))), "{posted:?}");
    }

    /// Senders that each post one letter after the other; gives how many were accepted.
    async fn post_for(self: &Arc<Self>, senders: usize, time: Duration) -> usize {
        let begun = Instant::now();
        let mut posting = JoinSet::new();
        for sender in 0..senders {
            let office = Arc::clone(self);
            posting.spawn(async move {
                let mut letters = 0;
                while begun.elapsed() < time {
                    office.post(sender, 1).await;
                    letters += 1;
                }
                letters
            });
        }
        posting.join_all().await.into_iter().sum()
    }

    async fn bare_connection(&self) -> SqliteConnection {
        let file = self.folder.path().join("offices/main/office.db");
        let options = SqliteConnectOptions::new().filename(file).foreign_keys(true);
        options.synchronous(sqlx::sqlite::SqliteSynchronous::Full).connect().await.expect("it opens")
    }

    /// The same rows as a letter to so many makes, by as few statements as SQLite can do it with.
    async fn bare(&self, connection: &mut SqliteConnection, recipients: usize) -> Duration {
        let statements = format!(
            "BEGIN IMMEDIATE;
            UPDATE mailbox SET modseq = modseq + 1 WHERE key <= {recipients};
            INSERT INTO message (organisation, id, sender, written_to, subject, body, importance, content_sum,
                accepted_at, expires_at, sent_modseq, row_sum)
            SELECT organisation, '{}', sender, written_to, subject, body, importance, content_sum, accepted_at,
                expires_at, sent_modseq, row_sum FROM message WHERE key = 1;
            INSERT INTO delivery (message, recipient, sender, position, since, expires_at, arrived_modseq)
            SELECT (SELECT max(key) FROM message), key, 1, key, 1, 1, modseq FROM mailbox WHERE key <= {recipients};
            INSERT INTO ledger (message, recipient, event, at)
            SELECT (SELECT max(key) FROM message), key, 'accepted', 1 FROM mailbox WHERE key <= {recipients};
            COMMIT;",
            self.next_id(),
        );
        let begun = Instant::now();
        sqlx::raw_sql(sqlx::AssertSqlSafe(statements)).execute(connection).await.expect("it is SQL");
        begun.elapsed()
    }
}
