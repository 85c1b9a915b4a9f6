//! Warnings that unread messages expire soon: one calm popup for each (row B19).

use restante_local_api::Direction as Side;
use restante_server_api::Direction;

use super::*;

fn expires_soon(number: u128, second: i64) -> Change {
    Change::Expiry { message_id: id(number), expires_at: at(second), near: true }
}

/// Boris wrote it, and Anna has not read it.
fn sent(number: u128) -> Change {
    let Change::Message { mut message, .. } = new(number, NORMAL) else { unreachable!() };
    message.from = person("boris");
    message.to = vec![person("anna")];
    message.direction = Direction::Sent {
        recipients: vec![restante_server_api::Recipient {
            person: person("anna"),
            state: DeliveryState::Waiting,
            since: at(0),
            delivered_at: None,
            acknowledged_at: None,
            not_delivered_because: None,
        }],
    };
    Change::Message { message, state: None }
}

fn warning(direction: Side, count: u64, second: i64, subject: Option<&str>) -> PopupContent {
    let subject = subject.map(str::to_owned);
    PopupContent::Expiring { direction, count, expires_at: at(second), subject }
}

#[test]
fn each_side_is_warned_once_however_often_it_is_said() {
    let mut story = Story::signed_in();
    story.settings(SettingsFile { ordinary: Carrier::Desktop, ..SettingsFile::default() });
    story.arrives(vec![new(1, HIGH), new(2, NORMAL), sent(3)]);
    story.done.clear();
    let warnings = || vec![expires_soon(1, 90_000), expires_soon(2, 80_000), expires_soon(3, 80_000)];
    story.arrives(warnings());
    let told = [warning(Side::Received, 2, 80_000, None), warning(Side::Sent, 1, 80_000, Some("subject 3"))];
    assert_eq!(story.contents(), told, "calm, of important mail too");
    assert_eq!(story.windows(), Vec::<Vec<MessageId>>::new());
    story.arrives(warnings());
    assert_eq!(story.contents().len(), 2, "a page that comes again says nothing new");
    story.arrives(vec![expires_soon(2, 85_000)]);
    assert_eq!(
        story.contents()[2],
        warning(Side::Received, 1, 85_000, Some("subject 2")),
        "another moment does"
    );
}

#[test]
fn a_warning_waits_for_the_end_of_quiet_hours_and_is_not_told_of_what_was_read_meanwhile() {
    let mut story = Story::signed_in();
    let quiet = quiet_around(story.now);
    story.arrives(vec![new(1, NORMAL), new(2, NORMAL)]);
    story.settings(SettingsFile {
        quiet_hours: Some(quiet),
        preview: Preview::Hidden,
        ..SettingsFile::default()
    });
    story.done.clear();
    story.arrives(vec![expires_soon(1, 80_000), expires_soon(2, 80_000)]);
    assert_eq!(story.popups(), 0);
    story.arrives(vec![read_elsewhere(1)]);
    story.wakes();
    assert_eq!(story.contents(), [warning(Side::Received, 1, 80_000, None)]);
    assert_eq!(story.wakes_at(), None);
}

#[test]
fn a_warning_that_no_service_took_is_told_when_one_comes_and_goes_when_it_is_over() {
    let mut story = Story::signed_in();
    story.arrives(vec![new(1, NORMAL), new(2, NORMAL)]);
    story.silent = true;
    story.arrives(vec![expires_soon(1, 80_000), expires_soon(2, 80_000)]);
    let popup = story.last_popup();
    story.happens(Event::PopupShown { popup, outcome: Err(NotShown::Absent) });
    story.silent = false;
    story.done.clear();
    story.happens(Event::NotificationsChanged(NotificationsState::Ok));
    assert_eq!(story.contents(), [warning(Side::Received, 2, 80_000, None)]);
    let popup = story.last_popup();
    story.arrives(vec![read_elsewhere(1)]);
    assert!(!story.done.contains(&Effect::WithdrawPopup(popup)), "the other one is still unread");
    story.arrives(vec![Change::Expiry { message_id: id(2), expires_at: at(900_000), near: false }]);
    assert!(story.done.contains(&Effect::WithdrawPopup(popup)), "the lifetime was made longer");
}
