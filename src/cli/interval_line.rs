//! The check interval that explains itself, on one line (row B1).

use restante_l10n::{Value, Words, span};
use restante_local_api::{
    Status,
    model::{IntervalFrom, Timestamp},
};

/// Value, whose it is, the wish where it differs, the range, whether it is saved, the last good answer
/// and the next check; `moment` writes a time.
pub(crate) fn interval_line(words: &Words, status: &Status, moment: impl Fn(Timestamp) -> String) -> String {
    let interval = &status.interval;
    let said = |key: &str, name: &str, value: &str| words.with(key, &[(name, Value::Text(value))]);
    let whose = match (interval.from, &interval.locked_by) {
        (IntervalFrom::Office, _) => words.text("cli-from-office"),
        (IntervalFrom::User, _) => words.text("cli-from-user"),
        (IntervalFrom::Lock, Some(who)) => said("cli-from-lock", "who", who),
        (IntervalFrom::Lock, None) => words.text("cli-from-lock-of-administrator"),
        (IntervalFrom::BuiltIn, _) => words.text("cli-from-built-in"),
    };
    let mut parts =
        vec![format!("{} ({whose})", said("cli-every", "interval", &span(words, interval.seconds)))];
    if let Some(wished) = interval.wished_seconds.filter(|wished| *wished != interval.seconds) {
        parts.push(said("cli-wished", "interval", &span(words, wished)));
    }
    if let (Some(min), Some(max)) = (interval.min_seconds, interval.max_seconds) {
        let (min, max) = (span(words, min), span(words, max));
        parts.push(words.with("cli-range", &[("min", Value::Text(&min)), ("max", Value::Text(&max))]));
    }
    if interval.pending {
        let office_again = interval.wished_seconds.is_none();
        parts.push(words.text(if office_again { "cli-pending-office-again" } else { "cli-pending" }));
    }
    parts.push(match status.last_good_at {
        Some(at) => said("cli-last-answer", "moment", &moment(at)),
        None => words.text("cli-no-answer-yet"),
    });
    if let Some(at) = status.next_check_at {
        parts.push(said("cli-next-check", "moment", &moment(at)));
    }
    parts.join("; ")
}
