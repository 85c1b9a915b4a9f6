//! What a page of changes does to ledger and cache.

use restante_model::{DeliveryState, Importance, Timestamp};
use restante_server_api::{Change, ChangesPage, Direction};

use super::Step;
use crate::{
    cache::DoneHere,
    effect::{Effect, Mark},
    engine::{Engine, Result},
    ledger::NewAlert,
};

impl Engine {
    /// The alerts that are due go into the ledger first, then rows and cursor into the cache in one
    /// commit: after a crash in between the page comes again, and alerts for nothing twice.
    pub(crate) fn take_page(&mut self, page: &ChangesPage, now: Timestamp) -> Result<Vec<Effect>> {
        let pending = |mark| self.ledger.pending_marks(mark, u32::MAX).map(|ids| ids.into_iter().collect());
        let done_here = DoneHere {
            opened: pending(Mark::Read)?,
            deleted: pending(Mark::Deleted)?,
            kept_unread: self.ledger.kept_unread()?,
        };
        self.open_batch(page.more)?;
        let due: Vec<NewAlert> = page
            .changes
            .iter()
            .filter_map(|change| match change {
                Change::Message { message, .. } => match message.direction {
                    Direction::Received { state: DeliveryState::Waiting | DeliveryState::Delivered }
                        if !done_here.opened.contains(&message.id)
                            && !done_here.deleted.contains(&message.id) =>
                    {
                        Some(NewAlert { message_id: message.id, importance: message.importance })
                    }
                    Direction::Received { .. } | Direction::Sent { .. } => None,
                },
                Change::Delivery { .. }
                | Change::Expiry { .. }
                | Change::Removed { .. }
                | Change::Draft { .. }
                | Change::DraftRemoved { .. } => None,
            })
            .collect();
        if due.iter().any(|alert| alert.importance == Importance::High) {
            self.try_important_window();
        }
        self.ledger.note_alerts(&due, self.settings.hook.is_some(), now)?;
        self.note_expiries(&page.changes, now)?;
        self.take_drafts(&page.changes)?;
        let Some(account) = &self.account else { return Ok(Vec::new()) };
        let applied = self.cache.apply(page, &account.user.login, &done_here)?;
        if let Some(run) = &mut self.run {
            run.new += applied.new.len() as u64;
            run.next_check_in_seconds = page.next_check_in_seconds;
            run.again(Step::Delivered);
        }
        if !page.changes.is_empty() {
            self.mailbox_revision += 1;
        }
        self.note_settings_revision(page.settings_revision);
        self.withdraw(&applied.no_longer_unread, now)
    }

    /// Settings of another revision than the ones known here are to be fetched.
    pub(super) fn note_settings_revision(&mut self, revision: u64) {
        if self.synced.server.as_ref().is_some_and(|server| server.revision != revision) {
            self.interval_sync_wanted = true;
        }
    }
}
