//! What comes from outside and is none of what it should be: nothing of it is taken, and the agent goes on.

use restante_local_api::{CacheState, DiskState};

use super::*;
use crate::settings_file;

fn page(changes: Vec<Change>) -> String {
    let page = ChangesPage {
        changes,
        cursor: Cursor { epoch: "e".into(), generation: "g".into(), modseq: 7 },
        more: false,
        unread: 1,
        settings_revision: 1,
        next_check_in_seconds: None,
        server_time: at(0),
    };
    serde_json::to_string(&page).unwrap()
}

/// The agent is as able as ever.
fn is_well(story: &Story) {
    let status = story.engine.status().unwrap();
    assert_eq!(status.storage.disk, DiskState::Ok);
    assert_eq!(status.storage.cache, CacheState::Ok);
    assert_eq!(status.storage.ledger_set_aside, None);
}

#[test]
fn a_page_of_garbage_is_refused_whole_or_taken_as_it_says() {
    let delivery = Change::Delivery {
        message_id: id(3),
        user: "anna".parse().unwrap(),
        state: DeliveryState::Read,
        at: at(9),
        acknowledged_at: None,
    };
    let removed = Change::Removed { message_id: id(1), reason: restante_server_api::RemovedReason::Expired };
    let good = [
        page(vec![received(1, Importance::High, DeliveryState::Waiting)]),
        page(vec![received(2, Importance::Normal, DeliveryState::Delivered), delivery]),
        page(vec![removed, Change::Expiry { message_id: id(2), expires_at: at(5), near: true }]),
    ];
    let good: Vec<&[u8]> = good.iter().map(String::as_bytes).collect();
    let mut story = Story::signed_in();
    story.silent_server = true;
    let mut taken = 0;
    restante_garbage::each(&good, |bytes| {
        let Ok(page) = serde_json::from_slice::<ChangesPage>(bytes) else { return };
        taken += 1;
        // The database has an own test for the same page again.
        if taken % 8 != 0 {
            return;
        }
        story.due();
        story.happens(Event::Checked(Ok(Checked::Page(Box::new(page.clone())))));
        is_well(&story);
        assert_eq!(story.engine.cache.cursor().unwrap(), Some(page.cursor));
        assert_eq!(story.engine.last_check.as_ref().map(|check| check.outcome), Some(CheckOutcome::Ok));
        story.done.clear();
    });
    assert!(taken > 800, "{taken} pages could be read");
}

#[test]
fn settings_of_garbage_are_told_and_change_nothing() {
    let mut story = Story::signed_in();
    let mut told = 0;
    restante_garbage::each_text(&["check_interval = \"10m\"\n[mail]\nundo_seconds = 5\n"], |text| {
        let Err(problem) = settings_file::parse(text, "config.toml") else { return };
        told += 1;
        if told % 16 != 0 {
            return;
        }
        let before = story.engine.status().unwrap().interval;
        story.happens(Event::SettingsEdited(Err(problem.clone())));
        let status = story.engine.status().unwrap();
        assert_eq!(status.settings_problem, Some(problem.to_string()));
        assert_eq!(status.interval, before);
        story.done.clear();
    });
    assert!(told > 1_000, "{told} files could not be read");
    story.happens(Event::SettingsEdited(Ok(SettingsFile::default())));
    assert_eq!(story.engine.status().unwrap().settings_problem, None);
    is_well(&story);
}

#[test]
fn whatever_is_looked_for_is_answered() {
    let mut story = Story::signed_in();
    story.waiting = vec![about(1, "Отчёты за квартал", "the quarterly report (draft)")];
    story.due();
    let good = ["отчет квар", "\"report\" AND draft*", "quarterly NOT (x OR y)", "мария NEAR/2 кузнецова"];
    restante_garbage::each_text(&good, |words| {
        let answer = story.engine.search(words, PageStart::Row(0), 100).expect("the database can be read");
        assert!(answer.is_ok());
    });
    is_well(&story);
}
