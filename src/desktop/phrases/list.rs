//! A row of a list: a message in its folder, and a folder.

use restante_l10n::{Value, Words, isolate, local, when};
use restante_local_api::{
    FolderSummary, MessageRow, RowState,
    model::{Folder, Importance, Person, Timestamp},
};

use super::{bare_subject, line, name, names};
use crate::{
    rows::Entry,
    ui::{FolderKind, FolderRow, Row},
};

/// Names before a list of them is cut short: what fits into a column.
const NAMES_IN_A_ROW: usize = 3;
/// Letters of a subject in a row: more than the widest window shows, and what is hidden is laid out all the same.
const LETTERS_IN_A_ROW: usize = 300;

/// A row of a folder's list.
pub(crate) fn entry(words: &Words, now: Timestamp, folder: Folder, message: &MessageRow) -> Entry {
    let received = folder == Folder::Inbox;
    let who = if received { line(name(&message.from)) } else { names(words, &message.to, NAMES_IN_A_ROW) };
    let subject = isolate(&start(&bare_subject(words, &message.subject)));
    let when = when(words, local(message.sent_at.to_date_time()), local(now.to_date_time()));
    let unread = received && message.bold;
    let important = message.importance == Importance::High;
    let not_delivered = not_delivered(words, message);
    let refused = message.refused.as_deref().map(line);
    let note = match folder {
        Folder::Inbox | Folder::Drafts => String::new(),
        Folder::Sent => not_delivered.clone().unwrap_or_default(),
        Folder::Outbox => refused.clone().unwrap_or_default(),
    };
    let spoken: Vec<String> = [
        unread.then(|| words.text("row-unread")),
        important.then(|| words.text("row-high")),
        Some(who.clone()),
        Some(subject.clone()),
        Some(when.clone()),
        not_delivered.map(|names| words.with("row-not-delivered", &[("names", Value::Text(&names))])),
        refused.map(|why| words.with("row-refused", &[("why", Value::Text(&why))])),
        (message.state == RowState::Expired).then(|| words.text("row-expired")),
        (message.state == RowState::Retracted).then(|| words.text("row-retracted")),
    ]
    .into_iter()
    .flatten()
    .collect();
    let row = Row {
        loaded: true,
        strong: message.bold,
        dot: unread,
        important,
        alarming: message.state == RowState::Refused || message.state == RowState::Expired,
        who: who.into(),
        subject: subject.into(),
        note: note.into(),
        when: when.into(),
        spoken: spoken.join(", ").into(),
    };
    Entry { id: message.id, row }
}

/// A row of the list of folders.
pub(crate) fn folder(words: &Words, summary: &FolderSummary) -> FolderRow {
    let (kind, name) = match summary.folder {
        Folder::Inbox => (FolderKind::Inbox, words.text("folder-inbox")),
        Folder::Sent => (FolderKind::Sent, words.text("folder-sent")),
        Folder::Drafts => (FolderKind::Drafts, words.text("folder-drafts")),
        Folder::Outbox => (FolderKind::Outbox, words.text("folder-outbox")),
    };
    let said = Value::Text(&name);
    let (count, spoken) = match summary.folder {
        Folder::Inbox if summary.unread > 0 => (
            format!("({})", summary.unread),
            words.with("folder-spoken-unread", &[("name", said), ("unread", Value::Number(summary.unread))]),
        ),
        Folder::Drafts | Folder::Outbox if summary.count > 0 => (
            summary.count.to_string(),
            words.with("folder-spoken-count", &[("name", said), ("count", Value::Number(summary.count))]),
        ),
        Folder::Sent if summary.bold => (String::new(), words.with("folder-spoken-bold", &[("name", said)])),
        Folder::Inbox | Folder::Sent | Folder::Drafts | Folder::Outbox => (String::new(), name.clone()),
    };
    FolderRow { kind, count: count.into(), strong: summary.bold, spoken: spoken.into(), name: name.into() }
}

/// The names of those who have not received it; `None` when there are none.
fn not_delivered(words: &Words, message: &MessageRow) -> Option<String> {
    let people: Vec<Person> = message
        .to
        .iter()
        .filter(|person| message.not_delivered.contains(&person.login.to_string()))
        .cloned()
        .collect();
    if !people.is_empty() {
        return Some(names(words, &people, NAMES_IN_A_ROW));
    }
    let logins: Vec<String> = message.not_delivered.iter().map(|login| line(login)).collect();
    (!logins.is_empty()).then(|| logins.join(", "))
}

/// A text, or as much of it as a row holds.
fn start(text: &str) -> String {
    match text.char_indices().nth(LETTERS_IN_A_ROW) {
        None => text.to_owned(),
        Some((end, _)) => format!("{}…", &text[..end]),
    }
}
