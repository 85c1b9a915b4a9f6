//! What a person does by hand with a message that came or was sent: counts it as unread again, removes it.

use restante_local_api::Trigger;
use restante_model::{MessageId, Timestamp};

use crate::{
    ask_error::AskError,
    effect::{Answer, Effect, Mark},
    engine::{Engine, Result},
    local::Reply,
};

impl Engine {
    /// Which of these are unread, newest first.
    pub(crate) fn unread_of(&self, ids: Vec<MessageId>) -> Result<Reply> {
        let mut unread = Vec::new();
        for id in ids {
            if self.cache.unread_message(id)? {
                unread.push(id);
            }
        }
        unread.sort_unstable_by(|one, other| other.cmp(one));
        Ok(Ok(Answer::Ids(unread)))
    }

    /// The person wants a message to count as unread again. Only here: the server's states never go back, and the
    /// sender was told that it was read. It is not announced again.
    pub(crate) fn mark_unread(&mut self, id: MessageId) -> Result<Reply> {
        if self.cache.is_received(id)? {
            self.ledger.keep_unread(id)?;
            if self.cache.mark_unread(id)? {
                self.mailbox_revision += 1;
            }
            return Ok(Ok(Answer::Done));
        }
        Ok(Err(AskError::NoSuchMessage(id)))
    }

    /// The person removes a message from the mailbox: it is gone here at once, and from the server with the next
    /// run. `None` where there is no such message, sent or received.
    pub(crate) fn delete_message(&mut self, id: MessageId, now: Timestamp) -> Result<Option<Vec<Effect>>> {
        if !self.cache.has(id)? {
            return Ok(None);
        }
        self.ledger.note_mark(Mark::Deleted, id, now)?;
        self.ledger.forget_kept_unread(id)?;
        self.cache.delete(id)?;
        self.mailbox_revision += 1;
        let mut effects = self.withdraw(&[id], now)?;
        effects.extend(self.start_run(Trigger::Send, now)?);
        Ok(Some(effects))
    }
}
