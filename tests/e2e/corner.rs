//! Popups of our own on a real screen (row S11).

use restante_tests::{Agent, Office, Screen, within};

#[tokio::test(flavor = "multi_thread")]
async fn popups_of_our_own_stand_in_the_corner_above_the_panel_and_take_no_keys() {
    let office = Office::open().await;
    let screen = Screen::log_in().await;
    let mut anna = Agent::with_windows(&screen.bus, screen.display());
    std::fs::write(anna.settings_file(), "[notifications]\nordinary = \"window\"\n").unwrap();
    anna.start().await;
    anna.sign_in(&office, "anna").await;
    let active = screen.tool("xdotool", &["getactivewindow"]).await.stdout;
    let boris = office.sign_in("boris").await;
    for subject in ["Keys for room 12", "Minutes of Monday's meeting"] {
        boris.send(&["anna"], subject, "normal").await;
    }
    anna.cli.check().await;

    let popup = screen.window("restante").await;
    screen.painted(&popup).await;
    screen.picture("corner.png", None).await;
    let (width, height) = screen.size();
    let area = screen.tool("xprop", &["-root", "_NET_WORKAREA"]).await.done().stdout;
    let numbers: Vec<i64> =
        area.split(['=', ',']).skip(1).take(4).map(|number| number.trim().parse().unwrap()).collect();
    assert!(numbers[3] < height, "the panel takes its part: {area}");
    let mut places = Vec::new();
    for window in screen.windows("restante").await {
        places.push(screen.place(&window).await);
    }
    places.sort_by_key(|place| -place.y);
    assert_eq!(places.len(), 2, "{places:?}");
    assert_eq!(places[0].x + places[0].width, width - 12);
    assert_eq!(places[0].y + places[0].height, numbers[1] + numbers[3] - 12);
    assert_eq!(places[1].y + places[1].height, places[0].y - 12);
    assert_eq!(screen.tool("xdotool", &["getactivewindow"]).await.stdout, active, "they take no keys");

    // The lower one is clicked: its message is opened, and the other one moves down.
    let at = (places[0].x + 100, places[0].y + 30);
    let (x, y) = (at.0.to_string(), at.1.to_string());
    drop(screen.tool("xdotool", &["mousemove", &x, &y, "click", "1"]).await.done());
    anna.until("the message to be read in the mailbox", |status| status.unread == 1).await;
}

/// One of them, as many as stand beside each other, and one that stands for all, in both languages and both themes:
/// `target/screenshots`, for people to look at.
#[tokio::test(flavor = "multi_thread")]
async fn popups_of_our_own_have_their_pictures() {
    let office = Office::open().await;
    let screen = Screen::log_in().await;
    // Nothing is to look pointed at.
    drop(screen.tool("xdotool", &["mousemove", "1", "1"]).await.done());
    let boris = office.sign_in("boris").await;
    for (user, language, theme) in [("anna", "en", "light"), ("clara", "ru", "dark")] {
        let mut agent = Agent::with_windows(&screen.bus, screen.display());
        agent.set_variable("RESTANTE_LANGUAGE", language);
        agent.set_variable("RESTANTE_THEME", theme);
        std::fs::write(agent.settings_file(), "[notifications]\nordinary = \"window\"\n").unwrap();
        let subjects =
            ["Keys for room 12", "График отпусков на август: прошу проверить до конца недели", "Lunch?"];
        agent.start().await;
        agent.sign_in(&office, user).await;
        for (written, name, count) in [(1, "one", 1), (3, "three", 3), (5, "summary", 1)] {
            for number in 0..written {
                boris.send(&[user], subjects[number % 3], "normal").await;
            }
            agent.cli.check().await;
            let popups = within("the popups", async {
                loop {
                    // Each look is a round trip through the X server, so this is no idle loop.
                    let there = screen.windows("restante").await;
                    if there.len() == count {
                        return there;
                    }
                }
            })
            .await;
            for popup in &popups {
                screen.painted(popup).await;
            }
            screen.picture(&format!("corner-{name}-{language}-{theme}.png"), Some("400x360+880+420")).await;
            // They go with their agent, before they go by themselves.
            agent.stop().await;
            within("the popups to go", async { while !screen.windows("restante").await.is_empty() {} }).await;
            agent.start().await;
        }
        agent.stop().await;
    }
}
