//! Signing in, lists and messages.

use restante_process::Exit;
use serde_json::{Value, json};

use super::{
    Caller, ReaderGone, SCRIPT,
    agent::{Agent, ID, found, page, row, status, status_with},
};
use crate::{Surroundings, run};

const URL: &str = "https://mail.example.org";

#[tokio::test]
async fn a_script_signs_in_with_the_password_on_the_input() {
    let agent = before_sign_in(&[]).answers("POST /v1/login", status());
    let line = ["login", URL, "--organisation", "town-hall", "--user", "anna", "--password-stdin"];
    let ran = Caller { input: "correct horse\n", ..SCRIPT }.types(&agent, &line).await;
    assert_eq!((ran.exit, ran.output.as_str()), (Exit::Done, "signed in as anna of town-hall\n"));
    let sent = agent.request("POST /v1/login").object();
    assert_eq!(
        sent,
        json!({"server": URL, "organisation": "town-hall", "user": "anna", "password": "correct horse"})
    );
}

#[tokio::test]
async fn a_person_is_asked_for_what_is_missing() {
    let agent = before_sign_in(&[]).answers("POST /v1/login", status());
    let person = Caller { input: "town-hall\nanna\n", terminal: true, password: "secret", ..SCRIPT };
    let ran = person.types(&agent, &["login", URL]).await;
    assert_eq!(ran.exit, Exit::Done, "{ran:?}");
    let sent = agent.request("POST /v1/login").object();
    assert_eq!((&sent["user"], &sent["password"]), (&json!("anna"), &json!("secret")));
    assert!(ran.errors.contains("Organisation: "), "{}", ran.errors);
}

#[tokio::test]
async fn a_script_is_told_what_is_missing_and_nothing_is_sent() {
    let agent = before_sign_in(&[]);
    for (line, missing) in [
        (&["login", URL][..], "--organisation"),
        (&["login", URL, "--organisation", "town-hall"][..], "--user"),
        (&["login", URL, "-o", "town-hall", "-u", "anna"][..], "--password-stdin"),
        (&["login", URL, "-o", "town-hall", "--password-stdin"][..], "--user"),
    ] {
        let ran = SCRIPT.types(&agent, line).await;
        assert_eq!(ran.exit, Exit::Usage);
        assert!(ran.errors.contains(missing), "{missing} is not in {:?}", ran.errors);
    }
    assert!(agent.requests().iter().all(|request| request.what != "POST /v1/login"));
}

#[tokio::test]
async fn what_the_settings_file_offers_need_not_be_typed() {
    let offered = json!({"server": URL, "organisation": "town-hall", "user": "anna"});
    let agent = before_sign_in(&[("/offered", offered)]).answers("POST /v1/login", status());
    let ran = Caller { input: "secret\n", ..SCRIPT }
        .types(&agent, &["login", "--user", "boris", "--password-stdin"])
        .await;
    assert_eq!(ran.exit, Exit::Done, "{ran:?}");
    let sent = agent.request("POST /v1/login").object();
    let expected = json!({"server": URL, "organisation": "town-hall", "user": "boris", "password": "secret"});
    assert_eq!(sent, expected);
}

/// An agent whose settings file offers this.
fn before_sign_in(offered: &[(&str, Value)]) -> Agent {
    Agent::start().answers("GET /v1/status", status_with(offered))
}

#[tokio::test]
async fn signing_out_forgets_the_device() {
    let agent = Agent::start().answers("POST /v1/logout", "");
    assert_eq!(SCRIPT.types(&agent, &["logout"]).await.exit, Exit::Done);
}

#[tokio::test]
async fn a_list_says_who_wrote_what_and_what_is_unread() {
    let agent = Agent::start().answers("GET /v1/folders/inbox", page(&[row(ID, "delivered")]));
    let ran = SCRIPT.types(&agent, &["list", "--unread", "--limit", "7"]).await;
    assert_eq!(agent.request("GET /v1/folders/inbox").query, "limit=7&unread=true");
    let second = ran.output.lines().nth(1).unwrap();
    for part in [ID, "unread", "!", "Boris Orlov", "Minutes"] {
        assert!(second.contains(part), "{part} is not in {second:?}");
    }
    let person = Caller { terminal: true, ..SCRIPT };
    let ran = person.types(&agent, &["list"]).await;
    assert!(ran.output.contains("0a11ce01") && !ran.output.contains(ID), "{}", ran.output);
}

#[tokio::test]
async fn sent_mail_names_those_who_have_not_received_it() {
    let mut sent = row(ID, "waiting");
    sent["not_delivered"] = json!(["anna", "olga"]);
    let agent = Agent::start().answers("GET /v1/folders/sent", page(&[sent]));
    let ran = SCRIPT.types(&agent, &["list", "sent"]).await;
    assert!(ran.output.contains("NOT DELIVERED") && ran.output.contains("anna, olga"), "{}", ran.output);
}

#[tokio::test]
async fn sent_mail_says_why_it_is_not_delivered_and_who_acknowledged() {
    let person = |login: &str| json!({"login": login, "name": login.to_uppercase()});
    let since = "2026-11-24T11:00:00Z";
    let anna =
        json!({"login": "anna", "name": "ANNA", "state": "read", "since": since, "acknowledged_at": since});
    let olga = json!({"login": "olga", "name": "OLGA", "state": "waiting", "since": since,
        "not_delivered_because": {"why": "never_signed_in"}});
    let mut sent = row(ID, "waiting");
    sent["not_delivered"] = json!(["olga"]);
    let mut whole = message("waiting");
    whole["not_delivered"] = json!(["olga"]);
    whole["to"] = json!([person("anna"), person("olga")]);
    let agent = Agent::start()
        .answers("GET /v1/folders/sent", page(&[sent]))
        .answers(&format!("GET /v1/messages/{ID}"), whole)
        .answers(&format!("GET /v1/messages/{ID}/recipients"), json!({"recipients": [anna, olga]}));
    let ran = SCRIPT.types(&agent, &["list", "sent", "--why"]).await;
    for said in ["  Read: ANNA <anna>", "Acknowledged by ANNA", "OLGA <olga>: has never signed in"] {
        assert!(ran.output.contains(said), "{said} is not in {}", ran.output);
    }
    let ran = SCRIPT.types(&agent, &["list", "sent", "--why", "--json"]).await;
    let recipients = &ran.object()["messages"][0]["recipients"];
    assert_eq!(recipients[1]["not_delivered_because"]["why"], "never_signed_in", "{ran:?}");
    assert!(recipients[0]["acknowledged_at"].is_string());
}

#[tokio::test]
async fn a_list_goes_on_over_pages_until_the_limit() {
    let first = json!({"messages": [row(ID, "read"), row(ID, "read")], "next_before": "17"});
    let agent = Agent::start()
        .answers("GET /v1/folders/inbox", first)
        .answers("GET /v1/folders/inbox", page(&[row(ID, "read")]));
    let ran = SCRIPT.types(&agent, &["list", "--limit", "600", "--json"]).await;
    assert_eq!(ran.object()["messages"].as_array().unwrap().len(), 3);
    assert_eq!(agent.request("GET /v1/folders/inbox").query, "limit=500&unread=false&before=17");
}

#[tokio::test]
async fn an_empty_folder_is_no_failure() {
    let agent = Agent::start().answers("GET /v1/folders/drafts", page(&[]));
    let ran = SCRIPT.types(&agent, &["list", "drafts"]).await;
    assert_eq!((ran.exit, ran.output.as_str()), (Exit::Done, ""));
    assert_eq!(SCRIPT.types(&agent, &["list", "attic"]).await.exit, Exit::Usage);
}

fn message(state: &str) -> serde_json::Value {
    let mut message = row(ID, state);
    message["direction"] = json!("received");
    message["body"] = json!("See below.\u{1b}[2J\nBoris\n");
    message["expires_at"] = json!("2026-12-01T11:00:00Z");
    message["recipients"] = json!([]);
    message
}

#[tokio::test]
async fn reading_prints_and_marks_read() {
    let agent = Agent::start()
        .answers(&format!("GET /v1/messages/{ID}"), message("delivered"))
        .answers(&format!("POST /v1/messages/{ID}/read"), "");
    let ran = SCRIPT.types(&agent, &["read", ID]).await;
    assert_eq!(ran.exit, Exit::Done);
    assert!(ran.output.starts_with("From: Boris Orlov <boris>\nTo: Anna Petrova <anna>\n"), "{}", ran.output);
    assert!(ran.output.ends_with("\n\nSee below.␛[2J\nBoris\n"), "{:?}", ran.output);
    agent.request(&format!("POST /v1/messages/{ID}/read"));
}

#[tokio::test]
async fn peeking_only_prints() {
    let agent = Agent::start().answers(&format!("GET /v1/messages/{ID}"), message("delivered"));
    let ran = SCRIPT.types(&agent, &["read", ID, "--peek", "--json"]).await;
    assert_eq!(ran.object()["body"], message("delivered")["body"]);
    assert_eq!(agent.requests().len(), 1);
}

#[tokio::test]
async fn the_end_of_an_id_is_enough_where_it_is_the_only_one() {
    let other = "0193a1b2-0000-7000-8000-00000a11ce99";
    let mut agent = Agent::start()
        .answers("GET /v1/folders/inbox", page(&[row(ID, "read"), row(other, "read")]))
        .answers(&format!("GET /v1/messages/{ID}"), message("read"));
    for folder in ["sent", "drafts", "outbox"] {
        agent = agent.answers(&format!("GET /v1/folders/{folder}"), page(&[]));
    }
    assert_eq!(SCRIPT.types(&agent, &["read", "0A11CE01"]).await.exit, Exit::Done);
    let ran = SCRIPT.types(&agent, &["read", "deadbeef"]).await;
    assert_eq!(ran.exit, Exit::No);
    for typed in ["ce01", "anna-boris"] {
        assert_eq!(SCRIPT.types(&agent, &["read", typed]).await.exit, Exit::Usage);
    }
}

#[tokio::test]
async fn an_end_that_several_ids_share_is_not_guessed_from() {
    let other = "0193ffff-0000-7000-8000-00000a11ce01";
    let mut agent =
        Agent::start().answers("GET /v1/folders/inbox", page(&[row(ID, "read"), row(other, "read")]));
    for folder in ["sent", "drafts", "outbox"] {
        agent = agent.answers(&format!("GET /v1/folders/{folder}"), page(&[]));
    }
    let ran = SCRIPT.types(&agent, &["read", "0a11ce01"]).await;
    assert_eq!(ran.exit, Exit::No);
    assert!(ran.errors.contains(ID) && ran.errors.contains(other), "{}", ran.errors);
}

#[tokio::test]
async fn a_reader_that_has_seen_enough_is_success_and_has_read_the_message() {
    let agent = Agent::start()
        .answers(&format!("GET /v1/messages/{ID}"), message("delivered"))
        .answers(&format!("POST /v1/messages/{ID}/read"), "");
    let socket = agent.socket();
    let line = ["restante", "--socket", socket.to_str().unwrap(), "read", ID];
    let mut errors = Vec::new();
    let exit = run(
        line.map(Into::into),
        Surroundings {
            input: &mut std::io::empty(),
            output: &mut ReaderGone,
            errors: &mut errors,
            input_is_terminal: false,
            output_columns: None,
            ask_password: &mut |_| Ok(String::new()),
            words: &restante_l10n::Words::new(restante_l10n::Language::English),
            clock: &super::StoppedClock,
        },
    )
    .await;
    assert_eq!((exit, errors), (Exit::Done, Vec::new()));
    agent.request(&format!("POST /v1/messages/{ID}/read"));
}

#[tokio::test]
async fn words_are_looked_for_together_and_what_is_found_says_its_folder() {
    let agent = Agent::start().answers("GET /v1/search", found(&[row(ID, "read")]));
    let ran = SCRIPT.types(&agent, &["search", "foo-bar", "т.е."]).await;
    assert_eq!(ran.exit, Exit::Done, "{ran:?}");
    let line = ran.output.lines().nth(1).unwrap();
    assert!(line.contains(ID) && line.contains("Inbox") && line.contains("Minutes"), "{line}");
    let query = agent.request("GET /v1/search").query;
    assert!(query.starts_with("q=foo-bar+%D1%82.%D0%B5.&limit=50"), "{query}");
    let ran = SCRIPT.types(&agent, &["search", "minutes", "--json"]).await;
    assert_eq!(ran.object(), found(&[row(ID, "read")]));
}

#[tokio::test]
async fn nothing_found_is_said_and_is_the_code_for_none() {
    let agent = Agent::start().answers("GET /v1/search", found(&[]));
    let ran = SCRIPT.types(&agent, &["search", "nothing"]).await;
    assert_eq!((ran.exit, ran.errors.as_str()), (Exit::No, "nothing found\n"));
    assert_eq!(SCRIPT.types(&agent, &["search"]).await.exit, Exit::Usage);
}

#[tokio::test]
async fn messages_are_marked_and_removed_by_hand() {
    let agent = Agent::start()
        .answers(&format!("POST /v1/messages/{ID}/read"), "")
        .answers(&format!("DELETE /v1/messages/{ID}/read"), "")
        .answers(&format!("DELETE /v1/messages/{ID}"), "");
    for line in [&["mark", "read", ID][..], &["mark", "unread", ID], &["delete", ID]] {
        assert_eq!(SCRIPT.types(&agent, line).await.exit, Exit::Done, "{line:?}");
    }
    let asked: Vec<_> = agent.requests().into_iter().map(|request| request.what).collect();
    let read = format!("/v1/messages/{ID}/read");
    assert_eq!(
        asked,
        [format!("POST {read}"), format!("DELETE {read}"), format!("DELETE /v1/messages/{ID}")]
    );
    assert_eq!(SCRIPT.types(&agent, &["delete"]).await.exit, Exit::Usage);
}
