//! Ordinary mail: its popup, its summary, and what the person does with them.

use restante_model::Cursor;
use restante_server_api::ChangesPage;

use super::*;
use crate::{effect::Mark, event::Checked};

#[test]
fn ordinary_mail_is_one_popup_and_one_in_the_count() {
    let mut story = Story::signed_in();
    story.waiting = vec![received(1, Importance::Normal, DeliveryState::Waiting)];
    story.due();
    assert_eq!((story.popups(), story.unread()), (1, 1));
    story.waiting = vec![received(1, Importance::Normal, DeliveryState::Delivered)];
    story.due();
    assert_eq!((story.popups(), story.unread()), (1, 1), "the same message came again");
}

#[test]
fn important_mail_opens_its_one_window() {
    let mut story = Story::signed_in();
    story.waiting = vec![received(1, Importance::High, DeliveryState::Waiting)];
    story.due();
    assert!(story.done.contains(&Effect::OpenImportant { ids: vec![id(1)] }));
    assert_eq!(story.popups(), 0);
}

#[test]
fn many_at_once_are_one_summary() {
    let mut story = Story::signed_in();
    story.waiting = (1..=4).map(|it| received(it, Importance::Normal, DeliveryState::Waiting)).collect();
    story.due();
    assert_eq!((story.popups(), story.unread()), (1, 4));
}

#[test]
fn read_elsewhere_withdraws_the_popup_and_the_count() {
    let mut story = Story::signed_in();
    story.waiting = vec![received(1, Importance::Normal, DeliveryState::Waiting)];
    story.due();
    let user = person("boris").login;
    story.waiting = vec![Change::Delivery {
        message_id: id(1),
        user,
        state: DeliveryState::Read,
        at: at(9),
        acknowledged_at: None,
    }];
    story.due();
    assert!(story.done.iter().any(|effect| matches!(effect, Effect::WithdrawPopup(_))));
    assert_eq!(story.unread(), 0);
}

#[test]
fn mark_read_in_a_popup_reaches_the_server() {
    let mut story = Story::signed_in();
    story.waiting = vec![received(1, Importance::Normal, DeliveryState::Waiting)];
    story.due();
    let popup = story.done.iter().find_map(|effect| match effect {
        Effect::ShowPopup(popup) => Some(popup.id),
        _ => None,
    });
    story.reachable = false;
    story.happens(Event::PopupEnded { popup: popup.unwrap(), action: PopupAction::MarkRead });
    assert_eq!(story.unread(), 0);
    assert_eq!(story.engine.ledger.pending_marks(Mark::Read, 9).unwrap(), [id(1)]);
    story.reachable = true;
    story.due();
    assert!(story.engine.ledger.pending_marks(Mark::Read, 9).unwrap().is_empty());
}

#[test]
fn a_popup_that_is_put_off_comes_again_in_ten_minutes_and_once() {
    let mut story = Story::signed_in();
    story.arrives(vec![new(1, NORMAL)]);
    let put_off_at = story.now;
    story.happens(Event::PopupEnded { popup: story.last_popup(), action: PopupAction::Later });
    assert_eq!((story.popups(), story.unread()), (1, 1));
    story.wakes();
    assert!((600_000..601_000).contains(&story.now.ms_since(put_off_at)));
    assert_eq!(story.popups(), 2);
    assert_eq!(story.wakes_at(), None, "ordinary mail is not repeated");
}

#[test]
fn a_popup_that_no_service_took_is_shown_when_one_comes() {
    let mut story = Story::signed_in();
    let page = ChangesPage {
        cursor: Cursor { epoch: "e".into(), generation: "g".into(), modseq: 5 },
        more: false,
        unread: 1,
        changes: vec![received(1, Importance::Normal, DeliveryState::Waiting)],
        settings_revision: 1,
        next_check_in_seconds: None,
        server_time: at(0),
    };
    let _asks = story.engine.apply(Event::CheckDue { stalled: false }, at(60));
    let effects = story.engine.apply(Event::Checked(Ok(Checked::Page(Box::new(page)))), at(61));
    let shown = effects.iter().find_map(|effect| match effect {
        Effect::ShowPopup(popup) => Some(popup.id),
        _ => None,
    });
    let outcome = Err(NotShown::Absent);
    let _none = story.engine.apply(Event::PopupShown { popup: shown.unwrap(), outcome }, at(62));
    story.happens(Event::NotificationsChanged(NotificationsState::Ok));
    assert_eq!(story.popups(), 1);
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
