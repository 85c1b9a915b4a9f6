//! Runs that are given up: in offline mode, and where the network has become another under them. What the
//! server did for them is true all the same, whenever it is heard.

use restante_local_api::{Mode, Trigger};
use restante_model::Timestamp;

use crate::{
    ask_error::AskError,
    effect::Effect,
    engine::{Engine, Result},
    event::{Event, ServerError},
    outbox::refused_for_good,
};

impl Engine {
    /// Offline mode, or a sign-out: what is under way is given up, and nothing new begins.
    pub(crate) fn abandon_run(&mut self) -> Vec<Effect> {
        let mut effects = self.give_up_questions();
        let run = self.run.take();
        if run.is_none() && effects.is_empty() {
            return effects;
        }
        let answers = run
            .into_iter()
            .flat_map(|run| run.waiting_calls)
            .map(|(call, _)| Effect::Answer { call, answer: Err(AskError::Offline) });
        effects.insert(0, Effect::GiveUpExchanges);
        effects.extend(answers);
        effects
    }

    /// The machine woke, or has another network: what was under way goes over connections that lead
    /// nowhere, so that a run begins anew, and whoever waited for the old one waits for this one. The job
    /// goes back into its phase: what it has missed is made good now.
    pub(crate) fn run_anew(&mut self, trigger: Trigger, now: Timestamp) -> Result<Vec<Effect>> {
        let mut effects = Vec::new();
        if trigger == Trigger::Resume && self.schedule.interval_seconds.is_some() {
            let first = self.first_regular_run(self.interval_in_force().interval, now);
            effects.extend(self.schedule_check(first));
        }
        if self.mode == Mode::Offline {
            return Ok(effects);
        }
        let questions = self.give_up_questions();
        let waiting = self.run.take().map(|run| run.waiting_calls);
        let given_up = waiting.is_some() || !questions.is_empty();
        effects.extend(given_up.then_some(Effect::GiveUpExchanges));
        effects.extend(questions);
        let begun = self.start_run(trigger, now);
        for (call, joined) in waiting.into_iter().flatten() {
            self.wait_for_run(call, joined);
        }
        effects.extend(begun?);
        Ok(effects)
    }

    /// An answer that comes after its run was given up. What the server accepted, refused or heard is so;
    /// what it told is told again in the next run. It says nothing about the connection of now, and
    /// nothing follows from it: offline, nothing may.
    pub(crate) fn late(&mut self, event: Event, now: Timestamp) -> Result<Vec<Effect>> {
        if let Event::Posted { id, outcome } = event {
            match outcome {
                Ok(accepted) => {
                    self.take_accepted(&accepted)?;
                    self.mailbox_revision += 1;
                }
                Err(ServerError::Refused(problem)) if refused_for_good(problem.code) => {
                    self.letter_refused(id, &problem, now)?;
                }
                Err(ServerError::Refused(_) | ServerError::Unreachable(_)) => {}
            }
        } else if let Event::DraftSaved { id, content_sum, outcome: Ok(saved) } = event {
            self.ledger.note_draft_saved(id, &content_sum, saved.version)?;
        } else if let Event::MarksReported { mark, ids, outcome: Ok(()) } = event {
            self.ledger.forget_marks(mark, &ids)?;
        } else if let Event::RecipientsTold { id, outcome: Ok(recipients), .. } = event {
            self.take_recipients(id, &recipients)?;
        }
        Ok(Vec::new())
    }
}
