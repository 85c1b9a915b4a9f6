//! The rows of one list: those that are loaded, and how many there are.
//!
//! The list is as long as the folder, so that its scroll bar tells the truth. A row that is not loaded is empty, and
//! being asked for it sets off the loading of its page. Any page can be asked for, and only those around the place that
//! is looked at are held.

use std::{
    any::Any,
    cell::{Cell, RefCell},
    collections::VecDeque,
    ops::Range,
};

use restante_local_api::model::MessageId;
use slint::{Model, ModelNotify, ModelTracker};
use tokio::sync::Notify;

use crate::ui::Row;

/// Rows to ask for at once: three screens of 70 rows.
pub(crate) const LIMIT: u32 = 200;
/// Rows in one page.
pub(crate) const PAGE: usize = LIMIT as usize;
/// Pages in memory: about 2 MB, and 28 screens to go back and forth in without asking.
const PAGES_HELD: usize = 10;
/// Rows before and behind one that is drawn which are loaded too, so that the next screen is there at once.
pub(crate) const ROWS_AHEAD: usize = 70;
/// Pages that are waited for: those of the screen as it is now and their neighbours. Who drags the scroll bar has left
/// the others behind.
const PAGES_WANTED: usize = 4;

/// One row and whose it is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    pub(crate) id: MessageId,
    pub(crate) row: Row,
}

/// Rows that were read together, and the number of the first one.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) first: usize,
    pub(crate) entries: Vec<Entry>,
}

impl Page {
    fn rows(&self) -> Range<usize> {
        self.first..self.first + self.entries.len()
    }
}

/// A page that is to be loaded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Wanted {
    /// To be handed back with it: a page that was asked for before the last [`Rows::replace`] is of another list.
    generation: u64,
    pub(crate) first: usize,
}

/// The list's model.
#[derive(Default)]
pub(crate) struct Rows {
    pages: RefCell<Vec<Page>>,
    total: Cell<usize>,
    generation: Cell<u64>,
    /// First rows of the pages that were asked for and are not loaded, the most urgent first.
    wanted: RefCell<VecDeque<usize>>,
    needed: Notify,
    notify: ModelNotify,
}

impl Rows {
    /// Another list, or the same one as it is now: these pages of it, and `total` rows in all.
    pub(crate) fn replace(&self, fresh: Vec<Page>, total: usize) {
        self.generation.set(self.generation.get() + 1);
        self.wanted.borrow_mut().clear();
        let old_total = self.total.replace(total);
        let old = self.pages.replace(fresh);

        // New mail on top leaves the rows below as they are: a list that is built anew would lose the press of a
        // button in the middle of a double click.
        let Some(added) = total.checked_sub(old_total) else { return self.notify.reset() };
        let known = |index: usize| index.checked_sub(added).and_then(|was| entry(&old, was).cloned());
        let both: Vec<_> = self
            .pages
            .borrow()
            .iter()
            .flat_map(|page| page.rows().zip(&page.entries))
            .filter_map(|(index, now)| Some((index, known(index)?, now.clone())))
            .collect();
        if both.is_empty() || both.iter().any(|(_, was, now)| was.id != now.id) {
            return self.notify.reset();
        }
        if added > 0 {
            self.notify.row_added(0, added);
        }
        let unchanged: Vec<_> =
            both.into_iter().filter(|(_, was, now)| was == now).map(|(index, ..)| index).collect();
        self.changed(|index| index >= added && unchanged.binary_search(&index).is_err());
        // What was loaded and is not any more is asked for again if it came to be on the screen meanwhile.
        let dropped = old.iter().flat_map(Page::rows).map(|was| was + added);
        for index in dropped.filter(|index| self.id(*index).is_none()) {
            self.notify.row_changed(index);
        }
    }

    /// The page that was wanted, and how many rows there are by now. Says whether it still belongs here.
    pub(crate) fn add(&self, wanted: Wanted, page: Page, total: usize) -> bool {
        if wanted.generation != self.generation.get() {
            return false;
        }
        self.wanted.borrow_mut().retain(|first| *first != wanted.first);
        let rows = page.rows();
        let mut pages = self.pages.borrow_mut();
        pages.retain(|held| held.first != page.first);
        pages.push(page);
        if pages.len() > PAGES_HELD {
            // What lies farthest from it is the last to be looked at again.
            pages.sort_by_key(|held| held.first.abs_diff(wanted.first));
            pages.truncate(PAGES_HELD);
        }
        pages.sort_by_key(|held| held.first);
        drop(pages);
        self.changed(|index| rows.contains(&index));
        // The list grew or shrank since it was counted.
        let before = self.total.replace(total);
        if before < total {
            self.notify.row_added(before, total - before);
        } else if total < before {
            self.notify.row_removed(total, before - total);
        }
        true
    }

    /// Tells of the loaded rows that changed.
    fn changed(&self, changed: impl Fn(usize) -> bool) {
        let loaded: Vec<_> = self.pages.borrow().iter().map(Page::rows).collect();
        for index in loaded.into_iter().flatten().filter(|index| changed(*index) && *index < self.total.get())
        {
            self.notify.row_changed(index);
        }
    }

    /// Comes back when a row that is not loaded was asked for.
    pub(crate) async fn needed(&self) {
        self.needed.notified().await;
    }

    /// The page to load next.
    pub(crate) fn next_page(&self) -> Option<Wanted> {
        let first = *self.wanted.borrow().front()?;
        Some(Wanted { generation: self.generation.get(), first })
    }

    /// Wants the page of this row, unless it is loaded. What is on the screen is more urgent than what may come there.
    fn want(&self, index: usize, on_screen: bool) {
        let pages = self.pages.borrow();
        if entry(&pages, index).is_some() {
            return;
        }
        let first = index / PAGE * PAGE;
        if pages.iter().any(|page| page.first == first) {
            return; // It says that there is no such row: the list is about to be read anew.
        }
        let mut wanted = self.wanted.borrow_mut();
        if on_screen {
            wanted.retain(|other| *other != first);
            wanted.push_front(first);
        } else if !wanted.contains(&first) {
            wanted.push_back(first);
        }
        wanted.truncate(PAGES_WANTED);
        self.needed.notify_one();
    }

    /// Whose row this is; `None` while it is not loaded.
    pub(crate) fn id(&self, index: usize) -> Option<MessageId> {
        entry(&self.pages.borrow(), index).map(|entry| entry.id)
    }

    /// Where the row of this message is, among those loaded.
    pub(crate) fn index_of(&self, id: MessageId) -> Option<usize> {
        let pages = self.pages.borrow();
        let mut rows = pages.iter().flat_map(|page| page.rows().zip(&page.entries));
        rows.find(|(_, entry)| entry.id == id).map(|(index, _)| index)
    }
}

fn entry(pages: &[Page], index: usize) -> Option<&Entry> {
    let page = pages.iter().find(|page| page.rows().contains(&index))?;
    page.entries.get(index - page.first)
}

impl Model for Rows {
    type Data = Row;

    fn row_count(&self) -> usize {
        self.total.get()
    }

    fn row_data(&self, index: usize) -> Option<Row> {
        let total = self.total.get();
        if index >= total {
            return None;
        }
        // Asked from inside the drawing of a frame: what is not here is only noted down.
        let row = entry(&self.pages.borrow(), index).map(|entry| entry.row.clone());
        self.want(index, true);
        self.want((index + ROWS_AHEAD).min(total - 1), false);
        self.want(index.saturating_sub(ROWS_AHEAD), false);
        Some(row.unwrap_or_default())
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
