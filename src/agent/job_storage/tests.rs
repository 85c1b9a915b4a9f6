//! What is due when, for given times.

use proptest::prelude::*;

use super::*;

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix_ms(seconds * 1000)
}

fn plan(next_run_at: i64, interval: u64) -> Plan {
    Plan {
        next_run_at: at(next_run_at),
        interval: CheckInterval::from_seconds(interval),
        longest_wait_ms: i64::try_from(interval).unwrap() * 1000,
    }
}

#[test]
fn runs_keep_in_step_although_each_is_a_little_late() {
    let minute = CheckInterval::from_seconds(60);
    assert_eq!(next_after(at(100), minute, at(100)), at(160));
    assert_eq!(next_after(at(100), minute, Timestamp::from_unix_ms(100_700)), at(160));
}

#[test]
fn after_a_stall_the_next_run_is_an_interval_away() {
    let minute = CheckInterval::from_seconds(60);
    assert_eq!(next_after(at(100), minute, at(159)), at(160));
    assert_eq!(next_after(at(100), minute, at(160)), at(220));
    assert_eq!(next_after(at(100), minute, at(1000)), at(1060));
}

#[test]
fn a_run_that_is_late_by_an_interval_is_said_to_be() {
    let stalled = |now| match turn(plan(100, 60), at(now)) {
        Turn::Run { stalled, .. } => Some(stalled),
        Turn::Wait(_) => None,
    };
    assert_eq!(
        [99, 100, 159, 160, 5000].map(stalled),
        [None, Some(false), Some(false), Some(true), Some(true)]
    );
}

#[test]
fn a_run_further_away_than_it_can_be_is_pulled_in() {
    assert_eq!(turn(plan(100, 60), at(40)), Turn::Wait(plan(100, 60)));
    assert_eq!(turn(plan(100, 60), at(39)), Turn::Wait(plan(99, 60)));
    assert_eq!(turn(plan(100_000, 60), at(40)), Turn::Wait(plan(100, 60)));
}

#[test]
fn a_first_run_that_was_put_off_is_not_pulled_in() {
    let plan = Plan::new(CheckInterval::from_seconds(60), at(1000), at(100));
    assert_eq!(turn(plan, at(100)), Turn::Wait(plan));
    // From then on the interval counts.
    let Turn::Run { plan, .. } = turn(plan, at(1000)) else { panic!("it is time") };
    assert_eq!((plan.next_run_at, plan.longest_wait_ms), (at(1060), 60_000));
}

#[test]
fn a_first_run_is_rounded_up_to_a_second() {
    let plan = |ms| Plan::new(CheckInterval::DEFAULT, Timestamp::from_unix_ms(ms), at(0)).next_run_at;
    assert_eq!([1000, 1001, 1999].map(plan), [at(1), at(2), at(2)]);
}

proptest! {
    /// Whatever the clock does, a job runs within one interval, and never twice without waiting.
    #[test]
    fn a_job_is_never_lost_and_never_runs_in_a_burst(
        interval in 1_u64..100_000,
        jumps in prop::collection::vec(-1_000_000_i64..1_000_000, 1..20),
    ) {
        let mut now = at(0);
        let mut plan = Plan::new(CheckInterval::from_seconds(interval), now, now);
        for jump in jumps {
            now = now.plus_ms(jump * 1000);
            plan = match turn(plan, now) {
                Turn::Wait(plan) | Turn::Run { plan, .. } => plan,
            };
            let ahead_ms = plan.next_run_at.ms_since(now);
            prop_assert!(ahead_ms > 0 && ahead_ms <= interval_ms(plan.interval), "{ahead_ms}");
        }
    }
}
