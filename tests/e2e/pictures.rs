//! A picture of each window, in both languages and both themes, for people to look at: `target/screenshots`. Each
//! run takes two of the four; with `RESTANTE_TAKE_PICTURES` set all four are taken, and large scales besides.

use restante_tests::{Agent, Office, Popups, Screen, Told, readme_pictures};

const LOOKS: [(&str, &str); 4] =
    [("en_US.UTF-8", "light"), ("ru_RU.UTF-8", "dark"), ("en_US.UTF-8", "dark"), ("ru_RU.UTF-8", "light")];

/// Large enough for the smallest mailbox at three times its size.
const SIZE: (u32, u32) = (2100, 1300);

/// Somebody with mail: what came, what was sent, and what is important.
struct Desk {
    _office: Office,
    anna: Agent,
    received: String,
    sent: String,
    important: [String; 2],
}

impl Desk {
    async fn of(screen: &Screen) -> Self {
        let office = Office::open().await;
        let mut anna = Agent::new(Some(&screen.bus));
        anna.start().await;
        anna.sign_in(&office, "anna").await;
        let (boris, clara) = (office.sign_in("boris").await, office.sign_in("clara").await);
        for subject in ["Lunch on Friday?", "График отпусков на август: прошу проверить до конца недели"]
        {
            clara.send(&["anna", "boris"], subject, "normal").await;
        }
        let sent = anna.cli.with_input(
            &["send", "--to", "boris,clara", "--subject", "Room 12 on Tuesday, and who has the keys"],
            "Dear colleagues,\n\nroom 12 is ours on Tuesday from ten.\n",
        );
        let sent = sent.await.done().stdout.trim().to_owned();
        let received = boris.send(&["anna"], "Minutes of Monday's meeting", "normal").await;
        let important = [
            boris.send(&["anna"], "Fire drill today at noon", "high").await,
            clara.send(&["anna"], "Совещание перенесено на 15:00", "high").await,
        ];
        anna.cli.check().await;
        Self { _office: office, anna, received, sent, important }
    }

    /// Every window: its name, and what it is started with.
    fn windows(&self) -> Vec<(&'static str, Vec<&str>)> {
        vec![
            ("mailbox", vec!["mailbox", "--id", &self.received]),
            ("sent", vec!["mailbox", "--id", &self.sent]),
            ("important", vec!["important", "--id", &self.important[0], "--id", &self.important[1]]),
            ("settings", vec!["settings"]),
            ("sign-in", vec!["sign-in"]),
            ("about", vec!["about"]),
        ]
    }

    fn started_with<'a>(socket: &'a str, arguments: &[&'a str]) -> Vec<&'a str> {
        [&["--socket", socket], arguments].concat()
    }
}

/// Ends a window, and comes back when it is off the screen.
async fn close(screen: &Screen, mut window: tokio::process::Child) {
    window.kill().await.expect("it can be ended");
    while !screen.windows("restante").await.is_empty() {}
}

#[tokio::test(flavor = "multi_thread")]
async fn every_window_has_its_picture_in_both_languages_and_both_themes() {
    let screen = Screen::of_size(SIZE, Popups::Dunst).await;
    let desk = Desk::of(&screen).await;
    let socket = desk.anna.socket().display().to_string();
    let _reader = screen.switch_screen_reader_on().await;
    // Nothing is to look pointed at.
    drop(screen.tool("xdotool", &["mousemove", "2099", "1299"]).await.done());
    let readme = readme_pictures();
    let looks = if readme.is_some() { &LOOKS[..] } else { &LOOKS[..2] };
    for (locale, theme) in looks {
        let surroundings = [("LANG", *locale), ("LC_ALL", *locale), ("RESTANTE_THEME", *theme)];
        let name = |window: &str| format!("{window}-{}-{theme}.png", &locale[..2]);
        for (window, arguments) in desk.windows() {
            let program = screen.open(&Desk::started_with(&socket, &arguments), &surroundings);
            let shown = screen.window("restante").await;
            if arguments[0] == "mailbox" {
                // Its title counts what is unread once the agent has answered.
                screen.titled(r"\([0-9]+\)").await;
            }
            screen.picture_of(&shown, &name(window)).await;
            if (*locale, *theme) == LOOKS[0] {
                is_told(window, &screen).await;
            }
            close(&screen, program).await;
        }
        write_a_letter(&screen, &socket, &surroundings, &name("compose"), &name("undo")).await;
    }
    let Some(folder) = readme else { return };
    for scale in ["2", "3"] {
        let surroundings =
            [("LC_ALL", "ru_RU.UTF-8"), ("RESTANTE_THEME", "light"), ("SLINT_SCALE_FACTOR", scale)];
        let arguments = ["mailbox", "--id", &desk.received];
        let program = screen.open(&Desk::started_with(&socket, &arguments), &surroundings);
        let mailbox = screen.titled(r"\([0-9]+\)").await;
        screen.picture_of(&mailbox, &format!("mailbox-ru-light-{scale}00.png")).await;
        close(&screen, program).await;
        let names = [format!("compose-ru-light-{scale}00.png"), format!("undo-ru-light-{scale}00.png")];
        write_a_letter(&screen, &socket, &surroundings, &names[0], &names[1]).await;
    }
    for name in ["sent-en-light.png", "mailbox-ru-dark.png"] {
        let from = restante_tests::pictures_folder().join(name);
        std::fs::copy(from, folder.join(name)).expect("a picture for the README");
    }
}

/// Writes to Boris by keys alone, and sends it: a picture before and one while it can be had back.
async fn write_a_letter(
    screen: &Screen,
    socket: &str,
    surroundings: &[(&str, &str)],
    written: &str,
    undo: &str,
) {
    let program = screen.open(&Desk::started_with(socket, &["mailbox", "--write"]), surroundings);
    // By what it is not: no tool of X finds a Cyrillic title.
    let mailbox = screen.titled(r"\([0-9]+\)").await;
    let compose = loop {
        let other = screen.windows("restante").await.into_iter().find(|window| *window != mailbox);
        if let Some(compose) = other {
            break compose;
        }
    };
    screen.painted(&compose).await;
    let key = async |key: &str| drop(screen.tool("xdotool", &["key", key]).await.done());
    let text = async |text: &str| drop(screen.tool("xdotool", &["type", "--delay", "0", text]).await.done());
    drop(screen.tool("xdotool", &["windowfocus", "--sync", &compose]).await.done());
    text("boris").await;
    key("comma").await;
    text("cl").await;
    screen.picture_of(&compose, written).await;
    key("Return").await;
    key("Tab").await;
    text("Budget for the spring").await;
    key("Tab").await;
    text("Dear colleagues, the figures are in.").await;
    screen.picture_of(&compose, &format!("filled-{written}")).await;
    key("ctrl+Return").await;
    screen.picture_of(&compose, undo).await;
    key("ctrl+z").await;
    screen.picture_of(&compose, &format!("back-{written}")).await;
    close(screen, program).await;
}

/// What a screen reader is told of a window: the right roles, names and states.
async fn is_told(window: &str, screen: &Screen) {
    let (title, expected): (_, &[(&str, &str, Option<&str>)]) = match window {
        "mailbox" => (
            "^Mail",
            &[
                ("push button", "Write", Some("enabled")),
                ("push button", "Reply", Some("enabled")),
                ("push button", "Subject", Some("enabled")),
                ("list box", "Folders", None),
                ("list item", "Inbox, ", Some("selected")),
                ("list item", "Minutes of Monday's meeting", Some("selected")),
                ("list item", "Fire drill today at noon", None),
            ],
        ),
        "important" => (
            "^Important|important",
            &[
                ("push button", "Open", None),
                ("push button", "Got it", None),
                ("push button", "Remind in 10 minutes", None),
            ],
        ),
        "settings" => ("^Settings", &[("push button", "Close", Some("enabled"))]),
        _ => return,
    };
    let told = screen.told_to_screen_reader(title).await;
    for (role, name, state) in expected {
        let fits = |it: &&Told| {
            it.role == *role
                && it.name.contains(name)
                && state.is_none_or(|state| it.states.iter().any(|it| it == state))
        };
        assert!(told.iter().any(|it| fits(&it)), "{window}: no {role} {name:?} {state:?} in {told:#?}");
    }
    let nameless =
        |it: &&Told| it.name.is_empty() && ["push button", "list item"].contains(&it.role.as_str());
    assert_eq!(told.iter().find(nameless), None, "{window}: something is pressed or chosen that has no name");
}
