//! The delivery ledger: acknowledged and taken back, seen on both sides, and exported (rows B8, B17, B18, B20, B23).

use reqwest::Method;
use restante_tests::{Agent, Desktop, Office};
use serde_json::{Value, json};

#[tokio::test(flavor = "multi_thread")]
async fn acknowledged_and_taken_back_mail_is_seen_on_both_sides() {
    let office = Office::open().await;
    let annas_desktop = Desktop::log_in().await;
    let boris_desktop = Desktop::log_in().await;
    let anna = Agent::signed_in(&annas_desktop.bus, &office, "anna").await;
    let boris = Agent::signed_in(&boris_desktop.bus, &office, "boris").await;
    let send = async |subject: &str| {
        let arguments = ["send", "--to", "anna,clara", "--subject", subject, "--wait"];
        boris.cli.with_input(&arguments, "Text.\n").await.done().stdout.trim().to_owned()
    };

    // Anna says that she knows of the first one.
    let first = send("First").await;
    anna.cli.check().await;
    anna.client().acknowledge(first.parse().expect("an id")).await.expect("it is there");
    anna.cli.check().await;
    boris.cli.check().await;
    let text = boris.cli.run(&["read", &first]).await.done();
    told(&text, "Acknowledged by");
    told(&text, "has never signed in");
    let whole = boris.cli.json(&["read", &first]).await;
    assert!(whole["recipients"][0]["acknowledged_at"].is_string(), "{whole}");
    assert_eq!(whole["recipients"][0]["state"], "delivered", "she has not opened it");
    assert_eq!(whole["recipients"][1]["not_delivered_because"]["why"], "never_signed_in");

    // Boris takes the second one back: it vanishes on Anna's side.
    let second = send("Second").await;
    anna.cli.check().await;
    assert_eq!(unread(&anna).await, 2);
    told(&boris.cli.run(&["retract", &second]).await.done(), "Taken back");
    anna.cli.check().await;
    assert_eq!(unread(&anna).await, 1);
    let gone = anna.cli.run(&["read", &second]).await;
    assert!(!gone.stdout.contains("Text."), "{}", gone.stdout);
    assert_eq!(sent_states(&boris, &second).await, ["retracted", "retracted"]);

    // What was read is too late for it.
    let third = send("Third").await;
    anna.cli.check().await;
    drop(anna.cli.run(&["read", &third]).await.done());
    anna.cli.check().await;
    drop(boris.cli.run(&["retract", &third]).await.done());
    assert_eq!(sent_states(&boris, &third).await, ["read", "retracted"]);
    told(&anna.cli.run(&["read", &third]).await.done(), "Text.");

    // All of it is in the ledger, for the administrator in the order in which it happened.
    let export =
        office.command(&["ledger", "export", office.organisation(), "--format", "json"], "").await.done();
    let events: Vec<String> = export
        .stdout
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).expect("an object a line"))
        .filter(|line| line["message"] == third.as_str())
        .map(|line| {
            format!("{} {}", line["recipient"]["login"].as_str().unwrap(), line["event"].as_str().unwrap())
        })
        .collect();
    let expected = ["anna accepted", "clara accepted", "anna delivered", "anna read", "clara retracted"];
    let known: Vec<_> = events.iter().filter(|event| !event.contains("alerted")).collect();
    assert_eq!(known, expected);
    let csv = office.command(&["ledger", "export", office.organisation()], "").await.done();
    told(&csv, "at,event,message,");
    told(&csv, ",acknowledged,");
}

async fn unread(agent: &Agent) -> u64 {
    agent.client().status().await.expect("its state").unread
}

async fn sent_states(agent: &Agent, id: &str) -> Vec<String> {
    let whole = agent.cli.json(&["read", id]).await;
    let recipients = whole["recipients"].as_array().expect("recipients");
    recipients.iter().map(|recipient| recipient["state"].as_str().expect("a state").to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_calls_of_the_ledger_are_the_owners_alone() {
    let office = Office::open().await;
    let anna = office.sign_in("anna").await;
    let boris = office.sign_in("boris").await;
    let id = boris.send(&["anna"], "Report", "high").await;
    let marks = Some(json!({"ids": [id]}));
    for _ in 0..2 {
        for call in ["alerted", "acknowledged", "read"] {
            assert_eq!(anna.call(Method::POST, call, marks.clone()).await.status, 204, "{call}");
        }
    }
    let ledger = boris.call(Method::GET, &format!("messages/{id}/ledger"), None).await;
    let events: Vec<_> =
        ledger.body["entries"].as_array().expect("entries").iter().map(|e| e["event"].clone()).collect();
    assert_eq!(events, ["accepted", "alerted", "acknowledged", "delivered", "read"]);
    for path in ["ledger", "retract"] {
        let method = if path == "ledger" { Method::GET } else { Method::POST };
        anna.call(method, &format!("messages/{id}/{path}"), None).await.is_problem("not_found");
    }
    let late = boris.call(Method::POST, &format!("messages/{id}/retract"), None).await;
    assert_eq!((late.status, &late.body["recipients"][0]["state"]), (200, &json!("read")));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_is_too_old_is_told_so() {
    let office = Office::open().await;
    let desktop = Desktop::log_in().await;
    let anna = Agent::signed_in(&desktop.bus, &office, "anna").await;
    let name = office.command(&["office", "list", "--json"], "").await.done().json()[0]["name"].clone();
    let set = async |version: &str| {
        let arguments = ["office", "set", name.as_str().expect("a name"), "oldest-client-version", version];
        office.command(&arguments, "").await
    };
    drop(set("soon").await.ended_with(2));
    drop(set("99.0.0").await.done());
    drop(anna.cli.run(&["check", "--wait"]).await);
    let status =
        anna.until("the state", |it| it.connection == restante_local_api::Connection::ClientTooOld).await;
    assert!(status.connection_detail.is_some_and(|detail| detail.contains("99.0.0")));
    drop(set("none").await.done());
    anna.cli.check().await;
}

/// That its data has these words.
#[track_caller]
fn told(output: &restante_tests::Output, words: &str) {
    assert!(output.stdout.contains(words), "nothing about {words:?} in: {}", output.stdout);
}
