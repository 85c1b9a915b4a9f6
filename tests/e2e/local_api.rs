//! What the agent's socket does with what front ends of ours would never send: it says what is wrong with it, and
//! the agent goes on as it was.

use std::time::Duration;

use restante_garbage::{Random, cases, harmed};
use restante_tests::{Agent, Desktop, Office, within};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixStream,
};

/// Some letter's id.
const ID: &str = "01935b2e-0000-7000-8000-000000000001";

/// What takes a body, with a good one. None of them, harmed, sends anything or signs anybody in: the agent is offline,
/// and the sign-in has no password.
const CALLS: [(&str, &str, &str); 9] = [
    ("PUT", "/v1/outbox/ID", r#"{"to":["boris"],"subject":"Keys","body":"Room 12.","importance":"high"}"#),
    ("PUT", "/v1/drafts/ID", r#"{"to":["boris"],"subject":"Keys","body":"Room 12.","importance":"normal"}"#),
    ("POST", "/v1/messages/ID/remind", r#"{"seconds":600}"#),
    ("PUT", "/v1/mode", r#"{"mode":"offline"}"#),
    ("PUT", "/v1/interval", r#"{"seconds":600}"#),
    ("PUT", "/v1/snooze", r#"{"seconds":600}"#),
    ("PUT", "/v1/settings/mail.undo_seconds", r#"{"text":"5"}"#),
    ("PUT", "/v1/password", r#"{"old":"one","new":"another","keep_other_devices":true}"#),
    ("POST", "/v1/login", r#"{"server":"http://127.0.0.1:1","organisation":"town","user":"anna"}"#),
];

/// The agent ends within this, whoever is connected.
const END_LIMIT: Duration = Duration::from_secs(2);

/// So many stop half way.
const HALF_WAY: usize = 300;

/// What it answered.
struct Answer {
    status: u16,
    head: String,
    body: Value,
}

impl Answer {
    fn of(bytes: &[u8], asked: &str) -> Self {
        let text = String::from_utf8_lossy(bytes).into_owned();
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status = status.unwrap_or_else(|| panic!("{asked}: {text:?}"));
        Self { status, head: head.to_lowercase(), body: serde_json::from_str(body).unwrap_or_default() }
    }

    /// Done as asked, or a problem that says what is wrong.
    fn is_one_of_ours(&self, asked: &str) {
        let told = format!("{asked}: {} {}", self.head, self.body);
        if !(200..300).contains(&self.status) {
            assert!(self.head.contains("application/problem+json"), "{told}");
            assert!(self.body["code"].is_string() && self.body["detail"].is_string(), "{told}");
            assert_ne!(self.status, 500, "{told}");
        }
    }
}

fn request(method: &str, path: &str, media_type: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "{method} {} HTTP/1.1\r\nhost: agent\r\nconnection: close\r\ncontent-type: {media_type}\r\ncontent-length: {}\r\n\r\n",
        path.replace("ID", ID),
        body.len()
    );
    [head.as_bytes(), body].concat()
}

/// Everything that comes back.
async fn exchange(agent: &Agent, bytes: &[u8], whole: bool) -> Vec<u8> {
    let mut stream = UnixStream::connect(agent.socket()).await.expect("the agent listens");
    // It may have answered and gone before it has read all.
    let _ = stream.write_all(bytes).await;
    if !whole {
        let _ = stream.shutdown().await;
    }
    let mut answer = Vec::new();
    let _ = within("the end of the answer", stream.read_to_end(&mut answer)).await;
    answer
}

async fn ask(agent: &Agent, method: &str, path: &str, media_type: &str, body: &[u8]) -> Answer {
    let asked = format!("{method} {path} {}", String::from_utf8_lossy(&body[..body.len().min(200)]));
    let answer = exchange(agent, &request(method, path, media_type, body), true).await;
    let answer = Answer::of(&answer, &asked);
    answer.is_one_of_ours(&asked);
    answer
}

/// Anna's agent with one message, offline.
async fn offline(desktop: &Desktop, office: &Office) -> Agent {
    let anna = Agent::signed_in(&desktop.bus, office, "anna").await;
    office.sign_in("boris").await.send(&["anna"], "Already here", "normal").await;
    anna.cli.check().await;
    drop(anna.cli.run(&["offline", "on"]).await.done());
    anna
}

/// It is as it was before, and does its work.
async fn goes_on(mut anna: Agent, office: &Office) {
    assert!(!anna.log().contains("panicked"), "{}", anna.log());
    drop(anna.cli.run(&["offline", "off"]).await.done());
    office.sign_in("boris").await.send(&["anna"], "Afterwards", "normal").await;
    anna.cli.check().await;
    let inbox = anna.cli.run(&["list", "inbox"]).await.done().stdout;
    assert!(inbox.contains("Already here") && inbox.contains("Afterwards"), "{inbox}");
    anna.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_as_described_is_refused_by_name_and_changes_nothing() {
    let office = Office::open().await;
    let desktop = Desktop::log_in().await;
    let anna = offline(&desktop, &office).await;
    let before = anna.client().status().await.expect("a state");
    for (method, path, right) in CALLS {
        let right_value: Value = serde_json::from_str(right).expect("good JSON");
        let fields = right_value.as_object().expect("an object");
        let mut wrong: Vec<Vec<u8>> =
            ["", "null", "[]", "\"x\"", "1", "{", "\u{feff}{}"].map(|text| text.as_bytes().to_vec()).into();
        for field in fields.keys() {
            // Of a letter and an interval each field has a meaning where it is absent; a wrong one has none.
            for value in [json!([[1]]), json!({"x": []}), json!(-1.5)] {
                let mut body = right_value.clone();
                body[field] = value;
                wrong.push(body.to_string().into_bytes());
            }
        }
        let first = fields.keys().next().expect("a field");
        wrong.push(format!("{{\"{first}\":{}", "[".repeat(10_000)).into_bytes());
        wrong.push([&right.as_bytes()[..right.len() - 2], b"\xff\xfe\"}"].concat());
        wrong.push(right.bytes().flat_map(|byte| [byte, 0]).collect());
        wrong.push(right.repeat(2).into_bytes());
        for body in wrong {
            let answer = ask(&anna, method, path, "application/json", &body).await;
            let body = String::from_utf8_lossy(&body[..body.len().min(200)]).into_owned();
            assert_eq!(answer.body["code"], "invalid", "{method} {path} {body}: {}", answer.body);
        }
        let answer = ask(&anna, method, path, "text/plain", right.as_bytes()).await;
        assert_eq!(answer.body["code"], "invalid", "{method} {path} as text");
        let answer = ask(&anna, method, path, "application/json", &vec![b' '; 3 << 20]).await;
        assert_eq!(answer.body["code"], "invalid", "{method} {path}, 3 MiB");
    }
    for (method, path, code) in [
        ("GET", "/v1/messages/x", "invalid"),
        ("GET", "/v1/messages/%ff", "invalid"),
        ("GET", "/v1/folders/%00", "not_found"),
        ("GET", "/v1/folders/inbox?limit=-1", "invalid"),
        ("GET", "/v1/folders/inbox?before=%ff", "invalid"),
        ("GET", "/v1/folders/inbox?from=-1", "invalid"),
        ("GET", "/v1/folders/inbox?from=2&before=1.x", "invalid"),
        ("GET", "/v1/search?q=keys&limit=99999999999", "invalid"),
        ("GET", "/v1/search?q=keys&from=2&before=1", "invalid"),
        ("GET", "/v1/search?q=keys&before=x", "invalid"),
        ("GET", "/v1/messages/ID/position", "invalid"),
        ("GET", "/v1/messages/ID/position?folder=inbox&q=keys", "invalid"),
        ("GET", "/v1/messages/ID/position?q=keys", "not_found"),
        ("POST", "/v1/check?wait=perhaps", "invalid"),
        ("PUT", "/v1/settings/%ff", "invalid"),
        ("PUT", "/v1/outbox/ID?undo_seconds=-1", "invalid"),
        ("DELETE", "/v1/status", "invalid"),
        ("GET", "/v2/status", "not_found"),
        ("GET", "/", "not_found"),
    ] {
        let answer = ask(&anna, method, path, "application/json", b"{}").await;
        assert_eq!(answer.body["code"], code, "{method} {path}: {}", answer.body);
    }
    let after = anna.client().status().await.expect("a state");
    assert_eq!(before, after);
    goes_on(anna, &office).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn harmed_by_chance_requests_are_answered_and_the_agent_goes_on() {
    let office = Office::open().await;
    let desktop = Desktop::log_in().await;
    let anna = offline(&desktop, &office).await;
    for seed in 0..cases(2_000) {
        let mut random = Random(seed);
        let (method, path, right) = CALLS[random.below(CALLS.len())];
        if random.below(2) == 0 {
            let body = harmed(&[right.as_bytes()], &mut random);
            ask(&anna, method, path, "application/json", &body).await;
        } else {
            // Of what is no HTTP any more, nothing is asked but that the connection ends.
            let bytes = harmed(&[&request(method, path, "application/json", right.as_bytes())], &mut random);
            exchange(&anna, &bytes, false).await;
        }
    }
    goes_on(anna, &office).await;
}

/// How many files and sockets a process has open.
fn open_files(process: u32) -> usize {
    std::fs::read_dir(format!("/proc/{process}/fd")).expect("it runs").count()
}

#[tokio::test(flavor = "multi_thread")]
async fn front_ends_that_stop_half_way_hold_up_nobody_and_cost_nothing_afterwards() {
    let office = Office::open().await;
    let desktop = Desktop::log_in().await;
    let mut anna = offline(&desktop, &office).await;
    let (method, path, right) = CALLS[0];
    let whole = request(method, path, "application/json", right.as_bytes());
    let before = open_files(anna.pid());
    let mut waiting = Vec::new();
    for sent in (0..HALF_WAY).map(|number| number * whole.len() / HALF_WAY) {
        let mut stream = UnixStream::connect(anna.socket()).await.expect("the agent listens");
        stream.write_all(&whole[..sent]).await.expect("it reads");
        waiting.push(stream);
    }
    // And some that ask for much and never read it.
    for _ in 0..20 {
        let mut stream = UnixStream::connect(anna.socket()).await.expect("the agent listens");
        stream.write_all(b"GET /v1/events HTTP/1.1\r\nhost: agent\r\n\r\n").await.expect("it reads");
        waiting.push(stream);
    }
    let listed = within("an answer beside them", anna.cli.run(&["list", "inbox"])).await.done().stdout;
    assert!(listed.contains("Already here"), "{listed}");
    assert!(open_files(anna.pid()) >= before + HALF_WAY, "they are connected");
    let half = waiting.split_off(waiting.len() / 2);
    drop(half);
    within("the files of those that went", async {
        while open_files(anna.pid()) > before + waiting.len() + 10 {
            tokio::task::yield_now().await;
        }
    })
    .await;
    let ended = tokio::time::timeout(END_LIMIT, anna.stop()).await;
    ended.expect("it ends, whoever is connected");
    drop(waiting);
    anna.start().await;
    assert_eq!(anna.client().status().await.expect("a state").outbox.waiting, 0, "nothing half is sent");
    goes_on(anna, &office).await;
}
