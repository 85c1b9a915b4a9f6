//! What became of a sent message: why somebody has not got it, and taking it back (rows B18, B20).

use std::rc::Rc;

use restante_l10n::Value;
use restante_local_api::{Message, model::MessageId};

use super::{Mailbox, spawn};
use crate::phrases;

impl Mailbox {
    /// The button in the message on show.
    pub(super) fn act(self: &Rc<Self>) {
        let retracted =
            self.reading.borrow().as_ref().filter(|it| phrases::may_be_retracted(it)).map(|it| it.row.id);
        let Some(id) = retracted else {
            self.go_on_writing();
            return;
        };
        if !self.retract_asked.replace(true) {
            self.show_part_again();
            return;
        }
        self.retract_asked.set(false);
        let mailbox = self.clone();
        spawn(async move { mailbox.retract(id).await });
    }

    async fn retract(self: &Rc<Self>, id: MessageId) {
        let told = self.ask(move |client| async move { client.retract(id).await }).await;
        self.refresh().await;
        if self.selected.get() != Some(id) {
            return;
        }
        self.show_part_again();
        if let Err(error) = told {
            let why = phrases::why(&self.desk.words, &error);
            let mut reading = self.window.get_reading();
            reading.alarm = self.desk.words.with("retract-failed", &[("why", Value::Text(&why))]).into();
            self.window.set_reading(reading);
        }
    }

    /// Asks the server, which alone knows, why some have not received the message on show.
    pub(super) fn ask_reasons(self: &Rc<Self>, id: MessageId) {
        let waited_for = self
            .reading
            .borrow()
            .as_ref()
            .is_some_and(|it| it.row.on_its_way.is_none() && !it.row.not_delivered.is_empty());
        if !waited_for {
            return;
        }
        let mailbox = self.clone();
        spawn(async move {
            // Without an answer it is told without reasons.
            let Ok(told) = mailbox.ask(move |client| async move { client.recipients(id).await }).await else {
                return;
            };
            if let Some(message) = mailbox.reading.borrow_mut().as_mut().filter(|it| it.row.id == id) {
                message.recipients = told.recipients;
            }
            mailbox.show_part_again();
        });
    }

    /// What the server said of the message on show stays, where it is read anew from the agent.
    pub(super) fn keep_reasons(&self, message: &mut Message) {
        let shown = self.reading.borrow();
        let Some(shown) = shown.as_ref().filter(|shown| shown.row.id == message.row.id) else { return };
        for recipient in &mut message.recipients {
            let known = shown.recipients.iter().find(|it| it.person.login == recipient.person.login);
            if let Some(known) = known.filter(|known| known.state == recipient.state) {
                recipient.not_delivered_because = known.not_delivered_because.clone();
            }
        }
    }
}
