//! Important mail as popups: few are one popup each, more are one that counts them (rows B5, B6, B8).

use super::*;
use crate::effect::Named;

pub(super) fn by_desktop() -> SettingsFile {
    SettingsFile { important: ImportantCarrier::Desktop, ..SettingsFile::default() }
}

pub(super) fn all_high(numbers: impl IntoIterator<Item = u128>) -> Vec<Change> {
    numbers.into_iter().map(|number| new(number, HIGH)).collect()
}

/// The popup that counts these, newest first.
fn summary(numbers: &[u128]) -> PopupContent {
    let named = |number: &u128| Named { from: person("anna"), subject: format!("subject {number}") };
    PopupContent::ImportantSummary {
        ids: numbers.iter().copied().map(id).collect(),
        newest: numbers.iter().take(3).map(named).collect(),
    }
}

fn single(number: u128) -> PopupContent {
    let (from, subject) = (Some(person("anna")), Some(format!("subject {number}")));
    PopupContent::Message { id: id(number), from, subject, important: true }
}

impl Story {
    fn by_popups(numbers: impl IntoIterator<Item = u128>) -> Self {
        let mut story = Self::signed_in();
        story.happens(Event::NotificationsChanged(NotificationsState::Ok));
        story.settings(by_desktop());
        story.arrives(all_high(numbers));
        story
    }

    fn last_content(&self) -> PopupContent {
        self.contents().pop().expect("a popup was shown")
    }

    fn state_of(&self, number: u128) -> String {
        self.engine.ledger.alert_state(id(number)).unwrap()
    }
}

#[test]
fn more_than_three_important_messages_are_one_popup_that_comes_again_as_one() {
    let mut story = Story::by_popups(1..=2_000);
    let newest: Vec<u128> = (1..=2_000).rev().collect();
    assert_eq!(story.contents(), [summary(&newest)]);
    assert_eq!((story.state_of(1).as_str(), story.state_of(2_000).as_str()), ("shown", "shown"));
    let first = story.last_popup();
    while story.wakes_at().is_some() {
        story.wakes();
        assert_eq!(story.last_popup(), first);
    }
    assert_eq!(story.popups(), 7, "once, and six times more");
}

#[test]
fn three_important_messages_have_a_popup_each_and_a_fourth_makes_them_one() {
    let mut story = Story::by_popups(1..=3);
    assert_eq!(story.contents(), [single(1), single(2), single(3)]);
    story.done.clear();
    story.arrives(all_high([4]));
    assert_eq!(story.contents(), [summary(&[4, 3, 2, 1])]);
    let withdrawn = story.done.iter().filter(|it| matches!(it, Effect::WithdrawPopup(_))).count();
    assert_eq!(withdrawn, 2, "the third gives its place");
}

#[test]
fn what_came_at_different_moments_is_repeated_together() {
    let mut story = Story::by_popups(1..=4);
    story.now = story.now.plus_ms(minutes(2));
    story.arrives(all_high([5]));
    let joined = story.now;
    assert_eq!(story.last_content(), summary(&[5, 4, 3, 2, 1]));
    story.wakes();
    assert!((minutes(5)..minutes(6)).contains(&story.now.ms_since(joined)), "{}", story.now.ms_since(joined));
    assert_eq!((story.popups(), story.last_content()), (3, summary(&[5, 4, 3, 2, 1])));
}

#[test]
fn a_summary_of_important_mail_counts_what_is_left_and_goes_with_the_last() {
    let mut story = Story::by_popups(1..=5);
    let popup = story.last_popup();
    story.says(Ask::Acknowledge(id(5)));
    assert_eq!((story.last_content(), story.last_popup()), (summary(&[4, 3, 2, 1]), popup));
    story.arrives(vec![read_elsewhere(1), read_elsewhere(2)]);
    assert_eq!(story.last_content(), summary(&[4, 3]));
    story.says(Ask::Show { what: restante_local_api::ShowWhat::Mailbox, id: Some(id(4)) });
    assert_eq!((story.last_content(), story.last_popup()), (single(3), popup));
    let shown = story.popups();
    story.wakes();
    assert_eq!((story.popups(), story.last_content(), story.last_popup()), (shown + 1, single(3), popup));
    story.says(Ask::MarkRead(id(3)));
    assert!(story.done.contains(&Effect::WithdrawPopup(popup)));
    assert_eq!(story.wakes_at(), None);
}

#[test]
fn a_mended_number_makes_no_sound() {
    let mut story = Story::signed_in();
    story.settings(SettingsFile { sound: Sound::NewMail, ..by_desktop() });
    story.arrives(all_high(1..=5));
    story.says(Ask::Acknowledge(id(5)));
    let sounds = story.done.iter().filter_map(|effect| match effect {
        Effect::ShowPopup(popup) => Some(popup.sound.is_some()),
        _ => None,
    });
    assert_eq!(sounds.collect::<Vec<_>>(), [true, false]);
}

#[test]
fn a_summary_of_important_mail_names_nobody_where_previews_are_off() {
    let mut story = Story::signed_in();
    story.settings(SettingsFile { preview: Preview::Hidden, ..by_desktop() });
    story.arrives(all_high(1..=4));
    let PopupContent::ImportantSummary { newest, .. } = story.last_content() else { panic!("no summary") };
    assert_eq!(newest, []);
}

#[test]
fn two_thousand_due_at_a_start_without_a_window_are_one_popup() {
    let mut story = Story::signed_in();
    story.silent = true;
    story.arrives(all_high(1..=2_000));
    story.silent = false;
    let [ids] = &story.windows()[..] else { panic!("one window") };
    let failed = Event::ImportantOpened { ids: ids.clone(), outcome: Err("no such program".into()) };
    story.happens(failed);
    assert_eq!(story.popups(), 1, "{:?}", story.contents());

    // More of it tries the window again, which now shows what the popup told of as it comes up.
    story.arrives(all_high([2_001]));
    assert_eq!(story.windows().last(), Some(&vec![id(2_001)]));
    assert_eq!(story.popups(), 1);
}

#[test]
fn a_summary_opens_the_window_for_important_mail_and_the_mailbox_where_that_fails() {
    let mut story = Story::by_popups(1..=4);
    let newest: Vec<_> = [4, 3, 2, 1].map(id).to_vec();
    story.happens(Event::PopupEnded { popup: story.last_popup(), action: PopupAction::Open });
    assert_eq!(story.windows(), std::slice::from_ref(&newest));
    assert!(story.wakes_at().is_some(), "nobody has acknowledged them yet");

    let failed = Event::ImportantOpened { ids: newest, outcome: Err("no display".into()) };
    story.happens(failed);
    story.happens(Event::PopupEnded { popup: story.last_popup(), action: PopupAction::Open });
    let mailbox = Effect::OpenWindow { what: restante_local_api::ShowWhat::Mailbox, id: None };
    assert!(story.done.contains(&mailbox));
    assert_eq!((story.windows().len(), story.wakes_at()), (1, None));
}

#[test]
fn a_window_that_shows_important_mail_takes_its_popup_away() {
    let mut story = Story::by_popups(1..=4);
    let popup = story.last_popup();
    story.settings(SettingsFile::default());
    story.wakes();
    assert_eq!(story.windows(), [[4, 3, 2, 1].map(id).to_vec()]);
    assert!(story.done.contains(&Effect::WithdrawPopup(popup)));
}
