//! Who uses the agent (row B15): a keyring that is locked, absent, hung or started anew; a token revoked; a
//! password changed. The agent waits quietly, signs itself in again, and throws nothing away.

use restante_local_api::{Connection, KeyringState, Status};
use restante_tests::{Agent, Colleague, Desktop, Office, PASSWORD};

fn keyring_is(state: KeyringState) -> impl FnMut(&Status) -> bool {
    move |status| status.carriers.keyring == state
}

#[tokio::test(flavor = "multi_thread")]
async fn a_keyring_locked_at_the_start_is_waited_for_and_the_next_check_signs_in() {
    let office = Office::open().await;
    let desktop = Desktop::log_in().await;
    let mut anna = Agent::signed_in(&desktop.bus, &office, "anna").await;
    let boris = office.sign_in("boris").await;
    boris.send(&["anna"], "Read without a keyring", "normal").await;
    anna.cli.check().await;
    anna.stop().await;

    desktop.keyring.lock().await;
    anna.start().await;
    let status = anna.until("the lock", keyring_is(KeyringState::Locked)).await;
    assert_eq!((status.connection, status.unread), (Connection::Untried, 1));
    let refused = anna.cli.run(&["check", "--wait"]).await.ended_with(5);
    refused.says("locked");
    let inbox = anna.cli.run(&["list", "inbox"]).await.done();
    assert!(inbox.stdout.contains("Read without a keyring"), "{}", inbox.stdout);

    desktop.keyring.unlock().await;
    anna.cli.check().await;
    let status = anna.until("the account", keyring_is(KeyringState::Ok)).await;
    assert_eq!(status.connection, Connection::Ok);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_keyring_unlocked_later_is_found_by_the_job_itself() {
    let office =
        Office::with(restante_tests::OfficeOptions { check_interval: "1s", ..Default::default() }).await;
    let desktop = Desktop::log_in().await;
    let mut anna = Agent::signed_in(&desktop.bus, &office, "anna").await;
    anna.cli.check().await;
    anna.stop().await;
    desktop.keyring.lock().await;
    anna.start().await;
    anna.until("the lock", keyring_is(KeyringState::Locked)).await;

    desktop.keyring.unlock().await;
    anna.until("the account", |status| status.connection == Connection::Ok).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_keyring_absent_at_the_start_is_not_taken_for_a_sign_out() {
    let office = Office::open().await;
    let mut desktop = Desktop::log_in().await;
    let mut anna = Agent::signed_in(&desktop.bus, &office, "anna").await;
    // While the agent runs the keyring may come and go: the token is in use.
    desktop.keyring.kill().await;
    anna.cli.check().await;
    anna.stop().await;

    anna.start().await;
    anna.cli.run(&["check", "--wait"]).await.ended_with(5).says("no keyring");
    let status = anna.until("the absence", keyring_is(KeyringState::Absent)).await;
    assert_eq!(status.connection, Connection::Untried, "{status:?}");

    desktop.keyring.start_again(&desktop.bus).await;
    anna.cli.check().await;
    anna.until("the account", keyring_is(KeyringState::Ok)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_keyring_started_anew_meanwhile_takes_the_next_token() {
    let office = Office::open().await;
    let mut desktop = Desktop::log_in().await;
    let mut anna = Agent::signed_in(&desktop.bus, &office, "anna").await;
    desktop.keyring.kill().await;
    desktop.keyring.start_again(&desktop.bus).await;
    anna.cli.check().await;

    // What the agent opened in the old one is worth nothing in the new one.
    revoke_others(&office.sign_in("anna").await).await;
    drop(anna.cli.run(&["check", "--wait"]).await);
    anna.until("the sign-out", |status| status.connection == Connection::SignedOut).await;
    anna.sign_in(&office, "anna").await;
    anna.until("the new token in the keyring", keyring_is(KeyringState::Ok)).await;
    anna.stop().await;
    anna.start().await;
    anna.until("the account", |status| status.connection == Connection::Ok).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hung_keyring_is_said_and_waited_for() {
    let office = Office::open().await;
    let desktop = Desktop::log_in().await;
    let mut anna = Agent::signed_in(&desktop.bus, &office, "anna").await;
    anna.stop().await;
    desktop.keyring.freeze();
    anna.start().await;
    anna.until("that it does not answer", keyring_is(KeyringState::Unavailable)).await;

    desktop.keyring.resume();
    anna.cli.check().await;
    anna.until("the account", keyring_is(KeyringState::Ok)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_a_locked_keyring_did_not_take_is_put_there_later() {
    let office = Office::open().await;
    let desktop = Desktop::log_in().await;
    desktop.keyring.lock().await;
    let mut anna = Agent::signed_in(&desktop.bus, &office, "anna").await;
    anna.until("the lock", keyring_is(KeyringState::Locked)).await;

    desktop.keyring.unlock().await;
    anna.cli.check().await;
    anna.until("the token in the keyring", keyring_is(KeyringState::Ok)).await;
    anna.stop().await;
    anna.start().await;
    anna.until("the account", |status| status.connection == Connection::Ok).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_in_a_file_is_said_and_survives_a_restart() {
    let office = Office::open().await;
    let desktop = Desktop::log_in().await;
    let mut anna = Agent::new(Some(&desktop.bus));
    std::fs::write(anna.settings_file(), "[storage]\ntoken = \"file\"\n").unwrap();
    anna.start().await;
    anna.sign_in(&office, "anna").await;
    anna.until("the file", keyring_is(KeyringState::File)).await;
    let said = anna.cli.run(&["status"]).await.done();
    assert!(said.stdout.contains("a file that only you can read"), "{}", said.stdout);
    anna.stop().await;
    anna.start().await;
    anna.until("the account", |status| status.connection == Connection::Ok).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revoked_device_keeps_its_mail_and_goes_on_where_it_was_after_a_sign_in() {
    let office = Office::open().await;
    let mut desktop = Desktop::log_in().await;
    let mut anna = Agent::signed_in(&desktop.bus, &office, "anna").await;
    let boris = office.sign_in("boris").await;
    let old = boris.send(&["anna"], "Before", "normal").await;
    anna.cli.check().await;
    let popup = desktop.popups.next("the mail").await;
    assert!(popup.summary_and_body().contains("Before"), "{popup:?}");
    drop(anna.cli.with_input(&["draft", "--to", "boris", "--subject", "Begun"], "Half.\n").await);

    revoke_others(&office.sign_in("anna").await).await;
    drop(anna.cli.run(&["check", "--wait"]).await);
    let status = anna.until("the sign-out", |status| status.connection == Connection::SignedOut).await;
    assert_eq!(status.unread, 1);
    let user = status.account.expect("whose mail this is stays known").user;
    assert_eq!(user, "anna");
    // Not even a restart brings the token up again, or takes anything away.
    anna.stop().await;
    anna.start().await;
    anna.until("the sign-out", |status| status.connection == Connection::SignedOut).await;
    let text = anna.cli.run(&["read", "--peek", &old]).await.done();
    assert!(text.stdout.contains("About: Before."), "{}", text.stdout);

    boris.send(&["anna"], "Meanwhile", "normal").await;
    anna.sign_in(&office, "anna").await;
    anna.cli.check().await;
    while !desktop.popups.next("what came meanwhile").await.summary_and_body().contains("Meanwhile") {}
    let about_old = |popup: &&restante_tests::Popup| popup.summary_and_body().contains("Before");
    assert_eq!(desktop.popups.shown().iter().filter(about_old).count(), 1, "the ledger went on");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_changed_password_leaves_devices_signed_in_and_the_old_one_opens_nothing() {
    let office = Office::open().await;
    let desktop = Desktop::log_in().await;
    let anna = Agent::signed_in(&desktop.bus, &office, "anna").await;
    let new = "quite another battery staple";
    let change = ["user", "set-password", office.organisation(), "anna", "--password-stdin"];
    drop(office.command(&change, &format!("{new}\n")).await.done());

    anna.cli.check().await;
    let refused = anna.cli.login(&office.url(), office.organisation(), "anna", PASSWORD).await;
    refused.ended_with(5).says("password");
    let status = anna.until("the account", |status| status.connection == Connection::Ok).await;
    assert!(status.account.is_some(), "a refused sign-in signs nobody out");
    drop(anna.cli.login(&office.url(), office.organisation(), "anna", new).await.done());
    anna.cli.check().await;
}

/// Revokes every device of the person but this one.
async fn revoke_others(client: &Colleague) {
    let answer = client.call(reqwest::Method::GET, "sessions", None).await;
    let sessions = answer.body["sessions"].as_array().or(answer.body.as_array()).cloned();
    for device in sessions.unwrap_or_else(|| panic!("{answer:?}")) {
        if device["current"] != true {
            let path = format!("sessions/{}", device["id"].as_str().expect("an id"));
            let answer = client.call(reqwest::Method::DELETE, &path, None).await;
            assert!(answer.status < 300, "{answer:?}");
        }
    }
}
