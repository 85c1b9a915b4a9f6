//! The window to write in, as a screen reader is told of it (issue "Windows that a clerk likes", screen reader).

use restante_tests::{Office, Screen, Told};

const TITLE: &str = "^New message";

fn there<'a>(told: &'a [Told], role: &str, name: &str) -> &'a Told {
    let found = told.iter().find(|it| it.role == role && it.name == name);
    found.unwrap_or_else(|| panic!("no {role} {name:?} in {told:#?}"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_letter_can_be_written_by_ear() {
    let office = Office::open().await;
    let screen = Screen::log_in().await;
    let anna = screen.agent_of(&office, "anna").await;
    let _reader = screen.switch_screen_reader_on().await;
    let _window = screen.open_of(&anna, &["mailbox", "--write"]);
    let compose = screen.titled(TITLE).await;
    screen.painted(&compose).await;
    let keys = async |arguments: &[&str]| drop(screen.tool("xdotool", arguments).await.done());
    keys(&["windowfocus", "--sync", &compose]).await;

    // An empty sheet: the cursor is where the recipients go, and every field has its name.
    let told = screen.until_told(TITLE, "the first field", |it| it.name == "To" && it.is("focused")).await;
    for (name, lines) in [("To", "single line"), ("Subject", "single line"), ("Text", "multi line")] {
        let field = there(&told, "entry", name);
        assert!(field.is("editable") && field.is(lines) && field.description.is_empty(), "{field:?}");
    }
    assert!(there(&told, "push button", "Send").is("enabled"));
    assert!(!there(&told, "toggle button", "High importance").is("pressed"));
    let nameless = told.iter().find(|it| it.name.is_empty() && it.role != "panel");
    assert_eq!(nameless, None, "something is told that has no name");

    // Sent to nobody: the reason is told at the field, and the keys go there.
    keys(&["key", "ctrl+Return"]).await;
    let wrong = "Nobody to send it to: add a recipient";
    let told = screen.until_told(TITLE, "what is wrong", |it| it.name == wrong).await;
    let field = there(&told, "entry", "To");
    assert!(field.description == wrong && field.is("focused"), "{field:?}");

    // A name: the people found are a list, of which one is chosen; taken, it is a button that takes it away.
    keys(&["type", "--delay", "1", "bor"]).await;
    let boris = "Boris Ivanov, boris";
    let told = screen.until_told(TITLE, "who was found", |it| it.name == boris).await;
    there(&told, "list box", "People found");
    let found = there(&told, "list item", boris);
    assert!(found.is("selected"), "{found:?}");
    assert_eq!((found.place.as_str(), found.of.as_str()), ("1", "1"));
    assert_eq!(there(&told, "entry", "To").text, "bor");
    keys(&["key", "Return"]).await;
    let told = screen.until_told(TITLE, "the recipient", |it| it.name == "Boris Ivanov").await;
    assert_eq!(there(&told, "push button", "Boris Ivanov").description, "Remove");
    assert!(!told.iter().any(|it| it.name == wrong), "it is mended");

    // Important is a button that is down.
    let important = |it: &Told| it.name == "High importance" && it.is("pressed");
    keys(&["key", "shift+Tab", "shift+Tab", "shift+Tab", "space"]).await;
    screen.until_told(TITLE, "that it is important", important).await;
}
