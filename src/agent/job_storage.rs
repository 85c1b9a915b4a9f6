//! When the scheduler's jobs are due: a storage for tokio-cron-scheduler that sleeps until there is
//! something to do, and survives sleep of the machine and a clock that is set.
//!
//! As shipped, that crate asks its storage twice a second, and a repeated job that is late by more than
//! its interval never runs again (its issue 113). So this storage answers only when a job is due, and
//! decides by itself, with [`turn`], what is due and what comes next; the crate's own reckoning is not
//! used.

#[cfg(test)]
mod tests;

use std::{
    collections::HashMap,
    future::Future,
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use chrono::{DateTime, Utc};
use restante_model::{CheckInterval, Clock, Seconds, Timestamp};
use tokio::sync::{Notify, mpsc, watch};
use tokio_cron_scheduler::{
    JobSchedulerError, MetaDataStorage,
    job::job_data::{JobAndNextTick, JobStoredData},
};
use uuid::Uuid;

/// The longest sleep before the clock is looked at again: the runtime's timers stand still while the
/// machine sleeps, so this bounds how late a run may be after it woke.
const LONGEST_SLEEP: Duration = Duration::from_mins(1);

/// When a job runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// The next run.
    pub next_run_at: Timestamp,
    /// Seconds between two runs.
    pub interval: CheckInterval,
    /// The longest time that the next run can lie ahead; more means that the clock was set back.
    pub longest_wait_ms: i64,
}

/// What a look at the clock says of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Turn {
    /// Not yet.
    Wait(Plan),
    /// Now; the plan is the one after this run.
    Run {
        /// Whether the run is late by an interval or more.
        stalled: bool,
        /// The plan from now on.
        plan: Plan,
    },
}

/// A run that was handed to the scheduler.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Run {
    /// Whether it is late by an interval or more.
    pub(crate) stalled: bool,
    /// The run after it.
    pub(crate) next_run_at: Timestamp,
}

impl Plan {
    /// A job that begins at `first_run_at`, rounded up to a whole second, which is all that the scheduler
    /// knows.
    pub fn new(interval: CheckInterval, first_run_at: Timestamp, now: Timestamp) -> Self {
        let next_run_at = Timestamp::from_unix_ms(
            first_run_at.unix_ms().saturating_add(999).div_euclid(1000).saturating_mul(1000),
        );
        // A first run may be put off for longer than an interval: the server asked for peace.
        let longest_wait_ms = interval_ms(interval).max(next_run_at.ms_since(now));
        Self { next_run_at, interval, longest_wait_ms }
    }
}

/// What is to be done with a job now.
pub fn turn(plan: Plan, now: Timestamp) -> Turn {
    let interval_ms = interval_ms(plan.interval);
    let ahead_ms = plan.next_run_at.ms_since(now);
    if ahead_ms > plan.longest_wait_ms {
        // The clock was set back, by hours perhaps: nobody waits for that long.
        let next_run_at = now.plus_ms(interval_ms);
        return Turn::Wait(Plan { next_run_at, longest_wait_ms: interval_ms, ..plan });
    }
    if ahead_ms > 0 {
        return Turn::Wait(plan);
    }
    let stalled = -ahead_ms >= interval_ms;
    let next_run_at = next_after(plan.next_run_at, plan.interval, now);
    Turn::Run { stalled, plan: Plan { next_run_at, longest_wait_ms: interval_ms, ..plan } }
}

/// The run after one that was planned for `planned_at` and takes place now: in step with it, unless that
/// moment has passed too (a sleep, a stall, a clock set forward). Then the runs that were missed are made
/// good by the one that takes place now, and the next is an interval away: no burst.
pub(crate) fn next_after(planned_at: Timestamp, interval: CheckInterval, now: Timestamp) -> Timestamp {
    let in_step = planned_at.plus_ms(interval_ms(interval));
    if in_step > now { in_step } else { now.plus_ms(interval_ms(interval)) }
}

fn interval_ms(interval: CheckInterval) -> i64 {
    let start = Timestamp::from_unix_ms(0);
    start.plus(Seconds::new(interval.seconds())).ms_since(start)
}

/// The jobs and their plans. Clones share them.
#[derive(Clone)]
pub(crate) struct JobStorage {
    jobs: Arc<Mutex<HashMap<Uuid, StoredJob>>>,
    clock: Arc<dyn Clock>,
    /// While this is true the scheduler's question is answered at once with "nothing": it asks with the
    /// storage locked, and jobs could not be added or removed for as long as it waits.
    held: watch::Sender<bool>,
    look_again: Arc<Notify>,
    /// Who hears of a job that is planned for another time because the clock was set.
    moved: mpsc::UnboundedSender<Uuid>,
}

struct StoredJob {
    data: JobStoredData,
    plan: Plan,
    run: Option<Run>,
}

impl JobStorage {
    /// No jobs yet, and where those are named that a set clock has moved.
    pub(crate) fn new(clock: Arc<dyn Clock>) -> (Self, mpsc::UnboundedReceiver<Uuid>) {
        let (moved, heard) = mpsc::unbounded_channel();
        let (held, look_again) = (watch::Sender::new(false), Arc::default());
        (Self { jobs: Arc::default(), clock, held, look_again, moved }, heard)
    }

    /// Keeps the scheduler from waiting here, or lets it wait again.
    pub(crate) fn hold(&self, hold: bool) {
        self.held.send_replace(hold);
    }

    /// Looks at the clock now: the machine woke.
    pub(crate) fn look_again(&self) {
        self.look_again.notify_one();
    }

    /// The run of this job that was handed out last.
    pub(crate) fn run_of(&self, id: Uuid) -> Option<Run> {
        self.jobs().get(&id).and_then(|job| job.run)
    }

    /// When this job runs next.
    pub(crate) fn next_run_at(&self, id: Uuid) -> Option<Timestamp> {
        self.jobs().get(&id).map(|job| job.plan.next_run_at)
    }

    /// Hands out what is due; else how long there is nothing to do.
    fn take_due(&self) -> Result<Vec<JobAndNextTick>, Duration> {
        let now = self.clock.now();
        let mut due = Vec::new();
        let mut sleep = LONGEST_SLEEP;
        for (id, job) in self.jobs().iter_mut() {
            match turn(job.plan, now) {
                Turn::Wait(plan) => {
                    if plan.next_run_at != job.plan.next_run_at {
                        let _ = self.moved.send(*id);
                    }
                    job.plan = plan;
                    let ahead_ms = u64::try_from(plan.next_run_at.ms_since(now)).unwrap_or(0);
                    sleep = sleep.min(Duration::from_millis(ahead_ms));
                }
                Turn::Run { stalled, plan } => {
                    job.plan = plan;
                    job.run = Some(Run { stalled, next_run_at: plan.next_run_at });
                    // The scheduler read its clock before it asked, and would find that the time has not
                    // come. A tick at the beginning of time has always come.
                    due.push(JobAndNextTick {
                        id: job.data.id,
                        job_type: job.data.job_type,
                        next_tick: 1,
                        last_tick: None,
                    });
                }
            }
        }
        if due.is_empty() { Err(sleep) } else { Ok(due) }
    }

    fn jobs(&self) -> MutexGuard<'_, HashMap<Uuid, StoredJob>> {
        // Nothing panics while it holds the lock; and if it did, the plans would still be whole.
        self.jobs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

type Answer<T> = Pin<Box<dyn Future<Output = Result<T, JobSchedulerError>> + Send>>;

fn ready<T: Send + 'static>(answer: Result<T, JobSchedulerError>) -> Answer<T> {
    Box::pin(std::future::ready(answer))
}

impl MetaDataStorage for JobStorage {
    fn list_next_ticks(&mut self) -> Answer<Vec<JobAndNextTick>> {
        let storage = self.clone();
        Box::pin(async move {
            let mut held = storage.held.subscribe();
            loop {
                if *held.borrow_and_update() {
                    return Ok(Vec::new());
                }
                let sleep = match storage.take_due() {
                    Ok(due) => return Ok(due),
                    Err(sleep) => sleep,
                };
                tokio::select! {
                    _ = held.changed() => {}
                    () = storage.look_again.notified() => {}
                    () = tokio::time::sleep(sleep) => {}
                }
            }
        })
    }

    /// The plan went on when the run was handed out; only the note of the run is kept.
    fn set_next_and_last_tick(
        &mut self,
        id: Uuid,
        _: Option<DateTime<Utc>>,
        last_tick: Option<DateTime<Utc>>,
    ) -> Answer<()> {
        if let Some(job) = self.jobs().get_mut(&id) {
            job.data.set_last_tick(last_tick);
        }
        ready(Ok(()))
    }

    fn time_till_next_job(&mut self) -> Answer<Option<Duration>> {
        let now = self.clock.now();
        let next = self.jobs().values().map(|job| job.plan.next_run_at).min();
        ready(Ok(next.map(|at| Duration::from_millis(u64::try_from(at.ms_since(now)).unwrap_or(0)))))
    }
}

impl tokio_cron_scheduler::store::DataStore<JobStoredData> for JobStorage {
    fn get(&mut self, id: Uuid) -> Answer<Option<JobStoredData>> {
        ready(Ok(self.jobs().get(&id).map(|job| job.data.clone())))
    }

    /// A job of this storage is a repeated one whose data names its first run, in seconds.
    fn add_or_update(&mut self, data: JobStoredData) -> Answer<()> {
        let (Some(id), Some(interval_seconds)) = (data.id, data.repeated_every()) else {
            return ready(Err(JobSchedulerError::CantAdd));
        };
        let first_run_at = Timestamp::from_unix_ms(0).plus(Seconds::new(data.next_tick));
        let plan = Plan::new(CheckInterval::from_seconds(interval_seconds), first_run_at, self.clock.now());
        self.jobs().insert(id.into(), StoredJob { data, plan, run: None });
        ready(Ok(()))
    }

    fn delete(&mut self, id: Uuid) -> Answer<()> {
        self.jobs().remove(&id);
        ready(Ok(()))
    }
}

impl tokio_cron_scheduler::store::InitStore for JobStorage {
    fn init(&mut self) -> Answer<()> {
        ready(Ok(()))
    }

    fn inited(&mut self) -> Answer<bool> {
        ready(Ok(true))
    }
}
