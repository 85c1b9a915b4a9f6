//! Windows while their agent is away, starts anew, or is of another version (issue "Windows that a clerk likes",
//! robustness): the strip says so, nothing that was typed or chosen is lost, and they come back by themselves.

use std::path::{Path, PathBuf};

use restante_tests::{Office, Screen, Told, within};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{UnixListener, UnixStream},
};

const AWAY: &str = "The mail agent is not running";
const FOREIGN: &str = "The mail agent is of another version";

async fn keys(screen: &Screen, window: &str, keys: &[&str]) {
    drop(screen.tool("xdotool", &["windowfocus", "--sync", window]).await.done());
    let mut arguments = vec!["key", "--delay", "1"];
    arguments.extend(keys);
    drop(screen.tool("xdotool", &arguments).await.done());
}

/// Names of the rows on screen.
fn rows(told: &[Told]) -> Vec<&str> {
    told.iter().filter(|it| it.role == "list item").map(|it| it.name.as_str()).collect()
}

fn selected_row(told: &[Told]) -> Option<&str> {
    let row = |it: &&Told| it.role == "list item" && it.is("selected") && it.name.contains("Report");
    told.iter().find(row).map(|it| it.name.as_str())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_mailbox_says_that_its_agent_is_away_and_stands_as_it_stood_when_it_is_back() {
    let office = Office::open().await;
    let screen = Screen::log_in().await;
    let mut anna = screen.agent_of(&office, "anna").await;
    let boris = office.sign_in("boris").await;
    for number in 0..60 {
        boris.send(&["anna"], &format!("Report {number:02}"), "normal").await;
    }
    anna.cli.check().await;
    let _reader = screen.switch_screen_reader_on().await;
    let _window = screen.open_of(&anna, &["mailbox"]);
    let mailbox = screen.titled(r"\(60\)").await;
    screen.painted(&mailbox).await;
    let chosen = |it: &Told| it.is("selected") && it.name.contains("Report 20");
    keys(&screen, &mailbox, &["Down"; 40]).await;
    let before = screen.until_told("^Mail", "the row in the middle", chosen).await;
    assert!(!rows(&before).iter().any(|name| name.contains("Report 59")), "it is scrolled");

    // Stopped: it says so, and what is on show stays.
    anna.stop().await;
    let away = screen.until_told("^Mail", "that the agent is away", |it| it.name.starts_with(AWAY)).await;
    assert_eq!((selected_row(&away), rows(&away)), (selected_row(&before), rows(&before)));

    // Another one that is not understood, as after an upgrade: it says what to do, which is not to wait.
    let other = UnixListener::bind(anna.socket()).expect("the socket is free");
    let other = tokio::spawn(answer_as_another_version(other));
    screen.until_told("^Mail", "that the agent is another one", |it| it.name.starts_with(FOREIGN)).await;
    other.abort();
    std::fs::remove_file(anna.socket()).expect("the other one's socket");

    // Back: by itself, with what came meanwhile on top, and where it stood.
    boris.send(&["anna"], "Report 60", "normal").await;
    anna.start().await;
    anna.cli.check().await;
    screen.titled(r"\((59|60|61)\)").await;
    // A look at the window is a walk from element to element, and the list is read anew behind the strip: until it has
    // the row that came, a look may show some rows as they were and others as they are.
    let read_anew = |it: &Told| it.role == "list item" && it.is("selected") && it.of == "61";
    let back = screen.until_told("^Mail", "the list with what came", read_anew).await;
    assert!(selected_row(&back).is_some_and(|row| row.contains("Report 20")), "{back:#?}");
    let back = within("the strip to go", async {
        loop {
            let told = screen.told_to_screen_reader("^Mail").await;
            if !told.iter().any(|it| it.name.starts_with(AWAY) || it.name.starts_with(FOREIGN)) {
                return told;
            }
        }
    })
    .await;
    assert!(selected_row(&back).is_some_and(|row| row.contains("Report 20")), "{back:#?}");
    assert!(!rows(&back).iter().any(|name| name.contains("Report 60")), "it is still scrolled");
}

/// Tells a state of a number that does not exist yet; knows none of our other paths.
async fn answer_as_another_version(listener: UnixListener) {
    while let Ok((mut stream, _)) = listener.accept().await {
        tokio::spawn(async move {
            let mut request = vec![0; 16 * 1024];
            let length = stream.read(&mut request).await.unwrap_or(0);
            let events = String::from_utf8_lossy(&request[..length]).contains("/events");
            let answer = if events {
                "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n\
                 data: {\"schema\": 99, \"state\": \"new\"}\n\n"
            } else {
                "HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
            };
            // Whoever hangs up has heard enough.
            let _ = stream.write_all(answer.as_bytes()).await;
        });
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_mailbox_goes_on_with_an_agent_that_was_upgraded_under_it() {
    let office = Office::open().await;
    let screen = Screen::log_in().await;
    let mut anna = screen.agent_of(&office, "anna").await;
    let boris = office.sign_in("boris").await;
    for number in 0..3 {
        boris.send(&["anna"], &format!("Report {number}"), "normal").await;
    }
    anna.cli.check().await;
    // The window's way to the agent: where the newer one will stand.
    let way = anna.socket().with_file_name("way.sock");
    std::os::unix::fs::symlink(anna.socket(), &way).expect("a way to the agent");
    let _reader = screen.switch_screen_reader_on().await;
    let _window = screen.open(&["--socket", &way.display().to_string(), "mailbox"], &[]);
    let mailbox = screen.titled(r"\(3\)").await;
    screen.painted(&mailbox).await;
    keys(&screen, &mailbox, &["Home", "Down"]).await;
    let chosen = |it: &Told| it.is("selected") && it.name.contains("Report 1");
    screen.until_told("^Mail", "the row in the middle", chosen).await;

    anna.stop().await;
    screen.until_told("^Mail", "that the agent is away", |it| it.name.starts_with(AWAY)).await;
    std::fs::remove_file(&way).expect("the way is ours");
    anna.start().await;
    let newer = UnixListener::bind(&way).expect("nobody stands there");
    let newer = tokio::spawn(answer_as_another(newer, anna.socket(), |_, said| {
        said.replace("{\"", "{\"of_the_next_version\":[7],\"")
    }));
    boris.send(&["anna"], "Report 3", "normal").await;
    anna.cli.check().await;

    let told = within("the new letter", async {
        loop {
            let told = screen.told_to_screen_reader("^Mail").await;
            assert!(!told.iter().any(|it| it.name.starts_with(FOREIGN)), "it is understood: {told:#?}");
            // A look is a walk: the strip may be looked at before it goes, and the rows behind it when they are new.
            let away = told.iter().any(|it| it.name.starts_with(AWAY));
            if !away && rows(&told).iter().any(|name| name.contains("Report 3")) {
                return told;
            }
        }
    })
    .await;
    assert!(selected_row(&told).is_some_and(|row| row.contains("Report 1")), "{told:#?}");
    keys(&screen, &mailbox, &["Home"]).await;
    let newest = |it: &Told| it.is("selected") && it.name.contains("Report 3");
    screen.until_told("^Mail", "the new letter, chosen", newest).await;
    newer.abort();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_newer_than_its_agent_shows_what_there_is_and_says_what_to_do() {
    let office = Office::open().await;
    let screen = Screen::log_in().await;
    let anna = screen.agent_of(&office, "anna").await;
    office.sign_in("boris").await.send(&["anna"], "Report 0", "normal").await;
    anna.cli.check().await;
    let way = anna.socket().with_file_name("way.sock");
    let older = UnixListener::bind(&way).expect("nobody stands there");
    // It knew no numbers of rows, and so counted none.
    let older = tokio::spawn(answer_as_another(older, anna.socket(), |request, said| {
        if request.contains("from=") { said.replace("\"count\":", "\"uncounted\":") } else { said }
    }));
    let _reader = screen.switch_screen_reader_on().await;
    let _window = screen.open(&["--socket", &way.display().to_string(), "mailbox"], &[]);
    let older_than = |it: &Told| it.name.starts_with("The mail agent is older than this window");
    screen.until_told("^Mail", "what to do", older_than).await;
    let letter = |it: &Told| it.role == "list item" && it.name.contains("Report 0");
    screen.until_told("^Mail", "the letter", letter).await;
    older.abort();
}

/// Passes on what this agent says as one of another version may say it, given the request and the answer.
async fn answer_as_another(listener: UnixListener, agent: PathBuf, in_its_words: fn(&str, String) -> String) {
    while let Ok((stream, _)) = listener.accept().await {
        let agent = agent.clone();
        tokio::spawn(async move {
            // A window that hangs up has heard enough.
            let _ = pass_on(stream, &agent, in_its_words).await;
        });
    }
}

async fn pass_on(
    mut window: UnixStream,
    agent: &Path,
    in_its_words: fn(&str, String) -> String,
) -> std::io::Result<()> {
    let mut agent = UnixStream::connect(agent).await?;
    let mut request = vec![0; 16 * 1024];
    let length = window.read(&mut request).await?;
    let request = String::from_utf8_lossy(&request[..length]).into_owned();
    // By HTTP/1.0 an answer comes in one piece that ends with its connection.
    let request = request.replacen("HTTP/1.1", "HTTP/1.0", 1);
    agent.write_all(request.as_bytes()).await?;
    let mut said = vec![0; 64 * 1024];
    loop {
        let length = agent.read(&mut said).await?;
        if length == 0 {
            return window.shutdown().await;
        }
        let text = in_its_words(&request, String::from_utf8_lossy(&said[..length]).into_owned());
        let text = text.replace("content-length", "length-before");
        window.write_all(text.as_bytes()).await?;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_while_the_agent_is_away_is_kept_and_saved_when_it_is_back() {
    let office = Office::open().await;
    let screen = Screen::log_in().await;
    let mut anna = screen.agent_of(&office, "anna").await;
    let _reader = screen.switch_screen_reader_on().await;
    let _window = screen.open_of(&anna, &["mailbox", "--write"]);
    let compose = screen.titled("^New message").await;
    screen.painted(&compose).await;
    anna.stop().await;

    keys(&screen, &compose, &["Tab"]).await;
    drop(screen.tool("xdotool", &["type", "--delay", "1", "Budget for the spring"]).await.done());
    keys(&screen, &compose, &["ctrl+s"]).await;
    let not_saved = |it: &Told| it.name.starts_with("The draft could not be saved");
    let told = screen.until_told("^Budget", "that it is not saved", not_saved).await;
    assert!(told.iter().any(|it| it.text == "Budget for the spring"), "{told:#?}");
    // Closed, it stays: there is nowhere to keep it.
    keys(&screen, &compose, &["ctrl+w"]).await;
    screen.until_told("^Budget", "that it is still there", not_saved).await;

    anna.start().await;
    keys(&screen, &compose, &["ctrl+s"]).await;
    screen.until_told("^Budget", "the draft", |it| it.name.starts_with("Draft saved")).await;
    let drafts = anna.cli.run(&["list", "drafts"]).await.done().stdout;
    assert!(drafts.contains("Budget for the spring"), "{drafts}");
}
