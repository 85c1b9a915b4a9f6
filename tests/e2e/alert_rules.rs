//! When alerts are held back, come again or go (rows B4 to B9).

use std::{
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use restante_local_api::{
    Connection, NotificationsState,
    model::{Clock, LocalTime, SystemClock},
};
use restante_tests::{Agent, Desktop, Office, within};
use tokio::io::{AsyncBufReadExt, BufReader};

/// Gives the agent these settings for notifications; it takes them while it runs.
fn notifications(anna: &Agent, lines: &str) {
    std::fs::write(anna.settings_file(), format!("[notifications]\n{lines}\n")).unwrap();
}

/// Two hours of which this moment is about the middle. The agents' clocks stand at UTC.
fn quiet_now() -> String {
    let hour = LocalTime::default().second_of_day(SystemClock.now()) / 3_600;
    format!("{:02}:00-{:02}:59", (hour + 23) % 24, (hour + 1) % 24)
}

#[tokio::test(flavor = "multi_thread")]
async fn quiet_hours_hold_popups_back_and_tell_of_them_once() {
    let office = Office::open().await;
    let mut desktop = Desktop::log_in().await;
    let mut anna = Agent::signed_in(&desktop.bus, &office, "anna").await;
    let boris = office.sign_in("boris").await;
    notifications(&anna, &format!("quiet_hours = \"{}\"", quiet_now()));
    anna.until("the quiet hours", |status| status.alerts.quiet_until.is_some()).await;

    boris.send(&["anna"], "First of the night", "normal").await;
    anna.cli.check().await;
    boris.send(&["anna"], "Second of the night", "normal").await;
    anna.cli.check().await;
    // Important mail comes through them, and a restart changes nothing.
    boris.send(&["anna"], "The cellar is under water", "high").await;
    anna.cli.check().await;
    assert!(anna.next_window().await.contains("important"));
    anna.kill().await;
    anna.start().await;
    anna.until("the count", |status| status.unread == 3).await;
    assert_eq!(desktop.popups.shown(), []);

    notifications(&anna, "");
    let popup = desktop.popups.next("what came in the quiet hours").await;
    assert_eq!(popup.summary, "2 new messages");
    assert_eq!(desktop.popups.shown().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snooze_holds_everything_back_until_it_is_taken_off() {
    let office = Office::open().await;
    let mut desktop = Desktop::log_in().await;
    let mut anna = Agent::signed_in(&desktop.bus, &office, "anna").await;
    let boris = office.sign_in("boris").await;
    assert!(anna.cli.run(&["snooze", "30m"]).await.done().stdout.contains("snooze off"));
    boris.send(&["anna"], "Lunch", "normal").await;
    boris.send(&["anna"], "Fire drill", "high").await;
    anna.cli.check().await;
    assert!(anna.cli.run(&["status"]).await.done().stdout.contains("none until"));
    assert_eq!((desktop.popups.shown(), anna.unseen_windows()), (Vec::new(), String::new()));

    assert!(anna.cli.run(&["snooze", "off"]).await.done().stdout.contains("alerts are on"));
    assert!(desktop.popups.next("the lunch").await.body.contains("Lunch"));
    assert!(anna.next_window().await.contains("important"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_popup_is_withdrawn_when_the_message_is_read_on_another_device() {
    let office = Office::open().await;
    let mut desktop = Desktop::log_in().await;
    let anna = Agent::signed_in(&desktop.bus, &office, "anna").await;
    let elsewhere = Agent::signed_in(&desktop.bus, &office, "anna").await;
    let boris = office.sign_in("boris").await;
    let id = boris.send(&["anna"], "Read me anywhere", "normal").await;
    anna.cli.check().await;
    let popup = desktop.popups.next("the mail").await;

    elsewhere.cli.check().await;
    drop(elsewhere.cli.run(&["read", &id]).await.done());
    elsewhere.cli.check().await;
    anna.cli.check().await;
    while desktop.popups.next_withdrawn().await != popup.id {}
    anna.until("the count", |status| status.unread == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn popups_outlive_the_agent_that_showed_them_and_obey_the_next() {
    let office = Office::open().await;
    let mut desktop = Desktop::log_in().await;
    let mut anna = Agent::signed_in(&desktop.bus, &office, "anna").await;
    let boris = office.sign_in("boris").await;
    let read = boris.send(&["anna"], "Read me anywhere", "normal").await;
    anna.cli.check().await;
    let read_elsewhere = desktop.popups.next("the first mail").await;
    let opened = boris.send(&["anna"], "Open me", "normal").await;
    anna.cli.check().await;
    let acted_on = desktop.popups.next("the second mail").await;
    // The server hears of the alerts once they are written down.
    anna.cli.check().await;
    anna.kill().await;
    let own = office.sign_in("anna").await;
    own.call(reqwest::Method::POST, "read", Some(serde_json::json!({ "ids": [read] }))).await;

    anna.start().await;
    anna.cli.check().await;
    while desktop.popups.next_withdrawn().await != read_elsewhere.id {}
    desktop.popups.choose_aloud(&acted_on, "default").await;
    let window = anna.next_window().await;
    assert!(window.contains(&opened), "{window}");
    assert_eq!(desktop.popups.withdrawn(), [read_elsewhere.id]);
    assert_eq!(desktop.popups.shown().len(), 2, "nothing is shown again");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hidden_preview_tells_neither_sender_nor_subject() {
    let office = Office::open().await;
    let mut desktop = Desktop::log_in().await;
    let mut anna = Agent::new(Some(&desktop.bus));
    notifications(&anna, "preview = false");
    anna.start().await;
    anna.sign_in(&office, "anna").await;
    let boris = office.sign_in("boris").await;
    boris.send(&["anna"], "The salaries of all", "normal").await;
    anna.cli.check().await;
    let popup = desktop.popups.next("the mail").await;
    assert_eq!((popup.summary.as_str(), popup.body.as_str()), ("New message", ""));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_hung_service_took_with_it_is_shown_by_the_next() {
    let office = Office::open().await;
    let mut desktop = Desktop::log_in().await;
    let anna = Agent::signed_in(&desktop.bus, &office, "anna").await;
    let boris = office.sign_in("boris").await;
    desktop.popups.hang();
    boris.send(&["anna"], "Nobody looks", "normal").await;
    anna.cli.check().await;
    let hung = |status: &restante_local_api::Status| {
        status.carriers.notifications == NotificationsState::Hung && status.unread == 1
    };
    anna.until("the service to be noticed", hung).await;
    // Mail goes on meanwhile.
    boris.send(&["anna"], "Nobody looks yet", "normal").await;
    anna.cli.check().await;
    assert_eq!(desktop.popups.shown(), []);

    desktop.popups.leave().await;
    desktop.popups.come_back().await;
    let first = desktop.popups.next("the first").await;
    let second = desktop.popups.next("the second").await;
    let told = format!("{} {}", first.body, second.body);
    assert!(told.contains("Nobody looks yet") && told.matches("Nobody looks").count() == 2, "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_device_is_told_once_and_keeps_its_mail() {
    let office = Office::open().await;
    let mut desktop = Desktop::log_in().await;
    let mut anna = Agent::signed_in(&desktop.bus, &office, "anna").await;
    let boris = office.sign_in("boris").await;
    boris.send(&["anna"], "Before", "normal").await;
    anna.cli.check().await;
    desktop.popups.next("the mail").await;

    let own = office.sign_in("anna").await;
    let sessions = own.call(reqwest::Method::GET, "sessions", None).await.body;
    for session in sessions.as_array().unwrap().iter().filter(|session| session["current"] != true) {
        let path = format!("sessions/{}", session["id"].as_str().unwrap());
        own.call(reqwest::Method::DELETE, &path, None).await;
    }
    drop(anna.cli.run(&["check", "--wait"]).await);
    let popup = desktop.popups.next("that one must sign in").await;
    assert_eq!(popup.summary, "Sign in to your mail again");
    anna.kill().await;
    anna.start().await;
    let status = anna
        .until("the same state", |status| {
            status.connection == Connection::SignedOut && status.connection_detail.is_some()
        })
        .await;
    assert_eq!(status.unread, 1, "nothing is deleted");
    assert_eq!(desktop.popups.shown().len(), 2, "it was said once");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hook_runs_once_for_each_new_message_and_no_shell_reads_its_subject() {
    let office = Office::open().await;
    let desktop = Desktop::log_in().await;
    let mut anna = Agent::new(Some(&desktop.bus));
    let boris = office.sign_in("boris").await;
    let told = pipe_in(anna.home());
    let script = r#"hook = ["/bin/sh", "-c", 'echo "$RESTANTE_FROM $RESTANTE_SUBJECT" > "$0"', "PIPE"]"#;
    notifications(&anna, &format!("{}\nsound = true", script.replace("PIPE", &told.display().to_string())));
    anna.start().await;
    anna.sign_in(&office, "anna").await;
    for subject in ["$(reboot); `id`", "Second"] {
        boris.send(&["anna"], subject, "normal").await;
        anna.cli.check().await;
        assert_eq!(next_line(&told).await, format!("boris {subject}\n"));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn important_mail_is_said_aloud_where_a_person_wishes_it() {
    let office = Office::open().await;
    let desktop = Desktop::log_in().await;
    let mut anna = Agent::new(Some(&desktop.bus));
    let boris = office.sign_in("boris").await;
    let told = pipe_in(anna.home());
    // No machine here has a voice: what would be spoken is written into a pipe.
    let voice = anna.programs().join("spd-say");
    std::fs::write(&voice, format!("#!/bin/sh\necho \"$*\" > '{}'\n", told.display())).unwrap();
    std::fs::set_permissions(&voice, std::fs::Permissions::from_mode(0o700)).unwrap();
    let others = std::env::var_os("PATH").unwrap_or_default();
    let first = std::iter::once(anna.programs().to_owned());
    let path = std::env::join_paths(first.chain(std::env::split_paths(&others))).unwrap();
    anna.set_variable("PATH", path);
    notifications(&anna, "speak_important = true\nimportant = \"desktop\"");
    anna.start().await;
    anna.sign_in(&office, "anna").await;
    for (subject, importance) in [("Lunch", "normal"), ("Fire drill", "high")] {
        boris.send(&["anna"], subject, importance).await;
        anna.cli.check().await;
    }
    let said = next_line(&told).await;
    assert!(said.contains("Fire drill") && !said.contains("Lunch"), "{said}");
}

/// What a program of the test's writes into.
fn pipe_in(folder: &Path) -> PathBuf {
    let pipe = folder.join("told");
    rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rustix::fs::Mode::RWXU).unwrap();
    pipe
}

async fn next_line(pipe: &Path) -> String {
    // Open for both, it waits for a writer; a reader that blocks would outlive the test's patience.
    let receiver = tokio::net::unix::pipe::OpenOptions::new().read_write(true).open_receiver(pipe).unwrap();
    let mut line = String::new();
    within("a line in the pipe", BufReader::new(receiver).read_line(&mut line)).await.unwrap();
    line
}
