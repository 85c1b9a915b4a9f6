//! The list: folders, their rows as they are loaded, and what is chosen among them.

use std::{ops::Range, rc::Rc};

use restante_local_api::{
    ClientError, FolderSummary,
    model::{Folder, MessageId},
};
use slint::{ComponentHandle as _, Model as _};

use super::{Mailbox, as_index, spawn, view::Read};
use crate::{
    phrases,
    rows::{PAGE, Page},
    ui,
};

/// The list as it is by now.
struct Anew {
    pages: Vec<Page>,
    total: usize,
    /// Where the uppermost row on the screen was, and where it is.
    moved: Option<(usize, usize)>,
    /// Where the chosen row is.
    selected: Option<usize>,
}

impl Mailbox {
    /// Loads the rows that the list asks for while it is scrolled.
    pub(super) fn feed(self: &Rc<Self>) {
        let (weak, rows) = (Rc::downgrade(self), self.rows.clone());
        spawn(async move {
            loop {
                rows.needed().await;
                while let Some(wanted) = rows.next_page() {
                    let Some(mailbox) = weak.upgrade() else { return };
                    let read = mailbox.page(mailbox.folder.get(), wanted.first).await;
                    let Ok(Read { page, total }) = read else { break };
                    rows.add(wanted, page, total);
                    mailbox.pick_awaited();
                }
            }
        });
    }

    /// Reads folders, list and message anew. What is chosen and where the list stands stays.
    pub(super) async fn refresh(self: &Rc<Self>) {
        self.refresh_around(None).await;
    }

    /// The same, where this row is to be looked at next.
    pub(super) async fn refresh_around(self: &Rc<Self>, row: Option<usize>) {
        let _alone = self.refreshing.lock().await;
        let (folder, view) = (self.folder.get(), self.view.borrow().clone());
        let Ok(summaries) = self.ask(|client| async move { client.folders().await }).await else { return };
        let Ok(anew) = self.list_anew(folder, row).await else { return };
        self.show_folders(summaries);
        if self.folder.get() != folder || *self.view.borrow() != view {
            return; // Another one was chosen meanwhile, and is being read.
        }
        self.replace_rows(anew);
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

    /// The pages around this row, or those on the screen, wherever what they show is by now.
    async fn list_anew(&self, folder: Folder, row: Option<usize>) -> Result<Anew, ClientError> {
        let on_screen = self.rows_on_screen();
        let moved_to = match self.anchor() {
            Some(id) => self.position(folder, id).await,
            None => None,
        };
        let top = row.map_or(moved_to.unwrap_or(on_screen.start), |row| row.saturating_sub(on_screen.len()));
        let many = if row.is_some() { 2 * on_screen.len() } else { on_screen.len() };
        let (pages, total) = pages_of(top..top + many, async |first| self.page(folder, first).await).await?;
        let selected = match self.selected.get() {
            Some(id) => match place_of(&pages, id) {
                None => self.position(folder, id).await,
                place => place,
            },
            None => None,
        };
        let moved = moved_to.map(|moved_to| (on_screen.start, moved_to));
        Ok(Anew { pages, total, moved, selected })
    }

    /// The row that stays where it is when the list is read anew. At the top there is none, and new mail comes into
    /// view.
    fn anchor(&self) -> Option<MessageId> {
        (self.window.get_scroll() < 0.0).then(|| self.rows.id(self.rows_on_screen().start)).flatten()
    }

    fn replace_rows(self: &Rc<Self>, anew: Anew) {
        self.rows.replace(anew.pages, anew.total);
        if let Some((top, moved_to)) = anew.moved {
            #[expect(clippy::cast_precision_loss, reason = "rows of one folder")]
            let by = (moved_to as f32 - top as f32) * self.window.get_row_height();
            self.window.set_scroll(self.window.get_scroll() - by);
        }
        self.window.set_current(anew.selected.map_or(-1, as_index));
        self.pick_awaited();
    }

    pub(super) fn rows_on_screen(&self) -> Range<usize> {
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
        self.rows.replace(Vec::new(), 0);
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

/// The pages that hold these rows, or as many at the end of a list that has become too short for them; and how many rows
/// it has.
async fn pages_of<E>(
    mut wanted: Range<usize>,
    read: impl AsyncFn(usize) -> Result<Read, E>,
) -> Result<(Vec<Page>, usize), E> {
    let (mut pages, mut first) = (Vec::new(), wanted.start / PAGE * PAGE);
    loop {
        let Read { page, total } = read(first).await?;
        if page.entries.is_empty() {
            let end = total.saturating_sub(wanted.len())..total;
            let first_of_end = end.start / PAGE * PAGE;
            // Where that lies no nearer the count is wrong, and an answer that is no other would be asked for for ever.
            if total > 0 && first_of_end < first {
                (wanted, first) = (end, first_of_end);
                pages.clear();
                continue;
            }
        }
        pages.push(page);
        first += PAGE;
        if first >= wanted.end.min(total) {
            return Ok((pages, total));
        }
    }
}

fn place_of(pages: &[Page], id: MessageId) -> Option<usize> {
    pages.iter().find_map(|page| Some(page.first + page.entries.iter().position(|entry| entry.id == id)?))
}

#[cfg(test)]
mod tests {
    use std::{
        cell::RefCell,
        task::{Context, Poll, Waker},
    };

    use super::*;
    use crate::rows::Entry;

    /// The first rows of the pages that are asked for on the way to these rows, of an agent that has so many and says
    /// that there are so many; and where the pages that it gets begin and end.
    fn asked(wanted: Range<usize>, there_are: usize, it_says: usize) -> (Vec<usize>, Vec<(usize, usize)>) {
        let asked = RefCell::new(Vec::new());
        let read = async |first: usize| {
            asked.borrow_mut().push(first);
            assert!(asked.borrow().len() < 100, "it asks for ever: {asked:?}");
            let row = |number: usize| Entry {
                id: format!("01936a70-1b3c-7000-8000-{number:012}").parse().unwrap(),
                row: ui::Row::default(),
            };
            let entries = (first..there_are.min(first + PAGE)).map(row).collect();
            Ok::<_, ()>(Read { page: Page { first, entries }, total: it_says })
        };
        let found = std::pin::pin!(pages_of(wanted, read)).poll(&mut Context::from_waker(Waker::noop()));
        let Poll::Ready(Ok((pages, total))) = found else { panic!("an answer is there at once") };
        assert_eq!(total, it_says);
        let rows = pages.iter().map(|page| (page.first, page.first + page.entries.len())).collect();
        (asked.into_inner(), rows)
    }

    #[test]
    fn the_pages_of_the_rows_on_the_screen_are_read() {
        assert_eq!(asked(0..40, 1_000, 1_000), (vec![0], vec![(0, 200)]));
        assert_eq!(asked(390..430, 1_000, 1_000), (vec![200, 400], vec![(200, 400), (400, 600)]));
        assert_eq!(asked(0..40, 0, 0), (vec![0], vec![(0, 0)]));
    }

    #[test]
    fn of_a_list_that_has_become_short_its_end_is_read() {
        assert_eq!(asked(900..940, 210, 210), (vec![800, 0, 200], vec![(0, 200), (200, 210)]));
        assert_eq!(asked(390..430, 400, 400), (vec![200], vec![(200, 400)]));
    }

    #[test]
    fn an_agent_that_counts_wrongly_is_not_asked_for_ever() {
        assert_eq!(asked(900..940, 210, 1_000).0, [800]);
        assert_eq!(asked(900..940, 210, 700).0, [800, 600]);
        assert_eq!(asked(0..40, 0, 1_000).0, [0]);
        assert_eq!(asked(900..940, 210, 0).0, [800]);
    }
}
