//! Letters and drafts over a bad line, by an agent that is killed again and again (rows B10, B11).

use std::cell::Cell;

use restante_local_api::{
    Client, ClientError, Undo,
    model::{Importance, Letter, MessageId, Seconds},
};
use restante_tests::{Agent, BadLine, Office, PASSWORD, within};
use serde_json::Value;
use uuid::Uuid;

/// How often the agent is killed.
const ROUNDS: usize = 50;

#[tokio::test(flavor = "multi_thread")]
async fn killed_fifty_times_on_a_bad_line_every_letter_arrives_once_and_every_draft_is_kept() {
    let office = Office::open().await;
    let anna = office.sign_in("anna").await;
    let line = BadLine::to(office.port(), 20_261_124).await;
    line.set_bad(false);
    let mut boris = without_desktop().await;
    sign_in(&boris, &line.url(), &office).await;
    line.set_bad(true);

    let written: Vec<_> = (0..ROUNDS).map(Written::new).collect();
    for round in 0..ROUNDS {
        let client = boris.client();
        let says = async {
            for written in &written[..=round] {
                written.say(&client).await;
            }
            // And he looks what came; on such a line it may fail.
            let _ = client.check(true).await;
        };
        // The agent dies at another exchange in each round, or when there is nothing more to do.
        tokio::select! {
            () = within("the agent to be done", says) => {}
            () = line.exchanges(round as u64 % 9) => {}
        }
        boris.kill().await;
        boris.start().await;
    }
    assert!(line.harmed() > ROUNDS as u64 / 2, "the line was good: {}", line.harmed());

    line.set_bad(false);
    let client = boris.client();
    for written in &written {
        written.say(&client).await;
        assert!(written.safe.get(), "the agent lives, and its disk is good");
    }
    boris.until("the last undo window to end", |status| status.outbox.held == 0).await;
    boris.cli.check().await;
    boris.until("the outbox to empty", |status| status.outbox.waiting == 0).await;
    let expected = |draft| {
        let of_kind = written.iter().filter(|it| it.draft == draft);
        of_kind.map(|it| it.letter.subject.clone()).collect::<Vec<_>>()
    };
    let mut received = anna.received().await;
    received.sort();
    assert_eq!(received, expected(false), "each letter once");
    assert_eq!(subjects(&boris.cli.json(&["draft", "list"]).await), expected(true), "each draft once");

    // And they are at the post office, for the other desk.
    let other = without_desktop().await;
    sign_in(&other, &office.url(), &office).await;
    other.cli.check().await;
    assert_eq!(subjects(&other.cli.json(&["draft", "list"]).await), expected(true));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_begun_at_one_desk_is_written_on_and_sent_at_another() {
    let office = Office::open().await;
    let anna = office.sign_in("anna").await;
    let (here, there) = (without_desktop().await, without_desktop().await);
    for desk in [&here, &there] {
        sign_in(desk, &office.url(), &office).await;
    }
    let saved = here.cli.with_input(&["send", "--draft", "--subject", "Minutes"], "So far.").await.done();
    let id = saved.stdout.trim().to_owned();
    here.cli.check().await;
    there.cli.check().await;
    assert_eq!(subjects(&there.cli.json(&["draft", "list"]).await), ["Minutes"]);

    // Both write on at once: both texts are kept, at both desks.
    drop(there.cli.with_input(&["draft", "edit", &id, "--text-stdin"], "So far, and there.").await.done());
    drop(here.cli.with_input(&["draft", "edit", &id, "--text-stdin"], "So far, and here.").await.done());
    for desk in [&there, &here, &there, &here] {
        desk.cli.check().await;
    }
    let drafts = there.cli.json(&["draft", "list"]).await;
    assert_eq!(subjects(&drafts), ["Minutes", "Minutes"]);
    let mut texts = Vec::new();
    for row in drafts["messages"].as_array().expect("a list") {
        let draft = there.cli.json(&["read", row["id"].as_str().expect("an id")]).await;
        texts.push(draft["body"].as_str().expect("a text").to_owned());
    }
    texts.sort();
    assert_eq!(texts, ["So far, and here.", "So far, and there."]);

    // Sent there, it is gone here.
    drop(there.cli.run(&["draft", "edit", &id, "--to", "anna"]).await.done());
    drop(there.cli.run(&["draft", "send", &id, "--wait"]).await.done());
    there.cli.check().await;
    here.cli.check().await;
    assert_eq!(subjects(&here.cli.json(&["draft", "list"]).await), ["Minutes"]);
    assert_eq!(anna.received().await, ["Minutes"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_is_taken_back_corrected_and_sent() {
    let office = Office::open().await;
    let anna = office.sign_in("anna").await;
    let boris = without_desktop().await;
    sign_in(&boris, &office.url(), &office).await;

    // Within its window.
    let command = ["send", "--to", "anna", "--subject", "Hasty", "--undo", "1h"];
    let sent = boris.cli.with_input(&command, "Wait!").await.done();
    let id = sent.stdout.trim().to_owned();
    boris.cli.check().await;
    assert_eq!(anna.received().await, Vec::<String>::new());
    let draft = boris.cli.run(&["outbox", "undo", &id]).await.done();
    assert_eq!(draft.stdout.trim(), id);
    drop(boris.cli.run(&["draft", "edit", &id, "--subject", "Calm"]).await.done());
    drop(boris.cli.run(&["draft", "send", &id, "--wait"]).await.done());
    assert_eq!(anna.received().await, ["Calm"]);
    boris.cli.run(&["outbox", "undo", &id]).await.ended_with(5).says("on its way");

    // And after it was refused.
    let refused = boris.cli.with_input(&["send", "--to", "ana", "--wait"], "Dear Ana").await.ended_with(5);
    let id = refused.stdout.trim().to_owned();
    let outbox = boris.cli.json(&["outbox", "list"]).await;
    assert_eq!(outbox["messages"][0]["state"], "refused", "{outbox}");
    assert!(outbox["messages"][0]["on_its_way"]["refused_at"].is_string(), "{outbox}");
    let draft = boris.cli.run(&["outbox", "undo", &id]).await.done().stdout.trim().to_owned();
    drop(boris.cli.run(&["draft", "edit", &draft, "--to", "anna", "--subject", "Ana"]).await.done());
    drop(boris.cli.run(&["draft", "send", &draft, "--wait"]).await.done());
    assert_eq!(anna.received().await, ["Calm", "Ana"]);
}

/// What a person wrote, and whether he was told that it is safe. Until then he says it again.
struct Written {
    id: MessageId,
    letter: Letter,
    draft: bool,
    undo: Undo,
    safe: Cell<bool>,
}

impl Written {
    fn new(round: usize) -> Self {
        let letter = Letter {
            to: vec!["anna".into()],
            subject: format!("Round {round:02}"),
            body: format!("Written in round {round}."),
            importance: Importance::Normal,
        };
        let undo = if round.is_multiple_of(3) { Undo::Seconds(Seconds::new(1)) } else { Undo::AtOnce };
        let id = MessageId::from_uuid(Uuid::now_v7());
        Self { id, letter, draft: round % 5 == 4, undo, safe: Cell::new(false) }
    }

    async fn say(&self, client: &Client) {
        if self.safe.get() {
            return;
        }
        let told: Result<_, ClientError> = if self.draft {
            client.save_draft(self.id, &self.letter, None).await
        } else {
            client.send(self.id, &self.letter, self.undo).await
        };
        self.safe.set(told.is_ok());
    }
}

/// An agent without a session bus: its token is in a file.
async fn without_desktop() -> Agent {
    let mut agent = Agent::new(None);
    std::fs::write(agent.settings_file(), "[storage]\ntoken = \"file\"\n").expect("its settings");
    agent.start().await;
    agent
}

async fn sign_in(agent: &Agent, url: &str, office: &Office) {
    drop(agent.cli.login(url, office.organisation(), "boris", PASSWORD).await.done());
    agent.until("the first check", |status| status.last_good_at.is_some()).await;
}

fn subjects(page: &Value) -> Vec<String> {
    let rows = page["messages"].as_array().expect("a page of messages");
    let mut subjects: Vec<_> =
        rows.iter().map(|row| row["subject"].as_str().expect("a subject").to_owned()).collect();
    subjects.sort();
    subjects
}
