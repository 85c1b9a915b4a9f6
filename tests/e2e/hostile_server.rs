//! What answers at the server's address means harm, or is broken (reliability.md 2, "failed check changes
//! nothing", "huge input"): the agent takes nothing from it, gives no token away, and stays small.

use std::{collections::BTreeMap, path::Path};

use restante_local_api::Connection;
use restante_tests::{Agent, Desktop, Office, OtherProgram, Saying, answer};
use rusqlite::{Connection as Database, OpenFlags};

/// More than the largest answer that the agent takes, twice, and what lies in the sockets between.
const MOST_SAID_BYTES: usize = 48 * 1024 * 1024;
/// More memory than before at most: an answer of 16 MiB at the limit, while its buffer grows.
const MOST_KIB: u64 = 48 * 1024;

const FILLER: &[u8] = &[b'a'; 64 * 1024];

/// Every row of every table of a database of the agent.
fn rows(file: &Path) -> BTreeMap<String, Vec<String>> {
    let database = Database::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_WRITE).expect("a database");
    let mut tables = database
        .prepare("SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'shadow')")
        .expect("its tables");
    let names: Vec<String> = tables
        .query_map([], |row| row.get(0))
        .expect("its tables")
        .map(|name| name.expect("a name"))
        .collect();
    let of_table = |name: &String| {
        let mut query = database.prepare(&format!("SELECT * FROM \"{name}\"")).expect("a table");
        let columns = query.column_count();
        let mut rows = query.query([]).expect("its rows");
        let mut all = Vec::new();
        while let Some(row) = rows.next().expect("a row") {
            let values = (0..columns).map(|at| format!("{:?}", row.get_ref(at).expect("a value")));
            all.push(values.collect::<Vec<_>>().join(", "));
        }
        all.sort();
        all
    };
    names.iter().map(|name| (name.clone(), of_table(name))).collect()
}

fn databases(agent: &Agent) -> [BTreeMap<String, Vec<String>>; 2] {
    ["state/restante/ledger.sqlite", "cache/restante/cache.sqlite"].map(|file| rows(&agent.home().join(file)))
}

fn most_kib(agent: &Agent) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", agent.pid())).expect("it runs");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).expect("its most memory");
    line.trim().trim_end_matches(" kB").parse().expect("a number")
}

/// Whatever is no answer of ours.
fn harms(elsewhere: &str) -> Vec<(&'static str, Saying)> {
    let page = r#"{"cursor": "e.g.7", "more": false, "unread": 0, "changes": [], "settings_revision": 1}"#;
    let ok = "200 OK";
    let redirect = format!(
        "HTTP/1.1 307 Temporary Redirect\r\nlocation: {elsewhere}/api/v1/changes\r\ncontent-length: 0\r\n\r\n"
    );
    let json = |body: &str| Saying::Once(answer(ok, "application/json", body));
    vec![
        (
            "a text without end",
            Saying::WithoutEnd(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n\"", FILLER),
        ),
        ("a header without end", Saying::WithoutEnd(b"HTTP/1.1 200 OK\r\nx: ", FILLER)),
        ("headers without end", Saying::WithoutEnd(b"HTTP/1.1 200 OK\r\n", b"x: some words\r\n")),
        (
            "a problem without end",
            Saying::WithoutEnd(
                b"HTTP/1.1 500 No\r\ncontent-type: application/problem+json\r\n\r\n\"",
                FILLER,
            ),
        ),
        ("lists in lists", json(&"[".repeat(10_000))),
        ("objects in objects", json(&r#"{"changes":"#.repeat(10_000))),
        ("a page of another kind", Saying::Once(answer(ok, "text/plain", page))),
        (
            "a web page",
            Saying::Once(answer(ok, "text/html", "<title>Sign in to the hotel's network</title>")),
        ),
        ("an error that is a web page", Saying::Once(answer("500 No", "text/html", "<title>500</title>"))),
        ("a page of numbers", json(r#"{"cursor": 5}"#)),
        ("half a page", json(&page[..40])),
        ("nothing", Saying::Once(Vec::new())),
        ("no HTTP", Saying::Once(b"SSH-2.0-OpenSSH_9.2\r\n".to_vec())),
        ("less than it promised", Saying::Once([&answer(ok, "application/json", page)[..120]].concat())),
        ("no content", Saying::Once(b"HTTP/1.1 204 No Content\r\n\r\n".to_vec())),
        ("a redirect to another host", Saying::Once(redirect.into_bytes())),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_taken_from_whoever_is_not_the_server_and_nothing_given() {
    let mut office = Office::open().await;
    let mut desktop = Desktop::log_in().await;
    let anna = Agent::signed_in(&desktop.bus, &office, "anna").await;
    let boris = office.sign_in("boris").await;
    boris.send(&["anna"], "Before", "normal").await;
    anna.cli.check().await;
    desktop.popups.next("the mail before").await;
    // The check tells the server that the popup was shown, so that nothing is left to tell.
    anna.cli.check().await;
    office.stop().await;
    drop(anna.cli.run(&["check", "--wait"]).await.ended_with(4));

    let elsewhere = OtherProgram::start(0).await;
    let before = databases(&anna);
    let kib_before = most_kib(&anna);
    let other = OtherProgram::start(office.port()).await;
    for (harm, saying) in harms(elsewhere.url()) {
        let asked = other.requests().len();
        other.now_says(saying);
        let check = anna.cli.run(&["check", "--wait"]).await;
        assert_eq!(check.code, Some(4), "{harm}: {check:?}");
        assert!(other.requests().len() > asked, "{harm}: nobody asked");
        let said = other.said_bytes();
        assert!(said < MOST_SAID_BYTES, "{harm}: {said} bytes were listened to");
        let status = anna.client().status().await.expect("the agent answers");
        assert_eq!((status.connection, status.unread), (Connection::Unreachable, 1), "{harm}");
        assert!(databases(&anna) == before, "{harm} changed something");
    }
    assert_eq!(elsewhere.requests(), Vec::<String>::new(), "a token went to another host");

    // One that never ends its answer holds up nobody who asks the agent, and offline mode ends it at once.
    let asked = other.requests().len();
    other.now_says(Saying::ThenNothing(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{"));
    drop(anna.cli.run(&["check"]).await.done());
    other.asked(asked + 1).await;
    assert_eq!(anna.client().status().await.expect("the agent answers").unread, 1);
    drop(anna.cli.run(&["offline", "on"]).await.done());
    other.hung_up(asked + 1).await;
    other.end().await;
    drop(anna.cli.run(&["offline", "off"]).await);
    let more_kib = most_kib(&anna) - kib_before;
    assert!(more_kib < MOST_KIB, "{more_kib} KiB more than before");

    office.start().await;
    boris.send(&["anna"], "After", "normal").await;
    anna.cli.check().await;
    assert!(desktop.popups.next("the mail after").await.summary_and_body().contains("After"));
    assert_eq!(desktop.popups.shown().len(), 2, "{:?}", desktop.popups.shown());
}
