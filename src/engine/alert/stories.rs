//! Stories of alerts: when they come, how often, and when they go.

mod connection;
mod crashes;
mod expiry;
mod full_screen;
mod important;
mod important_forgotten;
mod important_popups;
mod ordinary;
mod quiet;
mod restart;
mod service;

use restante_local_api::{Connection, NotificationsState};
use restante_model::{DeliveryState, Importance, LocalTime, MessageId, Seconds, Timestamp};
use restante_server_api::{Change, Problem, ProblemKind};

use crate::{
    Effect, Event,
    effect::{PopupCarrier, PopupContent},
    event::{Ask, CallId, Chore, NotShown, PopupAction, PopupId, ServerError},
    settings_file::{
        Carrier, ImportantCarrier, InQuietHours, Preview, QuietHours, Rhythm, SettingsFile, Sound, Speech,
    },
    stories::{Story, at, id, person, received},
};

const NORMAL: Importance = Importance::Normal;

const HIGH: Importance = Importance::High;

fn new(number: u128, importance: Importance) -> Change {
    received(number, importance, DeliveryState::Waiting)
}

fn read_elsewhere(number: u128) -> Change {
    let user = person("boris").login;
    Change::Delivery {
        message_id: id(number),
        user,
        state: DeliveryState::Read,
        at: at(9),
        acknowledged_at: None,
    }
}

/// An hour that began before the stories do and ends after them.
fn quiet_around(now: Timestamp) -> QuietHours {
    let minute = u16::try_from(LocalTime::default().second_of_day(now) / 60).unwrap();
    QuietHours { from_minute: (minute + 1_380) % 1_440, to_minute: (minute + 60) % 1_440 }
}

impl Story {
    fn settings(&mut self, settings: SettingsFile) {
        self.happens(Event::SettingsEdited(Ok(settings)));
    }

    fn says(&mut self, ask: Ask) {
        self.happens(Event::Asked { call: CallId(1), ask });
    }

    fn arrives(&mut self, changes: Vec<Change>) {
        self.waiting = changes;
        self.due();
    }

    /// When the alarm rings next.
    fn wakes_at(&self) -> Option<Timestamp> {
        self.engine.wake_at
    }

    /// Sleeps until the alarm rings.
    fn wakes(&mut self) {
        self.now = self.wakes_at().expect("an alarm is set");
        self.happens(Event::Woke);
    }

    fn contents(&self) -> Vec<PopupContent> {
        let shown = self.done.iter().filter_map(|effect| match effect {
            Effect::ShowPopup(popup) => Some(popup.content.clone()),
            _ => None,
        });
        shown.collect()
    }

    fn windows(&self) -> Vec<Vec<MessageId>> {
        let opened = self.done.iter().filter_map(|effect| match effect {
            Effect::OpenImportant { ids } => Some(ids.clone()),
            _ => None,
        });
        opened.collect()
    }

    /// How often a carrier was asked whether it would take a popup.
    fn carriers_asked(&self) -> usize {
        self.done.iter().filter(|effect| matches!(effect, Effect::AskCarrier { .. })).count()
    }

    fn last_popup(&self) -> PopupId {
        let shown = self.done.iter().rev().find_map(|effect| match effect {
            Effect::ShowPopup(popup) => Some(popup.id),
            _ => None,
        });
        shown.expect("a popup was shown")
    }
}

fn minutes(count: i64) -> i64 {
    count * 60_000
}

#[test]
fn a_hook_runs_once_for_each_new_message() {
    let mut story = Story::signed_in();
    let hooks = |story: &Story| -> Vec<MessageId> {
        let run = story.done.iter().filter_map(|effect| match effect {
            Effect::RunHook { about, .. } => Some(about.id),
            _ => None,
        });
        run.collect()
    };
    story.arrives(vec![new(1, NORMAL)]);
    story.settings(SettingsFile { hook: Some(vec!["play".into()]), ..SettingsFile::default() });
    assert_eq!(hooks(&story), [], "old mail is no news for a hook that is new");
    story.arrives(vec![new(2, NORMAL), new(3, HIGH)]);
    story.arrives(vec![new(2, NORMAL)]);
    assert_eq!(hooks(&story), [id(2), id(3)]);
    story.arrives((10..50).map(|number| new(number, NORMAL)).collect());
    assert_eq!(hooks(&story).len(), 2 + 20, "a backlog starts no thousand programs");
}

/// The disk takes no alert of this importance for a while.
fn disk_refuses(story: &Story, importance: &str) {
    let sql = format!(
        "CREATE TEMP TRIGGER refused BEFORE UPDATE OF state ON alert WHEN NEW.importance = '{importance}'
         BEGIN SELECT RAISE(ABORT, 'no room'); END"
    );
    story.engine.ledger.connection().execute_batch(&sql).unwrap();
}

fn disk_takes_all(story: &Story) {
    story.engine.ledger.connection().execute_batch("DROP TRIGGER refused").unwrap();
}

#[test]
fn what_was_written_down_is_shown_although_what_comes_behind_it_cannot_be() {
    let mut story = Story::signed_in();
    disk_refuses(&story, "high");
    story.arrives(vec![new(1, NORMAL), new(2, HIGH)]);
    assert_eq!((story.popups(), story.windows().len()), (1, 0), "{:?}", story.done);
    disk_takes_all(&story);
    story.due();
    assert_eq!((story.popups(), story.windows().len()), (1, 1), "{:?}", story.done);
}

#[test]
fn a_popup_that_could_not_be_written_down_comes_when_it_can() {
    let mut story = Story::signed_in();
    disk_refuses(&story, "normal");
    story.arrives(vec![new(1, NORMAL)]);
    assert_eq!(story.popups(), 0, "nothing is shown that is not written down");
    disk_takes_all(&story);
    story.arrives(vec![new(2, NORMAL)]);
    assert_eq!(story.popups(), 2, "{:?}", story.done);
}
