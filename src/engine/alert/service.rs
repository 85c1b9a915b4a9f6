//! Another program becomes the notification service, or this process finds the one that the process before it spoke
//! to: what of the popups there is lost, and what is taken over (row B6).

use restante_local_api::NotificationsState;
use restante_model::{MessageId, Timestamp};

use super::{
    Alerts, Effect, Engine, Result,
    popups::{About, OpenPopup},
};
use crate::{
    effect::PopupCarrier,
    event::PopupId,
    ledger::{PopupAbout, ShownPopup},
};

impl Engine {
    /// Another program is the notification service now, or none.
    pub(crate) fn notification_owner_changed(&mut self, owner: Option<String>, now: Timestamp) -> Result<()> {
        let freed = self.ledger.free_unanswered(owner.as_deref())?;
        if let Some(owner) = &owner {
            self.adopt_popups(owner)?;
        }
        self.alerts.service = owner;
        for popup in self.alerts.popups_of(&freed) {
            self.alerts.popups.remove(&popup);
        }
        if freed.is_empty() || self.carriers.notifications != NotificationsState::Ok {
            return Ok(());
        }
        self.announce(now)
    }

    /// Popups that a process before this one showed, and this service still has: they can be acted on, and go when
    /// what they tell of is over. Of one for which that is so already, only the withdrawal is left.
    fn adopt_popups(&mut self, service: &str) -> Result<()> {
        for (shown, ids) in self.ledger.popups_of(service)? {
            let ShownPopup { id: popup, about, at_service } = shown;
            if self.alerts.popups.contains_key(&popup) {
                continue;
            }
            let about = match about {
                PopupAbout::Messages => {
                    let ids = self.still(ids, |engine, id| engine.cache.unread_message(id))?;
                    (!ids.is_empty()).then_some(About::Messages(ids))
                }
                PopupAbout::Expiry => {
                    let ids = self.still(ids, |engine, id| {
                        Ok(engine.cache.unread_message(id)? || engine.cache.unread_by_others(id)?)
                    })?;
                    (!ids.is_empty()).then_some(About::Expiry(ids))
                }
                PopupAbout::Connection => {
                    self.alerts.connection.is_some_and(|alert| alert.told).then_some(About::Connection)
                }
            };
            self.alerts.outgoing.push(Effect::AdoptPopup { popup, at_service });
            match about {
                Some(about) => {
                    self.alerts.popups.insert(popup, OpenPopup { about, carrier: PopupCarrier::Desktop });
                }
                None => self.alerts.outgoing.push(Effect::WithdrawPopup(popup)),
            }
        }
        Ok(())
    }

    /// Those of which it is so.
    fn still(
        &self,
        ids: Vec<MessageId>,
        is_so: impl Fn(&Self, MessageId) -> Result<bool>,
    ) -> Result<Vec<MessageId>> {
        let mut kept = Vec::new();
        for id in ids {
            if is_so(self, id)? {
                kept.push(id);
            }
        }
        Ok(kept)
    }
}

impl Alerts {
    fn popups_of(&self, ids: &[MessageId]) -> Vec<PopupId> {
        self.popups_about(|about| about.messages().iter().any(|id| ids.contains(id))).collect()
    }
}
