//! The agent's jobs in the in-process scheduler (row S12): each is taken out and put in anew when its times
//! change, and does nothing but say that it is time.

#[cfg(test)]
mod tests;

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use restante_engine::{Event, event::Chore};
use restante_model::{CheckInterval, Clock, Timestamp};
use tokio::sync::mpsc;
use tokio_cron_scheduler::{
    Job, JobScheduler, JobSchedulerError, SimpleJobCode, SimpleNotificationCode, SimpleNotificationStore,
};
use uuid::Uuid;

use crate::job_storage::{JobStorage, Plan};

/// Messages that the scheduler's parts hold for each other; there are three jobs, so 16 are plenty (the
/// crate's own 200 cost 40 KiB of buffers).
const CHANNEL_SIZE: usize = 16;

/// Gives the commands; they are carried out in order by a task of their own. Dropping it ends the jobs.
pub(crate) struct Scheduler {
    commands: mpsc::UnboundedSender<Command>,
}

/// Why there is no scheduler.
#[derive(Debug, thiserror::Error)]
#[error("could not start the scheduler: {0}")]
pub struct SchedulerError(JobSchedulerError);

/// A job of the agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Task {
    /// "Check mail".
    CheckMail,
    /// One of the others.
    Chore(Chore),
}

impl Task {
    fn due(self, stalled: bool) -> Event {
        match self {
            Self::CheckMail => Event::CheckDue { stalled },
            Self::Chore(chore) => Event::ChoreDue(chore),
        }
    }

    fn scheduled(self, next_run_at: Option<Timestamp>) -> Event {
        match self {
            Self::CheckMail => Event::Scheduled { next_run_at },
            Self::Chore(chore) => Event::ChoreScheduled { chore, next_run_at },
        }
    }
}

enum Command {
    Schedule { task: Task, interval: CheckInterval, first_run_at: Timestamp },
    Unschedule(Task),
    LookAgain,
}

impl Scheduler {
    /// Starts the scheduler, without a job. Each run of a job sends that it is due, then when it runs
    /// next; each change of the job, and of the clock where it moves the job, sends when it runs next.
    pub(crate) async fn start(
        events: mpsc::UnboundedSender<Event>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, SchedulerError> {
        let (storage, moves) = JobStorage::new(clock.clone());
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
        tokio::spawn(Keeper { scheduler, storage, clock, events, jobs: BTreeMap::new() }.run(orders, moves));
        Ok(Self { commands })
    }

    /// Runs the job at `first_run_at` (at once where that has passed) and each interval from then on, in
    /// place of what it had before.
    pub(crate) fn schedule(&self, task: Task, interval: CheckInterval, first_run_at: Timestamp) {
        self.order(Command::Schedule { task, interval, first_run_at });
    }

    /// Takes the job out.
    pub(crate) fn unschedule(&self, task: Task) {
        self.order(Command::Unschedule(task));
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
    jobs: BTreeMap<Task, Uuid>,
}

impl Keeper {
    async fn run(
        mut self,
        mut orders: mpsc::UnboundedReceiver<Command>,
        mut moves: mpsc::UnboundedReceiver<Uuid>,
    ) {
        loop {
            tokio::select! {
                command = orders.recv() => match command {
                    Some(command) => self.carry_out(command, &mut orders).await,
                    None => break,
                },
                Some(id) = moves.recv() => self.say_moved(id),
            }
        }
        // Held for good, the crate's loop comes round and sees that it is to end.
        self.storage.hold(true);
        for task in self.jobs.keys().copied().collect::<Vec<_>>() {
            self.remove_job(task).await;
        }
        if let Err(error) = self.scheduler.shutdown().await {
            tracing::debug!(%error, "the scheduler did not end in order");
        }
    }

    /// Only the last wish for each job counts; what else is ordered already is taken along.
    async fn carry_out(&mut self, first: Command, orders: &mut mpsc::UnboundedReceiver<Command>) {
        let mut wishes = BTreeMap::new();
        let mut look_again = false;
        let mut next = Some(first);
        while let Some(command) = next {
            match command {
                Command::Schedule { task, interval, first_run_at } => {
                    wishes.insert(task, Some((interval, first_run_at)));
                }
                Command::Unschedule(task) => {
                    wishes.insert(task, None);
                }
                Command::LookAgain => look_again = true,
            }
            next = orders.try_recv().ok();
        }
        for (task, wish) in wishes {
            let plan =
                wish.map(|(interval, first_run_at)| Plan::new(interval, first_run_at, self.clock.now()));
            self.replace_job(task, plan).await;
        }
        if look_again {
            self.storage.look_again();
        }
    }

    async fn replace_job(&mut self, task: Task, plan: Option<Plan>) {
        self.storage.hold(true);
        self.remove_job(task).await;
        if let Some(plan) = plan {
            match self.add_job(task, plan).await {
                Ok(job) => {
                    self.jobs.insert(task, job);
                }
                Err(error) => tracing::error!(%error, ?task, "putting in a job failed"),
            }
        }
        self.storage.hold(false);
        let next_run_at = self.jobs.get(&task).and_then(|job| self.storage.next_run_at(*job));
        let _ = self.events.send(task.scheduled(next_run_at));
    }

    async fn remove_job(&mut self, task: Task) {
        if let Some(job) = self.jobs.remove(&task)
            && let Err(error) = self.scheduler.remove(&job).await
        {
            tracing::error!(%error, ?task, "taking out a job failed");
        }
    }

    async fn add_job(&self, task: Task, plan: Plan) -> Result<Uuid, JobSchedulerError> {
        let (storage, events) = (self.storage.clone(), self.events.clone());
        let say_that_it_is_time = move |id: Uuid, _: JobScheduler| {
            // A job that was taken out meanwhile has nothing to say.
            if let Some(run) = storage.run_of(id) {
                let _ = events.send(task.due(run.stalled));
                let _ = events.send(task.scheduled(Some(run.next_run_at)));
            }
        };
        let mut job = Job::new_repeated(Duration::from_secs(plan.interval.seconds()), say_that_it_is_time)?;
        let mut data = job.job_data()?;
        data.next_tick = u64::try_from(plan.next_run_at.unix_ms().div_euclid(1000)).unwrap_or(0);
        job.set_job_data(data)?;
        self.scheduler.add(job).await
    }

    /// The clock was set back, and the job pulled in.
    fn say_moved(&self, id: Uuid) {
        if let Some((task, _)) = self.jobs.iter().find(|(_, job)| **job == id)
            && let Some(next_run_at) = self.storage.next_run_at(id)
        {
            let _ = self.events.send(task.scheduled(Some(next_run_at)));
        }
    }
}
