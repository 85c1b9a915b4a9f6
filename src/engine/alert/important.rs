//! The window for important mail: one for all that was not seen yet, again by a rhythm until the person
//! opened or acknowledged it (rows S10, B8).

use restante_model::{Importance, MessageId, Seconds, Timestamp};

use restante_local_api::Trigger;

use super::{About, Effect, Engine, MAX_SNOOZE_SECONDS, Result};
use crate::{
    effect::{Mark, OverFullScreen},
    ledger::{AlertState, DueAlert},
    settings_file::{ImportantCarrier, Speech},
};

impl Engine {
    /// Important mail: written down as showing first, then shown, at least once.
    pub(super) fn announce_important(&mut self, now: Timestamp) -> Result<Vec<Effect>> {
        let waits = match self.settings.important {
            ImportantCarrier::Modal => self.important_waits(now),
            ImportantCarrier::Desktop => self.popup_carrier(OverFullScreen::Shown, now).is_none(),
        };
        if waits {
            return Ok(Vec::new());
        }
        let due = self.due(Importance::High, now)?;
        let ids: Vec<_> = due.iter().map(|alert| alert.message_id).collect();
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        let speech = self.speech(&due, now)?;
        let mut effects = match self.settings.important {
            ImportantCarrier::Modal => {
                self.ledger.set_alerts(&ids, AlertState::Showing, now)?;
                vec![self.open_important(ids)]
            }
            ImportantCarrier::Desktop => self.important_by_popups(&ids, now)?,
        };
        if !effects.is_empty() {
            effects.extend(speech);
        }
        Ok(effects)
    }

    /// What is said aloud of these: of each once, when it is first shown, and nothing in quiet hours.
    fn speech(&self, due: &[DueAlert], now: Timestamp) -> Result<Option<Effect>> {
        if self.settings.speech == Speech::Off || self.hush_at(now).quiet_until.is_some() {
            return Ok(None);
        }
        let first = due.iter().filter(|alert| alert.first);
        let said = first.map(|alert| self.message_content(alert.message_id)).collect::<Result<Vec<_>>>()?;
        Ok((!said.is_empty()).then_some(Effect::Speak(said)))
    }

    fn important_by_popups(&mut self, ids: &[MessageId], now: Timestamp) -> Result<Vec<Effect>> {
        let Some(carrier) = self.popup_carrier(OverFullScreen::Shown, now) else {
            self.ledger.set_alerts(ids, AlertState::Due, now)?;
            return Ok(Vec::new());
        };
        self.noted_as_showing(ids, now, |engine| engine.important_popups(ids, carrier, now))
    }

    /// One window for all important mail that was not seen yet, newest first.
    pub(super) fn open_important(&mut self, ids: Vec<MessageId>) -> Effect {
        let shown = &mut self.alerts.important;
        for id in ids {
            if !shown.contains(&id) {
                shown.push(id);
            }
        }
        shown.sort_unstable_by(|one, other| other.cmp(one));
        Effect::OpenImportant { ids: shown.clone() }
    }

    pub(super) fn take_back_important(&mut self, ids: &[MessageId]) -> Option<Effect> {
        let before = self.alerts.important.len();
        self.alerts.important.retain(|id| !ids.contains(id));
        (before > 0 && self.alerts.important.is_empty()).then_some(Effect::CloseImportant)
    }

    /// The window for important mail is there, and popups need not tell of what it shows; or it could not be started:
    /// then the notification service says it instead.
    pub(crate) fn important_opened(
        &mut self,
        ids: &[MessageId],
        outcome: std::result::Result<(), String>,
        now: Timestamp,
    ) -> Result<Vec<Effect>> {
        // What was read or acknowledged while it opened is no longer in it.
        let ids: Vec<_> = ids.iter().copied().filter(|id| self.alerts.important.contains(id)).collect();
        match outcome {
            Ok(()) => {
                self.ledger.alerts_shown(&ids, None, self.settings.important_rhythm, now)?;
                self.take_back_popups(&ids, |about| matches!(about, About::Important(_)), now)
            }
            Err(reason) => {
                tracing::warn!(%reason, "the window for important mail did not start");
                self.alerts.carriers.important_window_fails();
                self.alerts.important.clear();
                self.important_by_popups(&ids, now)
            }
        }
    }

    /// The window for important mail was closed.
    pub(crate) fn important_closed(&mut self, ids: &[MessageId]) {
        self.alerts.important.retain(|id| !ids.contains(id));
    }

    /// The person knows of a message: it is not repeated, and stays unread. Written down first; its sender is
    /// told when that can be done. `None` where it is not here.
    pub(crate) fn acknowledge(&mut self, id: MessageId, now: Timestamp) -> Result<Option<Vec<Effect>>> {
        if !self.cache.is_received(id)? {
            return Ok(self.cache.has(id)?.then(Vec::new));
        }
        self.ledger.note_mark(Mark::Acknowledged, id, now)?;
        let mut effects = self.withdraw(&[id], now)?;
        effects.extend(self.start_run(Trigger::Send, now)?);
        Ok(Some(effects))
    }

    /// The person opens a message: it is not repeated, and no popup counts it any longer.
    pub(crate) fn opened(&mut self, id: Option<MessageId>, now: Timestamp) -> Result<()> {
        self.ledger.settle_alerts(id.as_slice(), now)?;
        let important = |about: &About| matches!(about, About::Important(_));
        let effects = self.take_back_popups(id.as_slice(), important, now)?;
        self.alerts.outgoing.extend(effects);
        Ok(())
    }

    /// The person wants to be reminded of a message; `None` where it is not here or not unread.
    pub(crate) fn remind_later(
        &mut self,
        id: MessageId,
        seconds: u64,
        now: Timestamp,
    ) -> Result<Option<Vec<Effect>>> {
        if !self.cache.unread_message(id)? {
            return Ok(None);
        }
        let until = now.plus(Seconds::new(seconds.min(MAX_SNOOZE_SECONDS)));
        self.ledger.snooze_alert(id, until, now)?;
        self.take_down(&[id], now).map(Some)
    }
}
