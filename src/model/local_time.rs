//! What the clock on the wall shows. It comes in from outside like every moment, so that rules on times
//! of day follow from events alone, the nights of a clock change among them.

use crate::Timestamp;

const SECONDS_A_DAY: i64 = 86_400;

/// How the local clock is set: its offset from UTC, and the next change of it that is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct LocalTime {
    /// Seconds east of UTC, until the change.
    pub offset_seconds: i32,
    /// When summer time begins or ends next; `None` where it never does.
    pub change: Option<OffsetChange>,
}

/// A change of the local clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OffsetChange {
    /// The first moment with the new offset.
    pub at: Timestamp,
    /// Seconds east of UTC from then on.
    pub offset_seconds: i32,
}

impl LocalTime {
    /// Seconds since midnight that the clock on the wall shows at this moment.
    pub fn second_of_day(self, at: Timestamp) -> i64 {
        let offset = match self.change {
            Some(change) if at >= change.at => change.offset_seconds,
            Some(_) | None => self.offset_seconds,
        };
        (at.unix_ms().div_euclid(1_000) + i64::from(offset)).rem_euclid(SECONDS_A_DAY)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wall_clock_jumps_when_summer_time_begins() {
        let at = |text| Timestamp::parse(text).unwrap();
        let change = OffsetChange { at: at("2026-03-29T01:00:00Z"), offset_seconds: 7_200 };
        let berlin = LocalTime { offset_seconds: 3_600, change: Some(change) };
        assert_eq!(berlin.second_of_day(at("2026-03-29T00:59:59Z")), 2 * 3_600 - 1);
        assert_eq!(berlin.second_of_day(at("2026-03-29T01:00:00Z")), 3 * 3_600);
        assert_eq!(berlin.second_of_day(at("2026-03-28T23:30:00Z")), 30 * 60, "over midnight");
    }
}
