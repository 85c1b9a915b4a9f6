//! Second thoughts: a letter that was sent stays on show, unchangeable, until it goes out; till then it can be had
//! back (row B10).

use std::{rc::Rc, time::Duration};

use restante_l10n::Value;
use restante_local_api::{ClientError, LetterId, model::Timestamp};
use slint::{SharedString, TimerMode};

use super::{Compose, spawn};

/// How often the seconds that are left are told.
const TOLD_EVERY: Duration = Duration::from_millis(250);

impl Compose {
    /// The agent has the letter: what stands here is no draft any more. Where it goes out later, the window waits
    /// for that.
    pub(super) fn sent(self: &Rc<Self>, sent: LetterId) {
        let Some(goes_out_at) = sent.goes_out_at.filter(|at| *at > self.desk.now()) else {
            self.end();
            return;
        };
        self.id.set(sent.id);
        self.goes_out_at.set(Some(goes_out_at));
        self.window.set_can_undo(true);
        self.window.set_notice(SharedString::new());
        self.tell_seconds_left(goes_out_at);
        self.window.invoke_focus_undo();
        let weak = Rc::downgrade(self);
        self.undo_timer.start(TimerMode::Repeated, TOLD_EVERY, move || {
            let Some(compose) = weak.upgrade() else { return };
            if let Some(goes_out_at) = compose.goes_out_at.get() {
                compose.tell_seconds_left(goes_out_at);
            }
        });
    }

    /// Whether the letter in this window is on its way.
    pub(super) fn is_sent(&self) -> bool {
        self.goes_out_at.get().is_some()
    }

    pub(super) fn tell_seconds_left(&self, goes_out_at: Timestamp) {
        let left_ms = goes_out_at.ms_since(self.desk.now());
        let Ok(left_ms @ 1..) = u64::try_from(left_ms) else {
            self.end();
            return;
        };
        let left = [("count", Value::Number(left_ms.div_ceil(1_000)))];
        self.window.set_held(self.desk.words.with("sent-now", &left).into());
    }

    /// The person wants it back: it is a draft again, and stands here to go on with.
    pub(super) fn undo(self: Rc<Self>) {
        let id = self.id.get();
        self.undo_timer.stop();
        self.window.set_can_undo(false);
        spawn(async move {
            match self.desk.agent.ask(move |client| async move { client.take_back(id).await }).await {
                Ok(draft) => {
                    self.id.set(draft.id);
                    self.version.set(draft.version);
                    self.saved.set(true);
                    self.kept.replace(self.letter());
                    self.goes_out_at.set(None);
                    self.window.set_held(SharedString::new());
                    self.window.invoke_focus_body();
                }
                // Said, and the window closed by hand: nobody is to take it for unsent.
                Err(ClientError::Refused(_)) => {
                    self.window.set_held(self.desk.words.text("undo-too-late").into());
                }
                Err(error) => self.say_problem("undo-failed", &error),
            }
        });
    }
}
