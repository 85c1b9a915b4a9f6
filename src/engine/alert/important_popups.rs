//! Important mail as popups, where the person wants it so or its window is not to be had: more than a few are one popup
//! that counts them (row B5), and stays right while they are read or acknowledged elsewhere (row B6).

use std::collections::BTreeSet;

use restante_local_api::ShowWhat;
use restante_model::{MessageId, Timestamp};

use super::{
    Effect, Engine, Result,
    popups::{About, MAX_POPUPS, OpenPopup},
};
use crate::{
    effect::{Named, PopupCarrier, PopupContent},
    event::PopupId,
    settings_file::Preview,
};

/// A summary names so many, the newest: a popup has room for a few lines.
const MAX_NAMED: usize = 3;

impl Engine {
    /// Popups for these beside those that stand, or one for all of them.
    pub(super) fn important_popups(
        &mut self,
        ids: &[MessageId],
        carrier: PopupCarrier,
        now: Timestamp,
    ) -> Result<Vec<Effect>> {
        let standing: Vec<(PopupId, OpenPopup)> = self
            .alerts
            .popups_about(|about| matches!(about, About::Important(_)))
            .filter_map(|id| Some((id, self.alerts.open_popup(id)?.clone())))
            .collect();
        let told_of = standing.iter().flat_map(|(_, open)| open.about.messages());
        let all: BTreeSet<MessageId> = ids.iter().chain(told_of).copied().collect();
        let summed_already = standing.iter().any(|(_, open)| open.about.messages().len() > 1);
        if all.len() <= MAX_POPUPS && !summed_already {
            let popup = |id: &MessageId| self.message_popup(About::Important(vec![*id]), *id, carrier, now);
            return ids.iter().map(popup).collect();
        }
        let largest = standing.iter().filter(|(_, open)| open.carrier == carrier);
        let kept = largest.max_by_key(|(_, open)| open.about.messages().len()).map(|(id, _)| *id);
        let mut effects = Vec::new();
        for (id, _) in standing.iter().filter(|(id, _)| Some(*id) != kept) {
            self.alerts.forget_popup(*id);
            effects.push(Effect::WithdrawPopup(*id));
        }
        let newest_first: Vec<MessageId> = all.into_iter().rev().collect();
        let content = self.important_content(&newest_first)?;
        effects.push(self.popup_under(kept, About::Important(newest_first), content, carrier, now));
        Ok(effects)
    }

    /// A popup about several important messages says what is true now, without a sound: some of them are no longer to
    /// be told of. What the ledger says of the others stays as it is.
    pub(super) fn correct_important(&mut self, popup: PopupId, now: Timestamp) -> Result<Option<Effect>> {
        let Some(OpenPopup { about: About::Important(ids), carrier }) =
            self.alerts.open_popup(popup).cloned()
        else {
            return Ok(None);
        };
        let content = self.important_content(&ids)?;
        let effect = self.popup_under(Some(popup), About::Important(ids), content, carrier, now);
        Ok(Some(match effect {
            Effect::ShowPopup(popup) => Effect::ShowPopup(crate::effect::Popup { sound: None, ..popup }),
            other => other,
        }))
    }

    /// What a popup says of these, newest first: of a single one what its own popup says.
    fn important_content(&self, ids: &[MessageId]) -> Result<PopupContent> {
        if let [id] = ids {
            return self.message_content(*id);
        }
        let mut newest = Vec::new();
        if self.settings.preview == Preview::Shown {
            for id in ids.iter().take(MAX_NAMED) {
                let message = self.cache.message(*id)?;
                newest.extend(
                    message.map(|message| Named { from: message.row.from, subject: message.row.subject }),
                );
            }
        }
        Ok(PopupContent::ImportantSummary { ids: ids.to_vec(), newest })
    }

    /// The person opens a popup about important mail: a single message in the mailbox, several in their window, where
    /// they are acknowledged; until then they are repeated.
    pub(super) fn open_important_popup(
        &mut self,
        ids: Vec<MessageId>,
        now: Timestamp,
    ) -> Result<Vec<Effect>> {
        if ids.len() > 1 && !self.alerts.important_window_failed() {
            return Ok(vec![self.open_important(ids)]);
        }
        self.ledger.settle_alerts(&ids, now)?;
        let id = if let [id] = ids[..] { Some(id) } else { None };
        Ok(vec![Effect::OpenWindow { what: ShowWhat::Mailbox, id }])
    }
}
