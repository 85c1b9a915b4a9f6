//! Letters on their way out: exactly once by an id that stays the same, and none holds up another.

use std::collections::BTreeSet;

use restante_model::{DeliveryState, Letter, MessageId, Timestamp};
use restante_server_api::{Accepted, Direction, Message, Problem, ProblemKind, Recipient};

use crate::{
    effect::Effect,
    engine::{Engine, Result},
    event::ServerError,
    run::Step,
};

impl Engine {
    /// The oldest letter that waits and was not tried in this run.
    pub(crate) fn next_letter(&self, tried: &BTreeSet<MessageId>) -> Result<Option<(MessageId, Letter)>> {
        let outbox = self.ledger.outbox()?;
        let next = outbox.into_iter().find(|it| it.refused.is_none() && !tried.contains(&it.id));
        Ok(next.map(|it| (it.id, it.letter)))
    }

    /// The server took a letter, refused it, or did not answer. An error is not "not stored": the letter
    /// stays, and is tried again under the same id.
    pub(crate) fn posted(
        &mut self,
        id: MessageId,
        outcome: std::result::Result<Accepted, ServerError>,
        now: Timestamp,
    ) -> Result<Vec<Effect>> {
        match outcome {
            Ok(accepted) => {
                self.take_accepted(&accepted)?;
                self.mailbox_revision += 1;
                self.step_done(Step::Post(id), now)
            }
            Err(ServerError::Refused(problem)) if refused_for_good(problem.code) => {
                self.ledger.refuse_outbox(id, &why(&problem))?;
                self.mailbox_revision += 1;
                self.step_done(Step::Post(id), now)
            }
            Err(error) => self.step_failed(Step::Post(id), &error, now),
        }
    }

    /// The letter is a sent message first, and out of the outbox then: a crash in between posts it again
    /// under the same id, which changes nothing.
    fn take_accepted(&mut self, accepted: &Accepted) -> Result<()> {
        let (Some(written), Some(account)) = (self.ledger.outbox_letter(accepted.id)?, &self.account) else {
            return Ok(());
        };
        let recipients = accepted.recipients.iter().map(|recipient| Recipient {
            person: recipient.person.clone(),
            state: recipient.state,
            since: accepted.accepted_at,
            delivered_at: matches!(recipient.state, DeliveryState::Delivered | DeliveryState::Read)
                .then_some(accepted.accepted_at),
        });
        self.cache.add_sent(&Message {
            id: accepted.id,
            from: account.user.clone(),
            to: accepted.recipients.iter().map(|recipient| recipient.person.clone()).collect(),
            subject: written.letter.subject,
            body: written.letter.body,
            importance: written.letter.importance,
            sent_at: accepted.accepted_at,
            expires_at: accepted.expires_at,
            direction: Direction::Sent { recipients: recipients.collect() },
        })?;
        self.ledger.remove_from_outbox(accepted.id)
    }
}

/// Whether trying again cannot help: the letter itself is at fault.
fn refused_for_good(code: ProblemKind) -> bool {
    match code {
        ProblemKind::Invalid
        | ProblemKind::TooLarge
        | ProblemKind::IdReused
        | ProblemKind::UnknownRecipient => true,
        ProblemKind::Unauthenticated
        | ProblemKind::WrongCredentials
        | ProblemKind::NotFound
        | ProblemKind::TooManyRequests
        | ProblemKind::IntervalLocked
        | ProblemKind::RevisionConflict
        | ProblemKind::CursorReset
        | ProblemKind::OfficeUnavailable
        | ProblemKind::ClientTooOld
        | ProblemKind::Busy
        | ProblemKind::Internal => false,
    }
}

fn why(problem: &Problem) -> String {
    if problem.unknown.is_empty() || problem.unknown.iter().any(|login| problem.detail.contains(login)) {
        return problem.detail.clone();
    }
    format!("{}: {}", problem.detail, problem.unknown.join(", "))
}
