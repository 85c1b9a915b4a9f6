//! What is announced, and when it is taken back. Decided from the ledger, after a batch is complete; a
//! message alerts once a device (reliability, "What one alert means").

use restante_local_api::{NotificationsState, ShowWhat, Trigger};
use restante_model::{Importance, MessageId, Timestamp};

use crate::{
    effect::{Effect, Popup, PopupContent},
    engine::{Engine, Result},
    event::{PopupAction, PopupId},
    ledger::AlertState,
    settings_file::{Carrier, ImportantCarrier, Preview},
};

/// More ordinary messages than this at once are one summary.
const MAX_POPUPS: usize = 3;

impl Engine {
    /// Shows every alert that is due: written down as showing first, then shown.
    pub(crate) fn announce(&mut self, now: Timestamp) -> Result<Vec<Effect>> {
        let mut ordinary = Vec::new();
        let mut high = Vec::new();
        let mut settled = Vec::new();
        for alert in self.ledger.due_alerts()? {
            match alert.importance {
                // Noted before a crash, and not fetched yet, or read meanwhile: the next page decides.
                _ if !self.cache.unread_message(alert.message_id)? => {
                    if self.cache.message(alert.message_id)?.is_some() {
                        settled.push(alert.message_id);
                    }
                }
                Importance::High => high.push(alert.message_id),
                Importance::Normal => ordinary.push(alert.message_id),
            }
        }
        if self.settings.ordinary == Carrier::Off {
            settled.append(&mut ordinary);
        }
        self.ledger.set_alerts(&settled, AlertState::Shown, now)?;
        self.ledger.set_alerts(&ordinary, AlertState::Showing, now)?;
        self.ledger.set_alerts(&high, AlertState::Showing, now)?;

        let mut effects = Vec::new();
        if ordinary.len() > MAX_POPUPS {
            effects.push(self.popup(ordinary, None)?);
        } else {
            for id in ordinary {
                effects.push(self.popup(vec![id], Some(id))?);
            }
        }
        match self.settings.important {
            _ if high.is_empty() => {}
            ImportantCarrier::Modal => effects.push(self.open_important(high)),
            ImportantCarrier::Desktop => {
                for id in high {
                    effects.push(self.popup(vec![id], Some(id))?);
                }
            }
        }
        Ok(effects)
    }

    /// One window for all important mail that was not seen yet, newest first.
    fn open_important(&mut self, ids: Vec<MessageId>) -> Effect {
        for id in ids {
            if !self.important.contains(&id) {
                self.important.push(id);
            }
        }
        self.important.sort_unstable_by(|one, other| other.cmp(one));
        Effect::OpenImportant { ids: self.important.clone() }
    }

    /// A popup about these messages; about `single` alone where there is one.
    fn popup(&mut self, ids: Vec<MessageId>, single: Option<MessageId>) -> Result<Effect> {
        let content = match single {
            None => PopupContent::Summary { count: ids.len() as u64 },
            Some(id) => {
                let shown = self.settings.preview == Preview::Shown;
                let message = self.cache.message(id)?;
                PopupContent::Message {
                    id,
                    important: message.as_ref().is_some_and(|it| it.row.importance == Importance::High),
                    from: message.as_ref().filter(|_| shown).map(|it| it.row.from.clone()),
                    subject: message.filter(|_| shown).map(|it| it.row.subject),
                }
            }
        };
        let id = PopupId(self.next_popup);
        self.next_popup += 1;
        self.popups.insert(id, ids);
        Ok(Effect::ShowPopup(Popup { id, content }))
    }

    /// These messages are no longer unread: what announces them goes away.
    pub(crate) fn withdraw(&mut self, ids: &[MessageId], now: Timestamp) -> Result<Vec<Effect>> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        self.ledger.set_alerts(ids, AlertState::Shown, now)?;
        let mut effects = Vec::new();
        for (popup, about) in &mut self.popups {
            about.retain(|id| !ids.contains(id));
            if about.is_empty() {
                effects.push(Effect::WithdrawPopup(*popup));
            }
        }
        self.popups.retain(|_, about| !about.is_empty());
        let before = self.important.len();
        self.important.retain(|id| !ids.contains(id));
        if before > 0 && self.important.is_empty() {
            effects.push(Effect::CloseImportant);
        }
        Ok(effects)
    }

    /// The notification service took a popup, or not.
    pub(crate) fn popup_shown(
        &mut self,
        popup: PopupId,
        outcome: std::result::Result<(), NotificationsState>,
        now: Timestamp,
    ) -> Result<Vec<Effect>> {
        let state = match outcome {
            Ok(()) => NotificationsState::Ok,
            Err(state) => state,
        };
        self.carriers.notifications = state;
        let ids = self.popups.get(&popup).cloned().unwrap_or_default();
        match state {
            NotificationsState::Ok => self.ledger.set_alerts(&ids, AlertState::Shown, now)?,
            NotificationsState::Absent => {
                self.ledger.set_alerts(&ids, AlertState::Due, now)?;
                self.popups.remove(&popup);
            }
            // It may yet appear on the screen, so it stays `showing`: at most one popup.
            NotificationsState::Hung => {}
        }
        Ok(Vec::new())
    }

    /// The person acted on a popup, or it went away.
    pub(crate) fn popup_ended(
        &mut self,
        popup: PopupId,
        action: PopupAction,
        now: Timestamp,
    ) -> Result<Vec<Effect>> {
        let Some(ids) = self.popups.remove(&popup) else { return Ok(Vec::new()) };
        match action {
            PopupAction::Closed => Ok(Vec::new()),
            PopupAction::Open => {
                let id = if let [id] = ids[..] { Some(id) } else { None };
                Ok(vec![Effect::OpenWindow { what: ShowWhat::Mailbox, id }])
            }
            PopupAction::MarkRead => {
                let mut effects = Vec::new();
                for id in ids {
                    effects.extend(self.mark_read(id, now)?.unwrap_or_default());
                }
                Ok(effects)
            }
        }
    }

    /// The window for important mail is there, or could not be started: then the notification service
    /// says it instead.
    pub(crate) fn important_opened(
        &mut self,
        ids: &[MessageId],
        outcome: std::result::Result<(), String>,
        now: Timestamp,
    ) -> Result<Vec<Effect>> {
        match outcome {
            Ok(()) => {
                self.ledger.set_alerts(ids, AlertState::Shown, now)?;
                Ok(Vec::new())
            }
            Err(reason) => {
                tracing::warn!(%reason, "the window for important mail did not start");
                self.important.clear();
                ids.iter().map(|id| self.popup(vec![*id], Some(*id))).collect()
            }
        }
    }

    /// The window for important mail was closed.
    pub(crate) fn important_closed(&mut self, ids: &[MessageId]) {
        self.important.retain(|id| !ids.contains(id));
    }

    /// The person opened a message; `None` where it is not here. Written down first, told to the server
    /// when it can be.
    pub(crate) fn mark_read(&mut self, id: MessageId, now: Timestamp) -> Result<Option<Vec<Effect>>> {
        if !self.cache.unread_message(id)? {
            return Ok(self.cache.message(id)?.map(|_| Vec::new()));
        }
        self.ledger.note_read(id, now)?;
        self.cache.mark_read(id)?;
        self.mailbox_revision += 1;
        let mut effects = self.withdraw(&[id], now)?;
        effects.extend(self.start_run(Trigger::Send, now)?);
        Ok(Some(effects))
    }
}
