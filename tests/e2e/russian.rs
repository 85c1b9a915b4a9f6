//! Who reads Russian meets no English sentence, whatever he types.

use restante_l10n::foreign_words;
use restante_tests::{Agent, Desktop, Office, Output, Program, run};
use tokio::process::Command;

/// Names that are not translated: of what was made here, of settings, of programs.
const NAMES: &[&str] = &[
    "town",
    "main",
    "anna",
    "Anna",
    "boris",
    "Boris",
    "clara",
    "Clara",
    "Petrova",
    "Ivanov",
    "Smith",
    "server",
    "organisation",
    "user",
    "listen",
    "tls",
    "data",
    "database",
    "mail",
    "network",
    "storage",
    "notifications",
    "PostgreSQL",
    "PgBouncer",
    "true",
    "false",
    "separate",
    "dunst",
    "tests",
    "body",
    "body-markup",
    "actions",
    "[network]",
    "[storage]",
    "[notifications]",
];

/// The lines of what was said that hold a foreign word.
fn foreign_lines(command: &[&str], said: &Output) -> Vec<String> {
    let lines = said.stdout.lines().chain(said.stderr.lines());
    let foreign = lines.filter(|line| !foreign_words(line, NAMES).is_empty());
    foreign.map(|line| format!("{command:?}: {:?} in {line:?}", foreign_words(line, NAMES))).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_meets_no_english_sentence() {
    let office = Office::open().await;
    let organisation = office.organisation();
    let there = office.data().join("settings").display().to_string();
    let mut foreign = Vec::new();
    let no_archive = office.data().display().to_string();
    for command in [
        &["organisation", "list"][..],
        &["organisation", "create", organisation],
        &["organisation", "upgrade", organisation],
        &["organisation", "upgrade", "nobody1"],
        &["office", "list"],
        &["office", "attach", "nobody1", "--to", organisation],
        &["user", "list", organisation],
        &["user", "disable", organisation, "nobody1"],
        &["agents", "list"],
        &["administrator", "list"],
        &["administrator", "remove", "nobody1"],
        &["device", "revoke", organisation, "anna", "nobody1"],
        &["config", "check"],
        &["--config", &there, "config", "check"],
        &["doctor"],
        &["backup", "--to", &no_archive],
        &["restore", "--from", &no_archive],
        &["restore", "--from", &there],
        &["migrate-to", "nowhere"],
        &["serve", "--listen", "somewhere"],
        &["serve", "--listen", "127.0.0.1:0", "--tls-certificate", &there],
        &["serve", "--listen", "127.0.0.1:0", "--tls-certificate", &there, "--tls-key", &there],
        &["serve", "--listen", "127.0.0.1:0"],
        &["--database", "postgres://127.0.0.1:1/x", "organisation", "list"],
    ] {
        let mut server = Command::new(Program::Server.path());
        server.env("RESTANTE_LANGUAGE", "ru").env("RESTANTE_DATA", office.data()).args(command);
        foreign.extend(foreign_lines(command, &run(&mut server, "").await));
    }
    assert_eq!(foreign, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clerk_meets_no_english_sentence() {
    let office = Office::open().await;
    let desktop = Desktop::log_in().await;
    let mut anna = Agent::new(Some(&desktop.bus));
    anna.set_variable("RESTANTE_LANGUAGE", "ru");
    let mut foreign = Vec::new();
    let before = [&["status"][..], &["list"], &["config", "check"], &["doctor"]];
    for command in before {
        foreign.extend(foreign_lines(command, &anna.cli.in_language("ru", command).await));
    }
    std::fs::write(anna.settings_file(), "check_interval = \"5\"\ncolour1 = 1\n[log]\nlevel = \"loud\"\n")
        .unwrap();
    anna.start().await;
    anna.sign_in(&office, "anna").await;
    let id = "0193a1b2-0000-7000-8000-00000a11ce01";
    for command in [
        &["status"][..],
        &["list"],
        &["list", "sent"],
        &["list", "outbox"],
        &["read", id],
        &["read", "nonsense1"],
        &["delete", id],
        &["acknowledge", id],
        &["search", "ничего"],
        &["jobs"],
        &["check", "--wait"],
        &["interval"],
        &["interval", "0s"],
        &["snooze", "30m"],
        &["snooze", "8d"],
        &["snooze", "off"],
        &["config", "check"],
        &["doctor"],
        &["folders"],
        &["send", "--to", "nobody1", "--subject", "x", "--wait"],
        &["send", "--to", ",", "--subject", "x"],
        &["login", "http://127.0.0.1:1", "--organisation", "town", "--user", "anna"],
        &["offline", "on"],
        &["check", "--wait"],
        &["offline", "off"],
        &["no-such-command1"],
    ] {
        foreign.extend(foreign_lines(command, &anna.cli.in_language("ru", command).await));
    }
    let second = anna.run_to_end_with("RESTANTE_LANGUAGE", "ru").await.ended_with(5);
    foreign.extend(foreign_lines(&["restante-agent"], &second));
    assert_eq!(foreign, Vec::<String>::new());
    assert!(second.stderr.contains("агент уже работает"), "{}", second.stderr);
}
