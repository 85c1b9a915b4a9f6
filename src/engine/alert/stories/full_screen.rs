//! A window has the whole screen: ordinary popups give way, important mail does not (row B9).

use super::*;
use crate::effect::OverFullScreen;

impl Story {
    /// Every popup that was put into the corner, or asks for room there, finds a window in its way.
    fn screen_is_full(&mut self) {
        for effect in std::mem::take(&mut self.done) {
            match effect {
                Effect::ShowPopup(popup) => {
                    assert_eq!(popup.over_full_screen, OverFullScreen::GivesWay);
                    let outcome = Err(NotShown::FullScreen);
                    self.happens(Event::PopupShown { popup: popup.id, outcome });
                }
                Effect::AskCarrier { carrier, over_full_screen } => {
                    assert_eq!(over_full_screen, OverFullScreen::GivesWay);
                    self.happens(Event::CarrierAnswered { carrier, outcome: Err(NotShown::FullScreen) });
                }
                _ => {}
            }
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
    for number in 1..=3 {
        story.arrives(vec![new(number, NORMAL)]);
        let tried = (story.popups(), story.carriers_asked());
        assert_eq!(tried, if number == 1 { (1, 0) } else { (0, 1) }, "once at each check");
        story.screen_is_full();
        let rests = (story.popups(), story.carriers_asked(), story.wakes_at());
        assert_eq!(rests, (0, 0, None), "nobody looks at the screen meanwhile");
    }
    story.silent = false;
    story.due();
    assert_eq!(story.contents(), [PopupContent::Summary { count: 3 }]);
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
    assert_eq!((story.popups(), story.carriers_asked()), (0, 1), "both wait for the same screen");
    story.screen_is_full();
    story.silent = false;
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
