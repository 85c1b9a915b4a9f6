//! What breaks: a random part of it per seed.

use restante_engine::{Event, event::TrayItem};
use restante_local_api::NotificationsState;
use restante_model::CheckInterval;
use restante_store::OfficeChange;

use crate::{
    agenda::{Happening, Relief},
    chance::Chance,
    device::Service,
    marks::Mark,
    office::{HOUR_MS, MINUTE_MS, Office},
};

/// The names of those that can be left out.
pub(crate) const TROUBLES: [&str; 9] = [
    "network",
    "server_dies",
    "agents_die",
    "desktop",
    "clocks",
    "sleep",
    "disks",
    "copying_back",
    "administrator",
];

/// The kinds of trouble that a seed has.
#[derive(Clone, Debug)]
#[expect(clippy::struct_excessive_bools, reason = "a seed has each of them or not")]
pub(crate) struct Troubles {
    pub(crate) network: bool,
    pub(crate) server_dies: bool,
    pub(crate) agents_die: bool,
    pub(crate) desktop: bool,
    pub(crate) clocks: bool,
    pub(crate) sleep: bool,
    pub(crate) sleep_is_told: bool,
    pub(crate) disks: bool,
    pub(crate) copying_back: bool,
    pub(crate) administrator: bool,
    pub(crate) server_disk_is_full: bool,
}

impl Troubles {
    pub(crate) fn drawn(chance: &mut Chance) -> Self {
        Self {
            network: !chance.one_in(3),
            server_dies: !chance.one_in(3),
            agents_die: !chance.one_in(3),
            desktop: !chance.one_in(3),
            clocks: chance.one_in(2),
            sleep: chance.one_in(2),
            sleep_is_told: chance.one_in(2),
            disks: chance.one_in(2),
            copying_back: chance.one_in(3),
            administrator: chance.one_in(2),
            server_disk_is_full: false,
        }
    }

    /// Leaves one of [`TROUBLES`] out.
    pub(crate) fn leave_out(&mut self, name: &str) {
        let trouble = match name {
            "network" => &mut self.network,
            "server_dies" => &mut self.server_dies,
            "agents_die" => &mut self.agents_die,
            "desktop" => &mut self.desktop,
            "clocks" => &mut self.clocks,
            "sleep" => &mut self.sleep,
            "disks" => &mut self.disks,
            "copying_back" => &mut self.copying_back,
            "administrator" => &mut self.administrator,
            _ => return,
        };
        *trouble = false;
    }

    /// What of it may happen by itself.
    fn kinds(&self) -> Vec<Kind> {
        [
            (self.desktop, Kind::Notifications),
            (self.desktop, Kind::Keyring),
            (self.clocks, Kind::Clock),
            (self.sleep, Kind::Sleep),
            (self.disks, Kind::ServerDisk),
            (self.disks, Kind::AgentDisk),
            // Whichever of its many writes fails is to be met.
            (self.disks, Kind::AgentDisk),
            (self.copying_back, Kind::CopyAway),
            (self.administrator, Kind::Administrator),
            (self.agents_die, Kind::AgentDies),
        ]
        .into_iter()
        .filter_map(|(has, kind)| has.then_some(kind))
        .collect()
    }
}

/// Something that breaks at some moment.
#[derive(Clone, Copy, Debug)]
enum Kind {
    Notifications,
    Keyring,
    Clock,
    Sleep,
    ServerDisk,
    AgentDisk,
    CopyAway,
    Administrator,
    AgentDies,
}

impl Office {
    pub(crate) fn kill_server(&mut self) {
        self.note(|_| "the server is killed".into());
        self.server.kill();
        let ms = self.chance.pick(&[1_000, 30_000, 10 * MINUTE_MS]);
        self.agenda.after(ms, Happening::ServerStarts);
    }

    /// Breaks one thing, and says when it is mended.
    pub(crate) fn make_trouble(&mut self) {
        if self.calm {
            return;
        }
        let ms = self.chance.ms(3 * MINUTE_MS, 25 * MINUTE_MS);
        self.agenda.after(ms, Happening::Trouble);
        self.look_for_silence();
        let device = self.chance.below(self.devices.len());
        let kinds = self.troubles.kinds();
        if kinds.is_empty() {
            return;
        }
        match self.chance.pick(&kinds) {
            Kind::Notifications => self.break_notifications(device),
            Kind::Keyring => {
                // A keyring is asked when an agent starts, so it is mostly found locked after a new sign-in to the desktop.
                self.devices[device].keyring_locked = true;
                self.kill_agent(device);
                self.relieve_after(20 * MINUTE_MS, Relief::Keyring(device));
            }
            Kind::Clock => self.set_clock(device),
            Kind::Sleep => self.send_to_sleep(device),
            Kind::ServerDisk => self.fill_server_disk(),
            Kind::AgentDisk => self.fill_agent_disk(device),
            Kind::CopyAway => self.copy_away(device),
            Kind::Administrator => self.administrate(device),
            Kind::AgentDies if self.devices[device].awake() => self.kill_agent(device),
            Kind::AgentDies => {}
        }
    }

    fn relieve_after(&mut self, longest_ms: i64, relief: Relief) {
        let ms = self.chance.ms(10_000, longest_ms);
        self.agenda.after(ms, Happening::Relief(relief));
    }

    fn break_notifications(&mut self, device: usize) {
        if self.devices[device].service != Service::Here {
            return;
        }
        let service = self.chance.pick(&[Service::Away, Service::Hung]);
        self.note(|office| format!("{}: notification service {service:?}", office.devices[device].name));
        self.devices[device].service = service;
        if service == Service::Away && self.devices[device].engine.is_some() {
            self.tell_later(device, 1, 100, Event::NotificationsChanged(NotificationsState::Absent));
        }
        self.relieve_after(HOUR_MS, Relief::Notifications(device));
    }

    fn set_clock(&mut self, device: usize) {
        let by_ms = self.chance.pick(&[-36 * HOUR_MS, -2 * HOUR_MS, 90_000, 3 * HOUR_MS, 400 * 24 * HOUR_MS]);
        self.marks.hit(if by_ms < 0 { Mark::ClockBack } else { Mark::ClockForward });
        self.note(|office| format!("{}: the clock is set by {by_ms} ms", office.devices[device].name));
        // A clock that was wrong is put right as often.
        let ahead = self.devices[device].clock_ahead_ms;
        self.devices[device].clock_ahead_ms = if ahead == 0 { by_ms } else { 0 };
        if self.devices[device].clock_ahead_ms < ahead {
            // Set back, the job begins anew: an interval from now.
            self.devices[device].knows.quiet_since_ms = Some(self.agenda.now_ms());
        }
    }

    fn send_to_sleep(&mut self, device: usize) {
        if self.devices[device].asleep_until_ms.is_some() {
            return;
        }
        let ms = self.chance.ms(MINUTE_MS, 8 * HOUR_MS);
        self.note(|office| format!("{} sleeps", office.devices[device].name));
        self.devices[device].asleep_since_ms = self.agenda.now_ms();
        self.devices[device].asleep_until_ms = Some(self.agenda.now_ms() + ms);
        self.agenda.after(ms, Happening::MachineWakes(device));
    }

    fn fill_server_disk(&mut self) {
        let places =
            [("message", "INSERT"), ("delivery", "INSERT"), ("delivery", "UPDATE"), ("mailbox", "UPDATE")];
        let (table, statement) = self.chance.pick(&places);
        self.note(|_| format!("the server's disk is full: {statement} {table}"));
        self.marks.hit(Mark::ServerDiskFull);
        self.server.mend_disk();
        self.server.break_disk(table, statement);
        self.troubles.server_disk_is_full = true;
        self.relieve_after(30 * MINUTE_MS, Relief::ServerDisk);
    }

    fn fill_agent_disk(&mut self, device: usize) {
        let places = [
            ("alert", "INSERT"),
            ("alert", "UPDATE"),
            ("outbox", "INSERT"),
            ("outbox", "DELETE"),
            ("pending_read", "INSERT"),
            ("pending_read", "DELETE"),
            ("setting", "INSERT"),
            ("setting", "UPDATE"),
            ("draft", "INSERT"),
            // Half of a page, more often.
            ("message", "INSERT"),
            ("message", "INSERT"),
            ("message", "INSERT"),
            ("message", "UPDATE"),
            ("recipient", "INSERT"),
            ("place", "UPDATE"),
        ];
        let (table, statement) = self.chance.pick(&places);
        self.note(|office| format!("{}: disk full: {statement} {table}", office.devices[device].name));
        self.devices[device].mend_disk();
        self.devices[device].break_disk(table, statement);
        self.relieve_after(40 * MINUTE_MS, Relief::AgentDisk(device));
        if (table, statement) == ("message", "INSERT") && self.devices[device].awake() {
            // A page is to come meanwhile, and what it brings after it.
            for other in 0..self.devices.len() {
                if other != device {
                    self.send_to(other, self.devices[device].person);
                }
            }
            self.tell_later(device, 2_000, 5_000, Event::TrayPicked(TrayItem::CheckNow));
        }
    }

    fn copy_away(&mut self, device: usize) {
        if self.copied_away_at_ms.is_some() {
            return;
        }
        self.note(|_| "the office's database is copied away".into());
        self.server.copy_away();
        self.copied_away_at_ms = Some(self.agenda.now_ms());
        // An agent that is away until after it comes back with a cursor of before.
        if self.chance.one_in(2) {
            self.send_to_sleep(device);
        }
        self.relieve_after(HOUR_MS, Relief::CopyBack);
    }

    fn copy_back(&mut self) {
        let Some(copied_at_ms) = self.copied_away_at_ms.take() else { return };
        self.note(|_| "the office's database is copied back".into());
        self.marks.hit(Mark::CopiedBack);
        // Those that sleep through it wake with a cursor of a time that was undone, and find it passed by others.
        for device in 0..self.devices.len() {
            if self.devices[device].awake() && self.chance.one_in(4) {
                self.send_to_sleep(device);
            }
        }
        self.server.kill();
        self.server.copy_back();
        self.copied_back = true;
        // A fault of the disk that was in the copy is there again.
        self.server.mend_disk();
        self.troubles.server_disk_is_full = false;
        self.numbers.clear();
        for written in self.written.values_mut() {
            written.lost |= written.accepted_at_ms.is_some_and(|at| at >= copied_at_ms);
        }
        self.agenda.after(1_000, Happening::ServerStarts);
    }

    fn administrate(&mut self, device: usize) {
        if !self.server.runs() {
            return;
        }
        match self.chance.below(4) {
            0 => {
                self.note(|_| "the office is detached".into());
                self.server.detach();
                self.relieve_after(30 * MINUTE_MS, Relief::Attach);
            }
            1 if !self.devices[device].enrolled_as.is_empty() => {
                let (person, id) = (self.devices[device].person, self.devices[device].enrolled_as.clone());
                self.note(|office| format!("{}: the token is revoked", office.devices[device].name));
                self.server.revoke(&self.people[person], &id);
            }
            2 => {
                self.note(|_| "the interval is locked".into());
                self.server.change(OfficeChange::IntervalLocked(true));
                self.relieve_after(2 * HOUR_MS, Relief::IntervalLock);
                // Before anybody has heard of it.
                for device in 0..self.devices.len() {
                    if self.devices[device].awake() && !self.devices[device].enrolled_as.is_empty() {
                        self.wish_interval(device);
                    }
                }
            }
            _ => {
                let seconds = self.chance.pick(&[120, 300, 600]);
                self.note(|_| format!("the office's interval is {seconds} s"));
                self.server.change(OfficeChange::CheckInterval(CheckInterval::from_seconds(seconds)));
            }
        }
    }

    pub(crate) fn relieve(&mut self, relief: Relief) {
        self.note(|_| format!("mended: {relief:?}"));
        match relief {
            Relief::Attach | Relief::IntervalLock if !self.server.runs() => {
                self.agenda.after(MINUTE_MS, Happening::Relief(relief));
            }
            Relief::Attach => self.server.attach(),
            Relief::IntervalLock => self.server.change(OfficeChange::IntervalLocked(false)),
            Relief::ServerDisk => {
                self.server.mend_disk();
                self.troubles.server_disk_is_full = false;
            }
            Relief::CopyBack if self.calm => {}
            Relief::CopyBack => self.copy_back(),
            Relief::AgentDisk(device) => {
                self.devices[device].mend_disk();
            }
            Relief::Notifications(device) => self.mend_notifications(device),
            Relief::Keyring(device) => self.devices[device].keyring_locked = false,
        }
    }

    fn mend_notifications(&mut self, device: usize) {
        let before = self.devices[device].service;
        self.devices[device].service = Service::Here;
        // The new one knows nothing of what the one before showed.
        self.devices[device].popups.clear();
        if self.devices[device].engine.is_some() {
            if before == Service::Hung {
                self.tell_later(device, 1, 50, Event::NotificationsChanged(NotificationsState::Absent));
            }
            self.tell_later(device, 51, 100, Event::NotificationsChanged(NotificationsState::Ok));
        }
    }

    /// From now on everything works, and nobody writes.
    pub(crate) fn calm_down(&mut self) {
        self.calm = true;
        self.note(|_| "calm".into());
        self.server.start();
        for relief in [Relief::Attach, Relief::IntervalLock, Relief::ServerDisk] {
            self.relieve(relief);
        }
        for device in 0..self.devices.len() {
            for relief in [Relief::AgentDisk(device), Relief::Notifications(device), Relief::Keyring(device)]
            {
                self.relieve(relief);
            }
            if self.devices[device].asleep_until_ms.is_some() {
                self.devices[device].asleep_until_ms = Some(self.agenda.now_ms());
                self.agenda.after(0, Happening::MachineWakes(device));
            }
            self.agenda.after(1, Happening::AgentStarts(device));
        }
        for person in 0..self.people.len() {
            self.agenda.after(MINUTE_MS, Happening::PersonActs(person));
        }
    }

    /// Long enough for every agent to check twice, whatever it waits for.
    pub(crate) fn two_intervals_ms(&self) -> i64 {
        let longest = (0..self.devices.len()).map(|device| self.interval(device).get()).max().unwrap_or(300);
        let longest = i64::try_from(longest.max(600)).unwrap_or(3_600) * 1_000;
        2 * longest + HOUR_MS
    }
}
