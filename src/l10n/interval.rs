//! The check interval that explains itself (row B1): said alike on the command line, in the windows and in the tray.

use crate::{Value, Words, isolate, one_line, span};

/// What there is to say of it; the spans are seconds.
#[derive(Clone, Copy, Debug)]
pub struct Interval<'a> {
    /// The one in force.
    pub seconds: u64,
    /// Whose it is.
    pub set_by: SetBy<'a>,
    /// What the person asked for.
    pub wished_seconds: Option<u64>,
    /// The shortest and the longest that the post office allows.
    pub allowed_seconds: Option<(u64, u64)>,
    /// Whether the wish has yet to reach the server.
    pub pending: bool,
}

/// Who decided on the interval.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SetBy<'a> {
    /// The post office.
    Office,
    /// The person.
    Person,
    /// Somebody who lets nobody else change it; nameless, the administrator.
    Lock(Option<&'a str>),
    /// Nobody yet.
    BuiltIn,
}

/// On one line: value and whose it is, the wish where it differs, the range, and whether it is saved.
pub fn interval(words: &Words, told: &Interval<'_>) -> String {
    let said = |key: &str, name: &str, value: &str| words.with(key, &[(name, Value::Text(value))]);
    let whose = match told.set_by {
        SetBy::Office => words.text("interval-from-office"),
        SetBy::Person => words.text("interval-from-user"),
        SetBy::Lock(Some(who)) => said("interval-from-lock", "who", &isolate(&one_line(who))),
        SetBy::Lock(None) => words.text("interval-from-lock-of-administrator"),
        SetBy::BuiltIn => words.text("interval-from-built-in"),
    };
    let mut sentences =
        vec![format!("{} ({whose})", said("interval-every", "interval", &span(words, told.seconds)))];
    if let Some(wished) = told.wished_seconds.filter(|wished| *wished != told.seconds) {
        sentences.push(said("interval-wished", "interval", &span(words, wished)));
    }
    if let Some((min, max)) = told.allowed_seconds {
        let (min, max) = (span(words, min), span(words, max));
        sentences
            .push(words.with("interval-range", &[("min", Value::Text(&min)), ("max", Value::Text(&max))]));
    }
    if told.pending {
        let office_again = told.wished_seconds.is_none();
        let key = if office_again { "interval-pending-office-again" } else { "interval-pending" };
        sentences.push(words.text(key));
    }
    sentences.join("; ")
}

/// What belongs behind it: the last good answer and the next check, given as people read moments.
pub fn answers(words: &Words, last_answer: Option<&str>, next_check: Option<&str>) -> String {
    let said = |key: &str, moment| words.with(key, &[("moment", Value::Text(moment))]);
    let last = last_answer.map(|moment| said("interval-last-answer", moment));
    let mut sentences = vec![last.unwrap_or_else(|| words.text("interval-no-answer-yet"))];
    sentences.extend(next_check.map(|moment| said("interval-next-check", moment)));
    sentences.join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Language;

    const TOLD: Interval<'_> = Interval {
        seconds: 600,
        set_by: SetBy::Person,
        wished_seconds: Some(600),
        allowed_seconds: Some((60, 3_600)),
        pending: false,
    };

    fn said(told: &Interval<'_>) -> String {
        interval(&Words::new(Language::English), told)
    }

    #[test]
    fn an_interval_says_whose_it_is_and_what_is_allowed() {
        assert_eq!(said(&TOLD), "every 10 min (chosen by you); allowed 1 min to 1 h");
        let nobody = Interval { set_by: SetBy::BuiltIn, wished_seconds: None, allowed_seconds: None, ..TOLD };
        assert_eq!(said(&nobody), "every 10 min (built in, until the server has answered)");
    }

    #[test]
    fn a_wish_that_is_not_in_force_is_said_and_so_is_one_that_is_not_saved() {
        let locked = Interval { set_by: SetBy::Lock(Some("the\nboard")), wished_seconds: Some(5), ..TOLD };
        assert!(said(&locked).starts_with("every 10 min (locked by the board); you asked for 5 s"));
        let pending = Interval { pending: true, ..TOLD };
        assert!(said(&pending).ends_with("; not yet saved on the server"));
        let dropped = Interval { pending: true, wished_seconds: None, ..TOLD };
        assert!(said(&dropped).ends_with("; goes back to the post office's with the next check"));
    }

    #[test]
    fn the_last_answer_and_the_next_check_are_said_as_far_as_there_are_any() {
        let words = Words::new(Language::English);
        assert_eq!(answers(&words, Some("16:05"), Some("16:15")), "last answer 16:05; next check 16:15");
        assert_eq!(answers(&words, None, None), "no answer yet");
    }
}
