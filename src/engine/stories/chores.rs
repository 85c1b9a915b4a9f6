//! The scheduler's jobs beside "check mail": housekeeping, and drafts saved while one is written.

use restante_local_api::Job;

use super::*;
use crate::event::Chore;

const DAY_MS: i64 = 86_400_000;

impl Story {
    fn job(&self, name: &str) -> Job {
        self.engine.jobs().into_iter().find(|job| job.name == name).expect("the job has its name")
    }

    fn save_draft(&mut self) {
        self.happens(Event::Asked {
            call: CallId(3),
            ask: Ask::SaveDraft { id: id(30), letter: letter(), base_version: None },
        });
    }

    fn autosaves(&self) -> u64 {
        self.engine.status().unwrap().autosave_revision
    }
}

#[test]
fn three_jobs_are_listed_and_housekeeping_runs_from_the_start_on() {
    let mut story = Story::signed_in();
    let names: Vec<_> = story.engine.jobs().into_iter().map(|job| job.name).collect();
    assert_eq!(names, ["check mail", "housekeeping", "draft autosave"]);
    let job = story.job("housekeeping");
    let next = job.next_run_at.unwrap();
    assert!((1..=3_600_000).contains(&next.ms_since(story.now)));
    assert_eq!(u64::try_from(next.unix_ms() / 1_000).unwrap() % 3_600, job.phase_seconds);
    story.happens(Event::ChoreDue(Chore::Housekeeping));
    let job = story.job("housekeeping");
    assert_eq!((job.runs, job.last_outcome, job.last_run_at), (1, Some(CheckOutcome::Ok), Some(story.now)));
    assert_eq!(story.job("draft autosave").next_run_at, None, "nobody writes");
}

#[test]
fn a_check_by_hand_is_a_run_of_the_job_and_one_without_a_token_is_none() {
    let mut story = Story::signed_in();
    let (before, asked_at) = (story.job("check mail").runs, story.now);
    story.happens(Event::Asked { call: CallId(4), ask: Ask::Check { wait: true } });
    let job = story.job("check mail");
    assert_eq!(job.runs, before + 1);
    assert!(job.last_run_at.is_some_and(|at| at > asked_at));
    story.happens(Event::Asked { call: CallId(5), ask: Ask::Logout });
    story.happens(Event::CheckDue { stalled: false });
    let job = story.job("check mail");
    assert_eq!((job.runs, job.skipped), (before + 1, 1));
}

#[test]
fn drafts_are_saved_only_while_one_is_written() {
    let mut story = Story::signed_in();
    story.save_draft();
    let scheduled = |effect: &Effect| matches!(effect, Effect::ScheduleChore { chore: Chore::DraftAutosave, interval, .. } if interval.seconds() == 30);
    assert_eq!(story.done.iter().filter(|effect| scheduled(effect)).count(), 1);
    assert!(story.job("draft autosave").next_run_at.is_some());
    for round in 1..=3 {
        story.happens(Event::ChoreDue(Chore::DraftAutosave));
        story.save_draft();
        assert_eq!(story.autosaves(), round);
    }
    assert_eq!(story.done.iter().filter(|effect| scheduled(effect)).count(), 1, "it goes on");
    for _ in 0..5 {
        story.happens(Event::ChoreDue(Chore::DraftAutosave));
    }
    assert!(story.done.contains(&Effect::UnscheduleChore(Chore::DraftAutosave)));
    assert_eq!((story.autosaves(), story.job("draft autosave").next_run_at), (7, None));
    story.happens(Event::TrayPicked(crate::event::TrayItem::Write));
    assert_eq!(story.done.iter().filter(|effect| scheduled(effect)).count(), 2, "and begins again");
}

#[test]
fn an_alert_is_forgotten_only_of_a_message_that_is_nowhere_any_more() {
    let mut story = Story::signed_in();
    let mail = |number| received(number, Importance::Normal, DeliveryState::Waiting);
    story.waiting = vec![mail(1), mail(2)];
    story.due();
    let removed = restante_server_api::RemovedReason::Deleted;
    story.waiting = vec![Change::Removed { message_id: id(1), reason: removed }];
    story.due();
    story.now = story.now.plus_ms(89 * DAY_MS);
    story.happens(Event::ChoreDue(Chore::Housekeeping));
    let known = |story: &Story| story.engine.ledger.alerts_shown_before(at(999_999_999), 9).unwrap();
    assert_eq!(known(&story).len(), 2, "it may come back from a backup");

    story.now = story.now.plus_ms(2 * DAY_MS);
    // While the last check failed, nobody knows what is gone.
    story.reachable = false;
    story.due();
    story.happens(Event::ChoreDue(Chore::Housekeeping));
    assert_eq!(known(&story).len(), 2);
    story.reachable = true;
    story.due();
    story.happens(Event::ChoreDue(Chore::Housekeeping));
    assert_eq!(known(&story), [id(2)]);
    let popups = story.popups();
    story.waiting = vec![mail(2)];
    story.due();
    assert_eq!(story.popups(), popups, "and what is here does not alert again");
}

#[test]
fn housekeeping_gives_the_disk_back_what_a_cleared_cache_held() {
    let folder = tempfile::tempdir().unwrap();
    let files = ["ledger", "cache"].map(|name| folder.path().join(name));
    let mut story = Story::with(Engine::open(Some(&files[0]), Some(&files[1])).unwrap());
    story.waiting =
        (1..=2_000).map(|number| received(number, Importance::Normal, DeliveryState::Read)).collect();
    story.due();
    story.happens(Event::ChoreDue(Chore::Housekeeping));
    let full = std::fs::metadata(&files[1]).unwrap().len();
    story.engine.cache.clear().unwrap();
    story.happens(Event::ChoreDue(Chore::Housekeeping));
    let empty = std::fs::metadata(&files[1]).unwrap().len();
    assert!(empty * 4 < full, "{full} bytes full, {empty} after");
}

/// A thousand agents on one server (row B2): their phases fill an interval evenly.
#[test]
fn a_thousand_devices_check_evenly_over_the_interval() {
    // A divisor of all intervals below, so that each bucket holds as many seconds.
    const BUCKETS: u64 = 30;
    for interval in [30, 60, 300, 3_600] {
        let mut buckets = vec![0_u32; 30];
        for device in 0..1_000_u128 {
            // As the server makes them: they begin with a time, which is nearly the same for all.
            let device = uuid::Uuid::from_u128(0x0199_0000_0000_7000_8000_0000_0000_0000 + device);
            let phase = crate::weather::chance(&device.to_string(), "") % interval;
            buckets[usize::try_from(phase * BUCKETS / interval).unwrap()] += 1;
        }
        let mean = 1_000.0 / 30.0;
        let chi_square: f64 = buckets.iter().map(|count| (f64::from(*count) - mean).powi(2) / mean).sum();
        // 29 degrees of freedom: one in a thousand even spreads passes 58.
        assert!(chi_square < 58.0, "interval {interval}: chi-square {chi_square:.1}, {buckets:?}");
        assert!(
            buckets.iter().all(|count| f64::from(*count) < 2.0 * mean),
            "interval {interval}: {buckets:?}"
        );
    }
}
