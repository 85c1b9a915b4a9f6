//! What an answer of the server, or its absence, means for the run that asked.

use restante_local_api::{CheckOutcome, Connection};
use restante_model::Timestamp;
use restante_server_api::{Problem, ProblemKind};

use super::{MAX_PUSHES, Step};
use crate::{
    effect::Effect,
    engine::{Engine, Result},
    event::ServerError,
    weather::Again,
};

impl Engine {
    /// Our server answered as it should.
    pub(crate) fn step_done(&mut self, step: Step, now: Timestamp) -> Result<Vec<Effect>> {
        self.answered_well(now);
        if step == Step::Settings {
            self.interval_sync_wanted = false;
        }
        self.go_on(step, now)
    }

    /// What is known of the connection by that.
    pub(super) fn answered_well(&mut self, now: Timestamp) {
        self.connection = Connection::Ok;
        self.connection_detail = None;
        self.last_good_at = Some(now);
    }

    /// The next exchange of the run that had this one.
    pub(crate) fn go_on(&mut self, step: Step, now: Timestamp) -> Result<Vec<Effect>> {
        match &mut self.run {
            Some(run) if run.waiting_for == Some(step) => {
                run.waiting_for = None;
                self.next_step(now)
            }
            // The run that asked was given up.
            Some(_) | None => Ok(Vec::new()),
        }
    }

    /// Our server did not answer, or said no.
    pub(crate) fn step_failed(
        &mut self,
        step: Step,
        error: &ServerError,
        now: Timestamp,
    ) -> Result<Vec<Effect>> {
        match error {
            ServerError::Unreachable(detail) => {
                self.connection = Connection::Unreachable;
                self.connection_detail = Some(detail.clone());
                let again = Again::BackOff { retry_after_seconds: None };
                Ok(self.give_up(step, CheckOutcome::Unreachable, again, now))
            }
            ServerError::Refused(problem) => self.step_refused(step, problem, now),
        }
    }

    fn step_refused(&mut self, step: Step, problem: &Problem, now: Timestamp) -> Result<Vec<Effect>> {
        tracing::info!(code = problem.code.code(), ?step, "the server refused");
        let detail = match &problem.hint {
            Some(hint) => format!("{}; {hint}", problem.detail),
            None => problem.detail.clone(),
        };
        match problem.code {
            ProblemKind::Unauthenticated => {
                self.token_refused();
                self.connection_detail = Some(detail);
                let mut effects = vec![self.unschedule()];
                effects.extend(self.give_up(step, CheckOutcome::Refused, Again::Never, now));
                Ok(effects)
            }
            ProblemKind::OfficeUnavailable | ProblemKind::ClientTooOld => {
                self.connection = match problem.code {
                    ProblemKind::ClientTooOld => Connection::ClientTooOld,
                    _ => Connection::OfficeUnavailable,
                };
                self.connection_detail = Some(detail);
                // The server is there: what it lacks, an administrator gives it, and not at once.
                let again = Again::Regular { next_check_in_seconds: problem.retry_after_seconds };
                Ok(self.give_up(step, CheckOutcome::Refused, again, now))
            }
            ProblemKind::Busy | ProblemKind::TooManyRequests | ProblemKind::Internal => {
                self.connection_detail = Some(detail);
                let again = Again::BackOff { retry_after_seconds: problem.retry_after_seconds };
                Ok(self.give_up(step, CheckOutcome::Refused, again, now))
            }
            ProblemKind::CursorReset if step == Step::Changes => {
                let again =
                    self.run.as_mut().is_some_and(|run| !std::mem::replace(&mut run.cursor_reset, true));
                if !again {
                    self.connection_detail = Some(detail);
                    let again = Again::BackOff { retry_after_seconds: None };
                    return Ok(self.give_up(step, CheckOutcome::Refused, again, now));
                }
                self.cache.forget_cursor()?;
                self.ledger.doubt_saved_drafts(now)?;
                if let Some(run) = &mut self.run {
                    run.again(Step::Changes);
                }
                self.go_on(step, now)
            }
            // What this exchange was about cannot be done; the others can.
            ProblemKind::CursorReset
            | ProblemKind::WrongCredentials
            | ProblemKind::NotFound
            | ProblemKind::Invalid
            | ProblemKind::TooLarge
            | ProblemKind::IdReused
            | ProblemKind::UnknownRecipient
            | ProblemKind::IntervalLocked
            | ProblemKind::RevisionConflict => {
                if step == Step::Push
                    && let Some(run) = &mut self.run
                {
                    run.pushes = MAX_PUSHES;
                }
                self.go_on(step, now)
            }
        }
    }

    fn give_up(&mut self, step: Step, outcome: CheckOutcome, again: Again, now: Timestamp) -> Vec<Effect> {
        match self.run.take() {
            Some(run) if run.waiting_for == Some(step) => self.end_run(run, outcome, again, now),
            other => {
                self.run = other;
                Vec::new()
            }
        }
    }
}
