//! What the tray says, in words.

use restante_engine::effect::TrayFace;
use restante_l10n::{Interval, SetBy, Value, Words, answers, interval, local, moment};
use restante_local_api::{Connection, Mode};
use restante_model::{IntervalFrom, Timestamp};

use super::Neighbour;

/// What the tray shows of a face; compared, so that only what changed is sent to the host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Said {
    /// Unread messages of all accounts, for the badge.
    pub(super) unread: u64,
    /// Over the icon.
    pub(super) tooltip: String,
    /// The item that opens the mailbox.
    pub(super) open_mail: String,
    /// Those that open the other accounts' mailboxes, each with its agent.
    pub(super) open_mail_of: Vec<(String, String)>,
    /// The interval, which explains itself.
    pub(super) interval: String,
    /// Below it: what stands in the way, the last good answer and the next check.
    pub(super) answers: String,
}

impl Said {
    /// The other accounts' agents: as long as they are the same, so are the menu's items.
    pub(super) fn agents(&self) -> impl PartialEq {
        self.open_mail_of.iter().map(|(agent, _)| agent.clone()).collect::<Vec<_>>()
    }
}

pub(super) fn of(face: &TrayFace, others: &[Neighbour], words: &Words, now: Timestamp) -> Said {
    let moment = |at: Timestamp| moment(words, local(at.to_date_time()), local(now.to_date_time()));
    let (last_answer, next_check) = (face.last_good_at.map(moment), face.next_check_at.map(moment));
    let trouble = trouble(face).map(|key| words.text(key));
    let told = interval(words, &interval_of(face));
    let checks = words.with("tray-interval", &[("told", Value::Text(&told))]);
    let troubled = |answers: String| match &trouble {
        Some(trouble) => format!("{trouble}, {answers}"),
        None => answers,
    };
    let last_answer = last_answer.as_deref();
    let state = troubled(answers(words, last_answer, None));
    let answers = capitalised(&troubled(answers(words, last_answer, next_check.as_deref())));
    let total = others.iter().fold(face.unread, |sum, other| sum.saturating_add(other.unread));
    let total_high = others.iter().fold(face.unread_high, |sum, other| sum.saturating_add(other.unread_high));
    let mut tooltip = format!("{}\n{state}", unread(total, total_high, words));
    for other in others {
        let unread = unread(other.unread, other.unread_high, words);
        let values = [("account", Value::Text(&account(other, words))), ("unread", Value::Text(&unread))];
        tooltip.push('\n');
        tooltip.push_str(&words.with("tray-account", &values));
    }
    let open_mail_of = others.iter().map(|other| {
        let account = account(other, words);
        let values = [("account", Value::Text(&account)), ("count", Value::Number(other.unread))];
        (other.agent.clone(), label(&words.with("tray-open-mail-of", &values)))
    });
    Said {
        unread: total,
        tooltip,
        open_mail_of: open_mail_of.collect(),
        open_mail: label(&words.with("tray-open-mail", &[("count", Value::Number(face.unread))])),
        interval: label(&checks),
        answers: label(&answers),
    }
}

/// A menu item's text: there, `&` marks a key.
pub(super) fn label(text: &str) -> String {
    text.replace('&', "&&")
}

/// What another account is called: its profile.
fn account(other: &Neighbour, words: &Words) -> String {
    if other.profile.is_empty() { words.text("tray-main-account") } else { other.profile.clone() }
}

fn unread(unread: u64, high: u64, words: &Words) -> String {
    let unread = words.with("tray-unread", &[("count", Value::Number(unread))]);
    if high == 0 {
        return unread;
    }
    let values = [("unread", Value::Text(&unread)), ("count", Value::Number(high))];
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

/// As an item of a menu begins.
fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}

fn interval_of(face: &TrayFace) -> Interval<'_> {
    let told = &face.interval;
    Interval {
        seconds: told.seconds,
        set_by: match told.from {
            IntervalFrom::Office => SetBy::Office,
            IntervalFrom::User => SetBy::Person,
            IntervalFrom::Lock => SetBy::Lock(told.locked_by.as_deref()),
            IntervalFrom::BuiltIn => SetBy::BuiltIn,
        },
        wished_seconds: told.wished_seconds,
        allowed_seconds: told.min_seconds.zip(told.max_seconds),
        pending: told.pending,
    }
}

#[cfg(test)]
mod tests {
    use restante_l10n::Language;

    use super::*;

    fn face() -> TrayFace {
        super::super::tests::face(12)
    }

    fn said(face: &TrayFace, language: Language) -> Said {
        of(face, &[], &Words::new(language), Timestamp::parse("2026-11-24T09:31:00Z").unwrap())
    }

    #[test]
    fn the_full_number_and_the_last_answer_are_told() {
        let said = said(&face(), Language::English);
        assert!(said.tooltip.starts_with("12 unread messages\nlast answer "), "{}", said.tooltip);
        assert_eq!(said.open_mail, "Open mail (12)");
    }

    #[test]
    fn the_interval_explains_itself() {
        let told = said(&face(), Language::English);
        assert_eq!(told.interval, "Checks every 5 min (set by the post office); allowed 30 s to 1 d");
        let answers = &told.answers;
        assert!(answers.starts_with("Last answer ") && answers.contains("; next check "), "{answers}");
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
        let told = said(&face, Language::English).answers;
        assert!(told.starts_with("Offline, last answer "), "{told}");
    }

    #[test]
    fn all_accounts_are_counted_and_each_has_a_line_and_an_item() {
        let other = |profile: &str, unread| Neighbour {
            agent: format!(":{unread}"),
            profile: profile.into(),
            unread,
            unread_high: 0,
            offline: false,
        };
        let words = Words::new(Language::English);
        let now = Timestamp::parse("2026-11-24T09:31:00Z").unwrap();
        let said = of(&face(), &[other("", 0), other("work", 3)], &words, now);
        assert_eq!(said.unread, 15);
        assert!(said.tooltip.starts_with("15 unread messages\n"), "{}", said.tooltip);
        let accounts = "\nmain account: No unread messages\nwork: 3 unread messages";
        assert!(said.tooltip.ends_with(accounts), "{}", said.tooltip);
        assert_eq!(said.open_mail, "Open mail (12)");
        let items: Vec<_> = said.open_mail_of.iter().map(|(_, text)| text.as_str()).collect();
        assert_eq!(items, ["Open mail: main account", "Open mail: work (3)"]);
    }

    #[test]
    fn an_ampersand_is_no_key() {
        assert_eq!(label("Post & mail"), "Post && mail");
    }
}
