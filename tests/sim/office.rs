//! The office: people, their devices and the server, on one clock, by one seed.

use std::{collections::BTreeMap, path::Path};

use restante_engine::Event;
use restante_model::{Letter, Login, MessageId, Person, Seconds};
use sha2::{Digest, Sha256};

use crate::{
    agenda::{Agenda, Happening},
    case::Case,
    chance::Chance,
    device::Device,
    exchange::Exchange,
    marks::Marks,
    post_office::{PostOffice, Sent},
    trouble::Troubles,
};

const START_MS: i64 = 1_795_000_000_000;
pub(crate) const MINUTE_MS: i64 = 60_000;
pub(crate) const HOUR_MS: i64 = 60 * MINUTE_MS;

/// A letter that somebody wrote.
pub(crate) struct Written {
    pub(crate) letter: Letter,
    pub(crate) from: usize,
    pub(crate) device: usize,
    /// The agent said that it has it.
    pub(crate) promised: bool,
    /// Whether it names somebody whom nobody knows.
    pub(crate) to_nobody: bool,
    /// When the server last answered that it has it, newly.
    pub(crate) accepted_at_ms: Option<i64>,
    /// Accepted after the copy that was taken back: the administrator lost it.
    pub(crate) lost: bool,
}

/// What a run came to.
pub(crate) struct Outcome {
    pub(crate) marks: Marks,
    /// The sum of its log.
    pub(crate) sum: Vec<u8>,
    /// What was found, and when.
    pub(crate) found: Option<String>,
}

/// Everything.
pub(crate) struct Office {
    pub(crate) agenda: Agenda,
    pub(crate) chance: Chance,
    pub(crate) marks: Marks,
    pub(crate) troubles: Troubles,
    pub(crate) calm: bool,
    pub(crate) people: Vec<Person>,
    pub(crate) devices: Vec<Device>,
    pub(crate) server: PostOffice,
    pub(crate) exchanges: BTreeMap<u64, Exchange>,
    /// Requests that the network brings once more.
    pub(crate) doubles: BTreeMap<u64, Sent>,
    pub(crate) written: BTreeMap<MessageId, Written>,
    pub(crate) lifetime_ms: i64,
    pub(crate) copied_away_at_ms: Option<i64>,
    pub(crate) copied_back: bool,
    pub(crate) numbers: BTreeMap<String, u64>,
    pub(crate) http: reqwest::Client,
    pub(crate) found: Option<String>,
    next_number: u64,
    log: Sha256,
    told: bool,
}

impl Office {
    /// An office in this folder. With `told` its log is printed.
    pub(crate) fn open(case: &Case, folder: &Path, http: &reqwest::Client, told: bool) -> Self {
        let mut chance = Chance::new(case.seed);
        let mut agenda = Agenda::beginning_at(START_MS + chance.ms(0, 24 * HOUR_MS));
        let names: Vec<_> = ["anna", "boris", "clara", "dora"]
            .into_iter()
            .take((2 + chance.below(3)).min(case.people))
            .collect();
        let people: Vec<_> = names.iter().map(|name| person(name)).collect();
        let lifetime = Seconds::new(chance.pick(&[2 * 3_600, 6 * 3_600, 7 * 86_400]));
        let server = PostOffice::open(folder, agenda.clock(), &people, lifetime);
        let mut devices = Vec::new();
        for (index, name) in names.iter().enumerate() {
            for number in 1..=(1 + chance.below(2)).min(case.devices) {
                let name = format!("{name}-{number}");
                devices.push(Device::new(name.clone(), index, folder.join(name)));
            }
        }
        for device in 0..devices.len() {
            agenda.after(chance.ms(0, 5_000), Happening::AgentStarts(device));
            agenda.after(chance.ms(5_000, MINUTE_MS), Happening::PersonSignsIn(device));
        }
        for person in 0..people.len() {
            agenda.after(chance.ms(MINUTE_MS, 30 * MINUTE_MS), Happening::PersonActs(person));
        }
        agenda.after(HOUR_MS, Happening::HouseIsKept);
        agenda.after(chance.ms(10 * MINUTE_MS, 40 * MINUTE_MS), Happening::Trouble);
        let mut troubles = Troubles::drawn(&mut chance);
        case.without.iter().for_each(|name| troubles.leave_out(name));
        Self {
            agenda,
            chance,
            marks: Marks::default(),
            troubles,
            calm: false,
            people,
            devices,
            server,
            exchanges: BTreeMap::new(),
            doubles: BTreeMap::new(),
            written: BTreeMap::new(),
            lifetime_ms: lifetime_ms(lifetime),
            copied_away_at_ms: None,
            copied_back: false,
            numbers: BTreeMap::new(),
            http: http.clone(),
            found: None,
            next_number: 0,
            log: Sha256::new(),
            told,
        }
    }

    /// Lets so many hours pass, then lets the troubles end, and looks whether everything came right.
    pub(crate) fn run(mut self, hours: i64) -> Outcome {
        self.note(|office| format!("people {}, {:?}", office.people.len(), office.troubles));
        self.agenda.after(hours * HOUR_MS, Happening::Calm);
        let mut end_ms = i64::MAX;
        while self.found.is_none() {
            let Some(happening) = self.agenda.next(end_ms) else { break };
            if matches!(happening, Happening::Calm) {
                self.calm_down();
                end_ms = self.agenda.now_ms() + self.two_intervals_ms();
            } else {
                self.happens(happening);
            }
        }
        if self.found.is_none() {
            self.look_at_the_end();
        }
        let sum = self.log.finalize().to_vec();
        Outcome { marks: self.marks, sum, found: self.found }
    }

    /// A line of the log, which is the same for the same seed.
    pub(crate) fn note(&mut self, line: impl FnOnce(&Self) -> String) {
        let line = line(self);
        let at = self.agenda.now_ms() - START_MS;
        self.log.update(at.to_be_bytes());
        self.log.update(&line);
        if self.told {
            let (hours, minutes) = (at / HOUR_MS, at % HOUR_MS / MINUTE_MS);
            println!("{hours:>3}:{minutes:02}:{:06.3} {line}", ms_as_seconds(at % MINUTE_MS));
        }
    }

    /// Something is not as it must be.
    pub(crate) fn find(&mut self, what: String) {
        self.note(|_| format!("FOUND {what}"));
        if self.found.is_none() {
            self.found = Some(what);
        }
    }

    pub(crate) fn found(&mut self, device: usize, outcome: Result<(), String>) {
        if let Err(what) = outcome {
            self.find(format!("{}: {what}", self.devices[device].name));
        }
    }

    pub(crate) fn number(&mut self) -> u64 {
        self.next_number += 1;
        self.next_number
    }

    fn happens(&mut self, happening: Happening) {
        if let Some((device, life)) = whose(&happening, &self.exchanges) {
            if self.devices[device].life != life {
                // An answer to a process that is gone.
                if let Happening::AnswerArrives(number) = happening {
                    self.exchanges.remove(&number);
                }
                return;
            }
            if self.devices[device].asleep_until_ms.is_some() {
                self.devices[device].waits_for_wake.push(happening);
                return;
            }
        }
        match happening {
            Happening::PersonActs(person) => self.person_acts(person),
            Happening::SchedulerLooks { device, look, .. } => {
                if self.devices[device].looks == look {
                    self.scheduler_looks(device);
                }
            }
            Happening::AlarmLooks { device, alarm, .. } => {
                if self.devices[device].alarms == alarm {
                    self.alarm_looks(device);
                }
            }
            Happening::RequestArrives(number) => self.request_arrives(number),
            Happening::AnswerArrives(number) => self.answer_arrives(number),
            Happening::Told { device, event, .. } => self.tell(device, *event),
            Happening::AgentStarts(device) => self.start_agent(device),
            Happening::PersonSignsIn(device) => self.sign_in(device),
            Happening::MachineWakes(device) => self.wake(device),
            Happening::ServerStarts => {
                self.server.start();
                self.note(|_| "the server starts".into());
            }
            Happening::HouseIsKept => {
                self.server.keep_house();
                self.agenda.after(HOUR_MS, Happening::HouseIsKept);
            }
            Happening::Trouble => self.make_trouble(),
            Happening::Relief(relief) => self.relieve(relief),
            Happening::Calm => {}
        }
    }

    /// Something is told to an agent a little later, unless it is gone by then.
    pub(crate) fn tell_later(&mut self, device: usize, shortest_ms: i64, longest_ms: i64, event: Event) {
        let life = self.devices[device].life;
        let ms = self.chance.ms(shortest_ms, longest_ms);
        self.agenda.after(ms, Happening::Told { device, life, event: Box::new(event) });
    }
}

fn person(login: &str) -> Person {
    let login: Login = login.parse().expect("it is a login");
    Person { name: login.to_string().to_uppercase(), login }
}

fn lifetime_ms(lifetime: Seconds) -> i64 {
    i64::try_from(lifetime.get()).unwrap_or(i64::MAX / 1_000) * 1_000
}

fn ms_as_seconds(ms: i64) -> f64 {
    f64::from(i32::try_from(ms).unwrap_or_default()) / 1_000.0
}

/// To which process of which device something happens.
fn whose(happening: &Happening, exchanges: &BTreeMap<u64, Exchange>) -> Option<(usize, u32)> {
    match happening {
        Happening::SchedulerLooks { device, life, .. }
        | Happening::AlarmLooks { device, life, .. }
        | Happening::Told { device, life, .. } => Some((*device, *life)),
        Happening::AnswerArrives(number) => exchanges.get(number).map(|it| (it.device, it.life)),
        Happening::PersonActs(_)
        | Happening::RequestArrives(_)
        | Happening::AgentStarts(_)
        | Happening::PersonSignsIn(_)
        | Happening::MachineWakes(_)
        | Happening::ServerStarts
        | Happening::HouseIsKept
        | Happening::Trouble
        | Happening::Relief(_)
        | Happening::Calm => None,
    }
}
