//! Messages that expire soon unread: one calm popup for what a check brought, on each side (row B19).

use restante_local_api::Direction;
use restante_model::{MessageId, Timestamp};
use restante_server_api::Change;

use super::{About, Effect, Engine, Result};
use crate::{
    effect::PopupContent,
    ledger::ExpiryWarning,
    settings_file::{Carrier, Preview},
};

impl Engine {
    /// Notes what a page says of expiries. One that has become later takes its popup away.
    pub(crate) fn note_expiries(&mut self, changes: &[Change], now: Timestamp) -> Result<()> {
        let (mut near, mut later) = (Vec::new(), Vec::new());
        for change in changes {
            match change {
                Change::Expiry { message_id, expires_at, near: true } => {
                    near.push(ExpiryWarning { message_id: *message_id, expires_at: *expires_at });
                }
                Change::Expiry { message_id, near: false, .. } => later.push(*message_id),
                _ => {}
            }
        }
        self.ledger.forget_expiry_warnings(&later)?;
        let effects = self.take_back_popups(&later, |about| matches!(about, About::Expiry(_)), now)?;
        self.alerts.outgoing.extend(effects);
        self.ledger.note_expiry_warnings(&near, now)
    }

    /// Tells what is due, written down first: like ordinary mail it is told at most once.
    pub(super) fn announce_expiries(&mut self, now: Timestamp) -> Result<Vec<Effect>> {
        let due = self.ledger.due_expiry_warnings()?;
        if due.is_empty() || self.hush_at(now).ordinary_until().is_some() {
            return Ok(Vec::new());
        }
        let (mut received, mut sent, mut over) = (Vec::new(), Vec::new(), Vec::new());
        for warning in due {
            let id = warning.message_id;
            if warning.expires_at <= now || self.settings.ordinary == Carrier::Off {
                over.push(id);
            } else if self.cache.unread_message(id)? {
                received.push(warning);
            } else if self.cache.unread_by_others(id)? {
                sent.push(warning);
            } else if self.cache.has(id)? {
                over.push(id);
            }
            // One that is not here yet was noted before a crash: its page comes again.
        }
        self.ledger.set_expiry_told(&over, true)?;
        if received.is_empty() && sent.is_empty() {
            return Ok(Vec::new());
        }
        let Some(carrier) = self.popup_carrier(self.settings.over_full_screen, now) else {
            return Ok(Vec::new());
        };
        let mut popups = Vec::new();
        for (direction, warnings) in [(Direction::Received, received), (Direction::Sent, sent)] {
            if let Some(first) = warnings.first() {
                let ids: Vec<MessageId> = warnings.iter().map(|warning| warning.message_id).collect();
                let (count, expires_at) = (ids.len() as u64, first.expires_at);
                let subject = self.subject_of_only(&ids)?;
                popups.push((ids, PopupContent::Expiring { direction, count, expires_at, subject }));
            }
        }
        let all: Vec<MessageId> = popups.iter().flat_map(|(ids, _)| ids.iter().copied()).collect();
        self.ledger.set_expiry_told(&all, true)?;
        Ok(popups
            .into_iter()
            .map(|(ids, content)| self.popup(About::Expiry(ids), content, carrier, now))
            .collect())
    }

    fn subject_of_only(&self, ids: &[MessageId]) -> Result<Option<String>> {
        let ([id], Preview::Shown) = (ids, self.settings.preview) else { return Ok(None) };
        Ok(self.cache.message(*id)?.map(|message| message.row.subject))
    }
}
