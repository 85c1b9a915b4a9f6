//! Checks that join others, wait for the keyring or fail.

use super::*;

#[test]
fn a_failed_check_never_looks_like_an_empty_mailbox() {
    let mut story = Story::signed_in();
    story.waiting = vec![received(1, Importance::Normal, DeliveryState::Waiting)];
    story.due();
    story.reachable = false;
    story.due();
    let status = story.engine.status().unwrap();
    assert_eq!(status.unread, 1);
    assert_eq!(status.connection, Connection::Unreachable);
    assert_eq!(status.last_check.unwrap().outcome, CheckOutcome::Unreachable);
    story.reachable = true;
    story.due();
    assert_eq!((story.popups(), story.engine.status().unwrap().connection), (1, Connection::Ok));
}

#[test]
fn a_revoked_token_is_one_state_and_deletes_nothing() {
    let mut story = Story::signed_in();
    story.waiting = vec![received(1, Importance::Normal, DeliveryState::Waiting)];
    story.due();
    let _asks = story.engine.apply(Event::CheckDue { stalled: false }, at(50));
    let problem = Problem::new(ProblemKind::Unauthenticated, "the token was revoked");
    let effects = story.engine.apply(Event::Checked(Err(ServerError::Refused(Box::new(problem)))), at(51));
    assert!(effects.contains(&Effect::Unschedule));
    let status = story.engine.status().unwrap();
    assert_eq!((status.connection, status.unread), (Connection::SignedOut, 1));
}

#[test]
fn a_check_that_joins_asks_once_more_so_that_nothing_newer_is_missed() {
    let mut story = Story::signed_in();
    let first = story.engine.apply(Event::CheckDue { stalled: false }, at(60));
    assert!(first.iter().any(|effect| matches!(effect, Effect::Check { .. })));
    let ask = Event::Asked { call: CallId(9), ask: Ask::Check { wait: true } };
    assert!(!story.engine.apply(ask, at(61)).iter().any(|effect| matches!(effect, Effect::Answer { .. })));
    let again =
        story.engine.apply(Event::Checked(Ok(Checked::Unchanged { settings_revision: None })), at(62));
    assert!(again.iter().any(|effect| matches!(effect, Effect::Check { .. })));
    story.happens(Event::Checked(Ok(Checked::Unchanged { settings_revision: None })));
    assert!(
        story
            .done
            .iter()
            .any(|effect| matches!(effect, Effect::Answer { call: CallId(9), answer: Ok(Answer::Check(_)) }))
    );
}

#[test]
fn a_check_that_joins_behind_the_changes_asks_for_them_once_more() {
    let mut story = Story::signed_in();
    story.waiting = vec![received(1, Importance::Normal, DeliveryState::Waiting)];
    let _asks = story.engine.apply(Event::CheckDue { stalled: false }, at(60));
    let page = story.answer(&Effect::Check { since: None }).unwrap();
    let reports = story.engine.apply(page, at(61));
    assert!(reports.iter().any(|effect| matches!(effect, Effect::ReportDelivered { .. })), "{reports:?}");
    let ask = Event::Asked { call: CallId(9), ask: Ask::Check { wait: true } };
    let _joined = story.engine.apply(ask, at(62));
    let cursor = story.engine.cache.cursor().unwrap().unwrap();
    let next = story.engine.apply(Event::DeliveredReported { cursor, outcome: Ok(()) }, at(63));
    assert!(next.iter().any(|effect| matches!(effect, Effect::Check { .. })), "{next:?}");
}

#[test]
fn a_sync_that_breaks_off_gives_its_memory_back() {
    let mut story = Story::signed_in();
    let held = |story: &Story| -> i64 {
        story.engine.cache.connection().pragma_query_value(None, "cache_size", |row| row.get(0)).unwrap()
    };
    let at_rest = held(&story);
    story.page_size = 5;
    story.waiting =
        (1..=10).map(|number| received(number, Importance::Normal, DeliveryState::Waiting)).collect();
    story.silent_server = true;
    story.due();
    let cursor = Cursor { epoch: "e".into(), generation: "g".into(), modseq: 5 };
    let page = ChangesPage {
        changes: story.waiting.split_off(5),
        cursor,
        more: true,
        unread: 5,
        settings_revision: 1,
        next_check_in_seconds: None,
        server_time: story.now,
    };
    story.happens(Event::Checked(Ok(Checked::Page(Box::new(page)))));
    assert!(held(&story) < at_rest, "{} KiB while more come", -held(&story));
    story.happens(Event::Checked(Err(ServerError::Unreachable("connection reset".into()))));
    assert_eq!(held(&story), at_rest);
}

#[test]
fn a_check_asked_for_before_the_keyring_answers_waits_for_it() {
    let mut story = Story::signed_in();
    story.engine.signed_in = false;
    story.engine.connection = Connection::Untried;
    let asks = story.engine.apply(Event::CheckDue { stalled: false }, at(60));
    assert!(asks.iter().any(|effect| matches!(effect, Effect::FindToken(_))));
    let ask = Event::Asked { call: CallId(9), ask: Ask::Check { wait: true } };
    let early = story.engine.apply(ask, at(61));
    assert!(!early.iter().any(|effect| matches!(effect, Effect::Answer { .. })), "{early:?}");
    story.happens(Event::TokenFound(TokenFound::Found(restante_local_api::KeyringState::Ok)));
    let answered =
        |effect: &Effect| matches!(effect, Effect::Answer { call: CallId(9), answer: Ok(Answer::Check(_)) });
    assert!(story.done.iter().any(answered));
}

#[test]
fn a_token_that_the_keyring_cannot_give_yet_is_asked_for_again() {
    let mut story = Story::signed_in();
    story.happens(Event::TokenFound(TokenFound::Problem(crate::event::TokenProblem::Locked)));
    story.due();
    assert!(story.done.iter().any(|effect| matches!(effect, Effect::FindToken(_))));
}

#[test]
fn the_job_follows_a_new_interval_while_the_keyring_is_locked() {
    let mut story = Story::signed_in();
    story.engine = Engine::open(None, None).unwrap();
    story.happens(Event::TokenFound(TokenFound::Problem(crate::event::TokenProblem::Locked)));
    story.happens(Event::Scheduled { next_run_at: Some(at(60)) });
    let edited = SettingsFile { check_interval: Some(Seconds::new(120)), ..SettingsFile::default() };
    story.happens(Event::SettingsEdited(Ok(edited)));
    let scheduled =
        |effect: &Effect| matches!(effect, Effect::Schedule { interval, .. } if interval.seconds() == 120);
    assert!(story.done.iter().any(scheduled), "{:?}", story.done);
}

#[test]
fn an_interval_changed_at_the_office_is_noticed_by_a_check_that_brings_nothing() {
    let mut story = Story::signed_in();
    story.due();
    story.settings = settings(900, 2);
    story.asked.clear();
    story.due();
    assert!(story.asked.contains(&Effect::PullSettings), "{:?}", story.asked);
    assert_eq!(story.engine.status().unwrap().interval.seconds, 900);
    story.asked.clear();
    story.due();
    assert!(!story.asked.contains(&Effect::PullSettings), "once: {:?}", story.asked);
}

/// A first sync of 1,200 messages, of whose alerts the server has yet to hear.
fn with_many_alerts_to_tell() -> Story {
    let mut story = Story::signed_in();
    story.silent = true;
    story.waiting =
        (1..=1_200).map(|number| received(number, Importance::Normal, DeliveryState::Waiting)).collect();
    story.due();
    story.silent = false;
    let shown = story.done.iter().filter_map(|effect| match effect {
        Effect::ShowPopup(popup) => Some(Event::PopupShown { popup: popup.id, outcome: Ok(None) }),
        _ => None,
    });
    let shown: Vec<_> = shown.collect();
    for event in shown {
        story.happens(event);
    }
    story.asked.clear();
    story
}

fn told(effects: &[Effect]) -> Vec<usize> {
    let marks = effects.iter().filter_map(|effect| match effect {
        Effect::ReportMarks { ids, .. } => Some(ids.len()),
        _ => None,
    });
    marks.collect()
}

#[test]
fn what_a_first_sync_leaves_to_tell_goes_out_in_one_check_and_stops_where_the_server_fails() {
    let mut story = with_many_alerts_to_tell();
    story.due();
    assert_eq!(told(&story.asked), [500, 500, 200]);
    story.due();
    assert_eq!(told(&story.asked), [500, 500, 200], "each is told once");

    let mut story = with_many_alerts_to_tell();
    story.reachable = false;
    story.due();
    assert_eq!(told(&story.asked), [500]);
    assert_eq!(story.engine.status().unwrap().last_check.unwrap().outcome, CheckOutcome::Unreachable);
}

#[test]
fn while_old_marks_go_out_nobody_waits_for_them_and_a_letter_goes_before_the_next() {
    let mut story = with_many_alerts_to_tell();
    let ask = Event::Asked { call: CallId(9), ask: Ask::Check { wait: true } };
    let first = story.engine.apply(ask, at(60));
    assert_eq!(told(&first), [500]);
    let marks = first.iter().find_map(|effect| story.answer(effect)).unwrap();
    let check = story.engine.apply(marks, at(61));
    assert!(check.iter().any(|effect| matches!(effect, Effect::Check { .. })), "{check:?}");
    assert!(told(&check).is_empty());
    let nothing_new = Event::Checked(Ok(Checked::Unchanged { settings_revision: None }));
    let mut second = story.engine.apply(nothing_new, at(62));
    while told(&second).is_empty() {
        let answer = second.iter().find_map(|effect| story.answer(effect)).expect("an exchange");
        assert!(!second.iter().any(|effect| matches!(effect, Effect::Answer { .. })));
        second = story.engine.apply(answer, at(63));
    }
    assert_eq!(told(&second), [500]);
    let answered =
        |effect: &Effect| matches!(effect, Effect::Answer { call: CallId(9), answer: Ok(Answer::Check(_)) });
    assert!(second.iter().any(answered), "{second:?}");

    let ask = Ask::Send { id: id(7_000), letter: letter(), undo: Undo::AtOnce };
    story.engine.apply(Event::Asked { call: CallId(10), ask }, at(64));
    let marks = second.iter().find_map(|effect| story.answer(effect)).unwrap();
    let letter = story.engine.apply(marks, at(65));
    assert!(letter.iter().any(|effect| matches!(effect, Effect::Post { .. })), "{letter:?}");
    assert!(told(&letter).is_empty());
}

/// SQLite asks its authorizer at nothing else than compiling.
#[test]
fn a_check_that_brings_nothing_compiles_no_statement() {
    use std::sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    };

    use rusqlite::hooks::{AuthAction, AuthContext, Authorization};

    let mut story = Story::signed_in();
    story.waiting =
        (1..=9).map(|number| received(number, Importance::High, DeliveryState::Waiting)).collect();
    story.due();
    let compiled = Arc::new(AtomicU32::new(0));
    for connection in [story.engine.ledger.connection(), story.engine.cache.connection()] {
        let compiled = Arc::clone(&compiled);
        let count = move |asked: AuthContext<'_>| {
            if matches!(asked.action, AuthAction::Select | AuthAction::Update { .. }) {
                compiled.fetch_add(1, Ordering::Relaxed);
            }
            Authorization::Allow
        };
        connection.authorizer(Some(count)).unwrap();
    }
    let mut check = || {
        let before = compiled.load(Ordering::Relaxed);
        story.due();
        story.engine.status().unwrap();
        compiled.load(Ordering::Relaxed) - before
    };
    assert!(check() > 5, "a new authorizer has all of them compiled anew");
    assert_eq!((check(), check()), (0, 0));
}
