//! How the machine's clock on the wall is set.

use restante_model::{LocalTime, OffsetChange, Timestamp};

/// The offset from UTC at this moment, and its next change.
pub(crate) fn local_time(now: Timestamp) -> LocalTime {
    let zone = jiff::tz::TimeZone::system();
    // Beyond the calendar's end nobody asks for the time of day.
    let now = jiff::Timestamp::from_millisecond(now.unix_ms()).unwrap_or(jiff::Timestamp::MAX);
    let change = zone.following(now).next().map(|change| OffsetChange {
        at: Timestamp::from_unix_ms(change.timestamp().as_millisecond()),
        offset_seconds: change.offset().seconds(),
    });
    LocalTime { offset_seconds: zone.to_offset(now).seconds(), change }
}
