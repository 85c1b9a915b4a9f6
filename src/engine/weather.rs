//! Connection weather: when the server is asked again after it did not answer, or asked for peace (rows
//! B2 and B3).
//!
//! A failed run is tried again soon, then later and later: ten seconds, doubled at each failure, up to a
//! quarter of an hour and never more than three check intervals. The chance in it comes from the device's
//! id and the number of the try, so that the agents of one office part, and a story can be told again.

use restante_local_api::Connection;
use restante_local_api::Trigger;
use restante_model::{CheckInterval, Seconds, Timestamp};
use sha2::{Digest, Sha256};

use crate::{effect::Effect, engine::Engine, interval::next_in_phase};

/// The first wait; a network that comes back after a suspend takes as long.
const FIRST_WAIT_SECONDS: u64 = 10;
/// The longest wait that an agent decides on by itself.
const LONGEST_WAIT_SECONDS: u64 = 15 * 60;
/// The same in check intervals: who checks each minute does not want to wait for a quarter of an hour.
const LONGEST_WAIT_INTERVALS: u64 = 3;
/// The longest that a server can ask for: a slip of it must not silence an agent for good.
const LONGEST_PEACE_SECONDS: u64 = 86_400;

/// What is known of the way to the server.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Weather {
    /// Runs in a row that failed, not counting those that a person set off in between.
    failures: u32,
    /// The next try, where it is not the job's regular run.
    retry_at: Option<Timestamp>,
    /// The server asked for peace.
    peace: Option<Peace>,
}

/// The server asked not to be asked until then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Peace {
    until: Timestamp,
    /// How long it was to last; what is further away is a clock that was set back.
    milliseconds: i64,
}

impl Peace {
    fn holds(self, now: Timestamp) -> bool {
        let left = self.until.ms_since(now);
        0 < left && left <= self.milliseconds
    }
}

/// When the server is asked again after a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Again {
    /// At the job's regular time, or when the server said.
    Regular {
        /// What a page of changes said.
        next_check_in_seconds: Option<u64>,
    },
    /// By the back-off, and not before the server wishes.
    BackOff {
        /// What the server said.
        retry_after_seconds: Option<u64>,
    },
    /// Not by itself: somebody has to sign in first.
    Never,
}

/// A number that is the same for a device and a purpose at all times, and spread evenly over devices.
pub(crate) fn chance(device_id: &str, purpose: &str) -> u64 {
    let sum = Sha256::digest(format!("{device_id}{purpose}"));
    sum.iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte))
}

/// Seconds to wait after so many failures in a row: between half of what the doubling says and all of it.
fn wait_seconds(failures: u32, interval: CheckInterval, chance: u64) -> u64 {
    let interval = interval.seconds();
    let longest = interval.saturating_mul(LONGEST_WAIT_INTERVALS).min(LONGEST_WAIT_SECONDS);
    let doubled = 1_u64.checked_shl(failures.saturating_sub(1)).unwrap_or(u64::MAX);
    let whole = interval.min(FIRST_WAIT_SECONDS).saturating_mul(doubled).min(longest);
    let half = whole / 2;
    whole - half + chance % (half + 1)
}

/// Seconds of peace, and up to a quarter more: a server that is busy tells many agents the same.
fn peace_seconds(retry_after_seconds: u64, chance: u64) -> u64 {
    let asked = retry_after_seconds.clamp(1, LONGEST_PEACE_SECONDS);
    asked + chance % (asked / 4 + 1)
}

/// The scheduler knows whole seconds; a moment between two is the later one.
fn whole_seconds(at: Timestamp) -> Timestamp {
    Timestamp::from_unix_ms(at.unix_ms().saturating_add(999).div_euclid(1_000).saturating_mul(1_000))
}

impl Engine {
    /// Whether this is the moment for an exchange. A person who asks, a machine that woke and a network
    /// that came are always a reason to try; what was only written here waits while the server wants
    /// peace, and goes out with the next check.
    pub(crate) fn may_ask(&self, trigger: Trigger, now: Timestamp) -> bool {
        match trigger {
            Trigger::Send | Trigger::Settings => !self.weather.peace.is_some_and(|peace| peace.holds(now)),
            Trigger::Start
            | Trigger::Schedule
            | Trigger::Manual
            | Trigger::Resume
            | Trigger::Network
            | Trigger::Online
            | Trigger::SignIn => true,
        }
    }

    /// The run that `trigger` set off has ended: puts the job to where it is to run next.
    pub(crate) fn ask_again(&mut self, trigger: Trigger, again: Again, now: Timestamp) -> Vec<Effect> {
        match again {
            Again::Never => {
                self.weather = Weather::default();
                Vec::new()
            }
            Again::Regular { next_check_in_seconds } => {
                self.weather = Weather::default();
                self.regular_run(next_check_in_seconds, now)
            }
            Again::BackOff { retry_after_seconds } => self.back_off(trigger, retry_after_seconds, now),
        }
    }

    /// The server asks for another moment, or a retry, a stall or a set clock has taken the job out of its
    /// phase. Else the job is left as it is.
    fn regular_run(&mut self, next_check_in_seconds: Option<u64>, now: Timestamp) -> Vec<Effect> {
        let interval = self.interval_in_force().interval;
        if let Some(wished) = next_check_in_seconds.filter(|wished| *wished != interval.seconds()) {
            let wait = Seconds::new(wished.clamp(1, LONGEST_PEACE_SECONDS));
            return self.schedule_check(now.plus(wait)).into_iter().collect();
        }
        let phase = self.phase_seconds(interval.seconds());
        let out_of_phase = |at: Timestamp| next_in_phase(at.plus_ms(-1), interval.seconds(), phase) != at;
        if !self.schedule.next_run_at.is_some_and(out_of_phase) {
            return Vec::new();
        }
        self.schedule_check(next_in_phase(now, interval.seconds(), phase)).into_iter().collect()
    }

    fn back_off(
        &mut self,
        trigger: Trigger,
        retry_after_seconds: Option<u64>,
        now: Timestamp,
    ) -> Vec<Effect> {
        let planned = self.weather.retry_at.is_some_and(|at| at > now);
        match trigger {
            // It is another network perhaps: what was known of the one before counts no more.
            Trigger::Start | Trigger::Resume | Trigger::Network | Trigger::Online | Trigger::SignIn => {
                self.weather.failures = 0;
            }
            // A person who tries while a retry is planned does not put it off.
            Trigger::Manual | Trigger::Send | Trigger::Settings
                if planned && retry_after_seconds.is_none() =>
            {
                return Vec::new();
            }
            Trigger::Manual | Trigger::Send | Trigger::Settings | Trigger::Schedule => {}
        }
        self.weather.failures = self.weather.failures.saturating_add(1);
        let chance = chance(self.device_id(), &format!("/retry/{}", self.weather.failures));
        let mut wait = wait_seconds(self.weather.failures, self.interval_in_force().interval, chance);
        self.weather.peace = retry_after_seconds.map(|asked| {
            let peace = peace_seconds(asked, chance);
            wait = wait.max(peace);
            let until = now.plus(Seconds::new(peace));
            Peace { until, milliseconds: until.ms_since(now) }
        });
        let retry_at = now.plus(Seconds::new(wait));
        self.weather.retry_at = Some(retry_at);
        self.schedule_check(retry_at).into_iter().collect()
    }

    /// Whether there is bad weather to forget: offline nothing is asked, and what comes after it is new.
    pub(crate) fn forget_weather(&mut self) {
        self.weather = Weather::default();
    }

    /// The first regular run from now on: in phase, and not before the server wishes.
    pub(crate) fn first_regular_run(&self, interval: CheckInterval, now: Timestamp) -> Timestamp {
        let in_phase = next_in_phase(now, interval.seconds(), self.phase_seconds(interval.seconds()));
        match self.weather.peace.filter(|peace| peace.holds(now)) {
            Some(peace) => in_phase.max(peace.until),
            None => in_phase,
        }
    }

    /// Puts the job to this moment; nothing where nobody is signed in.
    pub(crate) fn schedule_check(&mut self, first_run_at: Timestamp) -> Option<Effect> {
        // Without a token yet, the job that looks for it follows as well.
        let looking = self.schedule.next_run_at.is_some() && self.connection != Connection::SignedOut;
        if !(self.signed_in || looking) {
            return None;
        }
        let interval = self.interval_in_force().interval;
        let first_run_at = whole_seconds(first_run_at);
        self.schedule.interval_seconds = Some(interval.seconds());
        // What the scheduler will say; said at once, so that nobody reads a time that holds no more.
        self.schedule.next_run_at = Some(first_run_at);
        Some(Effect::Schedule { interval, first_run_at })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn seconds(seconds: u64) -> CheckInterval {
        CheckInterval::from_seconds(seconds)
    }

    #[test]
    fn waits_double_up_to_a_quarter_of_an_hour() {
        // A chance of all ones in the last places is the longest wait there is.
        let longest = |failures| {
            let whole = (1..=1_000).map(|chance| wait_seconds(failures, seconds(3_600), chance)).max();
            whole.unwrap()
        };
        let waits: Vec<_> = (1..=9).map(longest).collect();
        assert_eq!(waits, [10, 20, 40, 80, 160, 320, 640, 900, 900]);
    }

    #[test]
    fn who_checks_often_waits_three_intervals_at_most() {
        let waits = [1, 30, 60, 300, 86_400].map(|interval| {
            (0..2_000).map(|chance| wait_seconds(40, seconds(interval), chance)).max().unwrap()
        });
        assert_eq!(waits, [3, 90, 180, 900, 900]);
    }

    #[test]
    fn a_thousand_devices_that_failed_together_part() {
        let mut buckets = [0_u32; 30];
        for device in 0..1_000 {
            let wait = wait_seconds(4, seconds(300), chance(&format!("device {device}"), "/retry/4"));
            buckets[usize::try_from(wait - 40).unwrap() * 30 / 41] += 1;
        }
        // 33 in each on the average; a poisson of that passes 70 once in 10 million.
        assert!(buckets.iter().all(|count| (5..70).contains(count)), "{buckets:?}");
    }

    /// How many of these agents, who check every five minutes, come in each second after their server was away for
    /// so long: until the last of those that it turned away has been there.
    fn arrivals(agents: u64, away_seconds: i64) -> Vec<u32> {
        let interval = seconds(300);
        let second = |second: i64| Timestamp::from_unix_ms((1_790_000_000 + second) * 1_000);
        let back = second(away_seconds);
        let mut came = Vec::new();
        let mut last_turned_away = 0;
        for agent in 0..agents {
            let device = format!("device {agent}");
            let phase = chance(&device, "") % interval.seconds();
            let mut check = next_in_phase(second(0), interval.seconds(), phase);
            let mut failures = 0;
            while check < back {
                failures += 1;
                let chance = chance(&device, &format!("/retry/{failures}"));
                check = whole_seconds(check.plus(Seconds::new(wait_seconds(failures, interval, chance))));
            }
            let seconds_after = |check: Timestamp| usize::try_from(check.ms_since(back) / 1_000).unwrap();
            if failures > 0 {
                last_turned_away = last_turned_away.max(seconds_after(check));
            }
            // Back in their phase, the early ones come again while others are still waited for.
            while seconds_after(check) <= 900 {
                came.push(seconds_after(check));
                check = next_in_phase(check, interval.seconds(), phase);
            }
        }
        let mut arrivals = vec![0; last_turned_away + 1];
        for second in came {
            if let Some(count) = arrivals.get_mut(second) {
                *count += 1;
            }
        }
        arrivals
    }

    #[test]
    fn two_thousand_agents_do_not_come_all_at_once_when_their_server_is_back() {
        for away_seconds in [1, 2, 5, 20, 60, 300, 900, 3_600, 86_400] {
            let arrivals = arrivals(2_000, away_seconds);
            let (all, seconds): (u32, usize) = (arrivals.iter().sum(), arrivals.len());
            let busiest = arrivals.iter().max().copied().unwrap_or_default();
            let mean = f64::from(all) / f64::from(u32::try_from(seconds).unwrap());
            println!("away {away_seconds} s: busiest second {busiest}, mean {mean:.1} over {seconds} s");
            // A restart takes seconds; after hours without a server all of them are waiting for it.
            let most = if away_seconds <= 5 { 3.0 * mean } else { 50.0 };
            assert!(f64::from(busiest) < most, "{busiest} at once after {away_seconds} s, {mean} a second");
        }
    }

    proptest! {
        #[test]
        fn a_wait_is_never_nothing_and_never_too_long(
            failures in 1_u32.., interval in 1_u64..1_000_000, chance: u64,
        ) {
            let wait = wait_seconds(failures, seconds(interval), chance);
            prop_assert!(wait >= 1 && wait <= LONGEST_WAIT_SECONDS.min(3 * interval), "{wait}");
        }

        #[test]
        fn peace_is_as_long_as_asked_for_and_never_for_good(asked: u64, chance: u64) {
            let peace = peace_seconds(asked, chance);
            prop_assert!(peace >= asked.clamp(1, 86_400) && peace <= 86_400 * 5 / 4, "{peace}");
        }
    }
}
