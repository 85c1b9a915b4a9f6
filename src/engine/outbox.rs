//! Letters on their way out: exactly once by an id that stays the same, and none holds up another.

use std::collections::BTreeSet;

use restante_local_api::{LetterId, Trigger, Undo};
use restante_model::{DeliveryState, Letter, MessageId, Timestamp};
use restante_server_api::{Accepted, Direction, Message, Problem, ProblemKind, Recipient};

use crate::{
    ask_error::AskError,
    effect::{Answer, Effect},
    engine::{Engine, Result},
    event::{CallId, ServerError},
    ids,
    ledger::{OutboxLetter, Refusal, WrittenLetter},
    local::{self, Reply},
    run::Step,
};

impl Engine {
    /// Durably in the outbox first; then, where the network may be used, on its way as soon as it cannot
    /// be taken back any more.
    pub(crate) fn send(
        &mut self,
        call: CallId,
        id: MessageId,
        letter: Letter,
        undo: Undo,
        now: Timestamp,
    ) -> Result<Vec<Effect>> {
        let reply = self.put_into_outbox(id, letter, id, undo, now)?;
        self.answer_and_go(call, reply, now)
    }

    /// A draft goes out under its own id; under another where that names a letter already: somebody wrote
    /// on, on another device, after this one was sent.
    pub(crate) fn send_draft(
        &mut self,
        call: CallId,
        draft: MessageId,
        undo: Undo,
        now: Timestamp,
    ) -> Result<Vec<Effect>> {
        let Some(found) = self.ledger.draft(draft)? else {
            // Asked again after it went: the same answer.
            let reply = match self.sent_before(draft)? {
                Some(letter) => Ok(Answer::Letter(letter)),
                None => Err(AskError::NoSuchMessage(draft)),
            };
            return self.answer_and_go(call, reply, now);
        };
        let letter = found.written.letter;
        let sum = letter.content_sum();
        let outbox = self.ledger.outbox_letter(draft)?;
        let taken = outbox.is_some_and(|it| it.written.letter.content_sum() != sum)
            || self.cache.message(draft)?.is_some_and(|sent| !local::same(&sent, &letter));
        let id = if taken { ids::derived(draft, "letter", &sum) } else { draft };
        let reply = self.put_into_outbox(id, letter, draft, undo, now)?;
        self.answer_and_go(call, reply, now)
    }

    fn sent_before(&self, id: MessageId) -> Result<Option<LetterId>> {
        if let Some(waiting) = self.ledger.outbox_letter(id)? {
            return Ok(Some(letter_id(&waiting)));
        }
        let sent = self.cache.message(id)?.is_some();
        Ok(sent.then_some(LetterId { id, goes_out_at: None, version: None }))
    }

    fn answer_and_go(&mut self, call: CallId, reply: Reply, now: Timestamp) -> Result<Vec<Effect>> {
        let good = reply.is_ok();
        let mut effects = vec![Effect::Answer { call, answer: reply }];
        if good && self.ledger.outbox()?.iter().any(|letter| letter.due(now)) {
            effects.extend(self.start_run(Trigger::Send, now)?);
        }
        Ok(effects)
    }

    fn put_into_outbox(
        &mut self,
        id: MessageId,
        letter: Letter,
        draft: MessageId,
        undo: Undo,
        now: Timestamp,
    ) -> Result<Reply> {
        let problems = letter.problems();
        if !problems.is_empty() {
            return Ok(Err(AskError::Letter(problems)));
        }
        if self.account.is_none() {
            return Ok(Err(AskError::SignedOut));
        }
        if let Some(sent) = self.cache.message(id)? {
            // Asked again after the post office took it: the same answer for ever.
            let answer = Answer::Letter(LetterId { id, goes_out_at: None, version: None });
            return Ok(if local::same(&sent, &letter) { Ok(answer) } else { Err(AskError::IdReused(id)) });
        }
        let goes_out_at = match undo {
            Undo::AtOnce => now,
            Undo::Setting => now.plus(self.settings.undo.0),
            Undo::Seconds(seconds) => now.plus(seconds),
        };
        let written = WrittenLetter { id, letter, written_at: now };
        let Some(waiting) = self.ledger.add_to_outbox(&written, goes_out_at, draft)? else {
            return Ok(Err(AskError::IdReused(id)));
        };
        self.mailbox_revision += 1;
        Ok(Ok(Answer::Letter(letter_id(&waiting))))
    }

    /// A letter of the outbox is a draft again. One that was refused takes a new id: it will say something
    /// else, and its old id may yet come back from a slow network.
    pub(crate) fn take_back(&mut self, id: MessageId, now: Timestamp) -> Result<Reply> {
        let waiting = match self.still_here(id)? {
            Ok(waiting) => waiting,
            Err(problem) => return Ok(Err(problem)),
        };
        let sum = waiting.written.letter.content_sum();
        let same = waiting.refused.is_none() && self.ledger.draft(id)?.is_none();
        let draft = if same { id } else { ids::derived(id, "draft", &sum) };
        if self.ledger.draft(draft)?.is_none() {
            self.ledger.take_back(id, draft, now)?;
        } else {
            // It was taken back before, and sent again word for word.
            self.ledger.remove_from_outbox(id)?;
        }
        self.mailbox_revision += 1;
        let version = self.ledger.draft(draft)?.map(|draft| draft.version);
        Ok(Ok(Answer::Letter(LetterId { id: draft, goes_out_at: None, version })))
    }

    /// A refused letter goes out again as it is: what was wrong may have been mended elsewhere.
    pub(crate) fn send_anew(&mut self, call: CallId, id: MessageId, now: Timestamp) -> Result<Vec<Effect>> {
        let reply = match self.ledger.outbox_letter(id)? {
            None => Err(AskError::NoSuchMessage(id)),
            Some(OutboxLetter { refused: None, .. }) => Ok(id),
            Some(OutboxLetter { refused: Some(_), .. }) => {
                self.ledger.retry_outbox(id)?;
                self.mailbox_revision += 1;
                Ok(id)
            }
        };
        let reply = reply.map(|id| Answer::Letter(LetterId { id, goes_out_at: None, version: None }));
        self.answer_and_go(call, reply, now)
    }

    /// A letter of the outbox goes nowhere, and is kept nowhere.
    pub(crate) fn delete_letter(&mut self, id: MessageId) -> Result<Reply> {
        if let Err(problem) = self.still_here(id)? {
            return Ok(Err(problem));
        }
        self.ledger.remove_from_outbox(id)?;
        self.mailbox_revision += 1;
        Ok(Ok(Answer::Done))
    }

    /// A letter that nobody else can have: one that was tried and not refused may be with the server.
    fn still_here(&self, id: MessageId) -> Result<std::result::Result<OutboxLetter, AskError>> {
        Ok(match self.ledger.outbox_letter(id)? {
            Some(waiting) if may_be_taken_back(&waiting) => Ok(waiting),
            None if self.cache.message(id)?.is_none() => Err(AskError::NoSuchMessage(id)),
            Some(_) | None => Err(AskError::OnItsWay),
        })
    }

    /// The next letter that is due and was not tried in this run: those never tried first, so that one
    /// which the network does not carry holds up no other.
    pub(crate) fn next_letter(
        &self,
        tried: &BTreeSet<MessageId>,
        now: Timestamp,
    ) -> Result<Option<(MessageId, Letter)>> {
        let outbox = self.ledger.outbox()?;
        let due = outbox.into_iter().filter(|it| it.due(now) && !tried.contains(&it.written.id));
        let next = due.min_by_key(|it| (it.tried_at, it.written.written_at, it.written.id));
        Ok(next.map(|it| (it.written.id, it.written.letter)))
    }

    /// When the next undo window ends.
    pub(crate) fn outbox_needs_wake(&self, now: Timestamp) -> Result<Option<Timestamp>> {
        let outbox = self.ledger.outbox()?;
        let held = outbox.iter().filter(|it| it.refused.is_none() && !it.due(now));
        Ok(held.map(|it| it.goes_out_at).min())
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
                self.letter_refused(id, &problem, now)?;
                self.step_done(Step::Post(id), now)
            }
            // Another device sent the draft that it was, and this one wrote on: they are two letters.
            Err(ServerError::Refused(problem)) if problem.code == ProblemKind::IdReused => {
                if let Some(waiting) = self.ledger.outbox_letter(id)? {
                    let sum = waiting.written.letter.content_sum();
                    self.ledger.rename_letter(id, ids::derived(id, "letter", &sum))?;
                    self.mailbox_revision += 1;
                }
                self.step_done(Step::Post(id), now)
            }
            // Perhaps it is this letter that cannot be had through; whether it is the server, the check
            // behind it will tell.
            Err(ServerError::Unreachable(detail)) => {
                tracing::info!(%id, detail, "a letter had no answer");
                self.stop_posting(id);
                self.go_on(Step::Post(id), now)
            }
            Err(ServerError::Refused(problem)) if problem.code == ProblemKind::Internal => {
                tracing::warn!(%id, detail = problem.detail, "the server failed over a letter");
                self.go_on(Step::Post(id), now)
            }
            Err(error) => self.step_failed(Step::Post(id), &error, now),
        }
    }

    /// The letter itself is at fault: it stays, with why.
    pub(crate) fn letter_refused(&mut self, id: MessageId, problem: &Problem, now: Timestamp) -> Result<()> {
        self.mailbox_revision += 1;
        self.ledger.refuse_outbox(id, &Refusal { why: why(problem), at: now })
    }

    /// The letter is a sent message first, and out of the outbox then: a crash in between posts it again
    /// under the same id, which changes nothing.
    pub(crate) fn take_accepted(&mut self, accepted: &Accepted) -> Result<()> {
        let (Some(waiting), Some(account)) = (self.ledger.outbox_letter(accepted.id)?, &self.account) else {
            return Ok(());
        };
        let recipients = accepted.recipients.iter().map(|recipient| Recipient {
            person: recipient.person.clone(),
            state: recipient.state,
            since: accepted.accepted_at,
            delivered_at: matches!(recipient.state, DeliveryState::Delivered | DeliveryState::Read)
                .then_some(accepted.accepted_at),
            acknowledged_at: None,
            not_delivered_because: None,
        });
        let letter = waiting.written.letter;
        self.cache.add_sent(&Message {
            id: accepted.id,
            from: account.user.clone(),
            to: accepted.recipients.iter().map(|recipient| recipient.person.clone()).collect(),
            subject: letter.subject,
            body: letter.body,
            importance: letter.importance,
            sent_at: accepted.accepted_at,
            expires_at: accepted.expires_at,
            text_removed_at: None,
            direction: Direction::Sent { recipients: recipients.collect() },
        })?;
        self.ledger.remove_from_outbox(accepted.id)
    }
}

/// Whether nobody but this agent can have it.
pub(crate) fn may_be_taken_back(waiting: &OutboxLetter) -> bool {
    waiting.tried_at.is_none() || waiting.refused.is_some()
}

fn letter_id(waiting: &OutboxLetter) -> LetterId {
    let held = waiting.goes_out_at > waiting.written.written_at;
    LetterId { id: waiting.written.id, goes_out_at: held.then_some(waiting.goes_out_at), version: None }
}

/// Whether trying again cannot help: the letter itself is at fault.
pub(crate) fn refused_for_good(code: ProblemKind) -> bool {
    match code {
        ProblemKind::Invalid | ProblemKind::TooLarge | ProblemKind::UnknownRecipient => true,
        // That one goes on under another id.
        ProblemKind::IdReused
        | ProblemKind::Unauthenticated
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
