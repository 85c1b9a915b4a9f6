//! What the agent says of itself. Every count is a query.

use restante_local_api::{
    Direction, FolderSummary, IntervalStatus, Job, Mode, Offered, OutboxStatus, Status,
};
use restante_model::{Folder, Timestamp};

use crate::{
    effect::TrayFace,
    engine::{Engine, Result},
    settings_file::SettingsProblem,
};

impl Engine {
    /// What is wrong with the settings: [`Self::status`] says it for programs, the agent for people.
    pub fn settings_problems(&self) -> &[SettingsProblem] {
        &self.settings_problems
    }

    /// The whole state, for front ends.
    pub fn status(&self) -> Result<Status> {
        let problems: Vec<_> = self.settings_problems.iter().map(ToString::to_string).collect();
        let (waiting, refused) = self.ledger.outbox_counts()?;
        Ok(Status {
            schema: restante_local_api::SCHEMA,
            account: self.account.as_ref().map(|account| restante_local_api::Account {
                server: account.server.clone(),
                organisation: account.organisation.clone(),
                user: account.user.login.to_string(),
            }),
            offered: Offered {
                server: self.settings.server.clone(),
                organisation: self.settings.organisation.clone(),
                user: self.settings.user.clone(),
            },
            unread: self.cache.unread()?,
            unread_high: self.cache.unread_high()?,
            mode: self.mode,
            connection: self.connection,
            connection_detail: self.connection_detail.clone(),
            last_good_at: self.last_good_at,
            last_check: self.last_check.clone(),
            next_check_at: self.next_check_at(),
            interval: self.interval_status(),
            outbox: OutboxStatus { waiting, refused, held: self.ledger.held_count()? },
            drafts: self.ledger.draft_count()?,
            carriers: self.carriers,
            alerts: self.alerts_status(),
            settings_problem: (!problems.is_empty()).then(|| problems.join("; ")),
            storage: self.storage_status(),
            mailbox_revision: self.mailbox_revision,
            autosave_revision: self.chores.autosave_revision,
        })
    }

    /// When the scheduler checks next; never while nobody is signed in or the person said not to.
    fn next_check_at(&self) -> Option<Timestamp> {
        self.schedule.next_run_at.filter(|_| self.signed_in && self.mode == Mode::Online)
    }

    fn interval_status(&self) -> IntervalStatus {
        let server = self.synced.server.as_ref();
        let in_force = self.interval_in_force();
        let locked = server.is_some_and(|server| server.locked);
        let organisation = self.account.as_ref().map(|account| account.organisation.clone());
        IntervalStatus {
            seconds: in_force.interval.seconds(),
            from: in_force.from,
            locked_by: organisation
                .filter(|_| locked)
                .or_else(|| self.settings.check_interval_locked_by.clone()),
            wished_seconds: self.settings.check_interval.map(restante_model::Seconds::get),
            pending: self.wish_is_to_sync() && !locked,
            min_seconds: server.map(|server| server.check_interval_min_seconds.seconds()),
            max_seconds: server.map(|server| server.check_interval_max_seconds.seconds()),
            synced_at: self.synced.at,
        }
    }

    pub(crate) fn tray_face(&self) -> Result<TrayFace> {
        Ok(TrayFace {
            unread: self.cache.unread()?,
            unread_high: self.cache.unread_high()?,
            mode: self.mode,
            connection: self.connection,
            last_good_at: self.last_good_at,
            next_check_at: self.next_check_at(),
            interval: self.interval_status(),
        })
    }

    /// The folders with their counts, and which are bold (row S6).
    pub(crate) fn folders(&self) -> Result<Vec<FolderSummary>> {
        let unread = self.cache.unread()?;
        let (waiting, refused) = self.ledger.outbox_counts()?;
        let summary = |folder, count, unread, bold| FolderSummary { folder, count, unread, bold };
        Ok(vec![
            summary(Folder::Inbox, self.cache.messages(Direction::Received)?, unread, unread > 0),
            summary(Folder::Sent, self.cache.messages(Direction::Sent)?, 0, self.cache.sent_open()?),
            summary(Folder::Drafts, self.ledger.draft_count()?, 0, false),
            summary(Folder::Outbox, waiting + refused, 0, refused > 0),
        ])
    }

    /// The scheduler's jobs (row S12).
    pub(crate) fn jobs(&self) -> Vec<Job> {
        let interval_seconds = self.interval_in_force().interval.seconds();
        let check = Job {
            name: "check mail".into(),
            interval_seconds,
            phase_seconds: self.phase_seconds(interval_seconds),
            last_run_at: self.schedule.last_run_at,
            last_outcome: self.last_check.as_ref().map(|check| check.outcome),
            next_run_at: self.next_check_at(),
            runs: self.schedule.runs,
            joined: self.schedule.joined,
            skipped: self.schedule.skipped,
        };
        std::iter::once(check).chain(self.chore_jobs()).collect()
    }
}
