//! What a person is told of new mail, and what he can do from there (rows S10, S11, B4, B7).

use restante_tests::{Agent, Desktop, Office};

#[tokio::test(flavor = "multi_thread")]
async fn the_first_mail_shows_as_a_popup_that_can_open_it_and_mark_it_read() {
    let office = Office::open().await;
    let mut desktop = Desktop::log_in().await;
    let mut anna = Agent::signed_in(&desktop.bus, &office, "anna").await;
    let boris = office.sign_in("boris").await;

    let id = boris.send(&["anna"], "Minutes of Monday", "normal").await;
    anna.cli.check().await;

    let popup = desktop.popups.next("the first mail").await;
    let words = format!("{} {}", popup.summary, popup.body);
    assert!(words.contains("Boris Ivanov"), "{popup:?}");
    assert!(words.contains("Minutes of Monday"), "{popup:?}");
    assert!(popup.offers("default") && popup.offers("read"), "{popup:?}");

    // Opening it brings the mailbox up on this message.
    desktop.popups.choose(&popup, "default").await;
    let window = anna.next_window().await;
    assert!(window.contains("mailbox") && window.contains(&id), "{window}");
    assert_eq!(desktop.popups.shown().len(), 1, "one message, one popup");
}

#[tokio::test(flavor = "multi_thread")]
async fn mark_read_in_the_popup_reads_the_message_and_tells_its_sender() {
    let office = Office::open().await;
    let mut desktop = Desktop::log_in().await;
    let anna = Agent::signed_in(&desktop.bus, &office, "anna").await;
    let boris = office.sign_in("boris").await;

    let id = boris.send(&["anna"], "Lunch at one", "normal").await;
    anna.cli.check().await;
    let popup = desktop.popups.next("the mail").await;
    desktop.popups.choose(&popup, "read").await;

    anna.until("the message to be read", |status| status.unread == 0 && status.last_check.is_some()).await;
    anna.cli.check().await;
    assert_eq!(boris.state_for(&id, "anna").await, "read");
}

#[tokio::test(flavor = "multi_thread")]
async fn important_mail_opens_the_important_window_with_the_right_message() {
    let office = Office::open().await;
    let mut desktop = Desktop::log_in().await;
    let mut anna = Agent::signed_in(&desktop.bus, &office, "anna").await;
    let boris = office.sign_in("boris").await;

    let id = boris.send(&["anna"], "Fire drill at noon", "high").await;
    anna.cli.check().await;

    let window = anna.next_window().await;
    assert!(window.split(' ').any(|word| word == "important"), "{window}");
    assert!(window.contains(&format!("--id {id}")), "{window}");
    let status = anna.until("the count", |status| status.unread == 1).await;
    assert_eq!(status.unread_high, 1);

    // The window took the place of a popup: the next popup is that of the next ordinary mail.
    boris.send(&["anna"], "After the drill", "normal").await;
    anna.cli.check().await;
    let popup = desktop.popups.next("the ordinary mail").await;
    assert!(format!("{} {}", popup.summary, popup.body).contains("After the drill"), "{popup:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn many_at_once_are_one_summary() {
    let office = Office::open().await;
    let mut desktop = Desktop::log_in().await;
    let anna = Agent::signed_in(&desktop.bus, &office, "anna").await;
    let boris = office.sign_in("boris").await;

    for number in 1..=5 {
        boris.send(&["anna"], &format!("Chapter {number}"), "normal").await;
    }
    anna.cli.check().await;
    let popup = desktop.popups.next("the summary").await;
    assert!(format!("{} {}", popup.summary, popup.body).contains('5'), "{popup:?}");

    // A flood would have stood in line before this one.
    boris.send(&["anna"], "Epilogue", "normal").await;
    anna.cli.check().await;
    let popup = desktop.popups.next("the next mail").await;
    assert!(format!("{} {}", popup.summary, popup.body).contains("Epilogue"), "{popup:?}");
    assert_eq!(desktop.popups.shown().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn markup_in_a_subject_is_shown_and_not_obeyed() {
    let office = Office::open().await;
    let mut desktop = Desktop::log_in().await;
    let anna = Agent::signed_in(&desktop.bus, &office, "anna").await;
    let boris = office.sign_in("boris").await;

    boris.send(&["anna"], "Profit & Loss <report@x.org>", "normal").await;
    anna.cli.check().await;
    let popup = desktop.popups.next("the mail").await;
    let escaped = popup.body.contains("Profit &amp; Loss &lt;report@x.org");
    assert!(escaped || popup.summary.contains("Profit & Loss <report@x.org>"), "{popup:?}");
    assert!(!popup.body.contains("<report"), "{popup:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_popup_waits_for_a_notification_service_that_is_not_there_yet() {
    let office = Office::open().await;
    let mut desktop = Desktop::log_in().await;
    desktop.popups.leave().await;
    let anna = Agent::signed_in(&desktop.bus, &office, "anna").await;
    let boris = office.sign_in("boris").await;

    boris.send(&["anna"], "While nobody shows popups", "normal").await;
    anna.cli.check().await;
    anna.until("the count", |status| status.unread == 1).await;
    assert_eq!(desktop.popups.shown(), []);

    desktop.popups.come_back().await;
    let popup = desktop.popups.next("the mail, late").await;
    assert!(format!("{} {}", popup.summary, popup.body).contains("While nobody shows popups"), "{popup:?}");
}
