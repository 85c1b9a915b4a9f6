//! The list: folders, their rows as they are loaded, and what is chosen among them.

use std::rc::Rc;

use restante_local_api::{ClientError, FolderSummary, model::Folder};
use slint::{ComponentHandle as _, Model as _};

use super::{Mailbox, ROWS_AHEAD, as_index, spawn};
use crate::{phrases, rows::Entry, ui};

impl Mailbox {
    /// Loads the rows that the list asks for while it is scrolled.
    pub(super) fn feed(self: &Rc<Self>) {
        let (weak, rows) = (Rc::downgrade(self), self.rows.clone());
        spawn(async move {
            loop {
                rows.needed().await;
                while let Some((generation, before)) = rows.next_page() {
                    let Some(mailbox) = weak.upgrade() else { return };
                    let Ok(page) = mailbox.page(mailbox.folder.get(), Some(before)).await else { break };
                    let entries = mailbox.entries(&page);
                    rows.append(generation, entries, page.next_before);
                    mailbox.pick_awaited();
                }
            }
        });
    }

    /// Reads folders, list and message anew. What is chosen and where the list stands stays.
    pub(super) async fn refresh(self: &Rc<Self>) {
        self.refresh_to(0).await;
    }

    /// The same with at least this many rows, where the folder has as many.
    pub(super) async fn refresh_to(self: &Rc<Self>, rows: usize) {
        let _alone = self.refreshing.lock().await;
        let (folder, view) = (self.folder.get(), self.view.borrow().clone());
        let needed = (self.rows_on_screen().end + ROWS_AHEAD).max(rows);
        let Ok(summaries) = self.ask(|client| async move { client.folders().await }).await else { return };
        let Ok((entries, next_before)) = self.first_rows(folder, needed).await else { return };
        self.show_folders(summaries);
        if self.folder.get() != folder || *self.view.borrow() != view {
            return; // Another one was chosen meanwhile, and is being read.
        }
        self.replace_rows(entries, next_before);
        self.window.set_loading(false);
        if let Some(id) = self.selected.get() {
            self.show_message(id).await;
        }
    }

    pub(super) fn show_folders(&self, summaries: Vec<FolderSummary>) {
        let current = self.folder.get();
        let shown: Vec<_> = summaries
            .into_iter()
            .filter(|it| it.folder != Folder::Outbox || it.count > 0 || current == Folder::Outbox)
            .collect();
        let rows: Vec<_> = shown.iter().map(|it| phrases::folder(&self.desk.words, it)).collect();
        if rows.len() == self.folders.row_count() {
            rows.into_iter().enumerate().for_each(|(index, row)| self.folders.set_row_data(index, row));
        } else {
            self.folders.set_vec(rows);
        }
        self.summaries.replace(shown);
        self.show_current_folder();
    }

    pub(super) fn show_current_folder(&self) {
        let folder = self.folder.get();
        let index = self.summaries.borrow().iter().position(|it| it.folder == folder);
        self.window.set_folder(index.map_or(-1, as_index));
        self.window.set_kind(match folder {
            Folder::Inbox => ui::FolderKind::Inbox,
            Folder::Sent => ui::FolderKind::Sent,
            Folder::Drafts => ui::FolderKind::Drafts,
            Folder::Outbox => ui::FolderKind::Outbox,
        });
    }

    /// The newest rows of a folder, at least `needed` where there are as many.
    pub(super) async fn first_rows(
        &self,
        folder: Folder,
        needed: usize,
    ) -> Result<(Vec<Entry>, Option<String>), ClientError> {
        let mut entries = Vec::new();
        let mut before = None;
        loop {
            let page = self.page(folder, before).await?;
            entries.extend(self.entries(&page));
            before = page.next_before;
            if before.is_none() || page.rows.is_empty() || entries.len() >= needed {
                return Ok((entries, before));
            }
        }
    }

    pub(super) fn replace_rows(self: &Rc<Self>, entries: Vec<Entry>, next_before: Option<String>) {
        let total = self.rows_expected(self.folder.get(), entries.len());
        // Scrolled down, the rows on screen stay where they are; at the top, new mail comes into view.
        let top = self.rows_on_screen().start;
        let anchor = (self.window.get_scroll() < 0.0).then(|| self.rows.id(top)).flatten();
        self.rows.replace(entries, next_before, total);
        if let Some(moved_to) = anchor.and_then(|id| self.rows.index_of(id)) {
            #[expect(clippy::cast_precision_loss, reason = "rows of one folder")]
            let by = (moved_to as f32 - top as f32) * self.window.get_row_height();
            self.window.set_scroll(self.window.get_scroll() - by);
        }
        let current = self.selected.get().and_then(|id| self.rows.index_of(id));
        self.window.set_current(current.map_or(-1, as_index));
        self.pick_awaited();
    }

    pub(super) fn rows_on_screen(&self) -> std::ops::Range<usize> {
        let row_height = self.window.get_row_height().max(1.0);
        let scale = self.window.window().scale_factor().max(0.1);
        #[expect(clippy::cast_precision_loss, reason = "a window's height in pixels")]
        let height = self.window.window().size().height as f32 / scale;
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "neither is negative")]
        let (first, many) =
            ((-self.window.get_scroll() / row_height).max(0.0) as usize, (height / row_height) as usize + 1);
        first..first + many
    }

    pub(super) fn pick_folder(self: &Rc<Self>, index: usize) {
        let Some(folder) = self.summaries.borrow().get(index).map(|it| it.folder) else { return };
        if folder == self.folder.get() && self.view.borrow().words.is_empty() {
            return;
        }
        self.go_to_folder(folder);
        let mailbox = self.clone();
        spawn(async move { mailbox.refresh().await });
    }

    pub(super) fn go_to_folder(&self, folder: Folder) {
        self.folder.set(folder);
        self.widen();
        self.select(None);
        self.window.set_loading(true);
        self.rows.replace(Vec::new(), None, 0);
        self.window.set_scroll(0.0);
        self.show_current_folder();
    }

    pub(super) fn pick(self: &Rc<Self>, index: usize) {
        let Some(id) = self.rows.id(index) else {
            self.awaited.set(Some(index));
            return;
        };
        if self.selected.get() == Some(id) {
            return;
        }
        self.select(Some(id));
        let mailbox = self.clone();
        spawn(async move { mailbox.show_message(id).await });
    }

    /// Picks the row that was chosen before it was loaded, if it is by now.
    pub(super) fn pick_awaited(self: &Rc<Self>) {
        let loaded = self.awaited.get().filter(|index| self.rows.id(*index).is_some());
        if let Some(index) = loaded {
            self.window.set_current(as_index(index));
            self.pick(index);
        }
    }

    /// Sorts by a column: names from А on, times and importance from the newest and highest on; by the same
    /// column once more, the other way round.
    pub(super) fn sort_by(self: &Rc<Self>, column: ui::SortBy) {
        let ascending = if self.window.get_sort() == column {
            !self.window.get_ascending()
        } else {
            matches!(column, ui::SortBy::Who | ui::SortBy::Subject)
        };
        self.window.set_sort(column);
        self.window.set_ascending(ascending);
        self.keep_layout();
        self.read_anew();
    }
}
