//! The sign-in by its window, on a real screen (row B15).

use restante_local_api::Connection;
use restante_tests::{Agent, Office, PASSWORD, Screen, within};

#[tokio::test(flavor = "multi_thread")]
async fn who_opens_the_mail_for_the_first_time_signs_in_by_the_window() {
    let office = Office::open().await;
    let screen = Screen::log_in().await;
    let mut anna = Agent::with_windows(&screen.bus, screen.display());
    let offered = format!("server = \"{}\"\norganisation = \"{}\"\n", office.url(), office.organisation());
    std::fs::write(anna.settings_file(), offered).unwrap();
    anna.start().await;
    drop(anna.cli.run(&["open"]).await.done());
    let window = screen.window("restante").await;
    screen.painted(&window).await;
    assert!(screen.property(&window, "_NET_WM_NAME").await.contains("Sign in"));

    // Server and organisation are offered; the cursor stands in the first field that is empty.
    drop(screen.tool("xdotool", &["windowfocus", "--sync", &window, "type", "anna"]).await.done());
    drop(screen.tool("xdotool", &["key", "Tab", "type", PASSWORD]).await.done());
    screen.picture("sign-in.png", None).await;
    drop(screen.tool("xdotool", &["key", "Return"]).await.done());
    let status = anna.until("the sign-in", |status| status.connection == Connection::Ok).await;
    assert_eq!(status.account.expect("signed in").user, "anna");
    // The mailbox takes its place, as this is what was asked for.
    // X gives an id out again once its owner has gone, so the title tells the two windows apart.
    let mailbox = within("the mailbox", async {
        loop {
            let found = screen.window("restante").await;
            if screen.tool("xprop", &["-id", &found, "_NET_WM_NAME"]).await.stdout.contains("Mail") {
                return found;
            }
        }
    })
    .await;
    screen.painted(&mailbox).await;
}
