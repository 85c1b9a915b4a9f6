//! The "check mail" job in the in-process scheduler (row R2): one job, taken out and put in anew when its
//! interval changes, that does nothing but say that it is time.

#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use restante_engine::Event;
use restante_model::{CheckInterval, Clock, Timestamp};
use tokio::sync::mpsc;
use tokio_cron_scheduler::{
    Job, JobScheduler, JobSchedulerError, SimpleJobCode, SimpleNotificationCode, SimpleNotificationStore,
};
use uuid::Uuid;

use crate::job_storage::{JobStorage, Plan};

/// Messages that the scheduler's parts hold for each other; there is one job, so 16 are plenty (the
/// crate's own 200 cost 40 KiB of buffers).
const CHANNEL_SIZE: usize = 16;

/// Gives the commands; they are carried out in order by a task of their own. Dropping it ends the job.
pub(crate) struct Scheduler {
    commands: mpsc::UnboundedSender<Command>,
}

/// Why there is no scheduler.
#[derive(Debug, thiserror::Error)]
#[error("could not start the scheduler: {0}")]
pub struct SchedulerError(JobSchedulerError);

enum Command {
    Schedule { interval: CheckInterval, first_run_at: Timestamp },
    Unschedule,
    LookAgain,
}

impl Scheduler {
    /// Starts the scheduler, without a job. Each run of a job sends [`Event::CheckDue`], then
    /// [`Event::Scheduled`]; each change of the job, [`Event::Scheduled`].
    pub(crate) async fn start(
        events: mpsc::UnboundedSender<Event>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, SchedulerError> {
        let storage = JobStorage::new(clock.clone());
        let scheduler = JobScheduler::new_with_storage_and_code(
            Box::new(storage.clone()),
            Box::new(SimpleNotificationStore::default()),
            Box::new(SimpleJobCode::default()),
            Box::new(SimpleNotificationCode::default()),
            CHANNEL_SIZE,
        )
        .await
        .map_err(SchedulerError)?;
        scheduler.start().await.map_err(SchedulerError)?;
        let (commands, orders) = mpsc::unbounded_channel();
        tokio::spawn(Keeper { scheduler, storage, clock, events, job: None }.run(orders));
        Ok(Self { commands })
    }

    /// Runs the job at `first_run_at` (at once where that has passed) and each interval from then on, in
    /// place of the job before.
    pub(crate) fn schedule(&self, interval: CheckInterval, first_run_at: Timestamp) {
        self.order(Command::Schedule { interval, first_run_at });
    }

    /// Takes the job out.
    pub(crate) fn unschedule(&self) {
        self.order(Command::Unschedule);
    }

    /// Looks at the clock at once rather than within a minute: the machine woke.
    pub(crate) fn look_again(&self) {
        self.order(Command::LookAgain);
    }

    fn order(&self, command: Command) {
        // Its task ends only with this sender, or with the runtime.
        let _ = self.commands.send(command);
    }
}

/// Carries out the commands; the only one that adds and removes jobs.
struct Keeper {
    scheduler: JobScheduler,
    storage: JobStorage,
    clock: Arc<dyn Clock>,
    events: mpsc::UnboundedSender<Event>,
    job: Option<Uuid>,
}

impl Keeper {
    async fn run(mut self, mut orders: mpsc::UnboundedReceiver<Command>) {
        while let Some(mut command) = orders.recv().await {
            // Only the last wish counts; a look at the clock comes with every change of the job anyway.
            while let Ok(later) = orders.try_recv() {
                if !matches!(later, Command::LookAgain) {
                    command = later;
                }
            }
            match command {
                Command::Schedule { interval, first_run_at } => {
                    self.replace_job(Some(Plan::new(interval, first_run_at, self.clock.now()))).await;
                }
                Command::Unschedule => self.replace_job(None).await,
                Command::LookAgain => self.storage.look_again(),
            }
        }
        // Held for good, the crate's loop comes round and sees that it is to end.
        self.remove_job().await;
        if let Err(error) = self.scheduler.shutdown().await {
            tracing::debug!(%error, "the scheduler did not end in order");
        }
    }

    async fn replace_job(&mut self, plan: Option<Plan>) {
        self.remove_job().await;
        if let Some(plan) = plan {
            match self.add_job(plan).await {
                Ok(job) => self.job = Some(job),
                Err(error) => tracing::error!(%error, "putting in the check job failed"),
            }
        }
        self.storage.hold(false);
        let next_run_at = self.job.and_then(|job| self.storage.next_run_at(job));
        let _ = self.events.send(Event::Scheduled { next_run_at });
    }

    async fn remove_job(&mut self) {
        self.storage.hold(true);
        if let Some(job) = self.job.take()
            && let Err(error) = self.scheduler.remove(&job).await
        {
            tracing::error!(%error, "taking out the check job failed");
        }
    }

    async fn add_job(&self, plan: Plan) -> Result<Uuid, JobSchedulerError> {
        let (storage, events) = (self.storage.clone(), self.events.clone());
        let say_that_it_is_time = move |id: Uuid, _: JobScheduler| {
            // A job that was taken out meanwhile has nothing to say.
            if let Some(run) = storage.run_of(id) {
                let _ = events.send(Event::CheckDue { stalled: run.stalled });
                let _ = events.send(Event::Scheduled { next_run_at: Some(run.next_run_at) });
            }
        };
        let mut job = Job::new_repeated(Duration::from_secs(plan.interval.seconds()), say_that_it_is_time)?;
        let mut data = job.job_data()?;
        data.next_tick = u64::try_from(plan.next_run_at.unix_ms().div_euclid(1000)).unwrap_or(0);
        job.set_job_data(data)?;
        self.scheduler.add(job).await
    }
}
