//! Several servers on one PostgreSQL: what one accepted all have, whichever of them or the database is killed meanwhile
//! (reliability.md 2).

use std::{
    collections::BTreeSet,
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use reqwest::Method;
use restante_tests::{
    Colleague, HttpAnswer, Output, PASSWORD, Program, Server,
    postgres::{Cluster, Database},
    run,
};
use serde_json::json;
use tempfile::TempDir;
use tokio::process::Command;
use uuid::Uuid;

/// How often a server is killed.
const LIVES: usize = 30;
/// How often PostgreSQL is.
const CRASHES: usize = 20;

/// An installation on PostgreSQL.
struct Installation {
    database: Database,
    logs: TempDir,
}

impl Installation {
    /// With the organisation "town" and its users anna and boris, set up by an administrator's commands.
    async fn make(cluster: &Arc<Cluster>) -> Self {
        let installation = Self {
            database: Database::within(cluster),
            logs: tempfile::tempdir().expect("a temporary folder"),
        };
        for (command, input) in [
            ("organisation create town", ""),
            ("office create main", ""),
            ("office attach main --to town", ""),
            ("user add town anna --name Anna --password-stdin", PASSWORD),
            ("user add town boris --name Boris --password-stdin", PASSWORD),
        ] {
            drop(installation.admin(command, input).await.done());
        }
        installation
    }

    async fn admin(&self, command: &str, input: &str) -> Output {
        let mut server = Command::new(Program::Server.path());
        run(
            server.env("RESTANTE_DATABASE", self.database.url()).args(command.split(' ')),
            &format!("{input}\n"),
        )
        .await
    }

    async fn serve(&self, number: usize, port: u16) -> Server {
        let log: PathBuf = self.logs.path().join(format!("{number}.log"));
        Server::start(&["--database", &self.database.url()], port, &log).await
    }

    async fn three(&self) -> [Server; 3] {
        [self.serve(0, 0).await, self.serve(1, 0).await, self.serve(2, 0).await]
    }
}

/// Posts a letter at one server after the other until one says that it has it, as an agent does: the same id at each
/// try. Says where.
async fn post(anna: &[Colleague], number: usize) -> (String, usize) {
    let id = Uuid::now_v7().to_string();
    let letter = json!({"to": ["boris"], "subject": format!("Letter {number}"), "body": "Text.", "importance": "normal"});
    for attempt in number.. {
        let place = attempt % anna.len();
        let path = format!("messages/{id}");
        match anna[place].try_call(Method::PUT, &path, Some(letter.clone())).await {
            Some(answer) if matches!(answer.status, 200 | 201) => return (id, place),
            Some(answer) => busy(&answer),
            None => {}
        }
    }
    unreachable!("one who does not give up")
}

/// The only refusal there may be.
fn busy(answer: &HttpAnswer) {
    answer.is_problem("busy");
    assert!(answer.retry_after, "{answer:?}");
}

/// Boris's mailbox at each server: every letter once. He comes back when he is told to: a server may learn only by his
/// request that its connections to a database that crashed are dead.
async fn has_each_once(boris: &[Colleague], letters: usize) {
    for boris in boris {
        let patiently = async |path: &str| loop {
            let answer = boris.call(Method::GET, path, None).await;
            if answer.status == 200 {
                return answer.body;
            }
            busy(&answer);
        };
        let received = boris.received_by(patiently).await;
        let expected: BTreeSet<_> = (0..letters).map(|number| format!("Letter {number}")).collect();
        assert_eq!(received.len(), letters, "{received:?}");
        assert_eq!(received.into_iter().collect::<BTreeSet<_>>(), expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_server_accepted_all_have_while_one_is_killed_in_a_loop() {
    let installation = Installation::make(&Cluster::shared()).await;
    let [one, two, mut third] = installation.three().await;
    let urls = [one.url(), two.url(), third.url()];
    let anna = Colleague::sign_in(&urls[0], "anna").await;
    let boris = Colleague::sign_in(&urls[1], "boris").await;
    let (anna, boris): (Vec<_>, Vec<_>) = urls.iter().map(|url| (anna.at(url), boris.at(url))).unzip();
    let accepted = Arc::new(AtomicUsize::new(0));
    let stop = Arc::new(AtomicBool::new(false));
    let writing = tokio::spawn({
        let (anna, boris) = (anna.clone(), boris.clone());
        let (accepted, stop) = (Arc::clone(&accepted), Arc::clone(&stop));
        async move {
            let mut cursor: Option<String> = None;
            while !stop.load(Ordering::Relaxed) {
                let number = accepted.load(Ordering::Relaxed);
                let (id, place) = post(&anna, number).await;
                accepted.store(number + 1, Ordering::Relaxed);
                // At once at both that live, and told from a cursor that the other gave.
                for other in [0, 1] {
                    let path = format!("messages/{id}");
                    let answer = boris[other].call(Method::GET, &path, None).await;
                    assert_eq!(answer.status, 200, "accepted by {place}, asked at {other}: {answer:?}");
                }
                let since = cursor.as_ref().map_or(String::new(), |cursor| format!("?since={cursor}"));
                let page = boris[number % 2].call(Method::GET, &format!("changes{since}"), None).await;
                assert_eq!(page.status, 200, "{page:?}");
                cursor = page.body["cursor"].as_str().map(str::to_owned);
            }
        }
    });
    for life in 0..LIVES {
        let before = accepted.load(Ordering::Relaxed);
        // Some letters on, so that it is killed in the middle of one as often as between two.
        while accepted.load(Ordering::Relaxed) < before + 1 + life % 3 {
            assert!(!writing.is_finished(), "the writer gave up");
            tokio::task::yield_now().await;
        }
        let port = third.port();
        third.kill().await;
        third = installation.serve(2, port).await;
    }
    stop.store(true, Ordering::Relaxed);
    writing.await.expect("every letter found its way");
    has_each_once(&boris, accepted.load(Ordering::Relaxed)).await;
    for server in [one, two, third] {
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_crashes_under_load_costs_patience_and_no_letter() {
    let cluster = Arc::new(Cluster::start());
    let installation = Installation::make(&cluster).await;
    let servers = installation.three().await;
    let anna = Colleague::sign_in(&servers[0].url(), "anna").await;
    let boris = Colleague::sign_in(&servers[0].url(), "boris").await;
    let anna: Vec<_> = servers.iter().map(|server| anna.at(&server.url())).collect();
    let boris: Vec<_> = servers.iter().map(|server| boris.at(&server.url())).collect();
    let next = Arc::new(AtomicUsize::new(0));
    let stop = Arc::new(AtomicBool::new(false));
    let mut writing = tokio::task::JoinSet::new();
    for _ in 0..4 {
        let (anna, next, stop) = (anna.clone(), Arc::clone(&next), Arc::clone(&stop));
        writing.spawn(async move {
            while !stop.load(Ordering::Relaxed) {
                post(&anna, next.fetch_add(1, Ordering::Relaxed)).await;
            }
        });
    }
    for _ in 0..CRASHES {
        let before = next.load(Ordering::Relaxed);
        while next.load(Ordering::Relaxed) < before + 4 {
            tokio::task::yield_now().await;
        }
        let cluster = Arc::clone(&cluster);
        tokio::task::spawn_blocking(move || cluster.crash_and_restart()).await.expect("it comes up again");
    }
    stop.store(true, Ordering::Relaxed);
    while let Some(written) = writing.join_next().await {
        written.expect("every letter found its way");
    }
    has_each_once(&boris, next.load(Ordering::Relaxed)).await;
    for server in servers {
        server.stop().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_says_what_postgresql_does_not_promise() {
    let cluster = Arc::new(Cluster::start());
    let installation = Installation::make(&cluster).await;
    let name = installation.database.name().to_owned();
    let examined = async |code: i32| -> Vec<String> {
        let output = installation.admin("--json doctor", "").await;
        let output = if code == 0 { output.done() } else { output.ended_with(code) };
        let checks = output.json()["checks"].as_array().expect("a list").clone();
        let ours = checks.iter().filter(|check| check["id"] == "postgresql");
        ours.map(|check| {
            format!("{} {}", check["status"].as_str().unwrap(), check["detail"].as_str().unwrap())
        })
        .collect()
    };
    // The cluster of these tests has it off; the registry and the office have a database each.
    let said = examined(1).await;
    assert!(
        said.len() == 2 && said.iter().all(|it| it.starts_with("fail") && it.contains("fsync is off")),
        "{said:?}"
    );

    cluster.set("fsync", "on");
    let said = examined(0).await;
    assert!(said.iter().all(|it| it.starts_with("ok") && it.contains("PostgreSQL 1")), "{said:?}");

    for (setting, of) in [
        ("synchronous_commit", format!("DATABASE {name}_main")),
        ("synchronous_commit", "ROLE owner".to_owned()),
    ] {
        installation.database.sql(&format!("ALTER {of} SET {setting} = off"));
        let said = examined(1).await.join("\n");
        assert!(
            said.contains("synchronous_commit is off: a crash can lose mail that was accepted"),
            "{of}: {said}"
        );
        installation.database.sql(&format!("ALTER {of} RESET {setting}"));
    }
    cluster.set("full_page_writes", "off");
    let said = examined(1).await.join("\n");
    assert!(said.contains("full_page_writes is off"), "{said}");
    cluster.set("full_page_writes", "on");

    let _standby = cluster.standby();
    let said = examined(0).await;
    assert!(
        said.iter().all(|it| it.starts_with("warn") && it.contains("failover may lose the newest mail")),
        "{said:?}"
    );

    // Served or examined through a pooler that lends its connections for a transaction, it says why it cannot be.
    let pooled =
        Installation { database: installation.database.through_pooler("transaction"), ..installation };
    let refused = pooled.admin("serve --listen 127.0.0.1:0", "").await.ended_with(5);
    assert!(refused.stderr.contains("pool_mode = session"), "{}", refused.stderr);
    let examined = pooled.admin("doctor", "").await.ended_with(1);
    assert!(examined.stdout.contains("pool_mode = session"), "{}", examined.stdout);
}
