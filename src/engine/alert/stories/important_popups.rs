//! Important mail as popups: few are one popup each, more are one that counts them (rows B5, B6, B8).

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use tempfile::TempDir;

use super::*;
use crate::{
    Engine,
    effect::Named,
    event::{ServicePopup, TokenFound},
};

const SERVICE: &str = "bus :1.7";

fn by_desktop() -> SettingsFile {
    SettingsFile { important: ImportantCarrier::Desktop, ..SettingsFile::default() }
}

fn all_high(numbers: impl IntoIterator<Item = u128>) -> Vec<Change> {
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
    assert_eq!(story.windows(), [newest.clone()]);
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

/// What a person sees of an agent whose processes die: the service outlives them.
struct Desk {
    folder: TempDir,
    story: Story,
    service_here: bool,
    on_screen: BTreeMap<PopupId, Vec<MessageId>>,
    told: BTreeSet<MessageId>,
    came: u128,
    /// Those of which the person knows.
    over: BTreeSet<MessageId>,
}

#[derive(Clone, Debug)]
enum Step {
    Arrive(u128),
    Acknowledge(usize),
    ReadElsewhere(usize),
    Close(usize),
    MinutesPass(i64),
    ServiceGoes,
    ServiceComes,
    /// The agent dies when it has done so much of what it was about to do.
    DieArriving(u128, usize),
    DieAcknowledging(usize, usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        (1..6_u128).prop_map(Step::Arrive),
        (0..20_usize).prop_map(Step::Acknowledge),
        (0..20_usize).prop_map(Step::ReadElsewhere),
        (0..4_usize).prop_map(Step::Close),
        (1..12_i64).prop_map(Step::MinutesPass),
        Just(Step::ServiceGoes),
        Just(Step::ServiceComes),
        (1..6_u128, 0..4_usize).prop_map(|(count, done)| Step::DieArriving(count, done)),
        (0..20_usize, 0..4_usize).prop_map(|(which, done)| Step::DieAcknowledging(which, done)),
    ]
}

impl Desk {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut story = Story::with(Self::open(&folder));
        story.silent = true;
        let mut desk = Self {
            folder,
            story,
            service_here: true,
            on_screen: BTreeMap::new(),
            told: BTreeSet::new(),
            came: 0,
            over: BTreeSet::new(),
        };
        desk.begin();
        desk
    }

    fn open(folder: &TempDir) -> Engine {
        let path = |name: &str| folder.path().join(name);
        Engine::open(Some(&path("ledger")), Some(&path("cache"))).unwrap()
    }

    fn begin(&mut self) {
        self.happens(Event::Started { settings: Ok(by_desktop()) }, usize::MAX);
        self.happens(Event::TokenFound(TokenFound::Found(restante_local_api::KeyringState::Ok)), usize::MAX);
        if self.service_here {
            self.service_is_there();
        }
    }

    fn service_is_there(&mut self) {
        self.happens(Event::NotificationOwnerChanged(Some(SERVICE.into())), usize::MAX);
        self.happens(Event::NotificationsChanged(NotificationsState::Ok), usize::MAX);
    }

    /// The process is killed, and the next begins.
    fn dies(&mut self) {
        self.story.engine = Engine::open(None, None).unwrap();
        self.story.engine = Self::open(&self.folder);
        self.story.done.clear();
        self.begin();
    }

    /// All that follows from an event, but for what comes behind so many things done on the desktop: whether it was all.
    fn happens(&mut self, event: Event, mut at_most: usize) -> bool {
        self.story.happens(event);
        loop {
            for effect in std::mem::take(&mut self.story.done) {
                let (Effect::ShowPopup(_) | Effect::WithdrawPopup(_) | Effect::AskCarrier { .. }) = &effect
                else {
                    continue;
                };
                if at_most == 0 {
                    return false;
                }
                at_most -= 1;
                self.carry_out(effect);
            }
            if self.story.done.is_empty() {
                return true;
            }
        }
    }

    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::ShowPopup(popup) => {
                let ids = match popup.content {
                    PopupContent::Message { id, .. } => vec![id],
                    PopupContent::ImportantSummary { ids, .. } => ids,
                    other => panic!("{other:?} is no important mail"),
                };
                let outcome = match popup.carrier {
                    PopupCarrier::Desktop if !self.service_here => Err(NotShown::Absent),
                    PopupCarrier::Desktop => {
                        let number = u32::try_from(popup.id.0).unwrap();
                        Ok(Some(ServicePopup { service: SERVICE.into(), number }))
                    }
                    // The person of these stories has no corner window.
                    PopupCarrier::Window => {
                        let reason = "no display".into();
                        return self.story.happens(Event::PopupWindowFailed { popup: popup.id, reason });
                    }
                };
                if outcome.is_ok() {
                    self.told.extend(&ids);
                    self.on_screen.insert(popup.id, ids);
                }
                self.story.happens(Event::PopupShown { popup: popup.id, outcome });
            }
            Effect::WithdrawPopup(popup) => {
                if self.on_screen.remove(&popup).is_some() {
                    self.story.happens(Event::PopupEnded { popup, action: PopupAction::Closed });
                }
            }
            Effect::AskCarrier { carrier, .. } => {
                let here = self.service_here && carrier == PopupCarrier::Desktop;
                let outcome = if here { Ok(()) } else { Err(NotShown::Absent) };
                self.story.happens(Event::CarrierAnswered { carrier, outcome });
            }
            _ => {}
        }
    }

    fn open_messages(&self) -> Vec<MessageId> {
        (1..=self.came).map(id).filter(|id| !self.over.contains(id)).collect()
    }

    fn arrive(&mut self, count: u128, at_most: usize) -> bool {
        self.story.waiting = all_high(self.came + 1..=self.came + count);
        self.came += count;
        self.happens(Event::CheckDue { stalled: false }, at_most)
    }

    fn acknowledge(&mut self, which: usize, at_most: usize) -> bool {
        let open = self.open_messages();
        let Some(id) = open.get(which % open.len().max(1)).copied() else { return true };
        self.over.insert(id);
        self.happens(Event::Asked { call: CallId(1), ask: Ask::Acknowledge(id) }, at_most)
    }

    fn take(&mut self, step: &Step) {
        match *step {
            Step::Arrive(count) => drop(self.arrive(count, usize::MAX)),
            Step::Acknowledge(which) => drop(self.acknowledge(which, usize::MAX)),
            Step::ReadElsewhere(which) => {
                let open = self.open_messages();
                let Some(id) = open.get(which % open.len().max(1)).copied() else { return };
                self.over.insert(id);
                self.story.waiting = vec![read_elsewhere(id.uuid().as_u128())];
                self.happens(Event::CheckDue { stalled: false }, usize::MAX);
            }
            Step::Close(which) => {
                let Some(popup) = self.on_screen.keys().nth(which).copied() else { return };
                self.on_screen.remove(&popup);
                self.happens(Event::PopupEnded { popup, action: PopupAction::Closed }, usize::MAX);
            }
            Step::MinutesPass(count) => {
                self.story.now = self.story.now.plus_ms(minutes(count));
                self.happens(Event::Woke, usize::MAX);
            }
            Step::ServiceGoes => {
                self.service_here = false;
                self.happens(Event::NotificationOwnerChanged(None), usize::MAX);
                for popup in std::mem::take(&mut self.on_screen).into_keys() {
                    self.happens(Event::PopupEnded { popup, action: PopupAction::Closed }, usize::MAX);
                }
                self.happens(Event::NotificationsChanged(NotificationsState::Absent), usize::MAX);
            }
            Step::ServiceComes => {
                self.service_here = true;
                self.service_is_there();
            }
            Step::DieArriving(count, done) => {
                self.arrive(count, done);
                self.dies();
            }
            Step::DieAcknowledging(which, done) => {
                self.acknowledge(which, done);
                self.dies();
            }
        }
    }

    fn look(&self, step: &Step) {
        let open: BTreeSet<_> = self.open_messages().into_iter().collect();
        assert!(self.on_screen.len() <= 3, "{step:?}: {:?}", self.on_screen);
        for ids in self.on_screen.values() {
            let wrong: Vec<_> = ids.iter().filter(|id| !open.contains(id)).collect();
            assert!(wrong.is_empty(), "{step:?} leaves {wrong:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_happens_no_important_mail_is_forgotten_and_no_popup_counts_what_is_over(
        steps in prop::collection::vec(step(), 1..12),
    ) {
        let mut desk = Desk::new();
        for step in &steps {
            desk.take(step);
            desk.look(step);
        }
        desk.take(&Step::ServiceComes);
        desk.take(&Step::MinutesPass(1));
        let open = desk.open_messages();
        let forgotten: Vec<_> = open.iter().filter(|id| !desk.told.contains(id)).collect();
        prop_assert!(forgotten.is_empty(), "{forgotten:?} were never told");
    }
}
