//! A window that has the whole screen is not covered by ordinary mail (row B9).

use restante_tests::{Agent, Desktop, Office, Screen};

#[tokio::test(flavor = "multi_thread")]
async fn ordinary_popups_wait_for_a_full_screen_to_end_and_important_mail_does_not() {
    let office = Office::open().await;
    let screen = Screen::log_in().await;
    // What pops up is read at a service that the test plays; the screen and its windows are real.
    let mut desktop = Desktop::log_in().await;
    let mut anna = Agent::with_windows(&desktop.bus, screen.display());
    std::fs::write(anna.settings_file(), "[notifications]\nimportant = \"desktop\"\n").unwrap();
    anna.start().await;
    anna.sign_in(&office, "anna").await;
    let boris = office.sign_in("boris").await;
    drop(anna.cli.run(&["open"]).await.done());
    let mailbox = screen.window("restante").await;
    screen.painted(&mailbox).await;
    drop(screen.tool("xdotool", &["windowactivate", "--sync", &mailbox]).await.done());
    screen.full_screen(&mailbox, true).await;

    for (subject, importance) in [("First", "normal"), ("Second", "normal"), ("Fire", "high")] {
        boris.send(&["anna"], subject, importance).await;
        anna.cli.check().await;
    }
    // Popups are taken in order: those of the ordinary mail were looked at before this one.
    let popup = desktop.popups.next("the important mail").await;
    assert!(popup.summary_and_body().contains("Fire"), "{popup:?}");
    screen.full_screen(&mailbox, false).await;
    anna.cli.check().await;
    assert_eq!(desktop.popups.next("what waited").await.summary, "2 new messages");
    assert_eq!(desktop.popups.shown().len(), 2);
}
