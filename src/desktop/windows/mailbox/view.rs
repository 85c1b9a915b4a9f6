//! What of the mailbox the list shows: a folder, its unread messages, or what was looked for.

use std::{rc::Rc, time::Duration};

use restante_local_api::{
    ClientError, MessageRow,
    model::{Folder, MessageId},
};
use slint::{Model as _, TimerMode};

use super::{Mailbox, layout::order, spawn};
use crate::{
    phrases,
    rows::{Entry, LIMIT, Page},
};

/// How long typing pauses before it is looked for: the next letter comes sooner while one types.
const TYPING_PAUSE: Duration = Duration::from_millis(150);

/// What the person narrowed the list to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct View {
    /// The words looked for, in all folders; empty: none.
    pub(super) words: String,
    /// Only what is not read; of the inbox.
    pub(super) unread: bool,
}

/// A page of what the list shows, and how many rows there are in all.
pub(super) struct Read {
    pub(super) page: Page,
    pub(super) total: usize,
}

impl Mailbox {
    /// The rows from `first` on.
    pub(super) async fn page(&self, folder: Folder, first: usize) -> Result<Read, ClientError> {
        let (words, from) = (self.view.borrow().words.clone(), first as u64);
        let (entries, count, more): (Vec<_>, _, _) = if words.is_empty() {
            let (order, unread) = (order(&self.window), self.unread_only(folder));
            let read = self.ask(move |client| async move {
                client.folder_from(folder, order, from, LIMIT, unread).await
            });
            let page = read.await?;
            (page.messages.iter().map(|row| self.entry(folder, row)).collect(), page.count, false)
        } else {
            let read = self.ask(move |client| async move { client.search_from(&words, from, LIMIT).await });
            let page = read.await?;
            let entries = page.messages.iter().map(|it| self.entry(it.folder, &it.row)).collect();
            (entries, page.count, page.more_than_count)
        };
        self.met_agent(count.is_some());
        let count = count.and_then(|count| usize::try_from(count).ok()).unwrap_or(first + entries.len());
        // Of what is not counted to its end there is one row more, which asks for those behind it when it comes into
        // view; and what was counted further down before is there.
        let total = if more { self.rows.row_count().max(count + 1) } else { count };
        Ok(Read { page: Page { first, entries }, total })
    }

    /// How many rows stand before a message; `None` where it is not among them.
    pub(super) async fn position(&self, folder: Folder, id: MessageId) -> Option<usize> {
        let words = self.view.borrow().words.clone();
        let (order, unread) = (order(&self.window), self.unread_only(folder));
        let position = self.ask(move |client| async move {
            if words.is_empty() {
                client.position(id, folder, order, unread).await
            } else {
                client.position_found(id, &words).await
            }
        });
        usize::try_from(position.await.ok()?.position).ok()
    }

    fn unread_only(&self, folder: Folder) -> bool {
        self.view.borrow().unread && folder == Folder::Inbox
    }

    fn entry(&self, folder: Folder, row: &MessageRow) -> Entry {
        phrases::entry(&self.desk.words, self.desk.now(), folder, row)
    }

    /// The person typed in the search field: looked for when the typing pauses.
    pub(super) fn typed(self: &Rc<Self>, words: &str) {
        let words = words.trim().to_owned();
        let weak = Rc::downgrade(self);
        self.search_timer.start(TimerMode::SingleShot, TYPING_PAUSE, move || {
            if let Some(mailbox) = weak.upgrade() {
                let view = View { words: words.clone(), ..mailbox.view.borrow().clone() };
                mailbox.narrow(view);
            }
        });
    }

    /// Shows only what is unread, or all again.
    pub(super) fn show_unread(self: &Rc<Self>, unread: bool) {
        let view = View { unread, ..self.view.borrow().clone() };
        self.narrow(view);
    }

    fn narrow(self: &Rc<Self>, view: View) {
        if *self.view.borrow() == view {
            return;
        }
        self.window.set_unread_only(view.unread);
        self.view.replace(view);
        self.read_anew();
    }

    /// Another list than before: from its beginning.
    pub(super) fn read_anew(self: &Rc<Self>) {
        self.rows.replace(Vec::new(), 0);
        self.window.set_loading(true);
        self.window.set_scroll(0.0);
        let mailbox = self.clone();
        spawn(async move { mailbox.refresh().await });
    }

    /// The folder as it is, with nothing looked for.
    pub(super) fn widen(&self) {
        self.search_timer.stop();
        self.view.borrow_mut().words.clear();
        self.window.set_search_text("".into());
    }

    /// The person wants it gone.
    pub(super) fn delete(self: &Rc<Self>) {
        let Some(message) = self.reading.borrow().clone() else { return };
        let Some(what) = Deletable::of(&message) else { return };
        let mailbox = self.clone();
        spawn(async move { mailbox.delete_now(message.row.id, what).await });
    }

    async fn delete_now(self: &Rc<Self>, id: MessageId, what: Deletable) {
        let deleted = self.ask(move |client| async move {
            match what {
                Deletable::Draft => client.delete_draft(id).await,
                Deletable::Letter => client.delete_letter(id).await,
                Deletable::Mail => client.delete_message(id).await,
            }
        });
        if let Err(error) = deleted.await {
            // It has gone meanwhile, which the list shows.
            tracing::info!(%error, "it was not deleted");
        }
        // The row that takes its place is the next one to look at.
        let index = self.rows.index_of(id);
        self.refresh().await;
        let next = index.filter(|index| self.rows.id(*index).is_some()).or_else(|| index?.checked_sub(1));
        if let Some(next) = next {
            self.pick(next);
            self.window.set_current(super::as_index(next));
        }
    }
}

/// What can be deleted here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Deletable {
    /// A letter still being written.
    Draft,
    /// A letter that has not gone out.
    Letter,
    /// What came, or was sent: from one's own mailbox only.
    Mail,
}

impl Deletable {
    pub(super) fn of(message: &restante_local_api::Message) -> Option<Self> {
        use restante_local_api::RowState;
        match message.row.on_its_way {
            _ if message.row.state == RowState::Draft => Some(Self::Draft),
            Some(on_its_way) if on_its_way.may_be_taken_back => Some(Self::Letter),
            Some(_) => None,
            None => Some(Self::Mail),
        }
    }
}
