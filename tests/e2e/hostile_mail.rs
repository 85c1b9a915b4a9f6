//! Letters that are written to freeze or to mislead the window (issue "Windows that a clerk likes", robustness).

use restante_tests::{Colleague, Office, Screen, Told};
use serde_json::json;
use uuid::Uuid;

async fn send(from: &Colleague, subject: &str, body: &str) {
    let letter = json!({"to": ["anna"], "subject": subject, "body": body, "importance": "normal"});
    let path = format!("messages/{}", Uuid::now_v7());
    let answer = from.call(reqwest::Method::PUT, &path, Some(letter)).await;
    assert_eq!(answer.status, 201, "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn letters_that_mean_harm_neither_mislead_the_list_nor_stop_the_window() {
    let office = Office::open().await;
    let screen = Screen::log_in().await;
    let anna = screen.agent_of(&office, "anna").await;
    let boris = office.sign_in("boris").await;
    let (tower, wide) = (format!("H{}igh", "\u{0301}".repeat(300)), "W".repeat(998));
    let letters = [
        ("Last", "The end of them.".to_owned()),
        (wide.as_str(), "x".repeat(200_000)),
        ("Invoice \u{202E}fdp.exe", "\u{202E}turned around\n\u{2067}and open".to_owned()),
        (tower.as_str(), "H\u{0301}".repeat(3_000)),
        ("\u{200B}\u{2060}", "nothing to be seen above".to_owned()),
        ("Ten thousand lines", "one more line\n".repeat(10_000)),
        ("A mebibyte of words", "слово ".repeat(1_048_000 / 11)),
        ("A mebibyte without a space", "w".repeat(1_048_000)),
    ];
    for (subject, body) in &letters {
        send(&boris, subject, body).await;
    }
    anna.cli.check().await;
    let _reader = screen.switch_screen_reader_on().await;
    let _window = screen.open_of(&anna, &["mailbox"]);
    let mailbox = screen.titled(r"\(8\)").await;
    screen.painted(&mailbox).await;
    drop(screen.tool("xdotool", &["windowfocus", "--sync", &mailbox]).await.done());

    let told = screen.until_told("^Mail", "the rows", |it| it.name.contains("A mebibyte of words")).await;
    let rows: Vec<&str> =
        told.iter().filter(|it| it.role == "list item").map(|it| it.name.as_str()).skip(3).collect();
    assert!(rows.iter().all(|row| row.starts_with("unread, Boris Ivanov, ")), "{rows:#?}");
    for subject in ["Invoice fdp.exe", "H\u{301}\u{301}\u{301}\u{301}igh", "(no subject)"] {
        assert!(rows.iter().any(|row| row.contains(subject)), "no {subject:?} in {rows:#?}");
    }

    // Every one of them is read, and the window still does what it is told.
    for (subject, _) in letters.iter().rev() {
        drop(screen.tool("xdotool", &["key", "Down"]).await.done());
        let place = letters.len() - letters.iter().position(|it| it.0 == *subject).expect("one of them");
        let chosen = |it: &Told| it.is("selected") && it.of == "8" && it.place == place.to_string();
        screen.until_told("^Mail", "the next one", chosen).await;
        if subject.starts_with("A mebibyte") {
            let in_parts = |it: &Told| it.name.starts_with("A long message: part 1 of ");
            screen.until_told("^Mail", "a part of it", in_parts).await;
        }
    }
    let text = |it: &Told| it.name == "Text" && it.text == "The end of them.";
    screen.until_told("^Mail", "the text of the last one", text).await;
}
