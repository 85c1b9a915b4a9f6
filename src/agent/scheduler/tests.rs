//! The real scheduler, with a clock that the test turns.

use std::sync::atomic::{AtomicI64, Ordering};

use tokio::sync::watch;

use super::*;
use crate::private_bus::LONG;

const START_MS: i64 = 1_795_000_000_000;

/// Stands still until it is turned, and tells when somebody looks at it.
struct TurnedClock {
    now_ms: AtomicI64,
    looks: watch::Sender<u64>,
}

impl Clock for TurnedClock {
    fn now(&self) -> Timestamp {
        self.looks.send_modify(|looks| *looks += 1);
        Timestamp::from_unix_ms(self.now_ms.load(Ordering::SeqCst))
    }
}

struct Desk {
    clock: Arc<TurnedClock>,
    scheduler: Scheduler,
    events: mpsc::UnboundedReceiver<Event>,
}

/// What the scheduler said, with times as seconds since the start.
#[derive(Debug, PartialEq, Eq)]
enum Said {
    Due { stalled: bool },
    Next(Option<i64>),
    ChoreDue(Chore),
    ChoreNext(Chore, Option<i64>),
}

impl Desk {
    async fn new() -> Self {
        let clock = Arc::new(TurnedClock { now_ms: AtomicI64::new(START_MS), looks: watch::Sender::new(0) });
        let (sender, events) = mpsc::unbounded_channel();
        Self { scheduler: Scheduler::start(sender, clock.clone()).await.unwrap(), clock, events }
    }

    fn schedule(&self, interval_seconds: u64, first_run_in_seconds: i64) {
        self.schedule_task(Task::CheckMail, interval_seconds, first_run_in_seconds);
    }

    fn schedule_task(&self, task: Task, interval_seconds: u64, first_run_in_seconds: i64) {
        let first_run_at = self.clock.now().plus_ms(first_run_in_seconds * 1000);
        self.scheduler.schedule(task, CheckInterval::from_seconds(interval_seconds), first_run_at);
    }

    /// Turns the clock and comes back once the scheduler has looked at it.
    async fn turn_clock(&self, seconds: i64) {
        self.clock.now_ms.fetch_add(seconds * 1000, Ordering::SeqCst);
        let mut looks = self.clock.looks.subscribe();
        let before = *looks.borrow();
        self.scheduler.look_again();
        let looked = looks.wait_for(|looks| *looks > before);
        tokio::time::timeout(LONG, looked).await.expect("the clock is looked at").unwrap();
    }

    async fn said(&mut self) -> Said {
        match tokio::time::timeout(LONG, self.events.recv()).await.expect("an event comes").unwrap() {
            Event::CheckDue { stalled } => Said::Due { stalled },
            Event::Scheduled { next_run_at } => Said::Next(next_run_at.map(since_start)),
            Event::ChoreDue(chore) => Said::ChoreDue(chore),
            Event::ChoreScheduled { chore, next_run_at } => {
                Said::ChoreNext(chore, next_run_at.map(since_start))
            }
            other => panic!("{other:?}"),
        }
    }
}

fn since_start(at: Timestamp) -> i64 {
    (at.unix_ms() - START_MS) / 1000
}

#[tokio::test]
async fn a_job_runs_at_its_first_time_and_each_interval_from_then_on() {
    let mut desk = Desk::new().await;
    desk.schedule(300, 7);
    assert_eq!(desk.said().await, Said::Next(Some(7)));
    for (turned, next) in [(7, 307), (300, 607), (300, 907)] {
        desk.turn_clock(turned).await;
        assert_eq!(desk.said().await, Said::Due { stalled: false });
        assert_eq!(desk.said().await, Said::Next(Some(next)));
    }
}

#[tokio::test]
async fn a_first_run_whose_time_has_passed_is_made_at_once() {
    let mut desk = Desk::new().await;
    desk.schedule(300, 0);
    assert_eq!(desk.said().await, Said::Next(Some(0)));
    assert_eq!(desk.said().await, Said::Due { stalled: false });
    assert_eq!(desk.said().await, Said::Next(Some(300)));
}

#[tokio::test]
async fn a_changed_interval_is_in_force_at_once() {
    let mut desk = Desk::new().await;
    desk.schedule(86_400, 86_400);
    assert_eq!(desk.said().await, Said::Next(Some(86_400)));
    desk.schedule(60, 60);
    assert_eq!(desk.said().await, Said::Next(Some(60)));
    desk.turn_clock(60).await;
    assert_eq!(desk.said().await, Said::Due { stalled: false });
    assert_eq!(desk.said().await, Said::Next(Some(120)));
}

#[tokio::test]
async fn a_job_taken_out_does_not_run() {
    let mut desk = Desk::new().await;
    desk.schedule(60, 60);
    assert_eq!(desk.said().await, Said::Next(Some(60)));
    desk.scheduler.unschedule(Task::CheckMail);
    assert_eq!(desk.said().await, Said::Next(None));
    desk.turn_clock(600).await;
    desk.schedule(1000, 1000);
    // Had the old job run, it would have said so before this.
    assert_eq!(desk.said().await, Said::Next(Some(1600)));
}

#[tokio::test]
async fn a_stall_longer_than_the_interval_is_one_run_and_then_regular_ones() {
    let mut desk = Desk::new().await;
    desk.schedule(60, 60);
    assert_eq!(desk.said().await, Said::Next(Some(60)));
    // Twelve runs are missed.
    desk.turn_clock(60 * 12 + 30).await;
    assert_eq!(desk.said().await, Said::Due { stalled: true });
    assert_eq!(desk.said().await, Said::Next(Some(60 * 12 + 30 + 60)));
    // A burst would say so before this.
    desk.turn_clock(60).await;
    assert_eq!(desk.said().await, Said::Due { stalled: false });
    assert_eq!(desk.said().await, Said::Next(Some(60 * 12 + 30 + 120)));
}

#[tokio::test]
async fn a_clock_set_back_by_hours_delays_a_run_by_an_interval_at_most() {
    let mut desk = Desk::new().await;
    desk.schedule(60, 60);
    assert_eq!(desk.said().await, Said::Next(Some(60)));
    desk.turn_clock(-5 * 3600).await;
    assert_eq!(desk.said().await, Said::Next(Some(-5 * 3600 + 60)), "and says so");
    desk.turn_clock(60).await;
    assert_eq!(desk.said().await, Said::Due { stalled: false });
    assert_eq!(desk.said().await, Said::Next(Some(-5 * 3600 + 120)));
}

#[tokio::test]
async fn only_the_last_of_many_wishes_counts() {
    let mut desk = Desk::new().await;
    for interval in 1..=50 {
        desk.schedule(interval, 1000 + i64::try_from(interval).unwrap());
    }
    assert_eq!(desk.said().await, Said::Next(Some(1050)));
}

#[tokio::test]
async fn the_scheduler_ends_with_its_handle() {
    let mut desk = Desk::new().await;
    desk.schedule(60, 60);
    assert_eq!(desk.said().await, Said::Next(Some(60)));
    drop(desk.scheduler);
    // All its tasks let go of the events' sender: nothing ticks on.
    assert!(tokio::time::timeout(LONG, desk.events.recv()).await.unwrap().is_none());
}

const THREE: [(Task, u64, i64); 3] = [
    (Task::CheckMail, 60, 60),
    (Task::Chore(Chore::Housekeeping), 3600, 1000),
    (Task::Chore(Chore::DraftAutosave), 30, 30),
];

impl Desk {
    /// Puts in all three jobs.
    async fn with_three_jobs() -> Self {
        let mut desk = Self::new().await;
        for (task, interval, first) in THREE {
            desk.schedule_task(task, interval, first);
        }
        let said = [desk.said().await, desk.said().await, desk.said().await];
        assert!(said.contains(&Said::Next(Some(60))), "{said:?}");
        assert!(said.contains(&Said::ChoreNext(Chore::Housekeeping, Some(1000))), "{said:?}");
        desk
    }

    /// All that is said up to the one that `last` knows, in any order.
    async fn said_up_to(&mut self, last: Said, runs: &mut Vec<Said>) {
        loop {
            let said = self.said().await;
            let found = said == last;
            runs.push(said);
            if found {
                return;
            }
        }
    }
}

fn count(said: &[Said], wanted: &Said) -> usize {
    said.iter().filter(|said| *said == wanted).count()
}

#[tokio::test]
async fn several_jobs_run_each_at_its_own_time() {
    let mut desk = Desk::with_three_jobs().await;
    let mut said = Vec::new();
    desk.turn_clock(30).await;
    desk.said_up_to(Said::ChoreNext(Chore::DraftAutosave, Some(60)), &mut said).await;
    assert_eq!((count(&said, &Said::ChoreDue(Chore::DraftAutosave)), said.len()), (1, 2), "{said:?}");
    desk.scheduler.unschedule(Task::Chore(Chore::DraftAutosave));
    assert_eq!(desk.said().await, Said::ChoreNext(Chore::DraftAutosave, None));
    desk.turn_clock(30).await;
    assert_eq!(desk.said().await, Said::Due { stalled: false });
    assert_eq!(desk.said().await, Said::Next(Some(120)));
}

#[tokio::test]
async fn after_a_sleep_of_hours_each_job_runs_once_and_then_regularly() {
    let mut desk = Desk::with_three_jobs().await;
    let slept = 5 * 3600 + 7;
    desk.turn_clock(slept).await;
    let mut said = Vec::new();
    for next in [
        Said::Next(Some(slept + 60)),
        Said::ChoreNext(Chore::Housekeeping, Some(slept + 3600)),
        Said::ChoreNext(Chore::DraftAutosave, Some(slept + 30)),
    ] {
        if !said.contains(&next) {
            desk.said_up_to(next, &mut said).await;
        }
    }
    // A burst would say more before this.
    desk.turn_clock(30).await;
    desk.said_up_to(Said::ChoreNext(Chore::DraftAutosave, Some(slept + 60)), &mut said).await;
    let runs = [
        (Said::Due { stalled: true }, 1),
        (Said::Due { stalled: false }, 0),
        (Said::ChoreDue(Chore::Housekeeping), 1),
        (Said::ChoreDue(Chore::DraftAutosave), 2),
    ];
    for (run, times) in runs {
        assert_eq!(count(&said, &run), times, "{run:?} in {said:?}");
    }
}

#[tokio::test]
async fn a_clock_set_back_silences_no_job() {
    let mut desk = Desk::with_three_jobs().await;
    let back = -7 * 3600;
    desk.turn_clock(back).await;
    let mut said = Vec::new();
    for next in [
        Said::Next(Some(back + 60)),
        Said::ChoreNext(Chore::Housekeeping, Some(back + 3600)),
        Said::ChoreNext(Chore::DraftAutosave, Some(back + 30)),
    ] {
        if !said.contains(&next) {
            desk.said_up_to(next, &mut said).await;
        }
    }
    assert_eq!(said.len(), 3, "{said:?}");
    desk.turn_clock(3600).await;
    desk.said_up_to(Said::ChoreNext(Chore::Housekeeping, Some(back + 7200)), &mut said).await;
    assert_eq!(count(&said, &Said::ChoreDue(Chore::Housekeeping)), 1, "{said:?}");
}
