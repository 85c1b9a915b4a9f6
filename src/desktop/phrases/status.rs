//! How the agent and its server fare: the status line of the mailbox, and the strip under its toolbar.

use restante_l10n::{Value, Words};
use restante_local_api::{CacheState, Connection, DiskState, Mode, Status, model::Timestamp};
use slint::SharedString;

use super::{line, moment_of};
use crate::{
    stream::Link,
    ui::{StatusLine, Tone},
};

/// The line along the bottom of the mailbox, and the strip under its toolbar.
pub(crate) fn status_line(words: &Words, now: Timestamp, link: &Link) -> StatusLine {
    let status = match link {
        Link::Connecting => {
            return StatusLine { text: words.text("status-connecting").into(), ..StatusLine::default() };
        }
        Link::Away | Link::Foreign => {
            return StatusLine {
                tone: Tone::Bad,
                text: words.text("status-connecting").into(),
                strip: no_agent(words, link).into(),
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

/// What is wrong with the agent itself; nothing where it is there or has not been met yet.
pub(crate) fn no_agent(words: &Words, link: &Link) -> String {
    match link {
        Link::Connecting | Link::Here(_) => String::new(),
        Link::Away => words.text("status-agent-away"),
        Link::Foreign => words.text("status-agent-foreign"),
    }
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
