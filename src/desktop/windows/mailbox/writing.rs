//! What is written from here: new letters, answers, and drafts gone on with.

use std::{rc::Rc, time::Duration};

use restante_l10n::Words;
use restante_local_api::{
    Direction, Message, RowState,
    model::{MessageId, Timestamp},
};
use slint::{ComponentHandle as _, Timer};

use super::{
    Mailbox,
    compose::{self, Sheet},
    spawn,
};
use crate::stream::Link;

impl Mailbox {
    pub(super) fn answer_with(self: &Rc<Self>, sheet: fn(&Words, Timestamp, &Message) -> Sheet) {
        let shown = self.reading.borrow().clone();
        if let Some(message) = shown.filter(|message| message.direction == Direction::Received) {
            self.compose(sheet(&self.desk.words, self.desk.now(), &message));
        }
    }

    pub(super) fn reply_all(self: &Rc<Self>) {
        let shown = self.reading.borrow().clone();
        let own = match &*self.desk.link().borrow() {
            Link::Here(status) => status.account.as_ref().map(|account| account.user.clone()),
            Link::Connecting | Link::Away | Link::Foreign => None,
        };
        if let Some(message) = shown.filter(|message| message.direction == Direction::Received) {
            self.compose(Sheet::reply_all(&self.desk.words, self.desk.now(), &message, own.as_deref()));
        }
    }

    /// A draft goes on; a letter that has not gone, or was refused, becomes one first.
    pub(super) fn go_on_writing(self: &Rc<Self>) {
        let message = self.reading.borrow().clone();
        match message {
            Some(message) if message.row.state == RowState::Draft => self.compose(Sheet::draft(&message)),
            Some(message) if message.row.on_its_way.is_some_and(|it| it.may_be_taken_back) => {
                let mailbox = self.clone();
                spawn(async move { mailbox.take_back(message.row.id).await });
            }
            Some(_) | None => {}
        }
    }

    pub(super) async fn take_back(self: &Rc<Self>, id: MessageId) {
        let taken = self.ask(move |client| async move {
            let draft = client.take_back(id).await?;
            client.message(draft.id).await
        });
        match taken.await {
            Ok(draft) => self.compose(Sheet::draft(&draft)),
            // It has gone meanwhile, which the list shows.
            Err(error) => tracing::info!(%error, "the letter was not taken back"),
        }
        self.refresh().await;
    }

    pub(super) fn compose(&self, sheet: Sheet) {
        if let Err(error) = compose::show(&self.desk, sheet, self.after_another()) {
            tracing::warn!(%error, "the window to write in did not open");
        }
    }

    /// What is to be done when another window was closed: on X11 it goes only with the next thing that
    /// is drawn, since winit does not flush the request to destroy it.
    pub(super) fn after_another(&self) -> impl Fn() + Clone + 'static {
        let weak = self.window.as_weak();
        move || {
            let weak = weak.clone();
            // At the next turn of the loop, when the window is really gone.
            Timer::single_shot(Duration::ZERO, move || {
                if let Some(window) = weak.upgrade() {
                    window.window().request_redraw();
                }
            });
        }
    }
}
