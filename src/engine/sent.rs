//! Sent messages: what became of each recipient's copy, asked when somebody wants to know, and taking one back
//! (rows B18, B20). Both are answered by the server or not at all: neither waits for better days.

use restante_local_api::{Mode, Recipients};
use restante_model::{DeliveryState, MessageId};
use restante_server_api::Recipient;

use crate::{
    ask_error::AskError,
    effect::{Answer, Effect},
    engine::{Engine, Result},
    event::{CallId, ServerError},
};

impl Engine {
    /// Asks the server about a message that was sent from here, or to take it back.
    pub(crate) fn ask_about_sent(
        &mut self,
        call: CallId,
        id: MessageId,
        question: Effect,
    ) -> Result<Vec<Effect>> {
        let refusal = if !self.cache.is_sent(id)? {
            AskError::NoSuchMessage(id)
        } else if self.mode == Mode::Offline {
            AskError::Offline
        } else if !self.signed_in {
            AskError::SignedOut
        } else {
            self.questions.insert(call);
            return Ok(vec![question]);
        };
        Ok(vec![Effect::Answer { call, answer: Err(refusal) }])
    }

    /// The server answered, or did not.
    pub(crate) fn recipients_told(
        &mut self,
        call: CallId,
        id: MessageId,
        outcome: std::result::Result<Vec<Recipient>, ServerError>,
    ) -> Result<Vec<Effect>> {
        let answer = match outcome {
            Ok(recipients) => {
                self.take_recipients(id, &recipients)?;
                Ok(Answer::Recipients(Recipients { recipients: recipients.into_iter().map(told).collect() }))
            }
            Err(error) => Err(AskError::Server(error)),
        };
        // Who asked before the exchange was given up has his answer already.
        Ok(if self.questions.remove(&call) { vec![Effect::Answer { call, answer }] } else { Vec::new() })
    }

    /// What the server says of recipients is so, whoever asked.
    pub(crate) fn take_recipients(&mut self, id: MessageId, recipients: &[Recipient]) -> Result<()> {
        self.cache.take_recipients(id, recipients)?;
        self.mailbox_revision += 1;
        Ok(())
    }

    /// The exchanges under way are given up: whoever waits for one is told that its outcome is not known.
    pub(crate) fn give_up_questions(&mut self) -> Vec<Effect> {
        std::mem::take(&mut self.questions)
            .into_iter()
            .map(|call| Effect::Answer { call, answer: Err(AskError::Unanswered) })
            .collect()
    }
}

fn told(recipient: Recipient) -> restante_local_api::Recipient {
    let waits = matches!(recipient.state, DeliveryState::Waiting | DeliveryState::Expired);
    restante_local_api::Recipient {
        person: recipient.person,
        state: recipient.state,
        since: recipient.since,
        acknowledged_at: recipient.acknowledged_at,
        not_delivered_because: recipient.not_delivered_because.filter(|_| waits),
    }
}
