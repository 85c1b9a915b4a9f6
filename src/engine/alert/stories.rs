//! Stories of alerts: when they come, how often, and when they go.

mod crashes;

use restante_local_api::{Connection, NotificationsState};
use restante_model::{DeliveryState, Importance, LocalTime, MessageId, Seconds, Timestamp};
use restante_server_api::{Change, Problem, ProblemKind};

use crate::{
    Effect, Event,
    effect::{PopupCarrier, PopupContent},
    event::{Ask, CallId, PopupAction, PopupId, ServerError},
    settings_file::{
        Carrier, ImportantCarrier, InQuietHours, Preview, QuietHours, Rhythm, SettingsFile, Sound,
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
fn mail_of_quiet_hours_is_told_once_when_they_end() {
    let mut story = Story::signed_in();
    let quiet = quiet_around(story.now);
    story.settings(SettingsFile { quiet_hours: Some(quiet), ..SettingsFile::default() });
    story.arrives(vec![new(1, NORMAL)]);
    story.arrives(vec![new(2, NORMAL)]);
    assert_eq!((story.popups(), story.unread()), (0, 2), "the count is told, the popup waits");
    assert_eq!(story.engine.status().unwrap().alerts.quiet_until, story.wakes_at());
    story.wakes();
    assert_eq!(story.contents(), [PopupContent::Summary { count: 2 }]);
    assert_eq!(story.wakes_at(), None, "nobody looks at the clock for nothing");
    assert_eq!(story.engine.status().unwrap().alerts.quiet_until, None);
}

#[test]
fn one_message_of_quiet_hours_is_told_by_name() {
    let mut story = Story::signed_in();
    let quiet = quiet_around(story.now);
    story.settings(SettingsFile { quiet_hours: Some(quiet), ..SettingsFile::default() });
    story.arrives(vec![new(1, NORMAL)]);
    story.wakes();
    assert!(matches!(story.contents()[..], [PopupContent::Message { .. }]));
}

#[test]
fn what_was_read_in_quiet_hours_is_not_told() {
    let mut story = Story::signed_in();
    let quiet = quiet_around(story.now);
    story.settings(SettingsFile { quiet_hours: Some(quiet), ..SettingsFile::default() });
    story.arrives(vec![new(1, NORMAL)]);
    story.arrives(vec![read_elsewhere(1)]);
    assert_eq!((story.wakes_at(), story.popups()), (None, 0));
}

#[test]
fn important_mail_pierces_quiet_hours_unless_the_person_says_otherwise() {
    let mut story = Story::signed_in();
    let quiet = quiet_around(story.now);
    let settings = SettingsFile { quiet_hours: Some(quiet), ..SettingsFile::default() };
    story.settings(settings.clone());
    story.arrives(vec![new(1, HIGH)]);
    assert_eq!(story.windows(), [vec![id(1)]]);

    story.says(Ask::Acknowledge(id(1)));
    story.settings(SettingsFile { important_in_quiet_hours: InQuietHours::Held, ..settings });
    story.arrives(vec![new(2, HIGH)]);
    assert_eq!(story.windows().len(), 1);
    story.wakes();
    assert_eq!(story.windows()[1], [id(2)]);
}

#[test]
fn quiet_hours_taken_out_of_the_settings_end_at_once() {
    let mut story = Story::signed_in();
    let quiet = quiet_around(story.now);
    story.settings(SettingsFile { quiet_hours: Some(quiet), ..SettingsFile::default() });
    story.arrives(vec![new(1, NORMAL), new(2, NORMAL)]);
    story.settings(SettingsFile::default());
    assert_eq!(story.contents(), [PopupContent::Summary { count: 2 }]);
}

#[test]
fn the_wall_clock_decides_what_is_quiet() {
    let mut story = Story::signed_in();
    let quiet = quiet_around(story.now);
    story.settings(SettingsFile { quiet_hours: Some(quiet), ..SettingsFile::default() });
    story.happens(Event::LocalTimeChanged(LocalTime { offset_seconds: 5 * 3_600, change: None }));
    story.arrives(vec![new(1, NORMAL)]);
    assert_eq!(story.popups(), 1);
}

#[test]
fn a_snooze_holds_back_everything_and_ends_by_itself_or_when_asked() {
    let mut story = Story::signed_in();
    story.says(Ask::SnoozeAlerts { seconds: Some(1_800) });
    let until = story.engine.status().unwrap().alerts.snoozed_until;
    assert_eq!(until, story.wakes_at());
    story.arrives(vec![new(1, NORMAL), new(2, NORMAL), new(3, HIGH)]);
    assert_eq!((story.popups(), story.windows().len()), (0, 0));
    story.wakes();
    assert_eq!(story.contents(), [PopupContent::Summary { count: 2 }]);
    assert_eq!(story.windows(), [vec![id(3)]]);
    assert_eq!(story.engine.status().unwrap().alerts.snoozed_until, None);

    story.says(Ask::SnoozeAlerts { seconds: Some(1_800) });
    story.arrives(vec![new(4, NORMAL)]);
    story.says(Ask::SnoozeAlerts { seconds: None });
    assert_eq!(story.popups(), 2);
}

#[test]
fn a_snooze_does_not_last_longer_because_the_clock_was_set_back() {
    let mut story = Story::signed_in();
    story.says(Ask::SnoozeAlerts { seconds: Some(1_800) });
    story.now = story.now.plus_ms(-minutes(600));
    story.arrives(vec![new(1, NORMAL)]);
    assert_eq!(story.popups(), 1);
}

#[test]
fn important_mail_comes_again_every_five_minutes_for_half_an_hour() {
    let mut story = Story::signed_in();
    story.arrives(vec![new(1, HIGH)]);
    let first = story.now;
    while story.wakes_at().is_some() {
        story.happens(Event::ImportantClosed { ids: vec![id(1)] });
        story.wakes();
    }
    assert_eq!(story.windows().len(), 7, "once, and six times more");
    let took = story.now.ms_since(first);
    assert!((minutes(29)..minutes(31)).contains(&took), "{took}");
}

fn rhythm(every: u64, lasting: u64) -> SettingsFile {
    let important_rhythm = Rhythm { every: Seconds::new(every), lasting: Seconds::new(lasting) };
    SettingsFile { important_rhythm, ..SettingsFile::default() }
}

#[test]
fn the_rhythm_of_important_mail_is_the_settings() {
    let mut story = Story::signed_in();
    story.settings(rhythm(60, 180));
    story.arrives(vec![new(1, HIGH)]);
    while story.wakes_at().is_some() {
        story.wakes();
    }
    assert_eq!(story.windows().len(), 4, "once, and three times more");
    story.settings(rhythm(60, 0));
    story.arrives(vec![new(2, HIGH)]);
    assert_eq!((story.windows().len(), story.wakes_at()), (5, None), "once, and never again");
}

#[test]
fn mail_that_waits_for_its_repeat_follows_a_new_rhythm_at_once() {
    let mut story = Story::signed_in();
    story.arrives(vec![new(1, HIGH)]);
    let first = story.now;
    for (every, next) in [(60, Some(60)), (3_600, None), (60, None)] {
        story.settings(rhythm(every, 1_800));
        let wakes_in = story.wakes_at().map(|at| (at.ms_since(first) + 500) / 1_000);
        assert_eq!(wakes_in, next, "what is over stays over; every {every}");
    }
}

#[test]
fn important_mail_that_was_acknowledged_or_opened_is_not_repeated() {
    let mut story = Story::signed_in();
    story.arrives(vec![new(1, HIGH), new(2, HIGH)]);
    story.says(Ask::Acknowledge(id(1)));
    assert!(story.wakes_at().is_some(), "the other one is still open");
    assert!(!story.done.contains(&Effect::CloseImportant));
    story.says(Ask::Show { what: restante_local_api::ShowWhat::Mailbox, id: Some(id(2)) });
    assert_eq!((story.wakes_at(), story.unread()), (None, 2), "known of, and still unread");
}

#[test]
fn important_mail_read_elsewhere_is_not_repeated() {
    let mut story = Story::signed_in();
    story.arrives(vec![new(1, HIGH)]);
    story.arrives(vec![read_elsewhere(1)]);
    assert!(story.done.contains(&Effect::CloseImportant));
    assert_eq!(story.wakes_at(), None);
}

#[test]
fn a_reminder_comes_when_it_was_asked_for() {
    let mut story = Story::signed_in();
    story.arrives(vec![new(1, HIGH)]);
    let asked_at = story.now;
    story.says(Ask::RemindLater { id: id(1), seconds: 600 });
    assert!(story.done.contains(&Effect::CloseImportant));
    story.wakes();
    assert!(story.now.ms_since(asked_at) >= minutes(10));
    assert_eq!(story.windows().len(), 2);
    assert!(story.wakes_at().is_some(), "and a series begins anew");
}

#[test]
fn a_reminder_of_mail_that_is_not_here_is_refused() {
    let mut story = Story::signed_in();
    for ask in [Ask::RemindLater { id: id(9), seconds: 600 }, Ask::Acknowledge(id(9))] {
        story.says(ask);
        let refused = |effect: &Effect| matches!(effect, Effect::Answer { answer: Err(_), .. });
        assert!(story.done.iter().any(refused));
        story.done.clear();
    }
}

#[test]
fn important_mail_by_the_desktop_is_repeated_in_the_same_popup() {
    let mut story = Story::signed_in();
    story.settings(SettingsFile { important: ImportantCarrier::Desktop, ..SettingsFile::default() });
    story.arrives(vec![new(1, HIGH)]);
    let first = story.last_popup();
    story.wakes();
    assert_eq!((story.popups(), story.last_popup()), (2, first));
    story.happens(Event::PopupEnded { popup: first, action: PopupAction::Open });
    assert_eq!(story.wakes_at(), None);
}

#[test]
fn a_popup_keeps_sender_and_subject_to_itself_where_previews_are_off() {
    let mut story = Story::signed_in();
    story.settings(SettingsFile { preview: Preview::Hidden, ..SettingsFile::default() });
    story.arrives(vec![new(1, NORMAL)]);
    let hidden = PopupContent::Message { id: id(1), from: None, subject: None, important: false };
    assert_eq!(story.contents(), [hidden]);
}

#[test]
fn a_sound_is_heard_unless_it_is_quiet() {
    let mut story = Story::signed_in();
    let sound = |story: &Story| match story.done.iter().rfind(|it| matches!(it, Effect::ShowPopup(_))) {
        Some(Effect::ShowPopup(popup)) => popup.sound.clone(),
        _ => panic!("no popup"),
    };
    story.arrives(vec![new(1, NORMAL)]);
    assert_eq!(sound(&story), None, "the default");
    let named = Sound::Named("bell".into());
    let settings =
        SettingsFile { sound: named, important: ImportantCarrier::Desktop, ..SettingsFile::default() };
    story.settings(settings.clone());
    story.arrives(vec![new(2, NORMAL)]);
    assert_eq!(sound(&story).as_deref(), Some("bell"));
    let quiet_hours = Some(quiet_around(story.now));
    story.settings(SettingsFile { quiet_hours, ..settings });
    story.arrives(vec![new(3, HIGH)]);
    assert_eq!(sound(&story), None, "important mail pierces quiet hours without a sound");
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

#[test]
fn a_service_that_went_without_an_answer_has_shown_nothing() {
    let mut story = Story::signed_in();
    story.happens(Event::NotificationOwnerChanged(Some(":1.7".into())));
    story.happens(Event::NotificationsChanged(NotificationsState::Ok));
    story.silent = true;
    story.arrives(vec![new(1, NORMAL)]);
    let popup = story.last_popup();
    story.happens(Event::PopupShown { popup, outcome: Err(NotificationsState::Hung) });
    story.happens(Event::NotificationsChanged(NotificationsState::Hung));
    story.arrives(vec![new(2, NORMAL)]);
    assert_eq!(story.popups(), 1, "nothing more is laid in front of a service that does not look");

    // It ends, and another takes its place.
    story.silent = false;
    story.happens(Event::NotificationOwnerChanged(None));
    story.happens(Event::NotificationsChanged(NotificationsState::Absent));
    story.happens(Event::NotificationOwnerChanged(Some(":1.9".into())));
    story.happens(Event::NotificationsChanged(NotificationsState::Ok));
    assert_eq!(story.popups(), 3);
}

#[test]
fn a_late_answer_of_a_hung_service_counts() {
    let mut story = Story::signed_in();
    story.happens(Event::NotificationOwnerChanged(Some(":1.7".into())));
    story.happens(Event::NotificationsChanged(NotificationsState::Ok));
    story.silent = true;
    story.arrives(vec![new(1, NORMAL)]);
    let popup = story.last_popup();
    story.happens(Event::PopupShown { popup, outcome: Err(NotificationsState::Hung) });
    story.happens(Event::PopupShown { popup, outcome: Ok(()) });
    story.happens(Event::NotificationOwnerChanged(Some(":1.9".into())));
    story.happens(Event::NotificationsChanged(NotificationsState::Ok));
    assert_eq!(story.popups(), 1);
}

#[test]
fn our_own_window_stands_in_for_a_service_that_does_not_come() {
    let mut story = Story::signed_in();
    story.silent = true;
    story.arrives(vec![new(1, NORMAL)]);
    let popup = story.last_popup();
    story.happens(Event::PopupShown { popup, outcome: Err(NotificationsState::Absent) });
    story.wakes();
    let Some(Effect::ShowPopup(popup)) = story.done.iter().rfind(|it| matches!(it, Effect::ShowPopup(_)))
    else {
        panic!("no popup")
    };
    assert_eq!(popup.carrier, PopupCarrier::Window);

    // There is no screen for it either: it waits for a service.
    let popup = popup.id;
    story.happens(Event::PopupWindowFailed { popup, reason: "no display".into() });
    let popup = story.last_popup();
    story.happens(Event::PopupShown { popup, outcome: Err(NotificationsState::Absent) });
    assert_eq!(story.wakes_at(), None);
    story.happens(Event::NotificationsChanged(NotificationsState::Ok));
    assert_eq!(story.engine.ledger.alert_state(id(1)).unwrap(), "showing");
}

#[test]
fn windows_of_ours_never_stand_more_than_three_high() {
    let mut story = Story::signed_in();
    story.settings(SettingsFile { ordinary: Carrier::Window, ..SettingsFile::default() });
    story.arrives(vec![new(1, NORMAL), new(2, NORMAL)]);
    story.arrives(vec![new(3, NORMAL)]);
    assert_eq!(story.popups(), 3);
    story.arrives(vec![new(4, NORMAL)]);
    assert_eq!(story.contents()[3], PopupContent::Summary { count: 4 });
    let withdrawn = story.done.iter().filter(|it| matches!(it, Effect::WithdrawPopup(_))).count();
    assert_eq!(withdrawn, 3);
}

#[test]
fn a_first_sync_of_five_thousand_messages_is_one_summary() {
    let mut story = Story::signed_in();
    story.page_size = 500;
    story.arrives((1..=5_000).map(|number| new(number, NORMAL)).collect());
    assert_eq!(story.contents(), [PopupContent::Summary { count: 5_000 }]);
    assert_eq!(story.unread(), 5_000);
}

#[test]
fn a_sync_that_breaks_off_tells_of_what_came() {
    let mut story = Story::signed_in();
    story.page_size = 5;
    story.waiting = (1..=10).map(|number| new(number, NORMAL)).collect();
    story.breaks_after_pages = Some(1);
    story.due();
    assert_eq!(story.contents(), [PopupContent::Summary { count: 5 }]);
    story.due();
    assert_eq!(story.contents().len(), 2);
    assert_eq!(story.unread(), 10);
}

impl Story {
    fn refused(&mut self, code: ProblemKind) {
        let problem = Problem::new(code, "ask Vera, room 12");
        self.silent_server = true;
        self.due();
        self.happens(Event::Checked(Err(ServerError::Refused(Box::new(problem)))));
        self.silent_server = false;
    }

    fn connection_popups(&self) -> Vec<Connection> {
        let told = self.contents().into_iter().filter_map(|content| match content {
            PopupContent::Connection { state, .. } => Some(state),
            PopupContent::Message { .. } | PopupContent::Summary { .. } => None,
        });
        told.collect()
    }
}

#[test]
fn a_state_that_needs_a_person_is_told_once() {
    let mut story = Story::signed_in();
    story.refused(ProblemKind::OfficeUnavailable);
    story.refused(ProblemKind::OfficeUnavailable);
    story.reachable = false;
    story.due();
    story.reachable = true;
    story.refused(ProblemKind::OfficeUnavailable);
    assert_eq!(story.connection_popups(), [Connection::OfficeUnavailable]);
    story.refused(ProblemKind::ClientTooOld);
    assert_eq!(story.connection_popups()[1..], [Connection::ClientTooOld]);
    story.done.clear();
    story.due();
    assert!(story.done.iter().any(|it| matches!(it, Effect::WithdrawPopup(_))), "it is over");
    story.refused(ProblemKind::OfficeUnavailable);
    assert_eq!(story.connection_popups(), [Connection::OfficeUnavailable], "and it came again");
}

#[test]
fn a_revoked_token_is_told_once_and_signing_out_not_at_all() {
    let mut story = Story::signed_in();
    story.refused(ProblemKind::Unauthenticated);
    story.due();
    assert_eq!(story.connection_popups(), [Connection::SignedOut]);

    let mut story = Story::signed_in();
    story.says(Ask::Logout);
    assert_eq!(story.connection_popups(), []);
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
