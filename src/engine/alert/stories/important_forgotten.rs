//! Random days with important mail as popups, on which the agent's processes die and the service comes and goes: nothing
//! important is forgotten, and no popup counts what is over.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use tempfile::TempDir;

use super::{
    important_popups::{all_high, by_desktop},
    *,
};
use crate::{
    Engine,
    event::{ServicePopup, TokenFound},
};

const SERVICE: &str = "bus :1.7";

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
            Effect::WithdrawPopup(popup) if self.on_screen.remove(&popup).is_some() => {
                self.story.happens(Event::PopupEnded { popup, action: PopupAction::Closed });
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
