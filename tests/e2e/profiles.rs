//! Two accounts of one person (row B15): each its own data, socket and job, and one icon for both.

use restante_local_api::Connection;
use restante_tests::{Agent, Desktop, Office};

#[tokio::test(flavor = "multi_thread")]
async fn two_accounts_have_their_own_mail_and_one_icon() {
    let office = Office::open().await;
    let desktop = Desktop::log_in().await;
    let mut main = Agent::signed_in(&desktop.bus, &office, "anna").await;
    let mut work = main.with_profile("work");
    work.start().await;
    work.sign_in(&office, "boris").await;
    let clara = office.sign_in("clara").await;
    for (to, subject) in [("anna", "One"), ("anna", "Two"), ("boris", "Three")] {
        clara.send(&[to], subject, "normal").await;
    }
    main.cli.check().await;
    work.cli.check().await;

    // Each has its own mail, also by the flag.
    let inbox = main.cli.run(&["list", "inbox"]).await.done().stdout;
    assert!(inbox.contains("One") && inbox.contains("Two") && !inbox.contains("Three"), "{inbox}");
    let inbox = main.cli.run(&["--profile", "work", "list", "inbox"]).await.done().stdout;
    assert!(inbox.contains("Three") && !inbox.contains("One"), "{inbox}");
    work.run_to_end().await.ended_with(5).says("already running");

    // One icon counts for both, and opens both.
    let both = desktop
        .tray
        .until("both accounts", |item| item.tooltip.contains("3 unread") && item.entry("work (1)").is_some());
    let item = both.await;
    assert!(item.entry("Open mail (2)").is_some(), "{:?}", item.menu);
    assert!(item.tooltip.contains("work: 1 unread"), "{}", item.tooltip);
    desktop.tray.press("work (1)").await;
    assert!(work.next_window().await.contains("mailbox"));
    assert_eq!(main.unseen_windows(), "");

    // "Check mail now" is for both.
    clara.send(&["boris"], "Four", "normal").await;
    desktop.tray.press("check mail now").await;
    desktop.tray.until("four letters", |item| item.tooltip.contains("4 unread")).await;

    // When the one that has the icon ends, however that happens, the other one takes it over.
    main.kill().await;
    let alone = |item: &restante_tests::TrayItem| {
        item.entry("Open mail (2)").is_some() && item.entry("work").is_none()
    };
    desktop.tray.until("the other account's icon alone", alone).await;
    main.start().await;
    main.until("the account", |status| status.connection == Connection::Ok).await;
    desktop.tray.until("both again", |item| item.entry("main account (2)").is_some()).await;

    // And it quits both.
    desktop.tray.press("quit").await;
    assert_eq!((work.ended().await, main.ended().await), (Some(0), Some(0)));
}
