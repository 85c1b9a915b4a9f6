//! When alerts are held back: quiet hours by the clock on the wall, and a snooze that the person asked
//! for. What is held back stays due.

use restante_model::{LocalTime, Timestamp};

use crate::{
    engine::{Engine, Result},
    settings_file::{InQuietHours, QuietHours},
};

/// The longest snooze, in seconds: longer than that, and mail that matters would be forgotten.
pub(crate) const MAX_SNOOZE_SECONDS: u64 = 86_400;

const SECONDS_A_DAY: i64 = 86_400;

/// Until when which alerts are held back now; `None` where they are not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Hush {
    /// The end of the quiet hours.
    pub(crate) quiet_until: Option<Timestamp>,
    /// The end of the snooze.
    pub(crate) snoozed_until: Option<Timestamp>,
}

impl Hush {
    /// Ordinary mail waits for the end of both.
    pub(crate) fn ordinary_until(self) -> Option<Timestamp> {
        self.quiet_until.max(self.snoozed_until)
    }

    /// Important mail waits for quiet hours only where the person said so.
    pub(crate) fn important_until(self, in_quiet_hours: InQuietHours) -> Option<Timestamp> {
        match in_quiet_hours {
            InQuietHours::Announced => self.snoozed_until,
            InQuietHours::Held => self.ordinary_until(),
        }
    }
}

impl QuietHours {
    fn hold(self, second_of_day: i64) -> bool {
        let (from, to) = (i64::from(self.from_minute) * 60, i64::from(self.to_minute) * 60);
        if from < to {
            (from..to).contains(&second_of_day)
        } else {
            second_of_day >= from || second_of_day < to
        }
    }

    /// When the quiet that this moment lies in ends; `None` where it lies in none. The wall clock
    /// decides, so a night on which it is changed is an hour longer or shorter.
    pub(crate) fn until(self, now: Timestamp, local: LocalTime) -> Option<Timestamp> {
        let end_by_clock = |at: Timestamp| {
            let second = local.second_of_day(at);
            self.hold(second).then(|| {
                let left = (i64::from(self.to_minute) * 60 - second).rem_euclid(SECONDS_A_DAY);
                at.plus_ms(left * 1_000 - at.unix_ms().rem_euclid(1_000))
            })
        };
        let end = end_by_clock(now)?;
        match local.change {
            // Behind the change the clock shows another time: it may be quiet for longer, or not at all.
            Some(change) if now < change.at && change.at < end => {
                Some(end_by_clock(change.at).unwrap_or(change.at))
            }
            Some(_) | None => Some(end),
        }
    }
}

impl Engine {
    /// What is held back at this moment. A snooze from a time that the clock has gone back behind is over.
    pub(crate) fn hush_at(&self, now: Timestamp) -> Hush {
        Hush {
            quiet_until: self.settings.quiet_hours.and_then(|quiet| quiet.until(now, self.alerts.local)),
            snoozed_until: self
                .alerts
                .snoozed
                .filter(|(from, until)| *from <= now && now < *until)
                .map(|(_, until)| until),
        }
    }

    /// No alerts for so many seconds, or again from now on; written down first.
    pub(crate) fn snooze_alerts(&mut self, seconds: Option<u64>, now: Timestamp) -> Result<()> {
        let snoozed = seconds.map(|seconds| {
            let seconds = restante_model::Seconds::new(seconds.min(MAX_SNOOZE_SECONDS));
            (now, now.plus(seconds))
        });
        self.ledger.set_snoozed(snoozed)?;
        self.alerts.snoozed = snoozed;
        // What is answered to the person says so already.
        self.alerts.hush = self.hush_at(now);
        self.announce(now)
    }
}

#[cfg(test)]
mod tests {
    use restante_model::OffsetChange;

    use super::*;

    const NIGHT: QuietHours = QuietHours { from_minute: 22 * 60, to_minute: 7 * 60 };

    fn at(text: &str) -> Timestamp {
        Timestamp::parse(text).unwrap()
    }

    fn berlin(change: &str, before: i32, after: i32) -> LocalTime {
        LocalTime {
            offset_seconds: before,
            change: Some(OffsetChange { at: at(change), offset_seconds: after }),
        }
    }

    #[test]
    fn a_night_goes_over_midnight() {
        let utc = LocalTime::default();
        let morning = Some(at("2026-11-25T07:00:00Z"));
        assert_eq!(NIGHT.until(at("2026-11-24T21:59:59Z"), utc), None);
        assert_eq!(NIGHT.until(at("2026-11-24T22:00:00.500Z"), utc), morning);
        assert_eq!(NIGHT.until(at("2026-11-25T00:00:00Z"), utc), morning);
        assert_eq!(NIGHT.until(at("2026-11-25T06:59:59.999Z"), utc), morning);
        assert_eq!(NIGHT.until(at("2026-11-25T07:00:00Z"), utc), None);
    }

    #[test]
    fn a_break_within_a_day_is_quiet_only_then() {
        let lunch = QuietHours { from_minute: 12 * 60, to_minute: 13 * 60 };
        let utc = LocalTime::default();
        assert_eq!(lunch.until(at("2026-11-24T12:30:00Z"), utc), Some(at("2026-11-24T13:00:00Z")));
        assert_eq!(lunch.until(at("2026-11-24T13:30:00Z"), utc), None);
    }

    #[test]
    fn the_night_on_which_summer_time_begins_is_an_hour_shorter() {
        let local = berlin("2026-03-29T01:00:00Z", 3_600, 7_200);
        // 23:00 by the wall clock; seven o'clock comes after seven hours.
        assert_eq!(NIGHT.until(at("2026-03-28T22:00:00Z"), local), Some(at("2026-03-29T05:00:00Z")));
        assert_eq!(NIGHT.until(at("2026-03-29T04:59:00Z"), local), Some(at("2026-03-29T05:00:00Z")));
        assert_eq!(NIGHT.until(at("2026-03-29T05:00:00Z"), local), None);
    }

    #[test]
    fn the_night_on_which_summer_time_ends_is_an_hour_longer() {
        let local = berlin("2026-10-25T01:00:00Z", 7_200, 3_600);
        assert_eq!(NIGHT.until(at("2026-10-24T21:00:00Z"), local), Some(at("2026-10-25T06:00:00Z")));
        assert_eq!(NIGHT.until(at("2026-10-25T05:30:00Z"), local), Some(at("2026-10-25T06:00:00Z")));
    }

    #[test]
    fn quiet_that_ends_in_the_hour_left_out_ends_when_the_clock_jumps() {
        let local = berlin("2026-03-29T01:00:00Z", 3_600, 7_200);
        let short = QuietHours { from_minute: 22 * 60, to_minute: 2 * 60 + 30 };
        assert_eq!(short.until(at("2026-03-28T23:00:00Z"), local), Some(at("2026-03-29T01:00:00Z")));
    }

    #[test]
    fn an_hour_that_comes_twice_is_quiet_twice() {
        let local = berlin("2026-10-25T01:00:00Z", 7_200, 3_600);
        let short = QuietHours { from_minute: 22 * 60, to_minute: 2 * 60 + 30 };
        assert_eq!(short.until(at("2026-10-24T23:00:00Z"), local), Some(at("2026-10-25T00:30:00Z")));
        assert_eq!(short.until(at("2026-10-25T00:45:00Z"), local), None, "02:45 in summer time");
        assert_eq!(short.until(at("2026-10-25T01:10:00Z"), local), Some(at("2026-10-25T01:30:00Z")));
    }
}
