//! Moments as people read them.

use time::{OffsetDateTime, UtcOffset, macros::format_description};

use crate::{Value, Words};

/// The same moment by the clock on the wall here, as it stood then (with the summer time of that day).
pub fn local(at: OffsetDateTime) -> OffsetDateTime {
    let Ok(moment) = jiff::Timestamp::from_second(at.unix_timestamp()) else { return at };
    let seconds = jiff::tz::TimeZone::system().to_offset(moment).seconds();
    at.to_offset(UtcOffset::from_whole_seconds(seconds).unwrap_or(UtcOffset::UTC))
}

/// For a column of a list: the time of day for today's, the date for another day's. Both moments are
/// local, see [`local`].
pub fn when(words: &Words, at: OffsetDateTime, now: OffsetDateTime) -> String {
    let _ = words; // Both languages write a moment the same way so far: "16:05", "24.11.2026".
    if at.date() == now.date() { clock_time(at) } else { date(at) }
}

/// For a sentence or a header: "16:05" today, "24.11.2026 at 16:05" else. Both moments are local.
pub fn moment(words: &Words, at: OffsetDateTime, now: OffsetDateTime) -> String {
    if at.date() == now.date() {
        return clock_time(at);
    }
    date_and_time(words, at)
}

/// The same with the date also today, for what is read another day. The moment is local, see [`local`].
pub fn date_and_time(words: &Words, at: OffsetDateTime) -> String {
    words.with("moment", &[("date", Value::Text(&date(at))), ("time", Value::Text(&clock_time(at)))])
}

/// The time of day: "16:05".
pub fn clock_time(at: OffsetDateTime) -> String {
    // Writing to a string fails only for a component that the value lacks; a date and time lacks none.
    at.format(format_description!("[hour]:[minute]")).unwrap_or_default()
}

fn date(at: OffsetDateTime) -> String {
    at.format(format_description!("[day].[month].[year]")).unwrap_or_default()
}

/// The units in which a span is written, the largest first.
const SPAN_UNITS: [(u64, &str); 3] = [(86_400, "span-days"), (3_600, "span-hours"), (60, "span-minutes")];

/// "5 min": a span in the largest unit that divides it.
pub fn span(words: &Words, seconds: u64) -> String {
    let (size, key) = SPAN_UNITS
        .into_iter()
        .find(|(size, _)| seconds >= *size && seconds.is_multiple_of(*size))
        .unwrap_or((1, "span-seconds"));
    words.with(key, &[("count", Value::Number(seconds / size))])
}

#[cfg(test)]
mod tests {
    use time::macros::datetime;

    use super::*;
    use crate::Language;

    #[test]
    fn today_is_a_time_and_any_other_day_a_date() {
        let words = Words::new(Language::Russian);
        let now = datetime!(2026-11-24 16:20 +3);
        assert_eq!(when(&words, datetime!(2026-11-24 00:00 +3), now), "00:00");
        assert_eq!(when(&words, datetime!(2026-11-23 23:59 +3), now), "23.11.2026");
        assert_eq!(when(&words, datetime!(2025-11-24 16:05 +3), now), "24.11.2025");
        assert_eq!(moment(&words, datetime!(2026-11-24 16:05 +3), now), "16:05");
        assert_eq!(moment(&words, datetime!(2026-11-23 09:05 +3), now), "23.11.2026 в 09:05");
    }

    #[test]
    fn the_local_clock_shows_the_same_moment() {
        let at = datetime!(2026-11-24 13:05 UTC);
        assert_eq!(local(at), at);
    }
}
