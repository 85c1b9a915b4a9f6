//! The rows of one folder: those that are loaded, from the newest on, and how many there are.
//!
//! The agent hands out a folder in pages, each after the one before it. The list is as long as the
//! folder, so that its scroll bar tells the truth; a row that is not loaded is empty, and being asked
//! for it sets off the loading of the pages up to it.

use std::{
    any::Any,
    cell::{Cell, RefCell},
};

use restante_local_api::model::MessageId;
use slint::{Model, ModelNotify, ModelTracker};
use tokio::sync::Notify;

use crate::ui::Row;

/// Rows in one page: three screens of 70 rows.
pub(crate) const PAGE: u32 = 200;

/// One row and whose it is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    pub(crate) id: MessageId,
    pub(crate) row: Row,
}

/// The list's model.
#[derive(Default)]
pub(crate) struct Rows {
    loaded: RefCell<Vec<Entry>>,
    /// Where the next page starts; absent when all is loaded.
    next_before: RefCell<Option<String>>,
    total: Cell<usize>,
    /// Grows with every [`Self::replace`]: a page that was asked for before it is of another list.
    generation: Cell<u64>,
    /// One more than the highest row asked for.
    wanted: Cell<usize>,
    needed: Notify,
    notify: ModelNotify,
}

impl Rows {
    /// Another folder, or the same one as it is now: `fresh` from the newest on, `total` in all.
    pub(crate) fn replace(&self, fresh: Vec<Entry>, next_before: Option<String>, total: usize) {
        let total = if next_before.is_none() { fresh.len() } else { total.max(fresh.len()) };
        self.generation.set(self.generation.get() + 1);
        self.wanted.set(0);
        *self.next_before.borrow_mut() = next_before;
        let old_total = self.total.replace(total);
        let old = self.loaded.replace(fresh);
        let fresh = self.loaded.borrow();

        // New mail on top leaves the rows below as they are: a list that is built anew would lose the
        // press of a button in the middle of a double click.
        let added = total.saturating_sub(old_total);
        let shifted = total >= old_total
            && fresh.len() >= added
            && old.iter().zip(&fresh[added..]).all(|(old, fresh)| old.id == fresh.id);
        if !shifted || old.is_empty() || fresh.len() < old.len() {
            drop(fresh);
            self.notify.reset();
            return;
        }
        let changed: Vec<usize> = (0..fresh.len())
            .filter(|index| index.checked_sub(added).is_none_or(|was| old.get(was) != fresh.get(*index)))
            .collect();
        drop(fresh);
        if added > 0 {
            self.notify.row_added(0, added);
        }
        for index in changed.into_iter().filter(|index| *index >= added) {
            self.notify.row_changed(index);
        }
    }

    /// The page that was asked for in `generation`. Says whether it still belongs here.
    pub(crate) fn append(&self, generation: u64, page: Vec<Entry>, next_before: Option<String>) -> bool {
        if generation != self.generation.get() {
            return false;
        }
        let first = self.loaded.borrow().len();
        let last = first + page.len();
        let ended = next_before.is_none() || page.is_empty();
        self.loaded.borrow_mut().extend(page);
        *self.next_before.borrow_mut() = if ended { None } else { next_before };
        let total = self.total.get();
        for index in first..last.min(total) {
            self.notify.row_changed(index);
        }
        // The folder grew or shrank since it was counted.
        let expected = if ended { last } else { last + 1 };
        if expected > total {
            self.total.set(expected);
            self.notify.row_added(total, expected - total);
        } else if ended && last < total {
            self.total.set(last);
            self.notify.row_removed(last, total - last);
        }
        true
    }

    /// Comes back when a row that is not loaded was asked for.
    pub(crate) async fn needed(&self) {
        self.needed.notified().await;
    }

    /// The page to load next, as long as a row was asked for that is not loaded: where it starts, and
    /// the generation to hand back with it.
    pub(crate) fn next_page(&self) -> Option<(u64, String)> {
        let loaded = self.loaded.borrow().len();
        let before = self.next_before.borrow().clone()?;
        (loaded < self.wanted.get()).then_some((self.generation.get(), before))
    }

    /// Whose row this is; `None` while it is not loaded.
    pub(crate) fn id(&self, index: usize) -> Option<MessageId> {
        self.loaded.borrow().get(index).map(|entry| entry.id)
    }

    /// Where the row of this message is, among those loaded.
    pub(crate) fn index_of(&self, id: MessageId) -> Option<usize> {
        self.loaded.borrow().iter().position(|entry| entry.id == id)
    }
}

impl Model for Rows {
    type Data = Row;

    fn row_count(&self) -> usize {
        self.total.get()
    }

    fn row_data(&self, index: usize) -> Option<Row> {
        if index >= self.total.get() {
            return None;
        }
        if let Some(entry) = self.loaded.borrow().get(index) {
            return Some(entry.row.clone());
        }
        // Asked from inside the drawing of a frame: only note it down.
        self.wanted.set(self.wanted.get().max(index + 1));
        self.needed.notify_one();
        Some(Row::default())
    }

    fn model_tracker(&self) -> &dyn ModelTracker {
        &self.notify
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[cfg(test)]
mod tests;
