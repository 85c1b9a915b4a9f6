//! The message on show: read part by part, counted as read after a while, marked by hand.

use std::{rc::Rc, time::Duration};

use restante_l10n::Value;
use restante_local_api::{
    ClientError, Direction, Message, RowState,
    model::{Folder, MessageId},
};
use slint::TimerMode;

use super::{
    Mailbox, READ_AFTER, READ_AFTER_KEY, as_index, parts, spawn,
    view::{Deletable, View},
};
use crate::{phrases, ui};

impl Mailbox {
    pub(super) fn select(&self, id: Option<MessageId>) {
        self.selected.set(id);
        self.awaited.set(None);
        self.left_unread.set(None);
        self.retract_asked.set(false);
        self.read_timer.stop();
        if id.is_none() {
            self.reading.replace(None);
            self.window.set_current(-1);
            self.window.set_reading(ui::Reading::default());
            self.window.set_can_reply(false);
            self.window.set_can_delete(false);
            self.window.set_can_mark(false);
        }
    }

    pub(super) async fn show_message(self: &Rc<Self>, id: MessageId) {
        let told = self.ask(move |client| async move { client.message(id).await }).await;
        if self.selected.get() != Some(id) {
            return; // Another one was chosen meanwhile.
        }
        match told {
            Ok(mut message) => {
                self.keep_reasons(&mut message);
                let new = self.reading.borrow().as_ref().is_none_or(|shown| shown.row.id != id);
                let part = if new { 1 } else { usize::try_from(self.window.get_reading().part).unwrap_or(1) };
                self.window.set_can_reply(message.direction == Direction::Received);
                let deletable = Deletable::of(&message);
                self.window.set_can_delete(deletable.is_some());
                self.window.set_deletes_mail(deletable == Some(Deletable::Mail));
                self.window.set_can_mark(may_be_marked(&message));
                self.window.set_reading_unread(message.row.state == RowState::Delivered);
                self.reading.replace(Some(message));
                self.show_part_from(part, new);
                if new {
                    self.ask_reasons(id);
                }
                self.time_reading();
            }
            Err(ClientError::Refused(_)) => self.select(None), // It is gone.
            Err(_) => {}                                       // The strip says so.
        }
    }

    /// Another part of a long text.
    pub(super) fn show_part(self: &Rc<Self>, part: usize) {
        self.show_part_from(part, true);
    }

    /// The same part once more, with what is known by now.
    pub(super) fn show_part_again(&self) {
        self.show_part_from(usize::try_from(self.window.get_reading().part).unwrap_or(1), false);
    }

    pub(super) fn show_part_from(&self, part: usize, from_start: bool) {
        let shown = self.reading.borrow();
        let Some(message) = &*shown else { return };
        let parts = parts::parts(&message.body);
        let part = part.clamp(1, parts.len());
        let mut reading = phrases::reading(&self.desk.words, self.desk.now(), message);
        if self.retract_asked.get() {
            reading.action = self.desk.words.text("retract-sure").into();
        }
        reading.text = parts[part - 1].into();
        (reading.part, reading.parts) = (as_index(part), as_index(parts.len()));
        let count = |number: usize| Value::Number(number as u64);
        let values = [("part", count(part)), ("parts", count(parts.len()))];
        reading.part_said = self.desk.words.with("part-of", &values).into();
        self.window.set_reading(reading);
        if from_start {
            self.window.invoke_read_from_start();
        }
    }

    /// What the settings say of reading; asked anew now and then, since a person may change them.
    pub(super) async fn learn_settings(&self) {
        let Ok(report) = self.ask(|client| async move { client.settings().await }).await else { return };
        let setting = report.settings.iter().find(|setting| setting.key == READ_AFTER_KEY);
        let seconds = setting.and_then(|setting| setting.text.as_deref()?.parse().ok());
        self.read_after.set(seconds.map_or(READ_AFTER, Duration::from_secs));
    }

    /// Opens the folder of a message and the message in it.
    pub(super) async fn open(self: &Rc<Self>, id: MessageId) {
        let Ok(message) = self.ask(move |client| async move { client.message(id).await }).await else {
            return;
        };
        let folder = match (message.direction, message.row.state) {
            (Direction::Received, _) => Folder::Inbox,
            (Direction::Sent, RowState::Draft) => Folder::Drafts,
            // What the post office has accepted expires one day.
            (Direction::Sent, _) if message.expires_at.is_some() => Folder::Sent,
            (Direction::Sent, _) => Folder::Outbox,
        };
        if folder != self.folder.get() || *self.view.borrow() != View::default() {
            self.view.replace(View::default());
            self.window.set_unread_only(false);
            self.go_to_folder(folder);
        }
        self.select(Some(id));
        // Its row may lie far below those that are loaded, most of all in another order than newest first.
        let row = self.position(folder, id).await;
        self.refresh_around(row).await;
        if let Some(index) = self.rows.index_of(id) {
            self.window.invoke_show_row(as_index(index));
        }
        self.window.invoke_focus_list();
    }

    /// Starts or stops the two seconds after which the message on show counts as read.
    pub(super) fn time_reading(&self) {
        let unread = self
            .reading
            .borrow()
            .as_ref()
            .filter(|message| message.direction == Direction::Received && message.row.bold)
            .map(|message| message.row.id);
        let Some(id) = unread.filter(|id| self.active.get() && self.left_unread.get() != Some(*id)) else {
            self.read_timer.stop();
            return;
        };
        if self.read_timer.running() {
            return;
        }
        let agent = self.desk.agent.clone();
        self.read_timer.start(TimerMode::SingleShot, self.read_after.get(), move || {
            let agent = agent.clone();
            spawn(async move {
                if let Err(error) = agent.ask(move |client| async move { client.mark_read(id).await }).await {
                    tracing::warn!(%error, "the message was not marked read");
                }
            });
        });
    }

    /// The person says whether the message on show counts as read.
    pub(super) fn mark(self: &Rc<Self>, read: bool) {
        let Some(id) = self.reading.borrow().as_ref().filter(|it| may_be_marked(it)).map(|it| it.row.id)
        else {
            return;
        };
        self.left_unread.set((!read).then_some(id));
        self.read_timer.stop();
        let mailbox = self.clone();
        spawn(async move {
            let marked = mailbox.ask(move |client| async move {
                if read { client.mark_read(id).await } else { client.mark_unread(id).await }
            });
            if let Err(error) = marked.await {
                tracing::warn!(%error, "the message was not marked");
            }
            mailbox.refresh().await;
        });
    }
}

/// What came and has not expired is read or unread.
fn may_be_marked(message: &Message) -> bool {
    message.direction == Direction::Received
        && matches!(message.row.state, RowState::Delivered | RowState::Read)
}
