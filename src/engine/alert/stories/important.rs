//! Important mail by its rhythm, until the person knows of it (row B8).

use super::*;

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
fn important_mail_is_spoken_once_and_no_more_of_it_than_popups_show() {
    let mut story = Story::signed_in();
    let spoken = |story: &Story| -> Vec<Vec<PopupContent>> {
        let said = story.done.iter().filter_map(|effect| match effect {
            Effect::Speak(said) => Some(said.clone()),
            _ => None,
        });
        said.collect()
    };
    let told = |number: u128| PopupContent::Message {
        id: id(number),
        from: Some(person("anna")),
        subject: Some(format!("subject {number}")),
        important: true,
    };
    story.arrives(vec![new(1, HIGH)]);
    assert_eq!(spoken(&story).len(), 0, "the default");
    let settings = SettingsFile { speech: Speech::Important, ..SettingsFile::default() };
    story.settings(settings.clone());
    story.arrives(vec![new(2, HIGH), new(3, NORMAL)]);
    story.wakes();
    assert_eq!(story.windows().len(), 3, "it was repeated");
    assert_eq!(spoken(&story), [vec![told(2)]], "and not said again");
    story.settings(SettingsFile { preview: Preview::Hidden, ..settings.clone() });
    story.arrives(vec![new(4, HIGH)]);
    let hidden = PopupContent::Message { id: id(4), from: None, subject: None, important: true };
    assert_eq!(spoken(&story)[1], [hidden]);
    story.settings(SettingsFile { quiet_hours: Some(quiet_around(story.now)), ..settings });
    story.arrives(vec![new(5, HIGH)]);
    assert_eq!(spoken(&story).len(), 2, "in quiet hours nothing is heard");
}
