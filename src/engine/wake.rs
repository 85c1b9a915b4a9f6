//! When the agent wants to be woken although nothing happens: the earliest moment over all needs.

use restante_model::Timestamp;

use crate::{
    effect::Effect,
    engine::{Engine, Result},
};

impl Engine {
    /// Tells the program that carries out effects when to say `Woke`, where that has changed.
    pub(crate) fn wake(&mut self, now: Timestamp) -> Result<Option<Effect>> {
        let needs = [self.outbox_needs_wake(now)?, self.drafts_need_wake(now)?, self.alerts_need_wake()];
        let at = needs.into_iter().flatten().min();
        let told = std::mem::replace(&mut self.wake_at, at);
        Ok((told != at).then_some(Effect::WakeAt { at }))
    }

    /// The moment is there: whatever is due now is looked for anew.
    pub(crate) fn woke(&mut self, now: Timestamp) -> Result<Vec<Effect>> {
        self.wake_at = None;
        if self.letters_due(now)? {
            return self.start_run(restante_local_api::Trigger::Send, now);
        }
        Ok(Vec::new())
    }

    fn letters_due(&self, now: Timestamp) -> Result<bool> {
        Ok(self.ledger.outbox()?.iter().any(|letter| letter.due(now)) || self.drafts_due(now)?)
    }
}
