//! What the tray says, in words.

use restante_engine::effect::TrayFace;
use restante_l10n::{Value, Words, local, moment};
use restante_local_api::{Connection, Mode};
use restante_model::Timestamp;

/// What the tray shows of a face; compared, so that only what changed is sent to the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Said {
    /// Over the icon.
    pub(super) tooltip: String,
    /// The item that opens the mailbox.
    pub(super) open_mail: String,
    /// The line on the checks.
    pub(super) interval: String,
}

pub(super) fn of(face: &TrayFace, words: &Words, now: Timestamp) -> Said {
    let last_answer = face.last_good_at.map_or_else(
        || words.text("tray-never-answered"),
        |at| {
            let when = moment(words, local(at.to_date_time()), local(now.to_date_time()));
            words.with("tray-last-answer", &[("when", Value::Text(&when))])
        },
    );
    let state = match trouble(face) {
        Some(trouble) => format!("{}, {last_answer}", words.text(trouble)),
        None => last_answer,
    };
    let every = every(face.interval_seconds, words);
    let interval =
        words.with("tray-interval", &[("every", Value::Text(&every)), ("state", Value::Text(&state))]);
    Said {
        tooltip: format!("{}\n{state}", unread(face, words)),
        open_mail: label(&words.with("tray-open-mail", &[("count", Value::Number(face.unread))])),
        interval: label(&interval),
    }
}

/// A menu item's text: there, `&` marks a key.
pub(super) fn label(text: &str) -> String {
    text.replace('&', "&&")
}

fn unread(face: &TrayFace, words: &Words) -> String {
    let unread = words.with("tray-unread", &[("count", Value::Number(face.unread))]);
    if face.unread_high == 0 {
        return unread;
    }
    let values = [("unread", Value::Text(&unread)), ("count", Value::Number(face.unread_high))];
    words.with("tray-unread-important", &values)
}

/// Why there is no good answer; the key of the words for it.
fn trouble(face: &TrayFace) -> Option<&'static str> {
    match (face.mode, face.connection) {
        (Mode::Offline, _) => Some("tray-offline"),
        (Mode::Online, Connection::Ok | Connection::Untried) => None,
        (Mode::Online, Connection::Unreachable) => Some("tray-unreachable"),
        (Mode::Online, Connection::SignedOut) => Some("tray-signed-out"),
        (Mode::Online, Connection::OfficeUnavailable) => Some("tray-office-unavailable"),
        (Mode::Online, Connection::ClientTooOld) => Some("tray-too-old"),
    }
}

/// An interval in its largest whole unit.
fn every(seconds: u64, words: &Words) -> String {
    let say = |key: &str, count| words.with(key, &[("count", Value::Number(count))]);
    match seconds {
        hours if hours > 0 && hours % 3600 == 0 => say("tray-every-hours", hours / 3600),
        minutes if minutes > 0 && minutes % 60 == 0 => say("tray-every-minutes", minutes / 60),
        seconds => say("tray-every-seconds", seconds),
    }
}

#[cfg(test)]
mod tests {
    use restante_l10n::Language;

    use super::*;

    fn face() -> TrayFace {
        TrayFace {
            unread: 12,
            unread_high: 0,
            mode: Mode::Online,
            connection: Connection::Ok,
            last_good_at: Some(Timestamp::parse("2026-11-24T09:30:00Z").unwrap()),
            interval_seconds: 300,
        }
    }

    fn said(face: &TrayFace, language: Language) -> Said {
        of(face, &Words::new(language), Timestamp::parse("2026-11-24T09:31:00Z").unwrap())
    }

    #[test]
    fn the_full_number_and_the_last_answer_are_told() {
        let said = said(&face(), Language::English);
        assert!(said.tooltip.starts_with("12 unread messages\nlast answer "), "{}", said.tooltip);
        assert_eq!(said.open_mail, "Open mail (12)");
        assert!(said.interval.starts_with("Checks every 5 min — last answer "), "{}", said.interval);
    }

    #[test]
    fn important_mail_and_trouble_are_told() {
        let face = TrayFace {
            unread: 2,
            unread_high: 1,
            connection: Connection::Unreachable,
            last_good_at: None,
            ..face()
        };
        let said = said(&face, Language::Russian);
        assert_eq!(said.tooltip, "2 непрочитанных письма, важных: 1\nнет связи, ответа ещё не было");
    }

    #[test]
    fn offline_mode_is_no_trouble_of_the_connection() {
        let face = TrayFace { mode: Mode::Offline, connection: Connection::Unreachable, ..face() };
        assert!(said(&face, Language::English).interval.contains("— offline, last answer"));
    }

    #[test]
    fn an_interval_is_told_in_its_largest_unit() {
        let words = Words::new(Language::English);
        let told = [7200, 5400, 90, 1].map(|seconds| every(seconds, &words));
        assert_eq!(told, ["every 2 h", "every 90 min", "every 90 s", "every 1 s"]);
    }

    #[test]
    fn an_ampersand_is_no_key() {
        assert_eq!(label("Post & mail"), "Post && mail");
    }
}
