//! The office: people, their devices and the server, on one clock, by one seed.

use std::{collections::BTreeMap, path::Path};

use restante_agent::{Turn, turn};
use restante_engine::Event;
use restante_local_api::{KeyringState, NotificationsState, TrayState};
use restante_model::{Importance, Letter, Login, MessageId, Person, Seconds};
use restante_server_api::{Organisation, Session};
use sha2::{Digest, Sha256};

use crate::{
    agenda::{Agenda, Happening},
    case::Case,
    chance::Chance,
    device::{Device, Service},
    exchange::{Exchange, Fate, SERVER},
    marks::{Mark, Marks},
    post_office::{PostOffice, Sent, organisation},
    trouble::Troubles,
};

const START_MS: i64 = 1_795_000_000_000;
const MINUTE_MS: i64 = 60_000;
const HOUR_MS: i64 = 60 * MINUTE_MS;
/// How long an agent waits for an answer that does not come.
const PATIENCE_MS: i64 = 60_000;

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

    fn start_agent(&mut self, device: usize) {
        if self.devices[device].engine.is_some() {
            return;
        }
        if self.devices[device].asleep_until_ms.is_some() {
            self.devices[device].waits_for_wake.push(Happening::AgentStarts(device));
            return;
        }
        if let Err(error) = self.devices[device].open() {
            if self.devices[device].disk_full {
                return self.agenda.after(5 * MINUTE_MS, Happening::AgentStarts(device));
            }
            return self.find(format!("{} does not start: {error}", self.devices[device].name));
        }
        self.note(|office| format!("{} starts", office.devices[device].name));
        self.devices[device].knows.quiet_since_ms = Some(self.agenda.now_ms());
        self.edit_before_start(device);
        let knows = &mut self.devices[device].knows;
        let unread = knows.inbox.values().filter(|row| row.bold && row.importance == Importance::High);
        knows.to_show = unread.map(|row| row.id).collect();
        let settings = self.devices[device].read_settings();
        self.tell_starting(device, Event::Started { settings });
        self.tell_later(device, 1, 500, Event::TrayChanged(TrayState::Shown));
        let state = match self.devices[device].service {
            Service::Here => NotificationsState::Ok,
            Service::Away => NotificationsState::Absent,
            Service::Hung => NotificationsState::Hung,
        };
        self.tell_later(device, 1, 500, Event::NotificationsChanged(state));
    }

    /// The agent that was at work is gone, and comes back after a while.
    pub(crate) fn kill_agent(&mut self, device: usize) {
        self.note(|office| format!("{} is killed", office.devices[device].name));
        if !self.devices[device].on_their_way.is_empty() {
            self.marks.hit(Mark::AgentKilledInShowing);
        }
        if self.exchanges.values().any(|it| it.device == device && it.life == self.devices[device].life) {
            self.marks.hit(Mark::AgentKilledInExchange);
        }
        self.devices[device].kill();
        let ms = self.chance.pick(&[1_000, 20_000, 10 * MINUTE_MS, HOUR_MS]);
        self.agenda.after(ms, Happening::AgentStarts(device));
    }

    pub(crate) fn sign_in(&mut self, device: usize) {
        let again = |office: &mut Self| office.agenda.after(MINUTE_MS, Happening::PersonSignsIn(device));
        if !self.server.runs() || !self.devices[device].awake() || self.troubles.server_disk_is_full {
            return again(self);
        }
        self.devices[device].signing_in = false;
        if self.devices[device].token.is_some() {
            self.marks.hit(Mark::SignedInAgain);
        }
        let person = self.people[self.devices[device].person].clone();
        let (id, random) = (self.chance.hex(32), self.chance.hex(64));
        let (enrolled, token) = self.server.enrol(&person, &id, &random);
        let own = &mut self.devices[device];
        own.enrolled_as.clone_from(&id);
        own.token = Some(token.clone());
        own.has_token = true;
        own.knows.quiet_since_ms = Some(self.agenda.now_ms());
        let session = Session {
            token,
            device: restante_server_api::Device {
                id,
                name: enrolled.name,
                created_at: None,
                last_seen_at: None,
                current: true,
            },
            user: person,
            organisation: Organisation { name: organisation(), title: "Hall".into() },
            server_time: self.agenda.clock_now(),
        };
        let call = self.new_call(device);
        self.tell_later(device, 5, 1_000, Event::TokenKept(Ok(KeyringState::Ok)));
        self.tell(device, Event::SignedIn { call, server: SERVER.into(), outcome: Ok(Box::new(session)) });
    }

    fn wake(&mut self, device: usize) {
        let Some(_until) = self.devices[device].asleep_until_ms.take() else { return };
        self.note(|office| format!("{} wakes", office.devices[device].name));
        self.marks.hit(Mark::Slept);
        let now = self.agenda.now_ms();
        let slept = now - self.devices[device].asleep_since_ms;
        self.devices[device].slept_ms += slept;
        // Whoever is told of it checks at once, and an interval later.
        self.devices[device].knows.quiet_since_ms = Some(now);
        for happening in std::mem::take(&mut self.devices[device].waits_for_wake) {
            let ms = self.chance.ms(1, 500);
            self.agenda.after(ms, happening);
        }
        if self.devices[device].engine.is_some() {
            // Where something tells of it; the stall rule is there for the others.
            if self.troubles.sleep_is_told {
                self.tell(device, Event::Resumed);
            }
            self.look_at_the_clock_after(device, 1_000);
        }
    }

    pub(crate) fn look_at_the_clock_after(&mut self, device: usize, ms: i64) {
        let life = self.devices[device].life;
        self.devices[device].looks += 1;
        let looks = self.devices[device].looks;
        self.agenda.after(ms, Happening::SchedulerLooks { device, life, look: looks });
    }

    /// The agent is woken at the moment that its clock says, which may be set meanwhile.
    pub(crate) fn set_alarm(&mut self, device: usize) {
        let own = &mut self.devices[device];
        own.alarms += 1;
        let Some(at) = own.alarm_at else { return };
        let (life, alarm) = (own.life, own.alarms);
        let ahead = at.ms_since(own.clock(self.agenda.now_ms()));
        self.agenda.after(ahead.clamp(1, MINUTE_MS), Happening::AlarmLooks { device, life, alarm });
    }

    fn alarm_looks(&mut self, device: usize) {
        let now = self.devices[device].clock(self.agenda.now_ms());
        match self.devices[device].alarm_at {
            Some(at) if at <= now => {
                self.devices[device].alarm_at = None;
                self.tell(device, Event::Woke);
            }
            Some(_) => self.set_alarm(device),
            None => {}
        }
    }

    /// What the storage of the agent's scheduler does, with the same rule.
    fn scheduler_looks(&mut self, device: usize) {
        let now = self.devices[device].clock(self.agenda.now_ms());
        let mut due = Vec::new();
        let mut sleep_ms = MINUTE_MS;
        let own = &mut self.devices[device];
        let check = own.plan.iter_mut().map(|plan| (None, plan));
        let chores = own.chores.iter_mut().map(|(chore, plan)| (Some(*chore), plan));
        for (chore, plan) in check.chain(chores) {
            match turn(*plan, now) {
                Turn::Wait(next) => *plan = next,
                Turn::Run { stalled, plan: next } => {
                    *plan = next;
                    due.push((chore, stalled, next.next_run_at));
                }
            }
            sleep_ms = sleep_ms.min(plan.next_run_at.ms_since(now));
        }
        if !(own.plan.is_none() && own.chores.is_empty()) {
            self.look_at_the_clock_after(device, sleep_ms.max(1));
        }
        let life = self.devices[device].life;
        for (chore, stalled, next_run_at) in due {
            let next_run_at = Some(next_run_at);
            let events = match chore {
                None => {
                    self.see_run(device, stalled);
                    [Event::CheckDue { stalled }, Event::Scheduled { next_run_at }]
                }
                Some(chore) => [Event::ChoreDue(chore), Event::ChoreScheduled { chore, next_run_at }],
            };
            for event in events {
                if self.devices[device].life == life {
                    self.tell(device, event);
                }
            }
        }
    }

    fn see_run(&mut self, device: usize, stalled: bool) {
        if stalled {
            self.marks.hit(Mark::Stalled);
        }
        let awake_ms = self.agenda.now_ms() - self.devices[device].slept_ms;
        let seen = self.devices[device].knows.see_run(awake_ms, self.agenda.now_ms());
        self.found(device, seen);
    }

    fn request_arrives(&mut self, number: u64) {
        if let Some(sent) = self.doubles.remove(&number) {
            self.marks.hit(Mark::RequestDoubled);
            self.serve(&sent);
            return;
        }
        let Some(exchange) = self.exchanges.get(&number) else { return };
        let (sent, fate, what) = (exchange.sent.clone(), exchange.fate, exchange.what);
        let (answered, wait_ms) = match fate {
            Fate::RequestLost => (None, PATIENCE_MS),
            Fate::Portal | Fate::ServerFailed | Fate::ServerBusy => {
                (Some(crate::trouble::others_answer(fate)), 50)
            }
            Fate::Fine | Fate::RequestDoubled => (self.serve(&sent), self.chance.ms(1, 200)),
            Fate::AnswerLost => {
                self.serve(&sent);
                (None, PATIENCE_MS)
            }
            Fate::AnswerLate => (self.serve(&sent), self.chance.ms(5_000, 50_000)),
            Fate::AnswerCut => {
                let cut = |mut answered: crate::post_office::Answered| {
                    answered.body.truncate(answered.body.len() / 2);
                    answered
                };
                (self.serve(&sent).map(cut), 100)
            }
        };
        if fate == Fate::RequestDoubled {
            let double = self.number();
            self.doubles.insert(double, sent);
            let ms = self.chance.ms(1, 5 * MINUTE_MS);
            self.agenda.after(ms, Happening::RequestArrives(double));
        }
        self.note(|_| {
            let status = answered.as_ref().map(|answered| answered.status.as_u16());
            format!("server: {what} {fate:?} -> {status:?}")
        });
        if let Some(exchange) = self.exchanges.get_mut(&number) {
            exchange.answered = answered;
        }
        self.agenda.after(wait_ms, Happening::AnswerArrives(number));
    }

    fn answer_arrives(&mut self, number: u64) {
        let Some(exchange) = self.exchanges.remove(&number) else { return };
        let (device, fate) = (exchange.device, exchange.fate);
        let failed = match &exchange.answered {
            None => true,
            Some(answered) => {
                fate == Fate::AnswerCut && !answered.body.is_empty()
                    || answered.status.as_u16() >= 400
                    || fate == Fate::Portal
            }
        };
        let refused = exchange.answered.as_ref().is_some_and(|answered| answered.status.as_u16() < 500);
        if let Some(mark) = crate::trouble::mark_of(fate) {
            self.marks.hit(mark);
        }
        let given_up = exchange.given_up;
        let event = exchange.end();
        if given_up {
            // Its connection was closed, or its answer was on its way to the loop already.
            if self.chance.one_in(3) {
                self.tell(device, Event::Late(Box::new(event)));
            }
            return;
        }
        self.tell(device, event);
        // Our server's refusal of one letter is an answer of our server; whatever else failed is none.
        if failed && !(refused && fate != Fate::Portal && fate != Fate::AnswerCut) {
            self.look_that_nothing_came(device);
        }
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
