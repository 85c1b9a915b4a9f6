//! A notification service that hangs, goes or does not come, and our own window in its place.

use super::*;

impl Story {
    /// Neither window nor service takes what it is handed, however often it is asked: what was tried.
    fn turn_away(&mut self) -> Vec<Effect> {
        let mut tried = Vec::new();
        while let Some(effect) = self.done.pop() {
            match &effect {
                Effect::ShowPopup(popup) => {
                    self.happens(Event::PopupShown { popup: popup.id, outcome: Err(NotShown::Absent) });
                }
                Effect::AskCarrier { carrier, .. } => {
                    let outcome = Err(NotShown::Absent);
                    self.happens(Event::CarrierAnswered { carrier: *carrier, outcome });
                }
                Effect::OpenImportant { ids } => {
                    let outcome = Err("no such program".into());
                    self.happens(Event::ImportantOpened { ids: ids.clone(), outcome });
                }
                _ => continue,
            }
            tried.push(effect);
        }
        tried
    }
}

/// What waits for a service may be a whole mailbox.
#[test]
fn what_nobody_takes_is_asked_for_once_a_check_and_neither_written_nor_lost() {
    let mut story = Story::signed_in();
    story.silent = true;
    let importance = |number| if number % 10 == 0 { HIGH } else { NORMAL };
    story.arrives((1..=50).map(|number| new(number, importance(number))).collect());
    story.turn_away();
    let written = |story: &Story| story.engine.ledger.connection().total_changes();
    let before = written(&story);
    for _ in 0..3 {
        story.due();
        let tried = story.turn_away();
        assert!(
            matches!(&tried[..], [Effect::AskCarrier { carrier: PopupCarrier::Desktop, .. }]),
            "{tried:?}"
        );
    }
    assert_eq!(written(&story), before);

    // More important mail is worth another try with its window.
    story.arrives(vec![new(60, HIGH)]);
    assert_eq!(story.windows().iter().map(Vec::len).collect::<Vec<_>>(), [6]);
    story.turn_away();
    story.due();
    let tried = story.turn_away();
    assert!(matches!(&tried[..], [Effect::AskCarrier { .. }]), "{tried:?}");

    story.happens(Event::ChoreDue(Chore::Housekeeping));
    story.due();
    assert_eq!(story.windows().len(), 1, "and so is every hour");
    story.turn_away();

    story.silent = false;
    story.due();
    assert_eq!(story.contents(), [PopupContent::Summary { count: 45 }]);
    assert_eq!(story.windows().len(), 1);
}

#[test]
fn what_quiet_hours_hold_back_is_written_once_and_not_at_each_check() {
    let mut story = Story::signed_in();
    let quiet_hours = Some(quiet_around(story.now));
    let in_quiet_hours = InQuietHours::Held;
    story.settings(SettingsFile {
        quiet_hours,
        important_in_quiet_hours: in_quiet_hours,
        ..SettingsFile::default()
    });
    story.arrives((1..=50).map(|number| new(number, if number % 10 == 0 { HIGH } else { NORMAL })).collect());
    let written = |story: &Story| story.engine.ledger.connection().total_changes();
    let before = written(&story);
    for _ in 0..3 {
        story.due();
    }
    assert_eq!((written(&story), story.popups()), (before, 0));
}

#[test]
fn a_service_that_went_without_an_answer_has_shown_nothing() {
    let mut story = Story::signed_in();
    story.happens(Event::NotificationOwnerChanged(Some(":1.7".into())));
    story.happens(Event::NotificationsChanged(NotificationsState::Ok));
    story.silent = true;
    story.arrives(vec![new(1, NORMAL)]);
    let popup = story.last_popup();
    story.happens(Event::PopupShown { popup, outcome: Err(NotShown::Hung) });
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
    story.happens(Event::PopupShown { popup, outcome: Err(NotShown::Hung) });
    story.happens(Event::PopupShown { popup, outcome: Ok(None) });
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
    story.happens(Event::PopupShown { popup, outcome: Err(NotShown::Absent) });
    story.wakes();
    let Some(Effect::ShowPopup(popup)) = story.done.iter().rfind(|it| matches!(it, Effect::ShowPopup(_)))
    else {
        panic!("no popup")
    };
    assert_eq!(popup.carrier, PopupCarrier::Window);

    // There is no screen for it either: it waits for a service.
    let popup = popup.id;
    story.happens(Event::PopupWindowFailed { popup, reason: "no display".into() });
    story.turn_away();
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
