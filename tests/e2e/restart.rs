//! An agent that ends and starts again: no second alert, nothing forgotten (rows B4, B12, B15).

use restante_local_api::{Connection, KeyringState};
use restante_tests::{Agent, Desktop, Office};

#[tokio::test(flavor = "multi_thread")]
async fn a_restarted_agent_alerts_for_nothing_a_second_time() {
    let office = Office::open().await;
    let mut desktop = Desktop::log_in().await;
    let mut anna = Agent::signed_in(&desktop.bus, &office, "anna").await;
    let boris = office.sign_in("boris").await;
    boris.send(&["anna"], "Once", "normal").await;
    anna.cli.check().await;
    let popup = desktop.popups.next("the mail").await;
    assert!(format!("{} {}", popup.summary, popup.body).contains("Once"), "{popup:?}");

    // An orderly end, then a crash; after each a new mail stands at the end of the line.
    for (number, crash) in [(2, false), (3, true)] {
        if crash {
            anna.kill().await;
        } else {
            anna.stop().await;
        }
        anna.start().await;
        let status = anna.until("the account", |status| status.connection == Connection::Ok).await;
        assert_eq!(status.unread, number - 1, "what was fetched stays");
        let subject = format!("Letter {number}");
        boris.send(&["anna"], &subject, "normal").await;
        anna.cli.check().await;
        let popup = desktop.popups.next(&subject).await;
        assert!(format!("{} {}", popup.summary, popup.body).contains(&subject), "{popup:?}");
    }
    assert_eq!(desktop.popups.shown().len(), 3, "{:?}", desktop.popups.shown());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_account_survives_a_restart_in_the_keyring() {
    let office = Office::open().await;
    let desktop = Desktop::log_in().await;
    let mut anna = Agent::signed_in(&desktop.bus, &office, "anna").await;
    let status = anna.until("the keyring", |status| status.carriers.keyring == KeyringState::Ok).await;
    assert_eq!(status.account.expect("signed in").user, "anna");
    // The token is in the keyring and nowhere in the account's folders.
    let token = desktop_token(&desktop).await;
    assert!(!token.is_empty());
    for (file, bytes) in files(anna.home()) {
        let found = bytes.windows(token.len()).any(|window| window == token.as_bytes());
        assert!(!found, "the token is also in {file}");
    }

    anna.stop().await;
    anna.start().await;
    anna.until("the server's answer", |status| status.connection == Connection::Ok).await;
    anna.cli.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_fetched_is_read_with_no_server() {
    let mut office = Office::open().await;
    let desktop = Desktop::log_in().await;
    let mut anna = Agent::signed_in(&desktop.bus, &office, "anna").await;
    let boris = office.sign_in("boris").await;
    let id = boris.send(&["anna"], "For the road", "normal").await;
    anna.cli.check().await;
    anna.stop().await;
    office.stop().await;

    anna.start().await;
    let text = anna.cli.run(&["read", &id]).await.done();
    assert!(text.stdout.contains("About: For the road."), "{}", text.stdout);

    // The read mark made without a server reaches it later.
    office.start().await;
    anna.cli.check().await;
    assert_eq!(boris.state_for(&id, "anna").await, "read");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_in_the_outbox_survives_a_crash_and_goes_out_once() {
    let mut office = Office::open().await;
    let desktop = Desktop::log_in().await;
    let mut anna = Agent::signed_in(&desktop.bus, &office, "anna").await;
    let boris = office.sign_in("boris").await;
    office.stop().await;
    drop(anna.cli.with_input(&["send", "--to", "boris", "--subject", "Kept"], "Kept.\n").await.done());
    anna.kill().await;

    office.start().await;
    anna.start().await;
    anna.cli.check().await;
    anna.until("the outbox to empty", |status| status.outbox.waiting == 0).await;
    assert_eq!(boris.received().await, ["Kept"]);
}

/// The one secret of the session's keyring, as its own tool tells it.
async fn desktop_token(desktop: &Desktop) -> String {
    let mut command = tokio::process::Command::new("secret-tool");
    command.args(["search", "--all", "--unlock", "service", "restante"]);
    command.env("DBUS_SESSION_BUS_ADDRESS", desktop.bus.address());
    let found = restante_tests::run(&mut command, "").await;
    let secret = found.stdout.lines().find_map(|line| line.strip_prefix("secret = "));
    secret.unwrap_or_else(|| panic!("no secret of service restante: {found:?}")).to_owned()
}

fn files(folder: &std::path::Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).expect("the folder can be read") {
        let path = entry.expect("its entries can be read").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if let Ok(bytes) = std::fs::read(&path) {
            found.push((path.display().to_string(), bytes));
        }
    }
    found
}
