//! A notification service that hangs, goes or does not come, and our own window in its place.

use super::*;

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
    let popup = story.last_popup();
    story.happens(Event::PopupShown { popup, outcome: Err(NotShown::Absent) });
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
