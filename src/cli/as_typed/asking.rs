//! What the agent is, does and shall do.

use restante_l10n::Language;
use restante_local_api::Status;
use restante_process::Exit;
use serde_json::json;

use super::{
    Caller, SCRIPT,
    agent::{Agent, ID, events, status, status_with},
};

#[tokio::test]
async fn a_script_gets_the_status_as_the_agent_gave_it() {
    let agent = Agent::start().answers("GET /v1/status", status());
    let ran = SCRIPT.types(&agent, &["status", "--json"]).await;
    assert_eq!(ran.exit, Exit::Done);
    let given: Status = serde_json::from_value(status()).unwrap();
    let printed: Status = serde_json::from_value(ran.object()).unwrap();
    assert_eq!(printed, given);
}

#[tokio::test]
async fn people_get_the_status_in_words_and_the_interval_explained() {
    let agent = Agent::start().answers(
        "GET /v1/status",
        status_with(&[("/interval/wished_seconds", json!(10)), ("/interval/pending", json!(true))]),
    );
    let ran = SCRIPT.types(&agent, &["status"]).await;
    for part in [
        "anna of town-hall at https://mail.example.org",
        "3 unread, 1 of high importance",
        "every 5 min (set by the post office); you asked for 10 s; allowed 30 s to 1 d; not yet saved on the server; last answer ",
        "1 letter waits to be sent",
        "(schedule): done, 2 new messages",
        "the token is kept in a file",
    ] {
        assert!(ran.output.contains(part), "{part:?} is not in:\n{}", ran.output);
    }
    let russian = Caller { language: Language::Russian, ..SCRIPT }.types(&agent, &["status"]).await;
    assert!(russian.output.contains("3 непрочитанных, высокой важности: 1"), "{}", russian.output);
}

#[tokio::test]
async fn a_check_that_failed_says_nothing_of_new_mail() {
    let failed = status_with(&[
        ("/connection", json!("unreachable")),
        ("/last_check/outcome", json!("unreachable")),
        ("/last_check/new", json!(0)),
    ]);
    let agent = Agent::start().answers("GET /v1/status", failed);
    let ran = SCRIPT.types(&agent, &["status"]).await;
    assert!(ran.output.contains("(schedule): ") && !ran.output.contains("no new mail"), "{}", ran.output);
}

#[tokio::test]
async fn what_is_wrong_with_the_storage_is_told_and_nothing_else_is() {
    let full = status_with(&[("/storage/disk", json!("full")), ("/storage/cache", json!("rebuilding"))]);
    let agent = Agent::start().answers("GET /v1/status", full).answers("GET /v1/status", status());
    let ran = SCRIPT.types(&agent, &["status"]).await;
    assert!(ran.output.contains("the disk is full"), "{}", ran.output);
    assert!(ran.output.contains("it is being fetched again"), "{}", ran.output);
    let well = SCRIPT.types(&agent, &["status"]).await;
    assert!(!well.output.contains("storage"), "{}", well.output);
}

#[tokio::test]
async fn watching_prints_each_state_and_ends_with_the_agent() {
    let states = [status(), status_with(&[("/unread", json!(4))])];
    let agent = Agent::start().answers("GET /v1/events", events(&states));
    let ran = SCRIPT.types(&agent, &["status", "--watch", "--json"]).await;
    assert_eq!(ran.exit, Exit::AgentNotRunning);
    let unread: Vec<_> = ran
        .output
        .lines()
        .map(|line| serde_json::from_str::<serde_json::Value>(line).unwrap()["unread"].clone())
        .collect();
    assert_eq!(unread[..2], [json!(3), json!(4)]);
}

#[tokio::test]
async fn a_check_is_waited_for_only_when_asked() {
    let done = json!({"check": status()["last_check"], "joined": false});
    let agent = Agent::start()
        .answers("POST /v1/check", json!({"check": null, "joined": false}))
        .answers("POST /v1/check", done);
    let ran = SCRIPT.types(&agent, &["check"]).await;
    assert_eq!((ran.exit, ran.output.as_str()), (Exit::Done, "checking for mail\n"));
    assert_eq!(agent.request("POST /v1/check").query, "wait=false");
    let ran = SCRIPT.types(&agent, &["check", "--wait"]).await;
    assert_eq!((ran.exit, ran.output.as_str()), (Exit::Done, "2 new messages\n"));
    assert_eq!(agent.request("POST /v1/check").query, "wait=true");
}

#[tokio::test]
async fn a_check_that_reaches_no_server_says_so_with_its_code() {
    let mut check = status()["last_check"].clone();
    check["outcome"] = json!("unreachable");
    let agent = Agent::start()
        .answers("POST /v1/check", json!({"check": check, "joined": false}))
        .answers("GET /v1/status", status_with(&[("/connection_detail", json!("connection refused"))]));
    let ran = SCRIPT.types(&agent, &["check", "--wait"]).await;
    assert_eq!(ran.exit, Exit::ServerUnreachable);
    assert!(ran.errors.contains("the server did not answer: connection refused"), "{}", ran.errors);
}

#[tokio::test]
async fn no_check_is_made_in_offline_mode() {
    let agent = Agent::start().refuses(
        "POST /v1/check",
        409,
        json!({"code": "offline", "detail": "offline mode is on"}),
    );
    let ran = SCRIPT.types(&agent, &["check", "--wait"]).await;
    assert_eq!(ran.exit, Exit::Refused);
    assert!(ran.errors.ends_with("hint: leave it: restante offline off\n"), "{}", ran.errors);
}

#[tokio::test]
async fn offline_mode_is_entered_and_left() {
    let agent = Agent::start()
        .answers("PUT /v1/mode", status_with(&[("/mode", json!("offline"))]))
        .answers("PUT /v1/mode", status());
    let ran = SCRIPT.types(&agent, &["offline", "on"]).await;
    assert!(ran.output.starts_with("Offline mode"), "{}", ran.output);
    assert_eq!(agent.request("PUT /v1/mode").object(), json!({"mode": "offline"}));
    let ran = SCRIPT.types(&agent, &["offline", "off"]).await;
    assert_eq!(ran.output, "online\n");
    assert_eq!(agent.request("PUT /v1/mode").object(), json!({"mode": "online"}));
    assert_eq!(SCRIPT.types(&agent, &["offline", "perhaps"]).await.exit, Exit::Usage);
}

#[tokio::test]
async fn alerts_are_snoozed_for_a_time_and_switched_on_again() {
    let mut snoozed = status();
    snoozed["alerts"] = json!({"snoozed_until": "2026-11-24T12:30:00Z", "quiet_until": null});
    let agent = Agent::start().answers("GET /v1/status", snoozed.clone()).answers("PUT /v1/snooze", snoozed);
    assert_eq!(SCRIPT.types(&agent, &["snooze", "30m"]).await.exit, Exit::Done);
    assert_eq!(agent.request("PUT /v1/snooze").object(), json!({"seconds": 1800}));
    assert_eq!(SCRIPT.types(&agent, &["snooze", "off"]).await.exit, Exit::Done);
    assert_eq!(agent.request("PUT /v1/snooze").object(), json!({"seconds": null}));
    let told = SCRIPT.types(&agent, &["status"]).await;
    assert!(told.output.contains("none until"), "{}", told.output);
}

#[tokio::test]
async fn the_interval_is_shown_wished_for_and_given_back() {
    let agent = Agent::start().answers("GET /v1/status", status()).answers("PUT /v1/interval", status());
    let shown = SCRIPT.types(&agent, &["interval", "--json"]).await;
    assert_eq!(shown.object(), status()["interval"]);
    assert_eq!(SCRIPT.types(&agent, &["interval", "90s"]).await.exit, Exit::Done);
    assert_eq!(agent.request("PUT /v1/interval").object(), json!({"seconds": 90}));
    assert_eq!(SCRIPT.types(&agent, &["interval", "default"]).await.exit, Exit::Done);
    assert_eq!(agent.request("PUT /v1/interval").object(), json!({"seconds": null}));
    let ran = SCRIPT.types(&agent, &["interval", "90"]).await;
    assert_eq!(ran.exit, Exit::Usage);
    assert!(ran.errors.contains("such as 300s"), "{}", ran.errors);
}

#[tokio::test]
async fn a_wish_for_an_interval_is_told_when_it_is_saved_and_at_once_where_nothing_can_be_sent() {
    let pending = |mode: &str| {
        status_with(&[
            ("/interval/pending", json!(true)),
            ("/interval/seconds", json!(90)),
            ("/mode", json!(mode)),
        ])
    };
    let saved = status_with(&[("/interval/seconds", json!(90)), ("/interval/from", json!("user"))]);
    let told = events(&[pending("online"), saved.clone()]);
    let agent = Agent::start().answers("PUT /v1/interval", pending("online")).answers("GET /v1/events", told);
    let ran = SCRIPT.types(&agent, &["interval", "90s", "--json"]).await;
    assert_eq!(ran.object(), saved["interval"]);

    let offline = Agent::start().answers("PUT /v1/interval", pending("offline"));
    let ran = SCRIPT.types(&offline, &["interval", "90s", "--json"]).await;
    assert_eq!(ran.object()["pending"], true);
    assert_eq!(offline.requests().len(), 1, "{:?}", offline.requests());
}

#[tokio::test]
async fn the_schedulers_jobs_are_a_table() {
    let job = json!({"name": "check mail", "interval_seconds": 300, "phase_seconds": 17,
        "last_run_at": null, "last_outcome": "ok", "next_run_at": null, "runs": 12, "joined": 1, "skipped": 0});
    let agent = Agent::start().answers("GET /v1/jobs", json!([job]));
    let ran = SCRIPT.types(&agent, &["jobs"]).await;
    let second: Vec<_> = ran.output.lines().nth(1).unwrap().split_whitespace().collect();
    assert_eq!(second, ["check", "mail", "5", "min", "17", "s", "-", "done", "-", "12", "1", "0"]);
    assert_eq!(SCRIPT.types(&agent, &["jobs", "--json"]).await.object(), json!([job]));
}

#[tokio::test]
async fn windows_are_opened_by_the_agent() {
    let agent = Agent::start().answers("POST /v1/show", "");
    for (line, asked) in [
        (&["open"][..], json!({"what": "mailbox"})),
        (&["open", ID][..], json!({"what": "mailbox", "id": ID})),
        (&["write"][..], json!({"what": "write"})),
    ] {
        assert_eq!(SCRIPT.types(&agent, line).await.exit, Exit::Done);
        assert_eq!(agent.request("POST /v1/show").object(), asked);
    }
}

#[tokio::test]
async fn the_agent_is_ended() {
    let agent = Agent::start().answers("POST /v1/quit", "");
    assert_eq!(SCRIPT.types(&agent, &["quit"]).await.exit, Exit::Done);
}
