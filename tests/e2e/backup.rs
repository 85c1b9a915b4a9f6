//! Backup under load, restore, doctor (row B30; reliability.md 2, "restore, copy back, reset").

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering::Relaxed},
    },
};

use reqwest::Method;
use restante_tests::{Agent, Desktop, Office, Output, PASSWORD, Program, ServerProcess, run};
use serde_json::Value;
use tokio::process::Command;

async fn server(data: &Path, arguments: &[&str]) -> Output {
    run(Command::new(Program::Server.path()).arg("--data").arg(data).args(arguments), "").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_under_load_has_all_that_was_accepted_before_it_began() {
    use std::os::unix::fs::PermissionsExt;
    let office = Office::open().await;
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("backup.tar");
    let boris = office.sign_in("boris").await;
    let mut before = Vec::new();
    for number in 0..20 {
        before.push(boris.send(&["anna"], &format!("Before {number}"), "normal").await);
    }
    let go_on = Arc::new(AtomicBool::new(true));
    let load = tokio::spawn({
        let (go_on, boris) = (Arc::clone(&go_on), boris.clone());
        async move {
            let mut sent = 0;
            while go_on.load(Relaxed) {
                boris.send(&["anna", "clara"], "Meanwhile", "normal").await;
                sent += 1;
            }
            sent
        }
    });
    let to = archive.to_str().unwrap();
    let made = office.command(&["--json", "backup", "--to", to], "").await.done().json();
    go_on.store(false, Relaxed);
    assert!(load.await.unwrap() > 0, "mail went on meanwhile");
    assert_eq!(made["manifest"]["databases"].as_array().unwrap().len(), 3, "{made}");
    assert_eq!(archive.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing else is left beside it");

    let again = office.command(&["backup", "--to", to], "").await.ended_with(5);
    again.says("takes no other file's place");

    let restored = folder.path().join("restored");
    drop(server(&restored, &["restore", "--from", to]).await.done());
    let healthy = server(&restored, &["--json", "doctor"]).await.done().json();
    let databases = healthy["checks"].as_array().unwrap().iter().filter(|it| it["id"] == "database");
    assert_eq!(databases.count(), 3, "{healthy}");
    let mut process = ServerProcess::start(&restored, &["--listen", "127.0.0.1:0"], &[]);
    let url = process.says("listening on").await;
    let boris = boris.at(&url);
    for id in before {
        assert_eq!(boris.message(&id).await["id"], id.as_str());
    }
    process.stop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_was_away_meanwhile_has_the_same_mailbox_and_no_new_alert() {
    let mut office = Office::open().await;
    let mut desktop = Desktop::log_in().await;
    let mut anna = Agent::signed_in(&desktop.bus, &office, "anna").await;
    let boris = office.sign_in("boris").await;
    for subject in ["First", "Second"] {
        boris.send(&["anna"], subject, "normal").await;
        anna.cli.check().await;
        desktop.popups.next(subject).await;
    }
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("backup.tar").display().to_string();
    drop(office.command(&["backup", "--to", &archive], "").await.done());
    anna.stop().await;

    // Lost with the disk: what came after the backup, and the agent's cursor is of a later time.
    office.stop().await;
    let kept = folder.path().join("old").display().to_string();
    office.command(&["restore", "--from", &archive], "").await.ended_with(5).says("is not empty");
    drop(office.command(&["restore", "--from", &archive, "--keep-old-in", &kept], "").await.done());
    assert!(Path::new(&kept).join("restante.db").is_file());
    office.start().await;

    anna.start().await;
    anna.cli.check().await;
    let inbox = anna.cli.run(&["list", "inbox", "--json"]).await;
    for subject in ["First", "Second"] {
        assert_eq!(inbox.stdout.matches(subject).count(), 1, "{}", inbox.stdout);
    }
    boris.send(&["anna"], "Third", "normal").await;
    anna.cli.check().await;
    let popup = desktop.popups.next("the third").await;
    assert!(popup.summary_and_body().contains("Third"), "{popup:?}");
    assert_eq!(desktop.popups.shown().len(), 3, "{:?}", desktop.popups.shown());
}

#[tokio::test(flavor = "multi_thread")]
async fn every_cursor_of_before_the_restore_is_reset() {
    let mut office = Office::open().await;
    let anna = office.sign_in("anna").await;
    let cursor = anna.changes().await["cursor"].as_str().unwrap().to_owned();
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("backup.tar").display().to_string();
    drop(office.command(&["backup", "--to", &archive], "").await.done());
    let serving = office.command(&["restore", "--from", &archive], "").await.ended_with(5);
    serving.says("another server has the data folder");
    office.stop().await;
    let kept = folder.path().join("old").display().to_string();
    drop(office.command(&["restore", "--from", &archive, "--keep-old-in", &kept], "").await.done());
    office.start().await;
    let answer = anna.call(Method::GET, &format!("changes?since={cursor}"), None).await;
    answer.is_problem("cursor_reset");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_archive_that_was_changed_is_not_restored() {
    let office = Office::open().await;
    let boris = office.sign_in("boris").await;
    boris.send(&["anna"], "A subject to be changed", "normal").await;
    let folder = tempfile::tempdir().unwrap();
    let archive = folder.path().join("backup.tar");
    drop(office.command(&["backup", "--to", archive.to_str().unwrap()], "").await.done());
    let whole = std::fs::read(&archive).unwrap();
    let at = whole.windows(9).position(|it| it == b"A subject").unwrap();
    let mut flipped = whole.clone();
    flipped[at] ^= 1;
    let cut = whole[..whole.len() / 2].to_vec();
    for damaged in [flipped, cut, b"no archive".to_vec(), Vec::new()] {
        std::fs::write(&archive, damaged).unwrap();
        let empty = folder.path().join("empty");
        let refused = server(&empty, &["restore", "--from", archive.to_str().unwrap()]).await.ended_with(5);
        refused.says("is no whole backup");
        assert!(!empty.join("restante.db").exists());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_text_is_found_by_the_doctor_and_by_the_backup() {
    let mut office = Office::open().await;
    let boris = office.sign_in("boris").await;
    let id = boris.send(&["anna"], "As it was written", "normal").await;
    let sound = office.command(&["--json", "doctor"], "").await.done().json();
    assert!(statuses(&sound, "database").iter().all(|status| status == "ok"), "{sound}");
    office.stop().await;
    let file = office.data().join("offices/main/office.db");
    let database = rusqlite::Connection::open(&file).unwrap();
    database.execute("UPDATE message SET subject = 'Otherwise' WHERE id = ?1", [&id]).unwrap();
    drop(database);
    let found = office.command(&["--json", "doctor"], "").await.ended_with(1).json();
    assert!(statuses(&found, "database").contains(&"fail".to_owned()), "{found}");
    assert!(found.to_string().contains(&id), "{found}");
    let to = office.data().join("backup.tar").display().to_string();
    let refused = office.command(&["backup", "--to", &to], "").await;
    assert!(!matches!(refused.code, None | Some(0)), "{refused:?}");
    assert!(refused.stderr.contains(&id), "{refused:?}");
    assert!(!Path::new(&to).exists());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_says_what_is_wrong_and_what_to_do() {
    use std::os::unix::fs::PermissionsExt;
    let office = Office::open().await;
    let fine = office.command(&["doctor"], "").await.done();
    assert!(!fine.stdout.contains("FAIL"), "{}", fine.stdout);
    drop(office.command(&["organisation", "create", "village"], "").await.done());
    let open = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(office.data(), open).unwrap();
    let settings = office.data().join("server.toml");
    std::fs::write(
        &settings,
        "listen = [\"0.0.0.0:8025\"]\n[tls]\nkey_file = \"/nowhere\"\ncertificate_file = \"/nowhere\"\n",
    )
    .unwrap();
    let config = settings.display().to_string();
    let sick = office.command(&["--json", "--config", &config, "doctor"], "").await.ended_with(1).json();
    for (id, status) in [
        ("folder", "fail"),
        ("certificate", "fail"),
        ("organisation", "warn"),
        ("disk", "ok"),
        ("clock", "ok"),
    ] {
        assert!(statuses(&sick, id).contains(&status.to_owned()), "{id}: {sick}");
    }
    for check in sick["checks"].as_array().unwrap() {
        assert_eq!(check["status"] == "ok", check["hint"].is_null(), "what is wrong has a hint: {check}");
    }
    std::fs::write(&settings, "listen = [\"0.0.0.0:8025\"]\n").unwrap();
    let plain = office.command(&["--json", "--config", &config, "doctor"], "").await.ended_with(1).json();
    assert_eq!(statuses(&plain, "listen"), ["fail"], "{plain}");

    let nothing = office.data().join("nothing");
    server(&nothing, &["doctor"]).await.ended_with(5).says("is no data folder");
    assert!(!nothing.exists(), "the doctor makes nothing");
}

fn statuses(report: &Value, id: &str) -> Vec<String> {
    let checks = report["checks"].as_array().expect("a list of checks").iter();
    checks.filter(|it| it["id"] == id).map(|it| it["status"].as_str().expect("text").to_owned()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_database_is_the_misfortune_of_those_whose_mail_is_in_it() {
    let mut office = Office::open().await;
    for command in [
        &["organisation", "create", "village"][..],
        &["office", "create", "other"],
        &["office", "attach", "other", "--to", "village"],
    ] {
        drop(office.command(command, "").await.done());
    }
    let dora = ["user", "add", "village", "dora", "--name", "Dora", "--password-stdin"];
    drop(office.command(&dora, &format!("{PASSWORD}\n")).await.done());
    let (anna, dora) = (office.sign_in("anna").await, office.sign_in_to("village", "dora").await);
    for number in 0..20 {
        anna.send(&["anna"], &format!("Number {number}"), "normal").await;
    }
    office.stop().await;
    let file = office.data().join("offices/main/office.db");
    // Whoever looks for them brings the log into the file first.
    let pages = mail_pages(&file);
    let mut bytes = std::fs::read(&file).unwrap();
    for (page, size) in pages {
        bytes[(page - 1) * size..page * size].fill(0);
    }
    std::fs::write(&file, bytes).unwrap();

    let found = office.command(&["--json", "doctor"], "").await.ended_with(1).json();
    assert!(found.to_string().contains("offices/main/office.db"), "{found}");
    // It is served beside the other one, however often somebody asks for what is in it.
    office.start().await;
    for _ in 0..3 {
        let letter = serde_json::json!({"to": ["anna"], "subject": "", "body": "", "importance": "normal"});
        let path = format!("messages/{}", uuid::Uuid::now_v7());
        for answer in
            [anna.call(Method::GET, "changes", None).await, anna.call(Method::PUT, &path, Some(letter)).await]
        {
            answer.is_problem("office_unavailable");
        }
        dora.send(&["dora"], "All is well here", "normal").await;
    }
    office.stop().await;
}

/// Where the tables of mail begin, each page with its size in bytes.
fn mail_pages(file: &Path) -> Vec<(usize, usize)> {
    let database = rusqlite::Connection::open(file).unwrap();
    let size: usize = database.pragma_query_value(None, "page_size", |row| row.get(0)).unwrap();
    let query = "SELECT rootpage FROM sqlite_schema WHERE name IN ('mailbox', 'message', 'delivery')";
    let mut pages = database.prepare(query).unwrap();
    let pages = pages.query_map((), |row| Ok((row.get(0)?, size))).unwrap();
    pages.map(Result::unwrap).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_registry_is_not_taken_for_a_new_installation() {
    let mut office = Office::open().await;
    office.sign_in("anna").await;
    office.stop().await;
    let registry = office.data().join("restante.db");
    let moved = office.data().join("moved-away");
    std::fs::rename(&registry, &moved).unwrap();
    for command in [&["serve", "--listen", "127.0.0.1:0"][..], &["organisation", "list"]] {
        let refused = office.command(command, "").await.ended_with(5);
        assert!(refused.stderr.contains("registry restante.db is empty or gone"), "{refused:?}");
    }
    let found = office.command(&["--json", "doctor"], "").await.ended_with(1).json();
    assert_eq!(statuses(&found, "database"), ["fail"], "{found}");
    std::fs::rename(&moved, &registry).unwrap();
    office.start().await;
}
