//! The server's API as another program would call it: shapes and codes of the contract.

use reqwest::Method;
use restante_tests::{Office, PASSWORD};
use serde_json::{Value, json};
use uuid::Uuid;

fn letter(more: &[(&str, Value)]) -> Value {
    let mut letter = json!({"to": ["boris"], "subject": "Roof", "body": "It leaks.", "importance": "normal"});
    for (name, value) in more {
        letter[*name] = value.clone();
    }
    letter
}

fn new_id() -> String {
    format!("messages/{}", Uuid::now_v7())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_is_named_by_text_or_as_the_answer_tells_it() {
    let office = Office::open().await;
    let anna = office.sign_in("anna").await;
    for device in [json!("desk"), json!({"name": "desk"})] {
        let wish = json!({"organisation": "town", "user": "anna", "password": PASSWORD, "device": device});
        let answer = anna.call(Method::POST, "sessions", Some(wish)).await;
        assert_eq!(
            (answer.status, answer.body["device"]["name"].as_str()),
            (201, Some("desk")),
            "{answer:?}"
        );
    }
    let wish = json!({"organisation": "town", "user": "anna", "password": PASSWORD, "device": 7});
    anna.call(Method::POST, "sessions", Some(wish)).await.is_problem("invalid");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_says_only_what_the_server_keeps() {
    let office = Office::open().await;
    let anna = office.sign_in("anna").await;
    let empty = letter(&[("in_reply_to", Value::Null), ("attachments", json!([]))]);
    assert_eq!(anna.call(Method::PUT, &new_id(), Some(empty)).await.status, 201);

    for (field, value, pointer) in [
        ("in_reply_to", json!(Uuid::now_v7().to_string()), "/in_reply_to"),
        ("attachments", json!(["plan.pdf"]), "/attachments"),
        ("importence", json!("high"), "/importence"),
        ("importance", json!("urgent"), "/importance"),
        ("to", json!([]), "/to"),
        ("subject", json!("two\nlines"), "/subject"),
    ] {
        let answer = anna.call(Method::PUT, &new_id(), Some(letter(&[(field, value)]))).await;
        answer.is_problem("invalid");
        assert_eq!(answer.body["errors"][0]["pointer"], pointer, "{answer:?}");
    }
    assert_eq!(anna.changes().await["changes"].as_array().map(Vec::len), Some(1), "nothing else was kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_id_is_one_message_for_ever() {
    let office = Office::open().await;
    let (anna, boris) = (office.sign_in("anna").await, office.sign_in("boris").await);
    let path = new_id();
    let first = anna.call(Method::PUT, &path, Some(letter(&[]))).await;
    assert_eq!(first.status, 201);
    assert_eq!(
        first.body["recipients"],
        json!([{"login": "boris", "name": "Boris Ivanov", "state": "waiting"}])
    );
    let again = anna.call(Method::PUT, &path, Some(letter(&[]))).await;
    assert_eq!((again.status, &again.body), (200, &first.body));
    anna.call(Method::PUT, &path, Some(letter(&[("body", json!("It is mended."))])))
        .await
        .is_problem("id_reused");
    assert_eq!(boris.received().await, ["Roof"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_of_another_time_is_reset_and_a_known_one_brings_nothing() {
    let office = Office::open().await;
    let anna = office.sign_in("anna").await;
    let cursor = anna.changes().await["cursor"].as_str().expect("a cursor").to_owned();
    let answer = anna.call(Method::GET, &format!("changes?since={cursor}"), None).await;
    assert_eq!((answer.status, answer.body), (304, Value::Null));
    let place = cursor.rsplit_once('.').expect("three parts").0;
    for strange in [format!("{place}.99"), "another.time.0".to_owned()] {
        anna.call(Method::GET, &format!("changes?since={strange}"), None).await.is_problem("cursor_reset");
    }
    anna.call(Method::GET, "changes?since=yesterday", None).await.is_problem("invalid");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrators_command_is_followed_by_the_next_check_of_an_idle_mailbox() {
    let office = Office::open().await;
    let anna = office.sign_in("anna").await;
    let cursor = anna.changes().await["cursor"].as_str().expect("a cursor").to_owned();
    let path = format!("changes?since={cursor}");
    let check = async || anna.call(Method::GET, &path, None).await;
    let command = async |arguments: &[&str]| {
        let output = office.command(arguments, "").await;
        assert_eq!(output.code, Some(0), "{arguments:?}: {output:?}");
    };
    let organisation = office.organisation();
    let mut revisions = Vec::new();
    for interval in ["7m", "8m"] {
        command(&["office", "set", "main", "check-interval", interval]).await;
        for _ in 0..2 {
            let answer = check().await;
            assert_eq!(answer.status, 304);
            revisions.push(answer.settings_revision.expect("it is told"));
        }
    }
    assert!(revisions[0] == revisions[1] && revisions[1] != revisions[2], "{revisions:?}");
    command(&["office", "detach", "--from", organisation]).await;
    check().await.is_problem("office_unavailable");
    command(&["office", "attach", "main", "--to", organisation]).await;
    assert_eq!(check().await.status, 304);
    command(&["user", "disable", organisation, "anna"]).await;
    check().await.is_problem("unauthenticated");
}
