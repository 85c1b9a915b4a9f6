//! What a popup says, in words. Names and subjects come from other people: one line each, bounded.

use restante_engine::effect::{Named, PopupContent};
use restante_l10n::{Value, Words, date_and_time, isolate, local, one_line};
use restante_local_api::{Connection, Direction};
use restante_model::Timestamp;

/// More of a name or a subject than this no popup shows; and the service copies it all.
const MAX_NAME_CHARACTERS: usize = 80;
const MAX_SUBJECT_CHARACTERS: usize = 200;
/// Where several are named, each has a line.
const MAX_NAMED_SUBJECT_CHARACTERS: usize = 80;

/// The words of a popup.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) summary: String,
    pub(crate) body: String,
    pub(crate) important: bool,
    pub(crate) one_message: bool,
    /// Whether it is about mail, and not about the connection.
    pub(crate) of_mail: bool,
}

pub(crate) fn of(content: &PopupContent, words: &Words) -> Said {
    match content {
        PopupContent::Message { id: _, from, subject, important } => {
            let name = from.as_ref().map(|person| bounded(&person.name, MAX_NAME_CHARACTERS));
            let summary = match (&name, important) {
                (Some(name), false) => name.clone(),
                (Some(name), true) => {
                    words.with("popup-important-from", &[("from", Value::Text(&isolate(name)))])
                }
                (None, false) => words.text("popup-message"),
                (None, true) => words.text("popup-important"),
            };
            let body = match subject.as_deref().map(|subject| bounded(subject, MAX_SUBJECT_CHARACTERS)) {
                Some(subject) if subject.is_empty() => words.text("popup-no-subject"),
                Some(subject) => subject,
                None => String::new(),
            };
            Said { summary, body, important: *important, one_message: true, of_mail: true }
        }
        PopupContent::Summary { count } => Said {
            summary: words.with("popup-summary", &[("count", Value::Number(*count))]),
            body: words.text("popup-summary-body"),
            important: false,
            one_message: false,
            of_mail: true,
        },
        PopupContent::ImportantSummary { ids, newest } => several_important(ids.len() as u64, newest, words),
        PopupContent::Expiring { direction, count, expires_at, subject } => {
            expiring(*direction, *count, *expires_at, subject.as_deref(), words)
        }
        PopupContent::Connection { state, detail } => connection(*state, detail.as_deref(), words),
    }
}

/// How many, and of the newest a line each.
fn several_important(count: u64, newest: &[Named], words: &Words) -> Said {
    let mut lines: Vec<String> = newest
        .iter()
        .map(|message| {
            let subject = match bounded(&message.subject, MAX_NAMED_SUBJECT_CHARACTERS) {
                subject if subject.is_empty() => words.text("popup-no-subject"),
                subject => subject,
            };
            let from = bounded(&message.from.name, MAX_NAME_CHARACTERS);
            words.with(
                "popup-important-line",
                &[("from", Value::Text(&isolate(&from))), ("subject", Value::Text(&isolate(&subject)))],
            )
        })
        .collect();
    if newest.is_empty() {
        lines.push(words.text("popup-summary-body"));
    } else if let more @ 1.. = count.saturating_sub(newest.len() as u64) {
        lines.push(words.with("popup-important-more", &[("count", Value::Number(more))]));
    }
    let summary = words.with("popup-important-summary", &[("count", Value::Number(count))]);
    Said { summary, body: lines.join("\n"), important: true, one_message: false, of_mail: true }
}

/// Until when there is time to read them.
fn expiring(
    direction: Direction,
    count: u64,
    expires_at: Timestamp,
    subject: Option<&str>,
    words: &Words,
) -> Said {
    let key = match direction {
        Direction::Received => "popup-expiring",
        Direction::Sent => "popup-expiring-sent",
    };
    let moment = date_and_time(words, local(expires_at.to_date_time()));
    let mut body = words
        .with("popup-expiring-until", &[("count", Value::Number(count)), ("moment", Value::Text(&moment))]);
    if let Some(subject) = subject.map(|it| bounded(it, MAX_SUBJECT_CHARACTERS)).filter(|it| !it.is_empty()) {
        body = format!("{}. {body}", isolate(&subject));
    }
    let summary = words.with(key, &[("count", Value::Number(count))]);
    Said { summary, body, important: false, one_message: false, of_mail: true }
}

/// What is wrong with the connection, and what the server said to do about it.
fn connection(state: Connection, detail: Option<&str>, words: &Words) -> Said {
    let (summary, body) = match state {
        Connection::SignedOut => ("popup-sign-in-again", Some("popup-sign-in-again-body")),
        Connection::OfficeUnavailable => ("status-office-unavailable", None),
        Connection::ClientTooOld => ("status-client-too-old", None),
        // States that pass by themselves are never said.
        Connection::Ok | Connection::Unreachable | Connection::Untried => ("agent-name", None),
    };
    let body = match body {
        Some(body) => words.text(body),
        None => detail.map(|detail| bounded(detail, MAX_SUBJECT_CHARACTERS)).unwrap_or_default(),
    };
    Said { summary: words.text(summary), body, important: false, one_message: false, of_mail: false }
}

/// Text for a service that reads markup in the body.
pub(super) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            letter => escaped.push(letter),
        }
    }
    escaped
}

fn bounded(text: &str, max_characters: usize) -> String {
    let line = one_line(text);
    if line.chars().count() <= max_characters {
        return line;
    }
    let cut: String = line.chars().take(max_characters - 1).collect();
    format!("{}…", cut.trim_end())
}

#[cfg(test)]
mod tests {
    use restante_l10n::Language;
    use restante_model::{MessageId, Person};

    use super::*;

    fn message(from: Option<&str>, subject: Option<&str>, important: bool) -> Said {
        let content = PopupContent::Message {
            id: "01936a70-1b3c-7000-8000-000000000001".parse::<MessageId>().unwrap(),
            from: from.map(|name| Person { login: "boris".parse().unwrap(), name: name.into() }),
            subject: subject.map(str::to_owned),
            important,
        };
        of(&content, &Words::new(Language::English))
    }

    #[test]
    fn a_message_is_told_by_sender_and_subject() {
        let said = message(Some("Boris Petrov"), Some("Lunch"), false);
        assert_eq!((said.summary.as_str(), said.body.as_str()), ("Boris Petrov", "Lunch"));
        assert_eq!(message(Some("Boris"), Some("Fire"), true).summary, "Important: Boris");
    }

    #[test]
    fn without_previews_neither_is_told() {
        let said = message(None, None, true);
        assert_eq!((said.summary.as_str(), said.body.as_str()), ("Important message", ""));
    }

    #[test]
    fn control_characters_and_long_texts_do_not_reach_the_screen() {
        let said = message(Some("Bo\u{7}ris\n\n"), Some(&"я".repeat(5000)), false);
        assert_eq!(said.summary, "Bo ris");
        assert_eq!(said.body.chars().count(), MAX_SUBJECT_CHARACTERS);
        assert!(said.body.ends_with('…'));
    }

    #[test]
    fn markup_is_text() {
        assert_eq!(escape("Profit & Loss <report@x.org>"), "Profit &amp; Loss &lt;report@x.org&gt;");
    }

    #[test]
    fn the_connection_is_told_with_what_to_do() {
        let words = Words::new(Language::Russian);
        let said = |state| {
            of(
                &PopupContent::Connection {
                    state, detail: Some("обратитесь в комнату 12".into())
                },
                &words,
            )
        };
        assert_eq!(said(Connection::SignedOut).summary, "Войдите в почту снова");
        let office = said(Connection::OfficeUnavailable);
        assert_eq!(
            (office.summary.as_str(), office.body.as_str()),
            ("Сервер сообщений не доступен", "обратитесь в комнату 12")
        );
    }

    #[test]
    fn what_expires_soon_is_told_with_its_moment() {
        let words = Words::new(Language::Russian);
        let expires_at = Timestamp::parse("2026-11-25T16:05:00Z").unwrap();
        let said = |direction, count, subject: Option<&str>| {
            let subject = subject.map(str::to_owned);
            of(&PopupContent::Expiring { direction, count, expires_at, subject }, &words)
        };
        let one = said(Direction::Received, 1, Some("Совещание"));
        assert!(one.body.contains("Совещание") && one.body.contains("25.11.2026"), "{}", one.body);
        assert_eq!(one.summary, "Скоро истечёт срок хранения непрочитанного письма");
        let three = said(Direction::Sent, 3, None);
        assert!(three.summary.ends_with("писем: 3"), "{}", three.summary);
        assert!(!three.one_message, "it is not marked read from here");
    }

    #[test]
    fn several_important_messages_are_counted_and_the_newest_named() {
        let words = Words::new(Language::Russian);
        let named = |subject: &str| Named {
            from: Person { login: "boris".parse().unwrap(), name: "Борис".into() },
            subject: subject.into(),
        };
        let ids =
            |count: u128| (0..count).map(|it| MessageId::from_uuid(uuid::Uuid::from_u128(it))).collect();
        let newest = vec![named("Пожар"), named(""), named("a\nb")];
        let said = of(&PopupContent::ImportantSummary { ids: ids(5), newest }, &words);
        assert_eq!(said.summary, "5 важных писем");
        let lines: Vec<_> = said.body.lines().map(without_isolates).collect();
        assert_eq!(lines, ["Борис: Пожар", "Борис: (без темы)", "Борис: a b", "и ещё 2 важных письма"]);
        assert!(said.important && !said.one_message);

        let hidden = of(&PopupContent::ImportantSummary { ids: ids(21), newest: Vec::new() }, &words);
        assert_eq!(
            (hidden.summary.as_str(), hidden.body.as_str()),
            ("21 важное письмо", "Они ждут в почте.")
        );
    }

    fn without_isolates(text: &str) -> String {
        text.replace(['\u{2068}', '\u{2069}'], "")
    }

    #[test]
    fn several_are_counted() {
        let words = Words::new(Language::Russian);
        assert_eq!(of(&PopupContent::Summary { count: 4 }, &words).summary, "4 новых письма");
        assert!(!of(&PopupContent::Summary { count: 4 }, &words).one_message);
    }
}
