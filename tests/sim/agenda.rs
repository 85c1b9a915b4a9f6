//! What is going to happen, and the only clock.

use std::{
    collections::BTreeMap,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use restante_engine::Event;
use restante_model::{Clock, Timestamp};

/// Something that happens in the office.
#[derive(Debug)]
pub(crate) enum Happening {
    /// A person does something.
    PersonActs(usize),
    /// The scheduler of an agent looks at the clock.
    SchedulerLooks { device: usize, life: u32, look: u64 },
    /// What wakes an agent at a moment looks at the clock.
    AlarmLooks { device: usize, life: u32, alarm: u64 },
    /// A request reaches the server.
    RequestArrives(u64),
    /// The answer reaches the agent, or the agent gives up waiting for it.
    AnswerArrives(u64),
    /// The desktop, the keyring or a file says something to an agent.
    Told { device: usize, life: u32, event: Box<Event> },
    /// An agent is started.
    AgentStarts(usize),
    /// A person signs in, again.
    PersonSignsIn(usize),
    /// The machine of an agent wakes up.
    MachineWakes(usize),
    /// The server is started.
    ServerStarts,
    /// The server takes out what expired.
    HouseIsKept,
    /// Something breaks.
    Trouble,
    /// Something is mended.
    Relief(Relief),
    /// From now on nothing breaks, and nobody writes.
    Calm,
}

/// What is mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relief {
    /// The office is attached again.
    Attach,
    /// The server's disk has room again.
    ServerDisk,
    /// An agent's disk has room again.
    AgentDisk(usize),
    /// The notification service is there again.
    Notifications(usize),
    /// The keyring is unlocked.
    Keyring(usize),
    /// An administrator takes the copy of the office's database for the database.
    CopyBack,
    /// The interval is no longer locked.
    IntervalLock,
}

/// The heap of what is to happen: by time, then in the order in which it was put in.
pub(crate) struct Agenda {
    clock: Arc<OfficeClock>,
    number: u64,
    waiting: BTreeMap<(i64, u64), Happening>,
}

/// The true time; the server goes by it.
pub(crate) struct OfficeClock(AtomicI64);

impl Clock for OfficeClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_ms(self.0.load(Ordering::Relaxed))
    }
}

impl Agenda {
    pub(crate) fn beginning_at(unix_ms: i64) -> Self {
        let clock = Arc::new(OfficeClock(AtomicI64::new(unix_ms)));
        Self { clock, number: 0, waiting: BTreeMap::new() }
    }

    pub(crate) fn clock(&self) -> Arc<OfficeClock> {
        Arc::clone(&self.clock)
    }

    pub(crate) fn now_ms(&self) -> i64 {
        self.clock.now().unix_ms()
    }

    pub(crate) fn clock_now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Puts something in that happens so many milliseconds from now.
    pub(crate) fn after(&mut self, ms: i64, happening: Happening) {
        self.number += 1;
        self.waiting.insert((self.now_ms() + ms.max(0), self.number), happening);
    }

    /// The next that happens before `end_ms`; the clock goes there.
    pub(crate) fn next(&mut self, end_ms: i64) -> Option<Happening> {
        let (&(at, number), _) = self.waiting.first_key_value()?;
        if at > end_ms {
            return None;
        }
        self.clock.0.store(at, Ordering::Relaxed);
        self.waiting.remove(&(at, number))
    }
}
