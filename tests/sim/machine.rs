//! A device and the agent on it: started, killed, signed in, asleep, and woken by its clock for what is due.

use restante_agent::{Turn, turn};
use restante_engine::{Event, settings_file::ImportantCarrier};
use restante_local_api::{KeyringState, MessageRow, NotificationsState, TrayState};
use restante_model::Importance;
use restante_server_api::{Organisation, Session};

use crate::{
    agenda::Happening,
    device::Service,
    exchange::SERVER,
    marks::Mark,
    office::{HOUR_MS, MINUTE_MS, Office},
    post_office::organisation,
};

impl Office {
    pub(crate) fn start_agent(&mut self, device: usize) {
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
        let settings = self.devices[device].read_settings();
        // Popups wait for a service, a window for nobody.
        let by_window = settings.as_ref().is_ok_and(|it| it.important == ImportantCarrier::Modal);
        let knows = &mut self.devices[device].knows;
        let high = |row: &&MessageRow| by_window && row.bold && row.importance == Importance::High;
        knows.to_show = knows.inbox.values().filter(high).map(|row| row.id).collect();
        self.tell(device, Event::Started { settings });
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

    pub(crate) fn wake(&mut self, device: usize) {
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

    pub(crate) fn alarm_looks(&mut self, device: usize) {
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
    pub(crate) fn scheduler_looks(&mut self, device: usize) {
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
}
