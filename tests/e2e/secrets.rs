//! No secret in any log (reliability.md 5): every operation is driven with marked tokens, passwords,
//! subjects and texts while everything is logged, and no output holds a mark.

use reqwest::Method;
use restante_tests::{HttpAnswer, Office, Output, Program, ServerProcess, run};
use rustix::process::Signal;
use serde_json::json;
use tokio::process::Command;
use uuid::Uuid;

const PASSWORD: &str = "mark-of-a-password-0001";
const OTHER_PASSWORD: &str = "mark-of-a-password-0002";
const WRONG_PASSWORD: &str = "mark-of-a-password-0003";
const SUBJECT: &str = "mark-of-a-subject";
const BODY: &str = "mark-of-a-text";
const GARBAGE: &str = "rst_mark-of-a-garbled-token";

async fn command(office: &Office, arguments: &[&str], input: &str) -> Output {
    let mut command = Command::new(Program::Server.path());
    command.arg("--data").arg(office.data()).args(arguments).env("RESTANTE_LOG", "trace");
    run(&mut command, input).await
}

#[tokio::test(flavor = "multi_thread")]
async fn no_log_holds_a_token_password_subject_or_text() {
    let mut office = Office::open().await;
    office.stop().await;
    let mut said = String::new();
    let keep = |said: &mut String, output: Output| {
        said.push_str(&output.stdout);
        said.push_str(&output.stderr);
    };
    let dora = ["user", "add", "town", "dora", "--name", "Dora", "--password-stdin"];
    keep(&mut said, command(&office, &dora, PASSWORD).await.done());
    let set = ["user", "set-password", "town", "clara", "--password-stdin"];
    keep(&mut said, command(&office, &set, OTHER_PASSWORD).await.done());
    let mut tokens = Vec::new();
    for format in ["text", "json"] {
        let options = ["--listen", "127.0.0.1:0", "--log-format", format];
        let mut server = ServerProcess::start(office.data(), &options, &[("RESTANTE_LOG", "trace")]);
        let url = server.says("listening on").await;
        tokens.extend(drive(&url).await);
        let archive = office.data().join(format!("{format}.tar")).display().to_string();
        keep(&mut said, command(&office, &["backup", "--to", &archive], "").await.done());
        keep(&mut said, command(&office, &["doctor"], "").await);
        keep(&mut said, command(&office, &["config", "show"], "").await.done());
        server.signal(Signal::TERM);
        assert_eq!(server.ended().await, Some(0));
        let log = server.log();
        assert!(log.contains("DEBUG") && log.contains("sqlx::query"), "the libraries log as well");
        assert!(log.contains("/api/v1/messages/{id}"), "requests are logged");
        said.push_str(&log);
    }
    let marks = [PASSWORD, OTHER_PASSWORD, WRONG_PASSWORD, SUBJECT, BODY, GARBAGE, "mark-of"];
    for mark in marks.into_iter().chain(tokens.iter().map(String::as_str)) {
        let line = said.lines().find(|line| line.contains(mark));
        assert_eq!(line, None, "{mark} is in the log");
    }
    assert!(tokens.len() >= 4 && tokens.iter().all(|token| token.starts_with("rst_")), "{tokens:?}");
}

/// Every operation of the API, well and badly; the tokens that were given out.
async fn drive(url: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let sign_in = async |user: &str, password: &str| -> HttpAnswer {
        let call = json!({"organisation": "town", "user": user, "password": password, "device": "a desk"});
        restante_tests::call(Method::POST, &format!("{url}/api/v1/sessions"), None, Some(call)).await
    };
    sign_in("dora", WRONG_PASSWORD).await.is_problem("wrong_credentials");
    for (user, password) in [("dora", PASSWORD), ("clara", OTHER_PASSWORD)] {
        tokens.push(sign_in(user, password).await.body["token"].as_str().expect("a token").to_owned());
    }
    let (dora, clara) = (tokens[0].clone(), tokens[1].clone());
    let call = async |token: &str, method: Method, path: &str, body: Option<serde_json::Value>| {
        restante_tests::call(method, &format!("{url}/api/v1/{path}"), Some(token), body).await
    };
    let (message, draft) = (Uuid::now_v7(), Uuid::now_v7());
    let letter = json!({"to": ["clara"], "subject": SUBJECT, "body": BODY, "importance": "normal"});
    let written = call(&dora, Method::PUT, &format!("messages/{message}"), Some(letter.clone())).await;
    assert_eq!(written.status, 201, "{written:?}");
    let reused = json!({"to": ["clara"], "subject": SUBJECT, "body": format!("{BODY} otherwise")});
    call(&dora, Method::PUT, &format!("messages/{message}"), Some(reused)).await.is_problem("id_reused");
    let unknown = json!({"to": [SUBJECT], "subject": SUBJECT, "body": BODY});
    let unknown = call(&dora, Method::PUT, &format!("messages/{}", Uuid::now_v7()), Some(unknown)).await;
    unknown.is_problem("unknown_recipient");
    let bad = json!({"to": ["clara"], "subject": SUBJECT, "body": BODY, BODY: SUBJECT});
    call(&dora, Method::PUT, &format!("messages/{}", Uuid::now_v7()), Some(bad)).await.is_problem("invalid");
    let saved = call(&dora, Method::PUT, &format!("drafts/{draft}"), Some(json!({"content": letter}))).await;
    assert!(matches!(saved.status, 200 | 201), "{saved:?}");
    for path in ["settings", "directory", "sessions", "changes", &format!("messages/{message}")] {
        assert_eq!(call(&clara, Method::GET, path, None).await.status, 200, "{path}");
    }
    let cursor = call(&clara, Method::GET, "changes", None).await.body["cursor"].clone();
    call(&clara, Method::GET, &format!("changes?since={BODY}"), None).await.is_problem("invalid");
    call(&clara, Method::POST, "delivered", Some(json!({"cursor": cursor}))).await;
    call(&clara, Method::POST, "read", Some(json!({"ids": [message]}))).await;
    call(&clara, Method::PUT, "settings/check-interval", Some(json!({"check_interval_seconds": 60}))).await;
    call(&clara, Method::DELETE, "settings/check-interval", None).await;
    call(&clara, Method::DELETE, &format!("messages/{message}"), None).await;
    call(&dora, Method::DELETE, &format!("drafts/{draft}"), None).await;
    call(GARBAGE, Method::GET, "changes", None).await.is_problem("unauthenticated");
    call(&dora, Method::GET, &format!("{BODY}?{SUBJECT}"), None).await.is_problem("not_found");
    call(&dora, Method::DELETE, "sessions/current", None).await;
    call(&dora, Method::GET, "changes", None).await.is_problem("unauthenticated");
    tokens
}
