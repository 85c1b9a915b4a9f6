//! The scheduler's jobs beside "check mail" (row S12): they ask no server, so that they run offline too.
//!
//! An idle agent is to sleep, so both are rare: the cache is put in order once an hour, and drafts are
//! only saved while one is being written.

use restante_local_api::{CheckOutcome, Job, ShowWhat};
use restante_model::{CheckInterval, MessageId, Seconds, Timestamp};

use crate::{
    effect::Effect,
    engine::{Engine, Result},
    event::{Ask, Chore, Event, TrayItem},
    interval::next_in_phase,
    weather::chance,
};

/// A draft that nobody saved for so many runs is being written by nobody.
const IDLE_AUTOSAVES: u32 = 4;
/// How long an alert of a message that is nowhere any more is remembered.
const ALERTS_KEPT: Seconds = Seconds::new(90 * 86_400);
/// Alerts that one run forgets; the rest follow in the next.
const MAX_FORGOTTEN: u32 = 1_000;

/// What is known of a chore since the start.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Errand {
    scheduled: bool,
    next_run_at: Option<Timestamp>,
    last_run_at: Option<Timestamp>,
    last_outcome: Option<CheckOutcome>,
    runs: u64,
}

/// All of them.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Chores {
    housekeeping: Errand,
    draft_autosave: Errand,
    /// Runs since a draft was last saved.
    idle_autosaves: u32,
    /// Grows when windows are to save what is being written.
    pub(crate) autosave_revision: u64,
}

impl Chores {
    fn known(&self, chore: Chore) -> Errand {
        match chore {
            Chore::Housekeeping => self.housekeeping,
            Chore::DraftAutosave => self.draft_autosave,
        }
    }

    fn errand(&mut self, chore: Chore) -> &mut Errand {
        match chore {
            Chore::Housekeeping => &mut self.housekeeping,
            Chore::DraftAutosave => &mut self.draft_autosave,
        }
    }
}

impl Chore {
    /// Every one.
    pub const ALL: [Self; 2] = [Self::Housekeeping, Self::DraftAutosave];

    /// What it is called in the list of jobs.
    pub fn name(self) -> &'static str {
        match self {
            Self::Housekeeping => "housekeeping",
            Self::DraftAutosave => "draft autosave",
        }
    }

    /// Seconds between two runs.
    pub fn interval(self) -> CheckInterval {
        match self {
            Self::Housekeeping => CheckInterval::from_seconds(3_600),
            Self::DraftAutosave => CheckInterval::from_seconds(30),
        }
    }
}

impl Engine {
    fn chore_phase(&self, chore: Chore) -> u64 {
        chance(self.device_id(), &format!("/{}", chore.name())) % chore.interval().seconds()
    }

    fn schedule_chore(&mut self, chore: Chore, now: Timestamp) -> Effect {
        let interval = chore.interval();
        let first_run_at = next_in_phase(now, interval.seconds(), self.chore_phase(chore));
        let errand = self.chores.errand(chore);
        errand.scheduled = true;
        errand.next_run_at = Some(first_run_at);
        Effect::ScheduleChore { chore, interval, first_run_at }
    }

    /// At the start, and again for a new device, whose phase is another.
    pub(crate) fn schedule_housekeeping(&mut self, now: Timestamp) -> Effect {
        self.schedule_chore(Chore::Housekeeping, now)
    }

    /// Whether this event says that a letter is being written: then drafts are saved from now on.
    pub(crate) fn is_about_writing(event: &Event) -> bool {
        matches!(
            event,
            Event::Asked { ask: Ask::SaveDraft { .. } | Ask::Show { what: ShowWhat::Write, .. }, .. }
                | Event::TrayPicked(TrayItem::Write)
        )
    }

    pub(crate) fn autosave_from_now_on(&mut self, now: Timestamp) -> Option<Effect> {
        self.chores.idle_autosaves = 0;
        let begins = !self.chores.draft_autosave.scheduled;
        begins.then(|| self.schedule_chore(Chore::DraftAutosave, now))
    }

    /// The scheduler took another time for a chore.
    pub(crate) fn chore_scheduled(&mut self, chore: Chore, next_run_at: Option<Timestamp>) {
        self.chores.errand(chore).next_run_at = next_run_at;
    }

    /// It is time for a chore. One that fails is tried again at its next time, and holds up nothing.
    pub(crate) fn chore_due(&mut self, chore: Chore, now: Timestamp) -> Vec<Effect> {
        let (outcome, effects) = match chore {
            Chore::Housekeeping => (self.keep_house(now), Vec::new()),
            Chore::DraftAutosave => (Ok(()), self.autosave()),
        };
        let outcome = outcome
            .map(|()| CheckOutcome::Ok)
            .inspect_err(|error| tracing::warn!(%error, chore = chore.name(), "the job failed"))
            .unwrap_or(CheckOutcome::Failed);
        let errand = self.chores.errand(chore);
        errand.runs += 1;
        errand.last_run_at = Some(now);
        errand.last_outcome = Some(outcome);
        effects
    }

    /// The agent holds no text that it has not written down: it is windows that do, and they save when
    /// the revision grows.
    fn autosave(&mut self) -> Vec<Effect> {
        self.chores.idle_autosaves += 1;
        if self.chores.idle_autosaves > IDLE_AUTOSAVES {
            let errand = self.chores.errand(Chore::DraftAutosave);
            errand.scheduled = false;
            errand.next_run_at = None;
            return vec![Effect::UnscheduleChore(Chore::DraftAutosave)];
        }
        self.chores.autosave_revision += 1;
        Vec::new()
    }

    /// Gives the disk back what the cache does not need any more, and forgets alerts of messages that
    /// were gone long ago. The ledger decides who is alerted, so an alert is only forgotten while the
    /// cache is known to hold the whole mailbox, and the message is not in it.
    fn keep_house(&mut self, now: Timestamp) -> Result<()> {
        self.try_important_window();
        self.cache.tidy()?;
        let whole = self.cache.cursor()?.is_some()
            && self.run.is_none()
            && self.last_check.as_ref().is_some_and(|check| check.outcome == CheckOutcome::Ok);
        if !whole {
            return Ok(());
        }
        let before = now.plus_ms(-Timestamp::EPOCH.plus(ALERTS_KEPT).unix_ms());
        let mut gone: Vec<MessageId> = Vec::new();
        for id in self.ledger.alerts_shown_before(before, MAX_FORGOTTEN)? {
            if !self.cache.has(id)? {
                gone.push(id);
            }
        }
        self.ledger.forget_alerts(&gone)
    }

    pub(crate) fn chore_jobs(&self) -> impl Iterator<Item = Job> {
        Chore::ALL.into_iter().map(|chore| {
            let errand = self.chores.known(chore);
            Job {
                name: chore.name().into(),
                interval_seconds: chore.interval().seconds(),
                phase_seconds: self.chore_phase(chore),
                last_run_at: errand.last_run_at,
                last_outcome: errand.last_outcome,
                next_run_at: errand.next_run_at,
                runs: errand.runs,
                joined: 0,
                skipped: 0,
            }
        })
    }
}
