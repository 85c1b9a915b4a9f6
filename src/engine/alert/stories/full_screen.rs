//! A window has the whole screen: ordinary popups give way, important mail does not (row B9).

use super::*;
use crate::effect::OverFullScreen;

impl Story {
    /// Every popup that was put into the corner finds a window in its way.
    fn screen_is_full(&mut self) {
        let shown: Vec<(PopupId, OverFullScreen)> = self
            .done
            .iter()
            .filter_map(|effect| match effect {
                Effect::ShowPopup(popup) => Some((popup.id, popup.over_full_screen)),
                _ => None,
            })
            .collect();
        for (popup, over) in shown {
            assert_eq!(over, OverFullScreen::GivesWay);
            self.happens(Event::PopupShown { popup, outcome: Err(NotShown::FullScreen) });
        }
        self.done.clear();
    }
}

#[test]
fn what_came_while_the_screen_was_full_is_one_summary_at_the_next_check() {
    let mut story = Story::signed_in();
    story.happens(Event::NotificationsChanged(NotificationsState::Ok));
    story.done.clear();
    story.silent = true;
    for number in 1..=2 {
        story.arrives(vec![new(number, NORMAL)]);
        assert_eq!(story.popups(), 1, "it is tried at each check, and at nothing else");
        story.screen_is_full();
        assert_eq!((story.popups(), story.wakes_at()), (0, None), "nobody looks at the screen meanwhile");
    }
    story.silent = false;
    story.due();
    assert_eq!(story.contents(), [PopupContent::Summary { count: 2 }]);
    story.due();
    assert_eq!(story.popups(), 1);
}

#[test]
fn a_warning_of_an_expiry_and_one_of_the_connection_give_way_too() {
    let mut story = Story::signed_in();
    story.arrives(vec![new(1, NORMAL)]);
    story.done.clear();
    story.silent = true;
    story.arrives(vec![Change::Expiry { message_id: id(1), expires_at: at(80_000), near: true }]);
    story.screen_is_full();
    story.refused(ProblemKind::OfficeUnavailable);
    assert_eq!(story.popups(), 2, "what waits is tried again with what is new");
    story.screen_is_full();
    story.due();
    assert_eq!(story.popups(), 1, "the office is there again");
}

#[test]
fn important_mail_and_who_does_not_mind_come_over_a_full_screen() {
    let mut story = Story::signed_in();
    let over = |story: &Story| match story.done.iter().rfind(|it| matches!(it, Effect::ShowPopup(_))) {
        Some(Effect::ShowPopup(popup)) => popup.over_full_screen,
        _ => panic!("no popup"),
    };
    story.arrives(vec![new(1, HIGH)]);
    assert_eq!(story.windows().len(), 1);
    let settings = SettingsFile { important: ImportantCarrier::Desktop, ..SettingsFile::default() };
    story.settings(settings.clone());
    story.arrives(vec![new(2, HIGH)]);
    assert_eq!(over(&story), OverFullScreen::Shown);
    story.settings(SettingsFile { over_full_screen: OverFullScreen::Shown, ..settings });
    story.arrives(vec![new(3, NORMAL)]);
    assert_eq!(over(&story), OverFullScreen::Shown);
}
