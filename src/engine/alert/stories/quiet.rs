//! Quiet hours and a snooze (row B9).

use super::*;

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
