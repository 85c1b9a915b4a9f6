//! The agent ends at every step of a day, on databases in files, and the rule of alerts holds: at most one
//! popup for ordinary mail, which stays in the count; at least one showing for important mail.

use std::collections::{BTreeMap, VecDeque};

use restante_local_api::KeyringState;
use restante_model::{Cursor, DeliveryState, Importance, MessageId, Timestamp};
use restante_server_api::{Change, ChangesPage, Directory};
use tempfile::TempDir;

use super::{HIGH, NORMAL};
use crate::{
    Effect, Engine, Event,
    effect::PopupContent,
    event::{Checked, TokenFound},
    settings_file::{ImportantCarrier, SettingsFile},
    stories::{at, id, person, received, session, settings},
};

/// When the agent ends: at so many effects, before it does that one or after.
#[derive(Clone, Copy, Debug)]
struct Crash {
    at_effect: usize,
    after: bool,
}

/// The post office, the desktop and the machine around one agent. What was shown survives its crashes.
struct World {
    folder: TempDir,
    mailbox: Vec<(u128, Importance)>,
    now: Timestamp,
    /// Effects that do something, so far.
    effects: usize,
    crash: Option<Crash>,
    popups: BTreeMap<MessageId, u32>,
    summaries: Vec<u64>,
    windows: BTreeMap<MessageId, u32>,
    hooks: BTreeMap<MessageId, u32>,
    important: ImportantCarrier,
}

impl World {
    fn new(crash: Option<Crash>) -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            mailbox: Vec::new(),
            now: at(0),
            effects: 0,
            crash,
            popups: BTreeMap::new(),
            summaries: Vec::new(),
            windows: BTreeMap::new(),
            hooks: BTreeMap::new(),
            important: ImportantCarrier::Modal,
        }
    }

    fn open(&self) -> Engine {
        let path = |name: &str| self.folder.path().join(name);
        Engine::open(Some(&path("ledger")), Some(&path("cache"))).unwrap()
    }

    /// What comes first after every start.
    fn start(&self) -> Event {
        let settings = SettingsFile {
            hook: Some(vec!["hook".into()]),
            important: self.important,
            ..SettingsFile::default()
        };
        Event::Started { settings: Ok(settings) }
    }

    /// The agent and all that follows from this event; a new one in its place where it crashes. What the
    /// agent was in the middle of, it has forgotten; what happened is put to the new one again.
    fn live(&mut self, engine: Engine, event: Event, again: impl Fn() -> Event) -> Engine {
        if let Some(engine) = self.try_live(engine, VecDeque::from([event])) {
            return engine;
        }
        let engine = self.open();
        self.try_live(engine, VecDeque::from([self.start(), again()])).expect("one crash a day")
    }

    fn try_live(&mut self, mut engine: Engine, mut events: VecDeque<Event>) -> Option<Engine> {
        while let Some(event) = events.pop_front() {
            self.now = self.now.plus_ms(10);
            for effect in engine.apply(event, self.now) {
                // What only shows a state changes nothing here: a crash around it is one around its neighbours.
                if matches!(effect, Effect::SetTray(_) | Effect::Publish | Effect::WakeAt { .. }) {
                    continue;
                }
                let crash = self.crash.filter(|crash| crash.at_effect == self.effects);
                self.effects += 1;
                if crash.is_some_and(|crash| !crash.after) {
                    return None;
                }
                let answer = self.carry_out(&effect);
                if crash.is_some() {
                    return None;
                }
                events.extend(answer);
            }
        }
        Some(engine)
    }

    fn carry_out(&mut self, effect: &Effect) -> Option<Event> {
        Some(match effect {
            Effect::FindToken(_) => Event::TokenFound(TokenFound::Found(KeyringState::Ok)),
            Effect::Check { since } => Event::Checked(Ok(self.changes(since.as_ref()))),
            Effect::ReportDelivered { cursor } => {
                Event::DeliveredReported { cursor: cursor.clone(), outcome: Ok(()) }
            }
            Effect::ReportMarks { mark, ids } => {
                Event::MarksReported { mark: *mark, ids: ids.clone(), outcome: Ok(()) }
            }
            Effect::PullSettings => Event::SettingsPulled(Ok(settings(300, 1))),
            Effect::PullDirectory { .. } => {
                Event::DirectoryPulled(Ok(Some((Directory { users: Vec::new() }, "t".into()))))
            }
            Effect::ShowPopup(popup) => {
                match &popup.content {
                    PopupContent::Message { id, .. } => *self.popups.entry(*id).or_default() += 1,
                    PopupContent::Summary { count } => self.summaries.push(*count),
                    PopupContent::ImportantSummary { ids, .. } => {
                        for id in ids {
                            *self.windows.entry(*id).or_default() += 1;
                        }
                    }
                    PopupContent::Expiring { .. } | PopupContent::Connection { .. } => {
                        panic!("there is nothing to warn of")
                    }
                }
                Event::PopupShown { popup: popup.id, outcome: Ok(None) }
            }
            Effect::OpenImportant { ids } => {
                for id in ids {
                    *self.windows.entry(*id).or_default() += 1;
                }
                Event::ImportantOpened { ids: ids.clone(), outcome: Ok(()) }
            }
            Effect::RunHook { about, .. } => {
                *self.hooks.entry(about.id).or_default() += 1;
                return None;
            }
            _ => return None,
        })
    }

    /// Two changes a page, from the cursor on.
    fn changes(&self, since: Option<&Cursor>) -> Checked {
        let from = since.map_or(0, |cursor| usize::try_from(cursor.modseq).unwrap());
        let to = (from + 2).min(self.mailbox.len());
        if from == to {
            return Checked::Unchanged { settings_revision: None };
        }
        let changes: Vec<Change> = self.mailbox[from..to]
            .iter()
            .map(|(number, importance)| received(*number, *importance, DeliveryState::Waiting))
            .collect();
        Checked::Page(Box::new(ChangesPage {
            cursor: Cursor { epoch: "e".into(), generation: "g".into(), modseq: to as u64 },
            more: to < self.mailbox.len(),
            unread: 0,
            changes,
            settings_revision: 1,
            next_check_in_seconds: None,
            server_time: self.now,
        }))
    }

    /// A day with three deliveries: two messages, one important one, and five at once.
    fn day(&mut self) -> Engine {
        self.day_with([
            vec![(1, NORMAL), (2, NORMAL)],
            vec![(3, HIGH)],
            (4..=8).map(|it| (it, NORMAL)).collect(),
        ])
    }

    fn day_with(&mut self, deliveries: impl IntoIterator<Item = Vec<(u128, Importance)>>) -> Engine {
        let mut engine = self.open();
        let again = || Event::CheckDue { stalled: false };
        let sign_in = || session(at(0));
        engine = self.live(engine, self.start(), sign_in);
        engine = self.live(engine, sign_in(), sign_in);
        for delivery in deliveries {
            self.mailbox.extend(delivery);
            engine = self.live(engine, again(), again);
        }
        self.live(engine, again(), again)
    }
}

#[test]
fn without_a_crash_everything_is_told_once() {
    let mut world = World::new(None);
    let engine = world.day();
    assert_eq!(world.popups, BTreeMap::from([(id(1), 1), (id(2), 1)]));
    assert_eq!(world.summaries, [5]);
    assert_eq!(world.windows, BTreeMap::from([(id(3), 1)]));
    assert_eq!(world.hooks.len(), 8);
    assert_eq!(engine.status().unwrap().unread, 8);
    assert_eq!(person("boris").login, engine.account.unwrap().user.login);
}

#[test]
fn a_crash_at_any_step_doubles_no_popup_and_forgets_no_important_mail() {
    let steps = {
        let mut world = World::new(None);
        world.day();
        world.effects
    };
    assert!(steps > 20, "{steps} effects are no day");
    let mut doubtful = 0;
    for crash in (0..steps).flat_map(|at_effect| [false, true].map(|after| Crash { at_effect, after })) {
        let mut world = World::new(Some(crash));
        let engine = world.day();
        assert!(world.popups.values().all(|count| *count <= 1), "{crash:?}: {:?}", world.popups);
        assert!(world.hooks.values().all(|count| *count <= 1), "{crash:?}: {:?}", world.hooks);
        assert!(world.summaries.len() <= 1, "{crash:?}: {:?}", world.summaries);
        assert!(world.windows.get(&id(3)).is_some_and(|count| (1..=2).contains(count)), "{crash:?}");
        assert_eq!(engine.status().unwrap().unread, 8, "{crash:?}");
        for number in [1, 2, 4, 5, 6, 7, 8] {
            // Told, or perhaps told and kept for the next summary; never just forgotten.
            let state = engine.ledger.alert_state(id(number)).unwrap();
            assert!(["shown", "doubtful"].contains(&state.as_str()), "{crash:?}: {number} is {state}");
            doubtful += u32::from(state == "doubtful");
        }
        assert_eq!(engine.ledger.alert_state(id(3)).unwrap(), "shown", "{crash:?}");
    }
    assert!(doubtful > 0, "no crash fell between a popup and its answer");
}

/// Five important messages as popups are one, and a sixth joins it.
#[test]
fn a_crash_at_any_step_forgets_no_important_mail_that_a_summary_tells_of() {
    let day = |crash| {
        let mut world = World { important: ImportantCarrier::Desktop, ..World::new(crash) };
        let engine = world.day_with([(1..=5).map(|it| (it, HIGH)).collect(), vec![(6, HIGH)]]);
        (engine, world)
    };
    let steps = day(None).1.effects;
    assert!(steps > 15, "{steps} effects are no day");
    for crash in (0..steps).flat_map(|at_effect| [false, true].map(|after| Crash { at_effect, after })) {
        let (engine, world) = day(Some(crash));
        for number in 1..=6 {
            let told = world.windows.get(&id(number)).or(world.popups.get(&id(number)));
            assert!(
                told.is_some_and(|times| (1..=4).contains(times)),
                "{crash:?}: {number} came {told:?} times"
            );
            assert_eq!(engine.ledger.alert_state(id(number)).unwrap(), "shown", "{crash:?}: {number}");
        }
    }
}
