//! Another program becomes the notification service, or this process finds the one that the process before it spoke
//! to: what of the popups there is lost, and what is taken over (row B6).

use restante_local_api::NotificationsState;
use restante_model::{MessageId, Timestamp};

use super::{
    Alerts, Effect, Engine, Result,
    popups::{About, MAX_POPUPS, OpenPopup},
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
            self.adopt_popups(owner, now)?;
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
    fn adopt_popups(&mut self, service: &str, now: Timestamp) -> Result<()> {
        for (shown, ids) in self.ledger.popups_of(service)? {
            let ShownPopup { id: popup, about, at_service } = shown;
            if self.alerts.popups.contains_key(&popup) {
                continue;
            }
            let about = match about {
                PopupAbout::Messages => {
                    let ids = self.still(ids, |engine, id| engine.cache.unread_message(id))?;
                    self.about_messages(ids)?
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
            let Some(about) = about else {
                self.alerts.outgoing.push(Effect::WithdrawPopup(popup));
                continue;
            };
            self.alerts.popups.insert(popup, OpenPopup { about, carrier: PopupCarrier::Desktop });
            // How many it counts nobody wrote down, and some may have been acknowledged when that process ended.
            let corrected = self.correct_important(popup, now)?;
            self.alerts.outgoing.extend(corrected);
        }
        // Beside those that this process showed before it knew of them they may be too many.
        if self.alerts.popups_about(|about| matches!(about, About::Important(_))).count() > MAX_POPUPS {
            let one = self.important_popups(&[], PopupCarrier::Desktop, now)?;
            self.alerts.outgoing.extend(one);
        }
        Ok(())
    }

    /// A popup tells of ordinary mail or of important mail, never of both.
    fn about_messages(&self, ids: Vec<MessageId>) -> Result<Option<About>> {
        let Some(first) = ids.first() else { return Ok(None) };
        let important = self.ledger.is_important_alert(*first)?;
        let newest_first = ids.into_iter().rev().collect();
        Ok(Some(if important { About::Important(newest_first) } else { About::Messages(newest_first) }))
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
