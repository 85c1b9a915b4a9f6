//! What the windows say: rows, sentences and marks, put together from what the agent told.
//!
//! Everything that other people wrote passes through [`line`] on its way into a window.

use restante_l10n::{Value, Words, isolate, local, moment, one_line, when};
use restante_local_api::{
    CacheState, ClientError, Connection, Direction, DiskState, FolderSummary, Message, MessageRow, Mode,
    RowState, Status,
    model::{
        DeliveryState, Folder, Importance, LetterProblem, NotDelivered, NotDeliveredReason, Person, Timestamp,
    },
};
use slint::{ModelRc, SharedString, VecModel};

use crate::{
    rows::Entry,
    stream::Link,
    ui::{FolderKind, FolderRow, OtherMail, Reading, Recipient, Row, StatusLine, Tone},
};

/// Names before a list of them is cut short: what fits into a column.
const NAMES_IN_A_ROW: usize = 3;
/// Names before the list in the reading pane is cut short: two or three lines.
const NAMES_IN_THE_PANE: usize = 20;

/// Other people's text for one line of a window.
pub(crate) fn line(text: &str) -> String {
    isolate(&one_line(text))
}

/// A row of a folder's list.
pub(crate) fn entry(words: &Words, now: Timestamp, folder: Folder, message: &MessageRow) -> Entry {
    let received = folder == Folder::Inbox;
    let who = if received { line(name(&message.from)) } else { names(words, &message.to, NAMES_IN_A_ROW) };
    let subject = subject(words, &message.subject);
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

/// The message in the reading pane.
pub(crate) fn reading(words: &Words, now: Timestamp, message: &Message) -> Reading {
    let row = &message.row;
    let mut notes = Vec::new();
    let mut alarm = None;
    let mut action = None;
    match (message.direction, row.state) {
        (Direction::Received, RowState::Expired) => notes.push(words.text("expired-here")),
        (Direction::Received, RowState::Retracted) => notes.push(words.text("retracted-here")),
        (Direction::Received, RowState::Delivered) => {
            notes.extend(
                message
                    .expires_at
                    .map(|at| words.with("expires", &[("moment", Value::Text(&moment_of(words, now, at)))])),
            );
        }
        (Direction::Sent, RowState::Draft) => action = Some(words.text("edit-draft")),
        (Direction::Sent, RowState::Refused) => {
            let why = row.refused.as_deref().map(line).unwrap_or_default();
            alarm = Some(words.with("refused-letter", &[("why", Value::Text(&why))]));
            action = Some(words.text("write-again"));
        }
        (Direction::Sent, _) if message.recipients.is_empty() => {
            notes.push(words.text("waiting-letter"));
            let held = row.on_its_way.is_some_and(|it| it.may_be_taken_back);
            action = held.then(|| words.text("take-back"));
        }
        (Direction::Sent, _) if may_be_retracted(message) => action = Some(words.text("retract")),
        (Direction::Sent | Direction::Received, _) => {}
    }
    Reading {
        shown: true,
        important: row.importance == Importance::High,
        subject: subject(words, &row.subject).into(),
        who: line(name(&row.from)).into(),
        to: words
            .with("to-names", &[("names", Value::Text(&names(words, &row.to, NAMES_IN_THE_PANE)))])
            .into(),
        when: moment_of(words, now, row.sent_at).into(),
        notes: list(notes),
        recipients: recipients(words, now, message),
        alarm: alarm.unwrap_or_default().into(),
        action: action.unwrap_or_default().into(),
        text: message.body.as_str().into(),
        ..Reading::default()
    }
}

/// Whether somebody has not read a sent message yet, so that it can be taken back from him (row B20).
pub(crate) fn may_be_retracted(message: &Message) -> bool {
    let open = |it: &restante_local_api::Recipient| {
        matches!(it.state, DeliveryState::Waiting | DeliveryState::Delivered)
    };
    message.direction == Direction::Sent && message.recipients.iter().any(open)
}

/// The line along the bottom of the mailbox, and the strip under its toolbar.
pub(crate) fn status_line(words: &Words, now: Timestamp, link: &Link) -> StatusLine {
    let status = match link {
        Link::Connecting => {
            return StatusLine { text: words.text("status-connecting").into(), ..StatusLine::default() };
        }
        Link::Away => {
            return StatusLine {
                tone: Tone::Bad,
                text: words.text("status-connecting").into(),
                strip: words.text("status-agent-away").into(),
                right: SharedString::new(),
            };
        }
        Link::Here(status) => status,
    };
    let (tone, text, wrong) = connection(words, now, status);
    let detail = status.connection_detail.as_deref().map(line);
    let strip = match (wrong, detail) {
        (false, _) => storage(words, status)
            .or_else(|| status.settings_problem.as_deref().map(line))
            .unwrap_or_default(),
        (true, None) => text.clone(),
        (true, Some(detail)) => {
            words.with("status-detail", &[("what", Value::Text(&text)), ("detail", Value::Text(&detail))])
        }
    };
    StatusLine { tone, text: text.into(), right: counts(words, status).into(), strip: strip.into() }
}

/// What is wrong with what is kept on this device, the worst first.
fn storage(words: &Words, status: &Status) -> Option<String> {
    let aside = status.storage.ledger_set_aside.as_deref().map(line);
    match (status.storage.disk, aside, status.storage.cache) {
        (DiskState::Full, _, _) => Some(words.text("storage-disk-full")),
        (DiskState::Failing, _, _) => Some(words.text("storage-disk-failing")),
        (DiskState::Ok, Some(path), _) => {
            Some(words.with("storage-ledger-set-aside", &[("path", Value::Text(&path))]))
        }
        (DiskState::Ok, None, CacheState::Rebuilding) => Some(words.text("storage-cache-rebuilding")),
        (DiskState::Ok, None, CacheState::Rebuilt | CacheState::Ok) => None,
    }
}

/// How the server was last met, in one sentence, and whether somebody has to do something about it.
fn connection(words: &Words, now: Timestamp, status: &Status) -> (Tone, String, bool) {
    let last = status.last_good_at.map(|at| moment_of(words, now, at));
    let next = status.next_check_at.map(|at| moment_of(words, now, at));
    let since = |without: &str, with: &str| match &last {
        None => words.text(without),
        Some(last) => words.with(with, &[("last", Value::Text(last))]),
    };
    if status.mode == Mode::Offline {
        return (Tone::Offline, since("status-offline", "status-offline-since"), false);
    }
    match status.connection {
        Connection::Ok => {
            let last = Value::Text(last.as_deref().unwrap_or("—"));
            let text = match &next {
                None => words.with("status-connected", &[("last", last)]),
                Some(next) => {
                    words.with("status-connected-next", &[("last", last), ("next", Value::Text(next))])
                }
            };
            (Tone::Good, text, false)
        }
        Connection::Unreachable => {
            let text = since("status-unreachable", "status-unreachable-since");
            let text = match &next {
                None => text,
                Some(next) => words
                    .with("status-next-try", &[("what", Value::Text(&text)), ("next", Value::Text(next))]),
            };
            (Tone::Bad, text, false)
        }
        Connection::SignedOut => (Tone::Bad, words.text("status-signed-out"), true),
        Connection::OfficeUnavailable => (Tone::Bad, words.text("status-office-unavailable"), true),
        Connection::ClientTooOld => (Tone::Bad, words.text("status-client-too-old"), true),
        Connection::Untried => (Tone::Quiet, words.text("status-untried"), false),
    }
}

fn counts(words: &Words, status: &Status) -> String {
    [
        ("outbox-refused", status.outbox.refused),
        ("outbox-waiting", status.outbox.waiting),
        ("unread-count", status.unread),
    ]
    .into_iter()
    .filter(|(_, count)| *count > 0)
    .map(|(key, count)| words.with(key, &[("count", Value::Number(count))]))
    .collect::<Vec<_>>()
    .join("   ·   ")
}

/// Other important messages under the first one.
pub(crate) fn other(words: &Words, now: Timestamp, message: &Message) -> OtherMail {
    let (who, subject) = (line(name(&message.row.from)), subject(words, &message.row.subject));
    let when = moment_of(words, now, message.row.sent_at);
    let spoken = format!("{who}, {subject}, {when}");
    OtherMail { who: who.into(), subject: subject.into(), when: when.into(), spoken: spoken.into() }
}

/// The subject for a line of a window.
pub(crate) fn subject(words: &Words, subject: &str) -> String {
    let said = line(subject);
    if said.is_empty() { words.text("no-subject") } else { said }
}

/// What to call a person.
pub(crate) fn name(person: &Person) -> &str {
    if person.name.is_empty() { person.login.as_str() } else { &person.name }
}

/// A moment in a sentence.
pub(crate) fn moment_of(words: &Words, now: Timestamp, at: Timestamp) -> String {
    moment(words, local(at.to_date_time()), local(now.to_date_time()))
}

/// What is wrong with a letter, in the words for the field where it is said.
pub(crate) fn letter_problem(words: &Words, problem: LetterProblem) -> String {
    words.text(match problem {
        LetterProblem::NoRecipient => "problem-no-recipient",
        LetterProblem::TooManyRecipients => "problem-too-many-recipients",
        LetterProblem::SubjectTooLong => "problem-subject-too-long",
        LetterProblem::SubjectControl => "problem-subject-control",
        LetterProblem::BodyTooLong => "problem-body-too-long",
        LetterProblem::BodyControl => "problem-body-control",
    })
}

/// Why an exchange with the agent came to nothing, for the middle of a sentence.
pub(crate) fn why(words: &Words, error: &ClientError) -> String {
    match error {
        ClientError::NotRunning(_) => words.text("problem-agent-away"),
        ClientError::Refused(problem) => match &problem.hint {
            None => problem.detail.clone(),
            Some(hint) => format!("{} ({hint})", problem.detail),
        },
        ClientError::Broken(what) => what.clone(),
    }
}

/// What became of each recipient's copy, those first who have not got it (row S9).
fn recipients(words: &Words, now: Timestamp, message: &Message) -> ModelRc<Recipient> {
    let order = [
        DeliveryState::Waiting,
        DeliveryState::Expired,
        DeliveryState::Delivered,
        DeliveryState::Read,
        DeliveryState::Retracted,
    ];
    let in_order =
        order.into_iter().flat_map(|state| message.recipients.iter().filter(move |it| it.state == state));
    let lines = in_order.map(|recipient| {
        let state = words.text(match recipient.state {
            DeliveryState::Waiting => "recipient-waiting",
            DeliveryState::Delivered => "recipient-delivered",
            DeliveryState::Read => "recipient-read",
            DeliveryState::Expired => "recipient-expired",
            DeliveryState::Retracted => "recipient-retracted",
        });
        let state = match recipient.acknowledged_at {
            None => state,
            Some(_) => words.with("recipient-acknowledged", &[("state", Value::Text(&state))]),
        };
        let name = line(name(&recipient.person));
        let since = moment_of(words, now, recipient.since);
        let when = match recipient.state {
            DeliveryState::Waiting if recipient.not_delivered_because.is_some() => {
                recipient.not_delivered_because.as_ref().map(|it| because(words, now, it)).unwrap_or_default()
            }
            DeliveryState::Waiting => words.with("recipient-since", &[("moment", Value::Text(&since))]),
            _ => since,
        };
        Recipient {
            spoken: format!("{name}, {state}, {when}").into(),
            name: name.into(),
            state: state.into(),
            when: when.into(),
            waiting: recipient.state == DeliveryState::Waiting,
            lost: recipient.state == DeliveryState::Expired,
        }
    });
    ModelRc::new(lines.collect::<VecModel<_>>())
}

/// Why no device of a recipient has it (row B18).
fn because(words: &Words, now: Timestamp, because: &NotDelivered) -> String {
    let seen = because.last_seen_at.map(|at| moment_of(words, now, at));
    match (because.why, seen) {
        (NotDeliveredReason::AccountDisabled, _) => words.text("recipient-disabled"),
        (NotDeliveredReason::NeverSignedIn, _) => words.text("recipient-never-signed-in"),
        (NotDeliveredReason::Offline, Some(seen)) => {
            words.with("recipient-offline-since", &[("moment", Value::Text(&seen))])
        }
        (NotDeliveredReason::Offline, None) => words.text("recipient-offline"),
        (NotDeliveredReason::NotFetchedYet, _) => words.text("recipient-not-fetched-yet"),
    }
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

/// "Anna, Boris" or "Anna, Boris, Clara and 4 more".
fn names(words: &Words, people: &[Person], most: usize) -> String {
    if people.is_empty() {
        return words.text("no-recipient");
    }
    let said: Vec<String> = people.iter().take(most).map(|person| line(name(person))).collect();
    let said = said.join(", ");
    match people.len().saturating_sub(most) {
        0 => said,
        more => {
            words.with("and-more", &[("first", Value::Text(&said)), ("count", Value::Number(more as u64))])
        }
    }
}

fn list(texts: Vec<String>) -> ModelRc<SharedString> {
    ModelRc::new(texts.into_iter().map(SharedString::from).collect::<VecModel<_>>())
}

#[cfg(test)]
mod tests;
