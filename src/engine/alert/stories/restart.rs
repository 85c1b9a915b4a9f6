//! Popups that a process of the agent left on the screen, and the next one finds (row B6).

use tempfile::TempDir;

use super::*;
use crate::{Engine, event::ServicePopup};

const SERVICE: &str = "bus :1.7";

fn open(folder: &TempDir) -> Engine {
    let path = |name: &str| folder.path().join(name);
    Engine::open(Some(&path("ledger")), Some(&path("cache"))).unwrap()
}

impl Story {
    /// The service takes every popup that it was asked for and not given an answer for.
    fn taken_by_service(&mut self, popups: &[PopupId]) {
        for popup in popups {
            let number = 40 + u32::try_from(popup.0).unwrap();
            let at_service = ServicePopup { service: SERVICE.into(), number };
            self.happens(Event::PopupShown { popup: *popup, outcome: Ok(Some(at_service)) });
        }
    }

    /// The process ends, and another begins on the same databases.
    fn restarts(&mut self, folder: &TempDir) {
        self.engine = Engine::open(None, None).unwrap();
        self.engine = open(folder);
        self.done.clear();
        self.happens(Event::Started { settings: Ok(SettingsFile::default()) });
    }

    fn about_popups(&self) -> Vec<String> {
        let told = self.done.iter().filter_map(|effect| match effect {
            Effect::AdoptPopup { popup, at_service } => Some(format!("{} is {}", popup.0, at_service.number)),
            Effect::WithdrawPopup(popup) => Some(format!("{} goes", popup.0)),
            Effect::ShowPopup(popup) => Some(format!("{} comes", popup.id.0)),
            _ => None,
        });
        told.collect()
    }
}

/// Three popups of a process that ended: about 1, about 2, and about the connection.
fn left_behind(folder: &TempDir) -> Story {
    let mut story = Story::with(open(folder));
    story.happens(Event::NotificationOwnerChanged(Some(SERVICE.into())));
    story.happens(Event::NotificationsChanged(NotificationsState::Ok));
    story.silent = true;
    story.arrives(vec![new(1, NORMAL), new(2, NORMAL)]);
    story.refused(ProblemKind::OfficeUnavailable);
    story.taken_by_service(&[PopupId(1), PopupId(2), PopupId(3)]);
    story
}

#[test]
fn a_message_read_elsewhere_takes_the_popup_of_the_process_before_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let mut story = left_behind(&folder);
    story.restarts(&folder);
    assert_eq!(story.about_popups(), Vec::<String>::new(), "nobody says yet which service runs");
    story.happens(Event::NotificationOwnerChanged(Some(SERVICE.into())));
    assert_eq!(story.about_popups(), ["1 is 41", "2 is 42", "3 is 43"]);

    story.done.clear();
    story.happens(Event::TokenFound(crate::event::TokenFound::Found(restante_local_api::KeyringState::Ok)));
    story.arrives(vec![read_elsewhere(1)]);
    assert_eq!(story.about_popups(), ["3 goes", "1 goes"], "the office is there again, and 1 is read");
    story.happens(Event::PopupEnded { popup: PopupId(2), action: PopupAction::Open });
    let opened = Effect::OpenWindow { what: restante_local_api::ShowWhat::Mailbox, id: Some(id(2)) };
    assert!(story.done.contains(&opened), "{:?}", story.done);
    story.arrives(vec![new(5, NORMAL)]);
    assert_eq!(story.last_popup(), PopupId(4), "no number is given twice");
}

#[test]
fn what_was_read_before_the_service_is_known_is_withdrawn_when_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let mut story = left_behind(&folder);
    story.restarts(&folder);
    story.says(Ask::MarkRead(id(2)));
    story.happens(Event::NotificationOwnerChanged(Some(SERVICE.into())));
    assert_eq!(story.about_popups(), ["1 is 41", "2 is 42", "2 goes", "3 is 43"]);
    // Once it is gone from the screen nobody speaks of it any more.
    story.happens(Event::PopupEnded { popup: PopupId(2), action: PopupAction::Closed });
    story.restarts(&folder);
    story.happens(Event::NotificationOwnerChanged(Some(SERVICE.into())));
    assert_eq!(story.about_popups(), ["1 is 41", "3 is 43"]);
}

#[test]
fn of_the_popups_of_a_service_that_went_nothing_is_asked() {
    let folder = tempfile::tempdir().unwrap();
    let mut story = left_behind(&folder);
    story.restarts(&folder);
    story.happens(Event::NotificationOwnerChanged(Some("bus :1.9".into())));
    story.says(Ask::MarkRead(id(1)));
    assert_eq!(story.about_popups(), Vec::<String>::new());
    story.restarts(&folder);
    story.happens(Event::NotificationOwnerChanged(Some(SERVICE.into())));
    assert_eq!(story.about_popups(), Vec::<String>::new(), "it is forgotten for good");
}
