//! The check interval that explains itself, on one line (row B1).

use restante_l10n::{Interval, SetBy, Words, answers, interval};
use restante_local_api::{
    Status,
    model::{IntervalFrom, Timestamp},
};

/// Value, whose it is, the wish where it differs, the range, whether it is saved, the last good answer
/// and the next check; `moment` writes a time.
pub(crate) fn interval_line(words: &Words, status: &Status, moment: impl Fn(Timestamp) -> String) -> String {
    let told = &status.interval;
    let (last_answer, next_check) = (status.last_good_at.map(&moment), status.next_check_at.map(&moment));
    let interval = interval(
        words,
        &Interval {
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
        },
    );
    format!("{interval}; {}", answers(words, last_answer.as_deref(), next_check.as_deref()))
}
