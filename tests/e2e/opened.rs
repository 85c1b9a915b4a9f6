//! A message that is opened by its id is chosen and in sight, however far down it stands.

use restante_tests::{Office, Screen, Told};

#[tokio::test(flavor = "multi_thread")]
async fn a_message_below_the_rows_that_are_loaded_is_chosen_in_a_list_sorted_by_subject() {
    let office = Office::open().await;
    let screen = Screen::log_in().await;
    let anna = screen.agent_of(&office, "anna").await;
    let boris = office.sign_in("boris").await;
    let mut ids = Vec::new();
    // More than one page of the list (200).
    for number in 0..260 {
        ids.push(boris.send(&["anna"], &format!("Report {number:03}"), "normal").await);
    }
    anna.cli.check().await;
    let _reader = screen.switch_screen_reader_on().await;
    let _window = screen.open_of(&anna, &["mailbox"]);
    let mailbox = screen.titled(r"\(260\)").await;
    screen.painted(&mailbox).await;
    drop(screen.tool("xdotool", &["windowfocus", "--sync", &mailbox]).await.done());
    let newest = |it: &Told| it.name.contains("Report 259") && it.place == "1";
    screen.until_told("^Mail", "the newest on top", newest).await;
    // From the list back to the heads: date, then subject.
    drop(screen.tool("xdotool", &["key", "--delay", "1", "shift+Tab", "shift+Tab", "Return"]).await.done());
    let first = |it: &Told| it.name.contains("Report 000") && it.place == "1";
    screen.until_told("^Mail", "the order by subject", first).await;

    let _told = screen.open_of(&anna, &["mailbox", "--id", &ids[250]]);
    let chosen = |it: &Told| it.name.contains("Report 250") && it.is("selected");
    let told = screen.until_told("^Mail", "the message opened", chosen).await;
    let row = told.iter().find(|it| chosen(it)).expect("just seen");
    assert_eq!((row.place.as_str(), row.of.as_str()), ("251", "260"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stands_in_the_window_in_use_counts_as_read_after_a_while_and_what_does_not_stays_unread() {
    let office = Office::open().await;
    let screen = Screen::log_in().await;
    let anna = screen.agent_of(&office, "anna").await;
    let boris = office.sign_in("boris").await;
    let shown = boris.send(&["anna"], "Shown", "normal").await;
    let other = boris.send(&["anna"], "Not shown", "normal").await;
    anna.cli.check().await;
    assert_eq!(anna.client().status().await.unwrap().unread, 2, "fetched is not read");
    let opened = std::time::Instant::now();
    let _window = screen.open_of(&anna, &["mailbox", "--id", &shown]);
    let mailbox = screen.titled("^Mail").await;
    drop(screen.tool("xdotool", &["windowfocus", "--sync", &mailbox]).await.done());
    anna.until("the message that is shown counts as read", |status| status.unread == 1).await;
    assert!(opened.elapsed().as_secs() >= 2, "a look that flashes by is not reading");
    let message = |id: &str| {
        let id = id.parse().unwrap();
        let client = anna.client();
        async move { client.message(id).await.unwrap().row.bold }
    };
    assert!(!message(&shown).await && message(&other).await);
}
