//! The agent beside the real parts of a desktop: two notification daemons, a panel that is started anew, and
//! each of them hung (pitfalls, "Alerts"; reliability.md 2, "desktop hangs").

use std::time::Duration;

use restante_local_api::{NotificationsState, TrayState};
use restante_tests::{Agent, Office, Popups, Screen, within};

/// A check ends within this, whatever hangs.
const CHECK_LIMIT: Duration = Duration::from_secs(5);

/// The agent ends within this, whatever hangs.
const END_LIMIT: Duration = Duration::from_secs(2);

async fn anna_at(screen: &Screen, office: &Office) -> Agent {
    let mut anna = Agent::new(Some(&screen.bus));
    anna.start().await;
    anna.sign_in(office, "anna").await;
    anna.until("panel and notification daemon", |status| {
        status.carriers.tray == TrayState::Shown && status.carriers.notifications == NotificationsState::Ok
    })
    .await;
    anna
}

#[tokio::test(flavor = "multi_thread")]
async fn xfce4_notifyd_shows_the_popup() {
    let office = Office::open().await;
    let screen = Screen::with_popups_by(Popups::Xfce).await;
    let anna = anna_at(&screen, &office).await;
    let boris = office.sign_in("boris").await;
    boris.send(&["anna"], "Keys & <b>locks</b>", "normal").await;
    anna.cli.check().await;
    let popup = screen.window(Popups::Xfce.class()).await;
    screen.painted(&popup).await;
    screen.picture("popup-xfce.png", None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn dunst_takes_back_what_an_agent_that_was_killed_had_it_show() {
    let office = Office::open().await;
    let screen = Screen::log_in().await;
    let mut anna = anna_at(&screen, &office).await;
    let boris = office.sign_in("boris").await;
    let mut ids = Vec::new();
    for subject in ["Read at another desk", "Read here afterwards"] {
        ids.push(boris.send(&["anna"], subject, "normal").await);
        anna.cli.check().await;
    }
    until_dunst_shows(2, &screen).await;
    // The server hears of the alerts once they are written down.
    anna.cli.check().await;
    anna.kill().await;
    let own = office.sign_in("anna").await;
    own.call(reqwest::Method::POST, "read", Some(serde_json::json!({ "ids": [ids[0]] }))).await;

    anna.start().await;
    anna.cli.check().await;
    until_dunst_shows(1, &screen).await;
    drop(anna.cli.run(&["read", &ids[1]]).await.done());
    until_dunst_shows(0, &screen).await;
}

/// Waits until dunst has so many popups on the screen. Its popups stay until somebody takes them away.
async fn until_dunst_shows(count: u32, screen: &Screen) {
    let bus = screen.bus.connect().await;
    let service = "org.freedesktop.Notifications";
    let shown = async || -> u32 {
        let property = ("org.dunstproject.cmd0", "displayedLength");
        let properties = Some("org.freedesktop.DBus.Properties");
        let get =
            bus.call_method(Some(service), "/org/freedesktop/Notifications", properties, "Get", &property);
        let answer = get.await.expect("dunst answers");
        let value: zbus::OwnedVariant = answer.body().deserialize().expect("a property");
        u32::try_from(value).expect("a number")
    };
    within(&format!("{count} popups"), async { while shown().await != count {} }).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_icon_comes_back_with_a_panel_that_was_started_anew() {
    let office = Office::open().await;
    let mut screen = Screen::log_in().await;
    let anna = anna_at(&screen, &office).await;
    screen.tray_item().await;

    screen.end_panel().await;
    anna.until("that there is no panel", |status| status.carriers.tray == TrayState::NoHost).await;
    screen.start_panel().await;
    anna.until("the panel", |status| status.carriers.tray == TrayState::Shown).await;
    screen.tray_item().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_hangs_a_check_ends_in_time_and_so_does_the_agent() {
    let office = Office::open().await;
    let screen = Screen::log_in().await;
    let mut anna = anna_at(&screen, &office).await;
    let boris = office.sign_in("boris").await;
    let parts = ["org.freedesktop.Notifications", "org.kde.StatusNotifierWatcher", "org.freedesktop.secrets"];
    for part in parts {
        boris.send(&["anna"], &format!("While {part} hangs"), "normal").await;
        let hung = screen.bus.hang_owner(part).await;
        let checked = tokio::time::timeout(CHECK_LIMIT, anna.cli.check()).await;
        checked.unwrap_or_else(|_| panic!("{part} hangs, and a check did not end within {CHECK_LIMIT:?}"));
        let ended = tokio::time::timeout(END_LIMIT, anna.stop()).await;
        ended.unwrap_or_else(|_| panic!("{part} hangs, and the agent did not end within {END_LIMIT:?}"));

        // It comes up beside what hangs, too, and checks as soon as it can be asked.
        anna.start().await;
        let checked = tokio::time::timeout(CHECK_LIMIT, anna.cli.run(&["check", "--wait"])).await;
        checked.unwrap_or_else(|_| panic!("{part} hung at the start, and a check did not end"));
        drop(hung);
        anna.cli.check().await;
    }
    let inbox = anna.cli.run(&["list", "inbox"]).await.done();
    assert!(parts.iter().all(|part| inbox.stdout.contains(part)), "{}", inbox.stdout);
}
