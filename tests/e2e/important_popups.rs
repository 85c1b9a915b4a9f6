//! A flood of important mail: one popup that counts what is left, or one window (rows B5, B6).

use restante_tests::{Agent, Bus, Desktop, Office, Popup, Screen, within};

/// Anna wants no window for important mail.
async fn by_popups(bus: &Bus, office: &Office) -> Agent {
    let mut anna = Agent::new(Some(bus));
    std::fs::write(anna.settings_file(), "[notifications]\nimportant = \"desktop\"\n").unwrap();
    anna.start().await;
    anna.sign_in(office, "anna").await;
    anna
}

fn lines(popup: &Popup) -> Vec<String> {
    popup.body.lines().map(|line| line.replace(['\u{2068}', '\u{2069}'], "")).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn many_important_messages_are_one_popup_that_counts_what_is_left_across_a_crash() {
    let office = Office::open().await;
    let mut desktop = Desktop::log_in().await;
    let mut anna = by_popups(&desktop.bus, &office).await;
    let boris = office.sign_in("boris").await;
    let mut ids = Vec::new();
    for number in 1..=5 {
        ids.push(boris.send(&["anna"], &format!("Alarm {number}"), "high").await);
    }
    anna.cli.check().await;
    let popup = desktop.popups.next("the flood").await;
    assert_eq!(popup.summary, "5 important messages");
    let newest = ["Boris Ivanov: Alarm 5", "Boris Ivanov: Alarm 4", "Boris Ivanov: Alarm 3", "and 2 more"];
    assert_eq!(lines(&popup), newest);
    assert!(popup.offers("default") && !popup.offers("read"), "{popup:?}");

    drop(anna.cli.run(&["mark", "read", &ids[4]]).await.done());
    let mended = desktop.popups.next("the mended number").await;
    assert_eq!((mended.replaces, mended.summary.as_str()), (popup.id, "4 important messages"));

    // What the next process finds on the screen says what is so, whatever happened in between.
    anna.kill().await;
    anna.start().await;
    let found = desktop.popups.next("the popup of the process before").await;
    assert_eq!((found.replaces, found.summary.as_str()), (popup.id, "4 important messages"));
    desktop.popups.choose_aloud(&found, "default").await;
    let window = anna.next_window().await;
    assert!(window.split(' ').any(|word| word == "important"), "{window}");
    assert!(ids[..4].iter().all(|id| window.contains(id)) && !window.contains(&ids[4]), "{window}");
    assert_eq!(desktop.popups.shown().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn forty_important_messages_are_one_popup_at_a_real_service() {
    let office = Office::open().await;
    let screen = Screen::log_in().await;
    let anna = by_popups(&screen.bus, &office).await;
    let boris = office.sign_in("boris").await;
    for number in 1..=40 {
        boris.send(&["anna"], &format!("Alarm {number}"), "high").await;
    }
    anna.cli.check().await;
    let popup = screen.window("Dunst").await;
    screen.painted(&popup).await;
    screen.picture("important-flood.png", None).await;
    // Popups are taken in order: a flood would stand before this one.
    boris.send(&["anna"], "After the flood", "normal").await;
    anna.cli.check().await;
    let count = async |what: &str| -> u32 {
        screen.tool("dunstctl", &["count", what]).await.done().stdout.trim().parse().unwrap()
    };
    within("the ordinary mail to be shown", async {
        while count("displayed").await + count("waiting").await < 2 {}
    })
    .await;
    assert_eq!((count("displayed").await, count("waiting").await), (2, 0));
}

/// More than are handed to the window on its command line.
#[tokio::test(flavor = "multi_thread")]
async fn the_window_for_important_mail_counts_a_flood_and_what_is_left_of_it() {
    let office = Office::open().await;
    let screen = Screen::log_in().await;
    let mut anna = Agent::with_windows(&screen.bus, screen.display());
    anna.start().await;
    anna.sign_in(&office, "anna").await;
    let boris = office.sign_in("boris").await;
    let mut last = String::new();
    for number in 1..=120 {
        last = boris.send(&["anna"], &format!("Alarm {number}"), "high").await;
    }
    anna.cli.check().await;
    let window = screen.titled("^120 important").await;
    screen.painted(&window).await;
    screen.picture("important-window-flood.png", None).await;
    drop(anna.cli.run(&["mark", "read", &last]).await.done());
    screen.titled("^119 important").await;
}
