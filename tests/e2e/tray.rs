//! The tray: the count, the menu, hosts that come and go (rows S16, S19, B13).

use restante_local_api::{Mode, TrayState, Trigger};
use restante_tests::{Agent, Desktop, Office};

#[tokio::test(flavor = "multi_thread")]
async fn the_tray_shows_the_unread_count() {
    let office = Office::open().await;
    let desktop = Desktop::log_in().await;
    let anna = Agent::signed_in(&desktop.bus, &office, "anna").await;
    let boris = office.sign_in("boris").await;

    let quiet = desktop.tray.until("an icon", |item| !item.pixmaps.is_empty()).await;
    let mut ids = Vec::new();
    for number in 1..=12 {
        ids.push(boris.send(&["anna"], &format!("Letter {number}"), "normal").await);
    }
    anna.cli.check().await;
    let counted = desktop.tray.until("12 unread", |item| item.tooltip.contains("12")).await;
    assert_ne!(counted.pixmaps, quiet.pixmaps, "the badge is drawn into the icon");
    for (width, height, pixels) in &counted.pixmaps {
        assert_eq!(pixels.len(), usize::try_from(width * height * 4).unwrap());
    }

    for id in &ids {
        drop(anna.cli.run(&["read", id]).await.done());
    }
    let read =
        desktop.tray.until("no count", |item| !item.tooltip.contains("12") && item.pixmaps == quiet.pixmaps);
    read.await;
}

#[tokio::test(flavor = "multi_thread")]
async fn check_mail_now_in_the_menu_checks_the_mail() {
    let office = Office::open().await;
    let mut desktop = Desktop::log_in().await;
    let anna = Agent::signed_in(&desktop.bus, &office, "anna").await;
    let boris = office.sign_in("boris").await;

    boris.send(&["anna"], "Pressed for", "normal").await;
    desktop.tray.press("check").await;
    let popup = desktop.popups.next("the mail that was pressed for").await;
    assert!(format!("{} {}", popup.summary, popup.body).contains("Pressed for"), "{popup:?}");
    let by_hand = |check: &restante_local_api::LastCheck| check.trigger == Trigger::Manual && check.new == 1;
    anna.until("the check by hand", |status| status.last_check.as_ref().is_some_and(by_hand)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn offline_mode_is_a_tick_in_the_menu() {
    let office = Office::open().await;
    let desktop = Desktop::log_in().await;
    let anna = Agent::signed_in(&desktop.bus, &office, "anna").await;

    desktop.tray.press("offline").await;
    anna.until("offline mode", |status| status.mode == Mode::Offline).await;
    let ticked =
        |wanted| move |item: &restante_tests::TrayItem| item.entry("offline").unwrap().ticked == Some(wanted);
    desktop.tray.until("the tick", ticked(true)).await;
    desktop.tray.press("offline").await;
    anna.until("online mode", |status| status.mode == Mode::Online).await;
    desktop.tray.until("no tick", ticked(false)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn open_mail_and_write_open_their_windows() {
    let office = Office::open().await;
    let desktop = Desktop::log_in().await;
    let mut anna = Agent::signed_in(&desktop.bus, &office, "anna").await;

    desktop.tray.press("open").await;
    let window = anna.next_window().await;
    assert!(window.contains("mailbox") && !window.contains("--write"), "{window}");
    desktop.tray.press("write").await;
    let window = anna.next_window().await;
    assert!(window.contains("--write"), "{window}");
}

#[tokio::test(flavor = "multi_thread")]
async fn quit_in_the_menu_ends_the_agent_well() {
    let office = Office::open().await;
    let desktop = Desktop::log_in().await;
    let mut anna = Agent::signed_in(&desktop.bus, &office, "anna").await;

    desktop.tray.press("quit").await;
    assert_eq!(anna.ended().await, Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_icon_comes_with_a_panel_that_starts_late_and_again_after_it_restarts() {
    let office = Office::open().await;
    let desktop = Desktop::log_in().await;
    desktop.tray.leave().await;
    let anna = Agent::signed_in(&desktop.bus, &office, "anna").await;
    anna.until("no host", |status| status.carriers.tray == TrayState::NoHost).await;
    assert_eq!(desktop.tray.item(), None);

    desktop.tray.come_back().await;
    desktop.tray.until("the icon", |item| !item.pixmaps.is_empty()).await;
    anna.until("the host", |status| status.carriers.tray == TrayState::Shown).await;

    desktop.tray.leave().await;
    anna.until("no host again", |status| status.carriers.tray == TrayState::NoHost).await;
    desktop.tray.come_back().await;
    anna.until("the host again", |status| status.carriers.tray == TrayState::Shown).await;
    desktop.tray.press("check").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_session_bus_the_agent_works_and_says_what_is_missing() {
    let office = Office::open().await;
    let mut anna = Agent::new(None);
    std::fs::write(anna.settings_file(), "[storage]\ntoken = \"file\"\n").unwrap();
    anna.start().await;
    anna.sign_in(&office, "anna").await;
    let boris = office.sign_in("boris").await;

    boris.send(&["anna"], "No bus", "normal").await;
    anna.cli.check().await;
    let status = anna.until("the count", |status| status.unread == 1).await;
    assert_eq!(status.carriers.tray, TrayState::NoBus);
    assert_eq!(status.carriers.notifications, restante_local_api::NotificationsState::Absent);
    assert_eq!(status.carriers.keyring, restante_local_api::KeyringState::File);
}
