//! The table of the three values (contracts, section 4) with the agent killed between any two steps: each
//! row ends in the same state, however often and wherever it was broken off.

use restante_model::IntervalRange;

use super::*;
use crate::settings_file::{parse, with_check_interval};

/// A settings file as people write them, with and without the key.
const WITH_KEY: &str = "# Mine.\nserver = \"https://mail\" # ours\n\n# Not too often.\ncheck_interval  =  \"5m\" # five\nfuture = 1\n\n[mail]\nmark_read_after_seconds = 4\n";
const WITHOUT_KEY: &str = "# Mine.\nserver = \"https://mail\" # ours\nfuture = 1\n";

/// The server's side: what the office and the user want, as the real one keeps it.
#[derive(Clone)]
struct Office {
    own: Option<CheckInterval>,
    locked: bool,
    revision: u64,
}

impl Office {
    const RANGE: (u64, u64) = (30, 3_600);

    fn settings(&self) -> Settings {
        let own = self.own.filter(|_| !self.locked);
        Settings {
            check_interval_from: if own.is_some() { IntervalFrom::User } else { IntervalFrom::Office },
            check_interval_seconds: own.unwrap_or(CheckInterval::from_seconds(600)),
            locked: self.locked,
            ..settings(0, self.revision)
        }
    }

    fn set(&mut self, own: Option<u64>) {
        self.own = own.map(CheckInterval::from_seconds);
        self.revision += 1;
    }

    fn push(
        &mut self,
        wish: Option<CheckInterval>,
        base_revision: Option<u64>,
    ) -> Result<Settings, ServerError> {
        let refused = |code| {
            let problem = Problem { settings: Some(self.settings()), ..Problem::new(code, "not saved") };
            Err(ServerError::Refused(Box::new(problem)))
        };
        if self.locked {
            return refused(ProblemKind::IntervalLocked);
        }
        if wish.is_some() && base_revision.is_some_and(|base| base != self.revision) {
            return refused(ProblemKind::RevisionConflict);
        }
        let range = [Self::RANGE.0, Self::RANGE.1].map(CheckInterval::from_seconds);
        self.own = wish.map(|wish| IntervalRange::new(range[0], range[1]).clamp(wish));
        self.revision += 1;
        Ok(self.settings())
    }
}

/// One desk: two database files, a settings file, the office; and a kill after so many steps.
struct Desk {
    folder: tempfile::TempDir,
    engine: Engine,
    file: String,
    office: Office,
    now: Timestamp,
    /// Steps until the agent is killed; none: it lives.
    steps_left: Option<u32>,
    /// The interval that the scheduler has.
    scheduled: Option<u64>,
}

#[derive(PartialEq, Eq, Debug)]
struct Killed;

impl Desk {
    /// Signed in and synced: file and server as they are to begin with.
    fn synced(file: &str, own: Option<u64>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let engine = open(folder.path());
        let mut office = Office { own: None, locked: false, revision: 1 };
        office.set(own);
        let mut desk =
            Self { folder, engine, file: file.into(), office, now: at(0), steps_left: None, scheduled: None };
        desk.starts().unwrap();
        desk.happens(session(at(0))).unwrap();
        assert!(!desk.engine.status().unwrap().interval.pending);
        desk
    }

    fn settings_file(&self) -> SettingsFile {
        parse(&self.file, "config.toml").unwrap()
    }

    fn starts(&mut self) -> Result<(), Killed> {
        self.happens(Event::Started { settings: Ok(self.settings_file()) })
    }

    /// What a step of the agent is: an event taken, or an effect carried out.
    fn step(&mut self) -> Result<(), Killed> {
        match &mut self.steps_left {
            Some(0) => Err(Killed),
            Some(left) => {
                *left -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn happens(&mut self, event: Event) -> Result<(), Killed> {
        let mut events = std::collections::VecDeque::from([event]);
        while let Some(event) = events.pop_front() {
            self.now = self.now.plus_ms(1);
            let effects = self.engine.apply(event, self.now);
            self.step()?;
            for effect in effects {
                // What only shows something makes no difference to what is there after a kill.
                let shows = matches!(effect, Effect::SetTray(_) | Effect::Publish | Effect::Answer { .. });
                events.extend(self.carry_out(&effect));
                if !shows {
                    self.step()?;
                }
            }
        }
        Ok(())
    }

    fn carry_out(&mut self, effect: &Effect) -> Option<Event> {
        Some(match effect {
            Effect::FindToken(_) => {
                Event::TokenFound(TokenFound::Found(restante_local_api::KeyringState::Ok))
            }
            Effect::PullSettings => Event::SettingsPulled(Ok(self.office.settings())),
            Effect::PushInterval { wish, base_revision } => {
                Event::IntervalPushed { wish: *wish, outcome: self.office.push(*wish, *base_revision) }
            }
            Effect::WriteInterval { wish } => {
                self.file = with_check_interval(&self.file, *wish, "config.toml").unwrap();
                Event::IntervalWritten(Ok(()))
            }
            Effect::Check { .. } => Event::Checked(Ok(Checked::Unchanged { settings_revision: None })),
            Effect::PullDirectory { .. } => Event::DirectoryPulled(Ok(None)),
            Effect::Schedule { interval, .. } => {
                self.scheduled = Some(interval.seconds());
                return None;
            }
            _ => return None,
        })
    }

    /// The agent is killed and starts again.
    fn starts_again(&mut self) {
        self.steps_left = None;
        self.scheduled = None;
        self.engine = open(self.folder.path());
        self.starts().unwrap();
    }

    fn follows(&self) -> (u64, IntervalFrom, bool) {
        let interval = self.engine.status().unwrap().interval;
        assert_eq!(self.scheduled, Some(interval.seconds), "the job follows what is in force");
        (interval.seconds, interval.from, interval.pending)
    }
}

fn open(folder: &std::path::Path) -> Engine {
    Engine::open(Some(&folder.join("ledger")), Some(&folder.join("cache"))).unwrap()
}

/// What one side says from now on.
#[derive(Clone, Copy)]
enum Now {
    Says(Option<u64>),
    AsItWas,
}

/// A row of the table: how it begins, what happens to file and server, what it must come to.
struct Row {
    name: &'static str,
    file: &'static str,
    own: Option<u64>,
    /// What the file says from now on.
    edited: Now,
    /// What the server says from now on.
    told: Now,
    locks: bool,
    ends_in: (u64, IntervalFrom, bool),
    /// The user's own on the server, and the key in the file.
    own_at_end: Option<u64>,
    file_at_end: Option<u64>,
}

const ROWS: &[Row] = &[
    Row {
        name: "same, same: nothing",
        file: WITH_KEY,
        own: Some(300),
        edited: Now::AsItWas,
        told: Now::AsItWas,
        locks: false,
        ends_in: (300, IntervalFrom::User, false),
        own_at_end: Some(300),
        file_at_end: Some(300),
    },
    Row {
        name: "changed, same: push",
        file: WITH_KEY,
        own: Some(300),
        edited: Now::Says(Some(120)),
        told: Now::AsItWas,
        locks: false,
        ends_in: (120, IntervalFrom::User, false),
        own_at_end: Some(120),
        file_at_end: Some(120),
    },
    Row {
        name: "changed beyond the range: push, clamped, the wish stays in the file",
        file: WITHOUT_KEY,
        own: None,
        edited: Now::Says(Some(5)),
        told: Now::AsItWas,
        locks: false,
        ends_in: (30, IntervalFrom::User, false),
        own_at_end: Some(30),
        file_at_end: Some(5),
    },
    Row {
        name: "same with the key, changed: rewrite",
        file: WITH_KEY,
        own: Some(300),
        edited: Now::AsItWas,
        told: Now::Says(Some(180)),
        locks: false,
        ends_in: (180, IntervalFrom::User, false),
        own_at_end: Some(180),
        file_at_end: Some(180),
    },
    Row {
        name: "same without the key, changed: take",
        file: WITHOUT_KEY,
        own: None,
        edited: Now::AsItWas,
        told: Now::Says(Some(180)),
        locks: false,
        ends_in: (180, IntervalFrom::User, false),
        own_at_end: Some(180),
        file_at_end: None,
    },
    Row {
        name: "changed, changed: the newer wish",
        file: WITH_KEY,
        own: Some(300),
        edited: Now::Says(Some(120)),
        told: Now::Says(Some(180)),
        locks: false,
        ends_in: (120, IntervalFrom::User, false),
        own_at_end: Some(120),
        file_at_end: Some(120),
    },
    Row {
        name: "key removed: follow the office",
        file: WITH_KEY,
        own: Some(300),
        edited: Now::Says(None),
        told: Now::Says(Some(180)),
        locks: false,
        ends_in: (600, IntervalFrom::Office, false),
        own_at_end: None,
        file_at_end: None,
    },
    Row {
        name: "locked: the server's, and the file is left alone",
        file: WITH_KEY,
        own: Some(300),
        edited: Now::Says(Some(120)),
        told: Now::AsItWas,
        locks: true,
        ends_in: (600, IntervalFrom::Lock, false),
        own_at_end: Some(300),
        file_at_end: Some(120),
    },
];

fn edited(file: &str, wish: Option<u64>) -> String {
    with_check_interval(file, wish.map(CheckInterval::from_seconds), "config.toml").unwrap()
}

impl Row {
    /// Plays the row with a kill after so many steps; `false` where the row was over before.
    fn play(&self, kill_after: u32) -> bool {
        let mut desk = Desk::synced(self.file, self.own);
        desk.office.locked = self.locks;
        desk.office.revision += u64::from(self.locks);
        if let Now::Says(own) = self.told {
            desk.office.set(own);
        }
        desk.steps_left = Some(kill_after);
        let row = |desk: &mut Desk| {
            if let Now::Says(wish) = self.edited {
                desk.file = edited(&desk.file, wish);
                desk.happens(Event::SettingsEdited(Ok(desk.settings_file())))?;
            }
            desk.engine.interval_sync_wanted = true;
            desk.happens(Event::CheckDue { stalled: false })
        };
        let killed = row(&mut desk).is_err();
        if killed {
            // An edit that the agent did not live to see stands in the file all the same.
            if let Now::Says(wish) = self.edited
                && desk.settings_file().check_interval.map(Seconds::get) != wish
            {
                desk.file = edited(&desk.file, wish);
            }
            desk.starts_again();
        }
        let at = format!("{}, killed after {kill_after} steps", self.name);
        assert_eq!(desk.follows(), self.ends_in, "{at}");
        assert_eq!(desk.office.own.map(CheckInterval::seconds), self.own_at_end, "{at}");
        let expected = edited(self.file, self.file_at_end);
        assert_eq!(desk.file, expected, "{at}: all else in the file is as it was");
        // And it rests there: another start changes nothing on either side.
        let revision = desk.office.revision;
        desk.starts_again();
        assert_eq!((desk.follows(), desk.office.revision), (self.ends_in, revision), "{at}, started again");
        killed
    }
}

#[test]
fn each_row_of_the_table_ends_as_it_should_wherever_the_agent_is_killed() {
    for row in ROWS {
        let mut steps = 0;
        while row.play(steps) {
            steps += 1;
            assert!(steps < 200, "{} has no end", row.name);
        }
        assert!(steps > 3, "{}: only {steps} steps", row.name);
    }
}

#[test]
fn a_wish_made_offline_survives_a_restart_and_is_saved_on_leaving() {
    let mut desk = Desk::synced(WITHOUT_KEY, None);
    let mode = |mode| Event::Asked { call: CallId(1), ask: Ask::SetMode(mode) };
    desk.happens(mode(Mode::Offline)).unwrap();
    desk.happens(Event::Asked { call: CallId(2), ask: Ask::SetInterval(Some(Seconds::new(120))) }).unwrap();
    assert_eq!(desk.follows(), (120, IntervalFrom::User, true));
    desk.starts_again();
    assert_eq!((desk.follows(), desk.office.own), ((120, IntervalFrom::User, true), None));
    desk.happens(mode(Mode::Online)).unwrap();
    assert_eq!(desk.follows(), (120, IntervalFrom::User, false));
    assert_eq!(desk.office.own, Some(CheckInterval::from_seconds(120)));
}

#[test]
fn command_window_and_file_are_one_path() {
    let by_command = {
        let mut desk = Desk::synced(WITH_KEY, Some(300));
        let ask = Ask::SetInterval(Some(Seconds::new(120)));
        desk.happens(Event::Asked { call: CallId(2), ask }).unwrap();
        desk
    };
    let by_hand = {
        let mut desk = Desk::synced(WITH_KEY, Some(300));
        desk.file = edited(&desk.file, Some(120));
        desk.happens(Event::SettingsEdited(Ok(desk.settings_file()))).unwrap();
        desk
    };
    assert_eq!(by_command.file, by_hand.file);
    assert_eq!(by_command.follows(), by_hand.follows());
    assert_eq!(by_command.office.own, by_hand.office.own);
    assert_eq!(by_command.file, WITH_KEY.replace("\"5m\"", "\"2m\""));
}
