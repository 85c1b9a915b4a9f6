//! Nothing that was typed is lost: the letter is handed to the agent as a draft now and then, and at the end.

use std::rc::Rc;

use restante_l10n::{Value, clock_time, local};
use restante_local_api::ClientError;
use slint::SharedString;

use super::{Compose, spawn};
use crate::{phrases, stream::Link};

impl Compose {
    /// Saves when the agent's job says so, besides by its own clock.
    pub(super) fn save_when_told(self: &Rc<Self>) {
        let (weak, mut link) = (Rc::downgrade(self), self.desk.link());
        spawn(async move {
            let mut known = None;
            while link.changed().await.is_ok() {
                let Link::Here(status) = &*link.borrow_and_update() else { continue };
                let told = status.autosave_revision;
                let Some(compose) = weak.upgrade() else { return };
                if known.replace(told).is_some_and(|known| known != told) {
                    // In a task of its own: what follows must hold neither the state nor the window.
                    spawn(async move { compose.save_and_say().await });
                }
            }
        });
    }

    pub(super) async fn save_and_say(self: Rc<Self>) {
        match self.save().await {
            Ok(false) => {}
            Ok(true) => {
                let time = clock_time(local(self.desk.now().to_date_time()));
                let said = self.desk.words.with("draft-saved", &[("time", Value::Text(&time))]);
                self.window.set_notice(said.into());
                self.window.set_problem(SharedString::new());
            }
            Err(error) => {
                self.say_problem("problem-not-saved", &error);
                self.edited(); // and tries again
            }
        }
    }

    /// Hands the letter to the agent as a draft; `false` where it has it already. A letter that was
    /// emptied does not replace the one that is kept.
    pub(super) async fn save(&self) -> Result<bool, ClientError> {
        let _alone = self.writing.lock().await;
        self.save_timer.stop();
        if self.is_sent() {
            return Ok(false);
        }
        let letter = self.letter();
        let empty = letter.to.is_empty() && letter.subject.is_empty() && letter.body.trim().is_empty();
        if empty || letter == *self.kept.borrow() {
            return Ok(false);
        }
        let (id, handed, base) = (self.id.get(), letter.clone(), self.version.get());
        let kept = self
            .desk
            .agent
            .ask(move |client| async move { client.save_draft(id, &handed, base).await })
            .await?;
        self.version.set(kept.version);
        self.saved.set(true);
        self.kept.replace(letter);
        Ok(true)
    }

    /// Closes the window once what stands in it is kept.
    pub(super) async fn close(self: Rc<Self>) {
        // A name that was begun is not worth a question, and the rest is kept without it.
        match self.save().await {
            Ok(_) => self.end(),
            Err(error) => self.say_problem("problem-not-saved", &error),
        }
    }

    pub(super) async fn discard(self: Rc<Self>) {
        let alone = self.writing.lock().await;
        let (id, saved) = (self.id.get(), self.saved.get());
        let done = if saved {
            self.desk.agent.ask(move |client| async move { client.delete_draft(id).await }).await
        } else {
            Ok(())
        };
        drop(alone);
        match done {
            Ok(()) => self.end(),
            Err(error) => {
                self.window.set_problem(phrases::why(&self.desk.words, &error).into());
            }
        }
    }
}
