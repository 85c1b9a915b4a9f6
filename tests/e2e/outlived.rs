//! Windows that outlive an agent that was killed with -9 (reliability.md 4): important mail has one window all the
//! same, and the corner is empty.

use restante_tests::{Agent, Office, Screen, within};

const CLASS: &str = "restante";

#[tokio::test(flavor = "multi_thread")]
async fn the_window_for_important_mail_makes_way_for_that_of_the_next_agent() {
    let office = Office::open().await;
    let screen = Screen::log_in().await;
    let mut anna = Agent::with_windows(&screen.bus, screen.display());
    anna.start().await;
    anna.sign_in(&office, "anna").await;
    let boris = office.sign_in("boris").await;
    boris.send(&["anna"], "Fire drill today at noon", "high").await;
    anna.cli.check().await;
    let first = screen.window(CLASS).await;
    screen.painted(&first).await;

    anna.kill().await;
    assert_eq!(
        screen.windows(CLASS).await,
        std::slice::from_ref(&first),
        "what is on the screen stays there"
    );
    boris.send(&["anna"], "Fire in the cellar", "high").await;
    anna.start().await;
    anna.cli.check().await;
    // The X server may give it the number of the one before, so it is known by what it says: what that one told of
    // is told on.
    let of_both = ["search", "--onlyvisible", "--name", "^2 important"];
    let second = within("the window of the next agent", async {
        loop {
            // Each look is a round trip through the X server, so this is no idle loop.
            let found = screen.tool("xdotool", &of_both).await;
            if let Some(window) = found.stdout.lines().next() {
                return window.to_owned();
            }
        }
    })
    .await;
    screen.painted(&second).await;
    assert_eq!(
        screen.windows(CLASS).await,
        std::slice::from_ref(&second),
        "one window, of all that is unread"
    );
    screen.picture("important-after-a-crash.png", None).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn popups_of_our_own_go_with_their_agent() {
    let office = Office::open().await;
    let screen = Screen::log_in().await;
    let mut anna = Agent::with_windows(&screen.bus, screen.display());
    std::fs::write(anna.settings_file(), "[notifications]\nordinary = \"window\"\n").unwrap();
    anna.start().await;
    anna.sign_in(&office, "anna").await;
    let boris = office.sign_in("boris").await;
    boris.send(&["anna"], "Keys for room 12", "normal").await;
    anna.cli.check().await;
    let popup = screen.window(CLASS).await;
    screen.painted(&popup).await;

    anna.kill().await;
    within("the popup to go", async { while !screen.windows(CLASS).await.is_empty() {} }).await;
    boris.send(&["anna"], "Minutes of Monday's meeting", "normal").await;
    anna.start().await;
    anna.cli.check().await;
    let popup = screen.window(CLASS).await;
    screen.painted(&popup).await;
    assert_eq!(screen.windows(CLASS).await, [popup], "ordinary mail is told at most once");
}
