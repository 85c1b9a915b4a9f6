//! The doctor, its bundle, completions and man pages.

use std::io::Read;

use restante_l10n::Language;
use restante_process::Exit;
use serde_json::{Value, json};

use super::{
    Caller, SCRIPT,
    agent::{Agent, status_with},
};

fn report(status: &str) -> Value {
    json!({"checks": [
        {"id": "agent", "status": "ok", "detail": "the agent runs"},
        {"id": "disk", "status": status, "detail": "10 MB free", "hint": "make room"},
    ]})
}

#[tokio::test]
async fn what_fails_ends_with_one_and_what_only_warns_with_zero() {
    for (status, exit, word) in
        [("ok", Exit::Done, "ok"), ("warn", Exit::Done, "warning"), ("fail", Exit::No, "FAILS")]
    {
        let agent = Agent::start().answers("GET /v1/doctor", report(status));
        let ran = SCRIPT.types(&agent, &["doctor"]).await;
        assert_eq!(ran.exit, exit, "{ran:?}");
        let line = ran.output.lines().nth(1).unwrap();
        assert!(line.starts_with(word) && line.contains("10 MB free"), "{line}");
        assert!(ran.output.contains("-> make room"), "{}", ran.output);
        assert_eq!(SCRIPT.types(&agent, &["doctor", "--json"]).await.object(), report(status));
    }
}

#[tokio::test]
async fn an_agent_that_does_not_run_is_what_fails() {
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("none.sock");
    let ran = SCRIPT.types_to(&socket, &["doctor", "--json"]).await;
    assert_eq!(ran.exit, Exit::No, "{ran:?}");
    assert_eq!(ran.object()["checks"][0]["id"], "agent");
    assert_eq!(ran.object()["checks"][0]["status"], "fail");
}

#[tokio::test]
async fn the_bundle_shows_what_is_in_it_and_holds_no_secret() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("bundle.tar.gz");
    let path = file.to_str().unwrap();
    let status = status_with(&[
        ("/account/user", json!("MARKEDUSER")),
        ("/account/organisation", json!("MARKEDTOWN")),
        ("/connection_detail", json!("http://x:MARKEDWORD@proxy:3128 refused MARKEDUSER of MARKEDTOWN")),
    ]);
    let job = json!({"name": "check mail", "interval_seconds": 300, "phase_seconds": 17,
        "last_run_at": null, "last_outcome": "ok", "next_run_at": null, "runs": 12, "joined": 1, "skipped": 0});
    let checks = json!({"checks": [{"id": "proxy", "status": "ok", "detail": "socks5://a:MARKEDWORD@b"}]});
    let agent = Agent::start()
        .answers("GET /v1/doctor", checks)
        .answers("GET /v1/status", status)
        .answers("GET /v1/jobs", json!([job]))
        .answers("GET /v1/folders", json!([{"folder": "inbox", "count": 7, "unread": 3, "bold": true}]));
    let ran = SCRIPT.types(&agent, &["doctor", "--json", "--bundle", path]).await;
    assert_eq!(ran.exit, Exit::Done, "{ran:?}");

    let archive = flate2::read::GzDecoder::new(std::fs::File::open(&file).unwrap());
    let mut all = String::new();
    let mut names = Vec::new();
    for entry in tar::Archive::new(archive).entries().unwrap() {
        let mut entry = entry.unwrap();
        names.push(entry.path().unwrap().display().to_string());
        entry.read_to_string(&mut all).unwrap();
    }
    let expected = ["system.txt", "doctor.json", "status.json", "jobs.json", "folders.json"];
    assert_eq!(names, expected.map(|name| format!("restante/{name}")));
    assert!(!all.contains("MARKED"), "{all}");
    for kept in ["check mail", "proxy:3128 refused", "\"unread\": 3", "mail.example.org"] {
        assert!(all.contains(kept), "{kept} is not in {all}");
    }
    // Shown before it is written, line for line.
    for line in all.lines().map(str::trim).filter(|line| !line.is_empty()) {
        assert!(ran.errors.contains(line), "{line:?} was not shown");
    }

    let before = std::fs::read(&file).unwrap();
    let ran = SCRIPT.types(&agent, &["doctor", "--bundle", path]).await;
    assert_eq!(ran.exit, Exit::Refused, "a file that is there is left alone");
    assert_eq!(std::fs::read(&file).unwrap(), before);
}

#[tokio::test]
async fn shells_get_completions_and_packages_get_man_pages() {
    let folder = tempfile::tempdir().unwrap();
    let agent = Agent::start();
    for shell in ["bash", "zsh", "fish"] {
        let ran = SCRIPT.types(&agent, &["completions", shell]).await;
        assert_eq!(ran.exit, Exit::Done);
        assert!(ran.output.contains("restante") && ran.output.contains("search"), "{shell}: {}", ran.output);
    }
    let ran = SCRIPT.types(&agent, &["man", "--to", folder.path().to_str().unwrap()]).await;
    assert_eq!(ran.exit, Exit::Done, "{ran:?}");
    let page = std::fs::read_to_string(folder.path().join("restante.1")).unwrap();
    assert!(page.starts_with('.') && page.contains("restante"), "{page}");
    assert!(folder.path().join("restante-search.1").exists());
    let reader = Caller { language: Language::Russian, ..SCRIPT };
    assert_eq!(
        reader.types(&agent, &["man", "--to", folder.path().to_str().unwrap()]).await.exit,
        Exit::Done
    );
    let page = std::fs::read_to_string(folder.path().join("restante-send.1")).unwrap();
    assert!(page.contains(".SH \"ОБЗОР\"") && page.contains("Высокая важность"), "{page}");
    let english = page.lines().find(|line| line.starts_with(".SH ") && line.is_ascii());
    assert_eq!(english, None);
    assert_eq!(agent.requests().len(), 0, "none of it needs an agent");
}

#[tokio::test]
async fn the_settings_are_checked_and_shown_with_their_source() {
    let settings = json!([
        {"key": "check_interval", "value": "\"2m\"", "origin": "user_file", "place": "config.toml:3"},
        {"key": "log.level", "value": "\"warn\"", "origin": "policy", "place": "policy.toml:2"},
        {"key": "user", "value": null, "origin": "built_in", "place": null},
    ]);
    let problem = json!({"file": "config.toml", "line": 4, "column": 1, "reason": "there is no key colour"});
    let good = json!({"file": "config.toml", "settings": settings, "problems": []});
    let mut bad = good.clone();
    bad["problems"] = json!([problem]);
    let agent = Agent::start().answers("GET /v1/settings", good).answers("GET /v1/settings", bad);
    let ran = SCRIPT.types(&agent, &["config", "check"]).await;
    assert_eq!((ran.exit, ran.output.as_str()), (Exit::Done, "the settings are good\n"));
    let ran = SCRIPT.types(&agent, &["config", "check"]).await;
    assert_eq!((ran.exit, ran.output.as_str()), (Exit::No, "config.toml:4:1: there is no key colour\n"));
    let ran = SCRIPT.types(&agent, &["config", "show", "--origin"]).await;
    let lines: Vec<_> = ran.output.lines().collect();
    assert!(lines[0].contains("\"2m\"") && lines[0].ends_with("config.toml:3"), "{}", ran.output);
    assert!(lines[1].contains("locked by the administrator"), "{}", ran.output);
    assert_eq!(lines[2].split_whitespace().collect::<Vec<_>>(), ["user", "-", "built", "in"]);
    assert_eq!(SCRIPT.types(&agent, &["config", "show", "--json"]).await.object(), settings);
}
