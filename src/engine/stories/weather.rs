//! The server away, busy, or not ours: when the agent tries again, and that nothing else changes.

use restante_local_api::Trigger;
use restante_server_api::UnavailableReason;

use super::*;

fn problem(code: ProblemKind, retry_after_seconds: Option<u64>) -> Problem {
    Problem { retry_after_seconds, ..Problem::new(code, "not now") }
}

impl Story {
    /// Seconds until the next check, as `status` tells it.
    fn next_check_in(&self) -> i64 {
        let at = self.engine.status().unwrap().next_check_at.expect("there is a next check");
        (at.ms_since(self.now) + 999).div_euclid(1_000)
    }

    /// The scheduler runs the job at the time that the agent wished.
    fn until_next_check(&mut self) {
        let status = self.engine.status().unwrap();
        self.now = status.next_check_at.expect("there is a next check");
        let interval = Seconds::new(status.interval.seconds);
        self.happens(Event::Scheduled { next_run_at: Some(self.now.plus(interval)) });
        self.due();
    }

    fn check_now(&mut self) {
        self.happens(Event::Asked { call: CallId(77), ask: Ask::Check { wait: true } });
    }

    fn outcome(&self) -> CheckOutcome {
        self.engine.status().unwrap().last_check.unwrap().outcome
    }
}

#[test]
fn a_server_that_is_away_is_asked_soon_and_then_less_and_less() {
    let mut story = Story::signed_in();
    story.reachable = false;
    story.due();
    let mut waits = vec![story.next_check_in()];
    for _ in 0..9 {
        story.until_next_check();
        waits.push(story.next_check_in());
    }
    let longest = [10, 20, 40, 80, 160, 320, 640, 900, 900, 900];
    for (wait, longest) in waits.iter().zip(longest) {
        assert!((longest / 2..=longest).contains(wait), "{waits:?}");
    }
    story.reachable = true;
    story.until_next_check();
    assert_eq!(story.outcome(), CheckOutcome::Ok);
    let next = story.engine.status().unwrap().next_check_at.unwrap();
    let phase = i64::try_from(story.engine.phase_seconds(300)).unwrap();
    assert_eq!((next.unix_ms() / 1_000 - phase) % 300, 0, "back in its phase");
    assert!(story.next_check_in() <= 300);
}

#[test]
fn a_person_who_asks_is_always_heard_and_does_not_put_the_next_try_off() {
    let mut story = Story::signed_in();
    story.refusal = Some(problem(ProblemKind::Busy, Some(600)));
    story.due();
    let next = story.engine.status().unwrap().next_check_at;
    story.refusal = None;
    story.reachable = false;
    let checks = story.checks;
    for tries in 1..=3 {
        story.check_now();
        assert_eq!(story.checks, checks + tries);
        assert_eq!(story.engine.status().unwrap().next_check_at, next);
    }
    story.reachable = true;
    story.check_now();
    assert_eq!(story.outcome(), CheckOutcome::Ok);
}

#[test]
fn a_server_that_wants_peace_has_it_and_letters_wait_for_the_next_check() {
    let mut story = Story::signed_in();
    story.refusal = Some(problem(ProblemKind::TooManyRequests, Some(120)));
    story.due();
    assert!((120..=150).contains(&story.next_check_in()), "{}", story.next_check_in());
    let asked = story.asked.len();
    story.happens(Event::Asked {
        call: CallId(1),
        ask: Ask::Send { id: id(7), letter: letter(), undo: Undo::AtOnce },
    });
    assert_eq!(story.asked.len(), asked, "it asked for peace");
    story.refusal = None;
    story.until_next_check();
    assert_eq!(story.posted, [id(7)]);
}

#[test]
fn a_clock_set_back_does_not_make_the_peace_longer() {
    let mut story = Story::signed_in();
    story.refusal = Some(problem(ProblemKind::Busy, Some(120)));
    story.due();
    story.refusal = None;
    story.now = story.now.plus_ms(-5 * 3_600_000);
    story.happens(Event::Asked {
        call: CallId(1),
        ask: Ask::Send { id: id(7), letter: letter(), undo: Undo::AtOnce },
    });
    assert_eq!(story.posted, [id(7)]);
}

#[test]
fn a_page_that_says_when_to_come_back_is_obeyed_once() {
    let mut story = Story::signed_in();
    story.next_check_in_seconds = Some(1_200);
    story.due();
    assert!((1_200..=1_201).contains(&story.next_check_in()), "{}", story.next_check_in());
    story.next_check_in_seconds = None;
    story.until_next_check();
    assert!(story.next_check_in() <= 300);
    // However long it asks for, a day is the longest.
    story.next_check_in_seconds = Some(u64::MAX);
    story.until_next_check();
    assert!((86_400..=86_401).contains(&story.next_check_in()), "{}", story.next_check_in());
}

#[test]
fn a_network_that_comes_is_tried_at_once_and_counts_from_the_beginning() {
    for (event, trigger) in [(Event::NetworkCame, Trigger::Network), (Event::Resumed, Trigger::Resume)] {
        let mut story = Story::signed_in();
        story.reachable = false;
        story.due();
        for _ in 0..8 {
            story.until_next_check();
        }
        let checks = story.checks;
        story.happens(event);
        assert_eq!(story.checks, checks + 1);
        assert_eq!(story.engine.status().unwrap().last_check.unwrap().trigger, trigger);
        assert!(story.next_check_in() <= 10, "{}", story.next_check_in());
    }
}

#[test]
fn a_check_over_a_dead_connection_begins_anew_on_resume_and_its_caller_waits_for_that() {
    let mut story = Story::signed_in();
    let ask = Event::Asked { call: CallId(9), ask: Ask::Check { wait: true } };
    let began = story.engine.apply(ask, at(100));
    assert!(began.iter().any(|effect| matches!(effect, Effect::Check { .. })), "{began:?}");
    let anew = story.engine.apply(Event::Resumed, at(200));
    let place = |wanted: fn(&Effect) -> bool| anew.iter().position(wanted).expect("it is there");
    let given_up = place(|effect| *effect == Effect::GiveUpExchanges);
    assert!(given_up < place(|effect| matches!(effect, Effect::Check { .. })), "{anew:?}");
    story.happens(Event::Checked(Ok(Checked::Unchanged { settings_revision: None })));
    let answered =
        |effect: &Effect| matches!(effect, Effect::Answer { call: CallId(9), answer: Ok(Answer::Check(_)) });
    assert!(story.done.iter().any(answered), "{:?}", story.done);
}

#[test]
fn what_an_administrator_must_mend_is_one_calm_state() {
    let unavailable = Problem {
        why: Some(UnavailableReason::UpgradeNeeded),
        ..Problem::new(ProblemKind::OfficeUnavailable, "upgrade the database")
    };
    let too_old = Problem {
        needed_version: Some("2.0".into()),
        ..Problem::new(ProblemKind::ClientTooOld, "this agent is too old")
    };
    for (problem, state) in
        [(unavailable, Connection::OfficeUnavailable), (too_old, Connection::ClientTooOld)]
    {
        let mut story = Story::signed_in();
        story.asked.clear();
        story.refusal = Some(problem);
        for _ in 0..5 {
            story.until_next_check();
            assert_eq!(story.engine.status().unwrap().connection, state);
            // As often as ever: the server is there, and not to be hurried.
            assert!((1..=300).contains(&story.next_check_in()), "{}", story.next_check_in());
        }
        assert_eq!(story.asked.len(), 5, "each check ends with the first refusal: {:?}", story.asked);
        story.refusal = None;
        story.until_next_check();
        assert_eq!(story.engine.status().unwrap().connection, Connection::Ok);
    }
}

#[test]
fn signed_out_nothing_is_asked_until_somebody_signs_in() {
    let mut story = Story::signed_in();
    story.refusal = Some(problem(ProblemKind::Unauthenticated, None));
    story.due();
    assert_eq!(story.engine.status().unwrap().next_check_at, None);
    let asked = story.asked.len();
    for event in [Event::Resumed, Event::NetworkCame, Event::CheckDue { stalled: false }] {
        story.happens(event);
    }
    story.check_now();
    assert_eq!(
        (story.asked.len(), story.engine.status().unwrap().connection),
        (asked, Connection::SignedOut)
    );
    story.refusal = None;
    story.happens(session(at(0)));
    assert_eq!(story.outcome(), CheckOutcome::Ok);
}

#[test]
fn an_exchange_that_fails_at_any_step_changes_neither_cache_nor_ledger() {
    let folder = tempfile::tempdir().unwrap();
    let files = ["ledger", "cache"].map(|name| folder.path().join(name));
    let mut story = Story::with(Engine::open(Some(&files[0]), Some(&files[1])).unwrap());
    story.waiting = vec![received(1, Importance::Normal, DeliveryState::Waiting)];
    story.due();
    story.reachable = false;
    story.happens(Event::Asked {
        call: CallId(1),
        ask: Ask::Send { id: id(7), letter: letter(), undo: Undo::AtOnce },
    });
    story.happens(Event::Asked { call: CallId(2), ask: Ask::MarkRead(id(1)) });
    let edited = SettingsFile { check_interval: Some(Seconds::new(120)), ..SettingsFile::default() };
    story.happens(Event::SettingsEdited(Ok(edited)));
    let before = files.each_ref().map(|file| content(file));

    let away = ServerError::Unreachable("what answered is not a restante server (200 OK, no JSON)".into());
    let busy = ServerError::Refused(Box::new(problem(ProblemKind::Busy, None)));
    // It ends only the exchange itself, and lets the run go on.
    let only_this_one = ServerError::Refused(Box::new(problem(ProblemKind::NotFound, None)));
    // Each run comes one step further than the one before, and fails there.
    for error in [away, busy] {
        for steps in 0..5 {
            let mut effects = story.engine.apply(Event::CheckDue { stalled: false }, story.now);
            for step in 0..=steps {
                let asked = effects.iter().find(|effect| effect.uses_network()).expect("a step is left");
                let error = if step < steps { &only_this_one } else { &error };
                effects = story.engine.apply(failure(asked, error), story.now);
            }
            // A letter without an answer leaves it to the check to say whether the server is there.
            while let Some(asked) = effects.iter().find(|effect| effect.uses_network()) {
                effects = story.engine.apply(failure(asked, &error), story.now);
            }
            assert!(story.engine.run.is_none(), "the run has ended");
        }
    }
    assert_eq!(files.each_ref().map(|file| content(file)), before);
    assert_eq!((story.unread(), story.engine.status().unwrap().outbox.waiting), (0, 1));
}

/// The answer to an exchange that failed.
fn failure(asked: &Effect, error: &ServerError) -> Event {
    let error = error.clone();
    match asked {
        Effect::Check { .. } => Event::Checked(Err(error)),
        Effect::ReportDelivered { cursor } => {
            Event::DeliveredReported { cursor: cursor.clone(), outcome: Err(error) }
        }
        Effect::ReportMarks { mark, ids } => {
            Event::MarksReported { mark: *mark, ids: ids.clone(), outcome: Err(error) }
        }
        Effect::Post { id, .. } => Event::Posted { id: *id, outcome: Err(error) },
        Effect::PullSettings => Event::SettingsPulled(Err(error)),
        Effect::PushInterval { wish, .. } => Event::IntervalPushed { wish: *wish, outcome: Err(error) },
        Effect::PullDirectory { .. } => Event::DirectoryPulled(Err(error)),
        other => panic!("{other:?} asks nobody"),
    }
}

/// Every row of every table of a database, in words; without when a letter was last tried, which is
/// written down before each try.
fn content(file: &std::path::Path) -> Vec<String> {
    let database = rusqlite::Connection::open(file).unwrap();
    let mut tables = database
        .prepare(
            "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name",
        )
        .unwrap();
    let names: Vec<String> =
        tables.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap();
    assert!(!names.is_empty());
    let mut content = Vec::new();
    for name in names {
        let mut rows = database.prepare(&format!("SELECT * FROM \"{name}\"")).unwrap();
        let columns: Vec<usize> =
            (0..rows.column_count()).filter(|it| rows.column_name(*it).unwrap() != "tried_at").collect();
        let mut rows = rows.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let values: Vec<rusqlite::types::Value> =
                columns.iter().map(|column| row.get(*column).unwrap()).collect();
            content.push(format!("{name}: {values:?}"));
        }
    }
    content
}
