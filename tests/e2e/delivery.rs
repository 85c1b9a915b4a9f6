//! What the sender learns: waiting, delivered, read (rows S1, S6, S9).

use restante_tests::{Agent, Desktop, Office};
use serde_json::Value;

#[tokio::test(flavor = "multi_thread")]
async fn delivered_and_read_come_back_to_the_sender() {
    let office = Office::open().await;
    let annas_desktop = Desktop::log_in().await;
    let boris_desktop = Desktop::log_in().await;
    let anna = Agent::signed_in(&annas_desktop.bus, &office, "anna").await;
    let boris = Agent::signed_in(&boris_desktop.bus, &office, "boris").await;

    let sent = boris
        .cli
        .with_input(&["send", "--to", "anna,clara", "--subject", "Report", "--wait"], "Done.\n")
        .await;
    drop(sent.done());
    boris.cli.check().await;
    assert_eq!(names(&sent_row(&boris).await["not_delivered"]), ["anna", "clara"]);
    assert_eq!(sent_row(&boris).await["bold"], true);

    // Anna's check is the delivery; Boris's next one tells him.
    anna.cli.check().await;
    boris.cli.check().await;
    assert_eq!(names(&sent_row(&boris).await["not_delivered"]), ["clara"]);

    // Clara reads it on another client, Anna on her own.
    let clara = office.sign_in("clara").await;
    let page = clara.changes().await;
    let answer = clara
        .call(reqwest::Method::POST, "delivered", Some(serde_json::json!({"cursor": page["cursor"]})))
        .await;
    assert!(answer.status < 300, "{answer:?}");
    boris.cli.check().await;
    let row = sent_row(&boris).await;
    assert_eq!(names(&row["not_delivered"]), Vec::<String>::new());
    assert_eq!((&row["bold"], &row["state"]), (&true.into(), &"delivered".into()), "{row}");

    let id = row["id"].as_str().expect("an id").to_owned();
    let read = serde_json::json!({"ids": [id]});
    assert!(clara.call(reqwest::Method::POST, "read", Some(read)).await.status < 300);
    let text = anna.cli.run(&["read", &id]).await.done();
    assert!(text.stdout.contains("Done."), "{}", text.stdout);
    anna.cli.check().await;
    boris.cli.check().await;
    let row = sent_row(&boris).await;
    assert_eq!((&row["bold"], &row["state"]), (&false.into(), &"read".into()), "{row}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_written_offline_waits_and_goes_out_afterwards() {
    let office = Office::open().await;
    let desktop = Desktop::log_in().await;
    let boris = Agent::signed_in(&desktop.bus, &office, "boris").await;
    let anna = office.sign_in("anna").await;

    drop(boris.cli.run(&["offline", "on"]).await.done());
    let sent = boris.cli.with_input(&["send", "--to", "anna", "--subject", "Later"], "Later.\n").await.done();
    let id = sent.stdout.trim().to_owned();
    boris.until("the letter in the outbox", |status| status.outbox.waiting == 1).await;
    assert_eq!(anna.received().await, Vec::<String>::new());

    drop(boris.cli.run(&["offline", "off"]).await.done());
    boris.until("the outbox to empty", |status| status.outbox.waiting == 0).await;
    assert_eq!(anna.received().await, ["Later"]);
    assert_eq!(anna.message(&id).await["body"], "Later.\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn peeking_tells_nobody() {
    let office = Office::open().await;
    let desktop = Desktop::log_in().await;
    let anna = Agent::signed_in(&desktop.bus, &office, "anna").await;
    let boris = office.sign_in("boris").await;

    let id = boris.send(&["anna"], "Secret", "normal").await;
    anna.cli.check().await;
    let text = anna.cli.run(&["read", "--peek", &id]).await.done();
    assert!(text.stdout.contains("About: Secret."), "{}", text.stdout);
    anna.cli.check().await;
    assert_eq!(boris.state_for(&id, "anna").await, "delivered");
}

async fn sent_row(agent: &Agent) -> Value {
    let page = agent.cli.json(&["list", "sent"]).await;
    let rows = page["messages"].as_array().or(page.as_array()).expect("a page of messages");
    assert_eq!(rows.len(), 1, "{page}");
    rows[0].clone()
}

fn names(list: &Value) -> Vec<String> {
    let mut names: Vec<String> = list
        .as_array()
        .expect("a list of logins")
        .iter()
        .map(|name| name.as_str().expect("a login").to_owned())
        .collect();
    names.sort();
    names
}
