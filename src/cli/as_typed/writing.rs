//! Letters and drafts.

use restante_local_api::model::{MAX_BODY_BYTES, MessageId};
use restante_process::Exit;
use serde_json::{Value, json};

use super::{
    Caller, SCRIPT,
    agent::{Agent, CLIENT_ID, ID, events, page, row, status, status_with},
};

const OUTBOX: &str = "PUT /v1/outbox/$CLIENT_ID";
const LIST: &str = "GET /v1/folders/outbox";

fn takes_letters() -> Agent {
    Agent::start().answers(OUTBOX, json!({"id": CLIENT_ID}))
}

/// A letter whole; with the moment at which it expires once the post office has it.
fn whole(state: &str, expires_at: Value) -> Value {
    let mut whole = row(ID, state);
    whole["direction"] = json!("sent");
    whole["body"] = json!("So far");
    whole["expires_at"] = expires_at;
    whole["recipients"] = json!([]);
    whole
}

#[tokio::test]
async fn waiting_tells_that_a_letter_was_taken_back() {
    let agent = takes_letters()
        .answers("GET /v1/events", events(&[status()]))
        .answers(LIST, page(&[]))
        .answers(&format!("GET /v1/messages/{CLIENT_ID}"), whole("draft", json!(null)));
    let ran = SCRIPT.types(&agent, &["send", "--to", "anna", "--wait", "--undo", "1m"]).await;
    assert_eq!(ran.exit, Exit::Refused, "{ran:?}");
    assert!(ran.errors.contains("taken back"), "{}", ran.errors);
    assert_eq!(agent.request(OUTBOX).query, "undo_seconds=60");
}

#[tokio::test]
async fn a_letter_of_the_outbox_is_taken_back_tried_again_and_thrown_away() {
    let path = |end: &str| format!("{end}/v1/outbox/{ID}");
    let agent = Agent::start()
        .answers("GET /v1/folders/outbox", page(&[row(ID, "waiting")]))
        .answers(&format!("{}/undo", path("POST ")), json!({"id": ID, "version": 1}))
        .answers(&format!("{}/retry", path("POST ")), json!({"id": ID}))
        .answers(&path("DELETE "), "");
    assert!(SCRIPT.types(&agent, &["outbox", "list"]).await.output.contains(ID));
    let ran = SCRIPT.types(&agent, &["outbox", "undo", ID, "--json"]).await;
    assert_eq!(ran.object(), json!({"id": ID, "version": 1}));
    assert_eq!(SCRIPT.types(&agent, &["outbox", "retry", ID]).await.output.trim_end(), ID);
    assert_eq!(SCRIPT.types(&agent, &["outbox", "delete", ID]).await.exit, Exit::Done);
    agent.request(&path("DELETE "));
}

fn refused() -> Value {
    let mut row = row(CLIENT_ID, "refused");
    row["refused"] = json!("nobody is called “nobody”");
    row
}

#[tokio::test]
async fn a_letter_goes_to_the_outbox_as_it_came_and_its_id_is_printed() {
    let agent = takes_letters();
    let script = Caller { input: "See below.\nBoris\n", ..SCRIPT };
    let ran = script
        .types(&agent, &["send", "--to", "anna, olga", "--to", "pavel", "--subject", "Minutes", "--high"])
        .await;
    assert_eq!(ran.exit, Exit::Done, "{ran:?}");
    let id: MessageId = ran.output.trim_end().parse().unwrap();
    assert_eq!(id.uuid().get_version_num(), 7);
    assert_eq!(
        agent.request(OUTBOX).object(),
        json!({"to": ["anna", "olga", "pavel"], "subject": "Minutes", "body": "See below.\nBoris\n", "importance": "high"})
    );
}

#[tokio::test]
async fn more_text_than_any_letter_may_have_never_leaves() {
    let agent = takes_letters();
    let too_long = "x".repeat(MAX_BODY_BYTES + 1);
    for (input, line, exit) in
        [("", &["send"][..], Exit::Usage), (too_long.as_str(), &["send", "--to", "anna"][..], Exit::Refused)]
    {
        let ran = Caller { input, ..SCRIPT }.types(&agent, line).await;
        assert_eq!(ran.exit, exit, "{line:?}: {}", ran.errors);
    }
    assert!(agent.requests().is_empty());
    let just = "x".repeat(MAX_BODY_BYTES);
    assert_eq!(
        Caller { input: &just, ..SCRIPT }.types(&agent, &["send", "--to", "anna"]).await.exit,
        Exit::Done
    );
}

#[tokio::test]
async fn waiting_ends_when_the_letter_has_left_the_outbox() {
    let agent = takes_letters()
        .answers("GET /v1/events", events(&[status(), status()]))
        .answers(LIST, page(&[row(CLIENT_ID, "sending")]))
        .answers(LIST, page(&[row(ID, "waiting")]))
        .answers(&format!("GET /v1/messages/{CLIENT_ID}"), whole("waiting", json!("2026-12-01T11:00:00Z")));
    let ran = SCRIPT.types(&agent, &["send", "--to", "anna", "--wait"]).await;
    assert_eq!(ran.exit, Exit::Done, "{ran:?}");
    assert_eq!(agent.requests().iter().filter(|request| request.what == LIST).count(), 2);
}

#[tokio::test]
async fn waiting_tells_why_a_letter_was_refused() {
    let agent =
        takes_letters().answers("GET /v1/events", events(&[status()])).answers(LIST, page(&[refused()]));
    let ran = SCRIPT.types(&agent, &["send", "--to", "nobody", "--wait"]).await;
    assert_eq!(ran.exit, Exit::Refused);
    assert!(ran.errors.contains("the letter was refused: nobody is called"), "{}", ran.errors);
    assert_eq!(ran.output.trim_end().len(), ID.len(), "the id is printed all the same: {}", ran.output);
}

#[tokio::test]
async fn waiting_gives_up_when_a_check_finds_no_server() {
    let away = status_with(&[
        ("/connection", json!("unreachable")),
        ("/connection_detail", json!("connection refused")),
    ]);
    let mut check = status()["last_check"].clone();
    check["outcome"] = json!("unreachable");
    let agent = takes_letters()
        .answers("GET /v1/events", events(std::slice::from_ref(&away)))
        .answers(LIST, page(&[row(CLIENT_ID, "waiting")]))
        .answers("POST /v1/check", json!({"check": check, "joined": false}))
        .answers("GET /v1/status", away);
    let ran = SCRIPT.types(&agent, &["send", "--to", "anna", "--wait"]).await;
    assert_eq!(ran.exit, Exit::ServerUnreachable);
    assert!(ran.errors.contains("hint: the letter is safe in the outbox"), "{}", ran.errors);
}

#[tokio::test]
async fn waiting_is_cut_short_by_offline_mode() {
    let agent = takes_letters()
        .answers("GET /v1/events", events(&[status_with(&[("/mode", json!("offline"))])]))
        .answers(LIST, page(&[row(CLIENT_ID, "waiting")]));
    let ran = SCRIPT.types(&agent, &["send", "--to", "anna", "--wait"]).await;
    assert_eq!(ran.exit, Exit::Refused);
    assert!(ran.errors.contains("offline mode is on"), "{}", ran.errors);
}

#[tokio::test]
async fn a_draft_may_still_lack_its_recipients() {
    let agent = Agent::start().answers("PUT /v1/drafts/$CLIENT_ID", json!({"id": CLIENT_ID}));
    let ran = Caller { input: "So far", ..SCRIPT }.types(&agent, &["send", "--draft"]).await;
    assert_eq!(ran.exit, Exit::Done, "{ran:?}");
    let saved = agent.request("PUT /v1/drafts/$CLIENT_ID").object();
    assert_eq!((&saved["to"], &saved["body"]), (&json!([]), &json!("So far")));
}

#[tokio::test]
async fn a_draft_is_changed_only_where_it_is_told_to() {
    let draft = whole("draft", json!(null));
    let agent = Agent::start()
        .answers(&format!("GET /v1/messages/{ID}"), draft)
        .answers(&format!("PUT /v1/drafts/{ID}"), json!({"id": ID}));
    let ran = SCRIPT.types(&agent, &["draft", "edit", ID, "--subject", "Agenda", "--normal"]).await;
    assert_eq!(ran.exit, Exit::Done, "{ran:?}");
    assert_eq!(
        agent.request(&format!("PUT /v1/drafts/{ID}")).object(),
        json!({"to": ["anna"], "subject": "Agenda", "body": "So far", "importance": "normal"})
    );
}

#[tokio::test]
async fn drafts_are_listed_sent_and_thrown_away() {
    let agent = Agent::start()
        .answers("GET /v1/folders/drafts", page(&[row(ID, "draft")]))
        .answers(&format!("POST /v1/drafts/{ID}/send"), json!({"id": ID}))
        .answers(&format!("DELETE /v1/drafts/{ID}"), "");
    assert!(SCRIPT.types(&agent, &["draft", "list"]).await.output.contains(ID));
    assert_eq!(SCRIPT.types(&agent, &["draft", "send", ID]).await.output.trim_end(), ID);
    assert_eq!(SCRIPT.types(&agent, &["draft", "delete", ID]).await.exit, Exit::Done);
    agent.request(&format!("DELETE /v1/drafts/{ID}"));
}
