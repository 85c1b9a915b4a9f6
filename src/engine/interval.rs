//! The check interval: three values meet at every sync, the file's, the one last synced and the server's
//! (contracts, section 4).

use restante_local_api::Trigger;
use restante_model::{CheckInterval, IntervalFrom, IntervalRange, Timestamp};
use restante_server_api::Settings;

use crate::{
    ask_error::AskError,
    effect::Effect,
    engine::{Engine, Result, WritingInterval},
    event::ServerError,
    ledger::SyncedInterval,
    run::Step,
    settings_file::{SettingsFile, SettingsProblem},
    weather::chance,
};

/// The interval that the job follows, and whose it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct InForce {
    pub(crate) interval: CheckInterval,
    pub(crate) from: IntervalFrom,
}

/// What a sync of the interval comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Decision {
    /// All three agree, or the server's is taken as it is.
    Take,
    /// The person's newer wish is saved on the server; `None` goes back to the office's.
    Push(Option<CheckInterval>),
    /// The server's is taken, and written into the file where the key stands.
    Rewrite(Option<CheckInterval>),
}

/// Whether the file says something else than at the last sync.
pub(crate) fn file_changed(synced: &SyncedInterval, file: Option<CheckInterval>) -> bool {
    file != synced.file
}

/// The user's own interval as the server has it; `None` where he follows the office.
fn users_own(server: &Settings) -> Option<CheckInterval> {
    (server.check_interval_from == IntervalFrom::User).then_some(server.check_interval_seconds)
}

/// The table of contracts, section 4.
pub(crate) fn merge(file: Option<CheckInterval>, synced: &SyncedInterval, server: &Settings) -> Decision {
    let server_changed = synced.server.as_ref().is_some_and(|before| users_own(before) != users_own(server));
    match (file_changed(synced, file), server_changed) {
        _ if server.locked => Decision::Take,
        (true, _) => Decision::Push(file),
        (false, true) if file.is_some() => Decision::Rewrite(users_own(server)),
        (false, _) => Decision::Take,
    }
}

/// What is in force while `file` is wished and `synced` is what server and agent agreed on.
pub(crate) fn in_force(file: Option<CheckInterval>, synced: &SyncedInterval) -> InForce {
    let pending = file.filter(|_| file_changed(synced, file));
    match (&synced.server, pending) {
        (Some(server), _) if server.locked => {
            InForce { interval: server.check_interval_seconds, from: IntervalFrom::Lock }
        }
        (Some(server), Some(wish)) => {
            InForce { interval: range_of(server).clamp(wish), from: IntervalFrom::User }
        }
        (Some(server), None) => {
            InForce { interval: server.check_interval_seconds, from: server.check_interval_from }
        }
        (None, Some(wish)) => InForce { interval: wish, from: IntervalFrom::User },
        (None, None) => InForce { interval: CheckInterval::DEFAULT, from: IntervalFrom::BuiltIn },
    }
}

fn range_of(server: &Settings) -> IntervalRange {
    IntervalRange::new(server.check_interval_min_seconds, server.check_interval_max_seconds)
}

/// The first moment after `now` that lies `phase_seconds` into an interval, counted from 1970, so that it
/// is the same after every restart.
pub(crate) fn next_in_phase(now: Timestamp, interval_seconds: u64, phase_seconds: u64) -> Timestamp {
    let to_signed = |seconds: u64| i64::try_from(seconds).unwrap_or(i64::MAX / 2_000);
    let (interval, phase) = (to_signed(interval_seconds).max(1), to_signed(phase_seconds));
    let now_seconds = now.unix_ms().div_euclid(1_000);
    let into = (now_seconds - phase).rem_euclid(interval);
    Timestamp::from_unix_ms((now_seconds + interval - into).saturating_mul(1_000))
}

impl Engine {
    /// What the settings file wishes.
    pub(crate) fn wish(&self) -> Option<CheckInterval> {
        self.settings.check_interval.map(|wish| CheckInterval::from_seconds(wish.get()))
    }

    pub(crate) fn interval_in_force(&self) -> InForce {
        let in_force = in_force(self.wish(), &self.synced);
        let policy = self.settings.check_interval_locked_by.as_ref().and_then(|_| self.wish());
        match policy {
            Some(interval) if in_force.from != IntervalFrom::Lock => {
                let range = self.synced.server.as_ref().map(range_of);
                let interval = range.map_or(interval, |range| range.clamp(interval));
                InForce { interval, from: IntervalFrom::Lock }
            }
            Some(_) | None => in_force,
        }
    }

    /// Whether the wish is the person's own, which the server is to know: a policy of this machine is none
    /// of the person's other devices.
    pub(crate) fn wish_is_to_sync(&self) -> bool {
        self.settings.check_interval_locked_by.is_none() && file_changed(&self.synced, self.wish())
    }

    /// Where in each interval this device checks: stable, and spread evenly over devices (row B2).
    pub(crate) fn phase_seconds(&self, interval_seconds: u64) -> u64 {
        chance(self.device_id(), "") % interval_seconds.max(1)
    }

    /// Puts the job to the interval in force; at once, also while offline.
    pub(crate) fn reschedule(&mut self, now: Timestamp) -> Vec<Effect> {
        let interval = self.interval_in_force().interval;
        if self.schedule.interval_seconds == Some(interval.seconds()) {
            return Vec::new();
        }
        self.schedule_check(self.first_regular_run(interval, now)).into_iter().collect()
    }

    /// Nobody is signed in: there is nothing to check for.
    pub(crate) fn unschedule(&mut self) -> Effect {
        self.schedule.interval_seconds = None;
        self.schedule.next_run_at = None;
        Effect::Unschedule
    }

    /// Takes settings that could be read. A key that is wrong is as it was before.
    pub(crate) fn take_settings(&mut self, settings: SettingsFile) {
        let wrong = settings.problems.iter().any(|problem| problem.key() == Some("check_interval"));
        let before = std::mem::take(&mut self.settings);
        let keeps = wrong && settings.check_interval_locked_by.is_none();
        let check_interval = if keeps { before.check_interval } else { settings.check_interval };
        self.settings_problems.clone_from(&settings.problems);
        self.settings = SettingsFile { check_interval, ..settings };
    }

    /// The file changed on disk: the job follows at once, the server hears of it when it can.
    pub(crate) fn settings_edited(
        &mut self,
        settings: std::result::Result<SettingsFile, SettingsProblem>,
        now: Timestamp,
    ) -> Result<Vec<Effect>> {
        let settings = match settings {
            Ok(settings) => settings,
            Err(problem) => {
                tracing::warn!(%problem, "the settings file cannot be read; the settings stay as they were");
                self.settings_problems = vec![problem];
                return Ok(Vec::new());
            }
        };
        self.take_settings(settings);
        if self.writing_interval.as_ref().is_some_and(|writing| writing.wish == self.wish()) {
            // It is our own writing that is seen here; what follows it follows from its outcome.
            return Ok(Vec::new());
        }
        self.wish_changed(now)
    }

    fn wish_changed(&mut self, now: Timestamp) -> Result<Vec<Effect>> {
        let mut effects = self.reschedule(now);
        if self.wish_is_to_sync() {
            self.interval_sync_wanted = true;
            effects.extend(self.start_run(Trigger::Settings, now)?);
        }
        Ok(effects)
    }

    /// The wish stands in the file, or could not be written there.
    pub(crate) fn interval_written(
        &mut self,
        outcome: &std::result::Result<(), SettingsProblem>,
        now: Timestamp,
    ) -> Result<Vec<Effect>> {
        let Some(writing) = self.writing_interval.take() else { return Ok(Vec::new()) };
        let mut effects = Vec::new();
        match outcome {
            Ok(()) => {
                // Written in the person's file, and not in force while a policy stands above it.
                if self.settings.check_interval_locked_by.is_none() {
                    self.settings.check_interval =
                        writing.wish.map(|wish| restante_model::Seconds::new(wish.seconds()));
                }
                if writing.from_server {
                    let synced = SyncedInterval { file: writing.wish, ..self.synced.clone() };
                    self.ledger.set_synced_interval(&synced)?;
                    self.synced = synced;
                }
                effects.extend(self.wish_changed(now)?);
            }
            Err(problem) => {
                tracing::warn!(%problem, "the interval could not be written into the settings file");
                self.settings_problems = vec![problem.clone()];
            }
        }
        for call in writing.calls {
            let answer = match outcome {
                Ok(()) => self.status_answer(),
                Err(problem) => Err(AskError::Setting(problem.clone().into())),
            };
            effects.push(Effect::Answer { call, answer });
        }
        Ok(effects)
    }

    /// A person wishes for an interval: it goes into the file, as by his own hand.
    pub(crate) fn wish_interval(
        &mut self,
        wish: Option<CheckInterval>,
        call: crate::event::CallId,
    ) -> Vec<Effect> {
        let mut calls = self.writing_interval.take().map(|writing| writing.calls).unwrap_or_default();
        calls.push(call);
        self.writing_interval = Some(WritingInterval { wish, from_server: false, calls });
        vec![Effect::WriteInterval { wish }]
    }

    /// The server told its settings: the three values meet.
    pub(crate) fn settings_pulled(
        &mut self,
        outcome: std::result::Result<Settings, ServerError>,
        now: Timestamp,
    ) -> Result<Vec<Effect>> {
        match outcome {
            Ok(server) => {
                let mut effects = self.meet(server, now)?;
                effects.extend(self.step_done(Step::Settings, now)?);
                Ok(effects)
            }
            Err(error) => self.step_failed(Step::Settings, &error, now),
        }
    }

    /// The server saved the wish, as it is or clamped; or it did not.
    pub(crate) fn interval_pushed(
        &mut self,
        wish: Option<CheckInterval>,
        outcome: std::result::Result<Settings, ServerError>,
        now: Timestamp,
    ) -> Result<Vec<Effect>> {
        let mut effects = Vec::new();
        match outcome {
            Ok(server) => {
                let synced = SyncedInterval { file: wish, server: Some(server), at: Some(now) };
                self.ledger.set_synced_interval(&synced)?;
                self.synced = synced;
            }
            Err(ServerError::Refused(problem)) if problem.settings.is_some() => {
                tracing::info!(code = problem.code.code(), "the interval was not saved as wished");
                // Where somebody else changed it meanwhile, the person's newer wish still differs and is
                // pushed with the new revision.
                if let Some(server) = problem.settings {
                    effects.extend(self.meet(server, now)?);
                }
            }
            Err(error) => return self.step_failed(Step::Push, &error, now),
        }
        effects.extend(self.reschedule(now));
        effects.extend(self.step_done(Step::Push, now)?);
        Ok(effects)
    }

    fn meet(&mut self, server: Settings, now: Timestamp) -> Result<Vec<Effect>> {
        // The ledger's, not the one in force: what could not be written into the file is still to be.
        let base = self.ledger.synced_interval()?;
        let decision = match self.settings.check_interval_locked_by {
            Some(_) => Decision::Take,
            None => merge(self.wish(), &base, &server),
        };
        let synced = SyncedInterval { server: Some(server), at: Some(now), ..base };
        let mut effects = Vec::new();
        match decision {
            // Pushing is a step of its own; the ledger goes on saying that the file differs.
            Decision::Push(_) | Decision::Take => self.ledger.set_synced_interval(&synced)?,
            Decision::Rewrite(wish) => {
                // The file first, the ledger when it is written: after a crash before, the server still
                // differs from the ledger, and this is decided again; after a crash in between, file and
                // server agree, and pushing the one to the other changes nothing.
                // A person's wish that is on its way into the file is the newer one, and wins.
                if self.writing_interval.as_ref().is_none_or(|writing| writing.from_server) {
                    self.writing_interval =
                        Some(WritingInterval { wish, from_server: true, calls: Vec::new() });
                    effects.push(Effect::WriteInterval { wish });
                }
            }
        }
        self.synced = synced;
        effects.extend(self.reschedule(now));
        Ok(effects)
    }

    /// What is left to do for the interval in a run: pull, then push where the file differs.
    pub(crate) fn push_step(&self) -> Option<Effect> {
        let server = self.synced.server.as_ref()?;
        if server.locked || !self.wish_is_to_sync() || self.writing_interval.is_some() {
            return None;
        }
        Some(Effect::PushInterval { wish: self.wish(), base_revision: Some(server.revision) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn seconds(seconds: u64) -> CheckInterval {
        CheckInterval::from_seconds(seconds)
    }

    fn server(own: Option<u64>, locked: bool) -> Settings {
        Settings {
            check_interval_seconds: own.map_or(seconds(300), seconds),
            check_interval_from: if own.is_some() { IntervalFrom::User } else { IntervalFrom::Office },
            locked,
            check_interval_min_seconds: seconds(30),
            check_interval_max_seconds: seconds(3_600),
            message_lifetime_seconds: restante_model::Seconds::new(604_800),
            revision: 1,
            wished_seconds: None,
            clamped: None,
        }
    }

    fn synced(file: Option<u64>, own: Option<u64>) -> SyncedInterval {
        SyncedInterval { file: file.map(seconds), server: Some(server(own, false)), at: None }
    }

    #[test]
    fn the_table_of_the_three_values() {
        let (two, three, five) = (Some(120), Some(180), Some(300));
        let cases = [
            // file, synced (file, server), server now, decision
            (None, (None, None), None, Decision::Take),
            (five, (five, five), five, Decision::Take),
            (two, (five, five), five, Decision::Push(two.map(seconds))),
            (five, (five, five), three, Decision::Rewrite(three.map(seconds))),
            (five, (five, five), None, Decision::Rewrite(None)),
            (None, (None, None), three, Decision::Take),
            (two, (five, five), three, Decision::Push(two.map(seconds))),
            (None, (five, five), five, Decision::Push(None)),
            (None, (five, five), three, Decision::Push(None)),
        ];
        for (file, (synced_file, synced_server), now, decision) in cases {
            let met = merge(file.map(seconds), &synced(synced_file, synced_server), &server(now, false));
            assert_eq!(
                met, decision,
                "file {file:?}, synced {synced_file:?}/{synced_server:?}, server {now:?}"
            );
        }
    }

    #[test]
    fn a_lock_leaves_the_file_alone() {
        assert_eq!(merge(Some(seconds(60)), &synced(None, None), &server(None, true)), Decision::Take);
        let locked = SyncedInterval { server: Some(server(None, true)), ..synced(None, None) };
        assert_eq!(in_force(Some(seconds(60)), &locked).from, IntervalFrom::Lock);
    }

    #[test]
    fn a_pending_wish_is_followed_at_once_within_the_range() {
        assert_eq!(in_force(Some(seconds(5)), &synced(None, None)).interval, seconds(30));
        assert_eq!(in_force(None, &SyncedInterval::default()).interval, CheckInterval::DEFAULT);
    }

    proptest! {
        #[test]
        fn the_next_run_lies_in_phase_and_within_one_interval(
            now in 0_i64..4_000_000_000_000, interval in 1_u64..100_000, phase in 0_u64..100_000,
        ) {
            let phase = phase % interval;
            let now = Timestamp::from_unix_ms(now);
            let next = next_in_phase(now, interval, phase);
            let wait = next.ms_since(now);
            prop_assert!(0 < wait && wait <= i64::try_from(interval).unwrap() * 1_000);
            prop_assert_eq!(u64::try_from(next.unix_ms() / 1_000).unwrap() % interval, phase);
        }
    }
}
