//! Drafts, here and on the server: saved here at once, there soon after, and on every device of the user.

use restante_local_api::LetterId;
use restante_model::{Letter, LetterProblem, MessageId, Timestamp};
use restante_server_api::{self as api, ProblemKind, SavedDraft};

use crate::{
    ask_error::AskError,
    effect::{Answer, Effect},
    engine::{Engine, Result},
    event::ServerError,
    ledger::{Draft, ServerDraft, TakenDraft, WrittenLetter},
    local::Reply,
    run::{Run, Step},
};

/// How long a draft is written on here before the server is given it: each save there costs everybody's
/// devices a page.
const SAVE_AFTER_MS: i64 = 30_000;
/// How often one draft is handed over in one run: once, and again upon what another device did.
const MAX_TRIES: usize = 3;

impl Engine {
    /// Saves what there is of a letter, durably.
    pub(crate) fn save_draft(
        &mut self,
        id: MessageId,
        letter: Letter,
        base_version: Option<u64>,
        now: Timestamp,
    ) -> Result<Reply> {
        let mut problems = letter.problems();
        // Whom it is for may be decided last.
        problems.retain(|problem| *problem != LetterProblem::NoRecipient);
        if !problems.is_empty() {
            return Ok(Err(AskError::Letter(problems)));
        }
        let written = WrittenLetter { id, letter, written_at: now };
        let version = self.ledger.save_draft(&written, base_version)?;
        self.mailbox_revision += 1;
        Ok(Ok(Answer::Letter(LetterId { id, goes_out_at: None, version: Some(version) })))
    }

    /// Throws a draft away, here at once.
    pub(crate) fn delete_draft(&mut self, id: MessageId) -> Result<Reply> {
        if !self.ledger.throw_draft(id)? {
            return Ok(Err(AskError::NoSuchMessage(id)));
        }
        self.mailbox_revision += 1;
        Ok(Ok(Answer::Done))
    }

    /// The next thing that the server is to hear of drafts in this run. That it may have it from now on
    /// is written down first.
    pub(crate) fn draft_step(&mut self, run: &mut Run) -> Result<Option<(Step, Effect)>> {
        for draft in self.ledger.unsaved_drafts()? {
            let id = draft.written.id;
            if run.tries(Step::SaveDraft(id), MAX_TRIES) {
                self.ledger.note_draft_handed(&draft)?;
                let Draft { written: WrittenLetter { letter, .. }, server, .. } = draft;
                let effect = Effect::SaveDraft { id, base_version: server.version, letter };
                return Ok(Some((Step::SaveDraft(id), effect)));
            }
        }
        for thrown in self.ledger.thrown_drafts()? {
            let id = thrown.id;
            if run.tries(Step::ThrowDraft(id), MAX_TRIES) {
                // Where only an answer was lost, the server tells what it has, and that is known again.
                let base_version = thrown.server.version.unwrap_or(0);
                let effect = Effect::ThrowDraft { id, base_version };
                return Ok(Some((Step::ThrowDraft(id), effect)));
            }
        }
        Ok(None)
    }

    /// The server saved a draft, or has another version of it, or did not answer.
    pub(crate) fn draft_saved(
        &mut self,
        id: MessageId,
        content_sum: &[u8; 32],
        outcome: std::result::Result<SavedDraft, ServerError>,
        now: Timestamp,
    ) -> Result<Vec<Effect>> {
        let step = Step::SaveDraft(id);
        match outcome {
            Ok(saved) => {
                self.ledger.note_draft_saved(id, content_sum, saved.version)?;
                self.step_done(step, now)
            }
            Err(error) => self.draft_refused(step, id, &error, now),
        }
    }

    /// The server threw a draft away, or has a newer version of it, or did not answer.
    pub(crate) fn draft_thrown(
        &mut self,
        id: MessageId,
        outcome: std::result::Result<(), ServerError>,
        now: Timestamp,
    ) -> Result<Vec<Effect>> {
        let step = Step::ThrowDraft(id);
        let gone = match &outcome {
            Ok(()) => true,
            Err(ServerError::Refused(problem)) => problem.code == ProblemKind::NotFound,
            Err(ServerError::Unreachable(_)) => false,
        };
        match outcome {
            Err(error) if !gone => self.draft_refused(step, id, &error, now),
            Ok(()) | Err(_) => {
                self.ledger.forget_thrown_draft(id)?;
                self.step_done(step, now)
            }
        }
    }

    fn draft_refused(
        &mut self,
        step: Step,
        id: MessageId,
        error: &ServerError,
        now: Timestamp,
    ) -> Result<Vec<Effect>> {
        if let ServerError::Refused(problem) = error
            && problem.code == ProblemKind::RevisionConflict
            && let Some(told) = &problem.draft
        {
            self.take_draft(id, &server_draft(told))?;
            return self.step_done(step, now);
        }
        // One draft that the server does not take holds up no other.
        if let ServerError::Refused(problem) = error
            && problem.code == ProblemKind::Internal
        {
            return self.go_on(step, now);
        }
        self.step_failed(step, error, now)
    }

    /// What a page of changes says of drafts, taken before the page's cursor is: after a crash in between
    /// it comes again and changes nothing.
    pub(crate) fn take_drafts(&mut self, changes: &[api::Change]) -> Result<()> {
        for change in changes {
            match change {
                api::Change::Draft { draft } => self.take_draft(draft.id, &server_draft(draft))?,
                api::Change::DraftRemoved { draft_id, version, at } => {
                    let gone = ServerDraft { letter: None, version: *version, saved_at: *at };
                    self.take_draft(*draft_id, &gone)?;
                }
                api::Change::Message { .. }
                | api::Change::Delivery { .. }
                | api::Change::Expiry { .. }
                | api::Change::Removed { .. } => {}
            }
        }
        Ok(())
    }

    fn take_draft(&mut self, id: MessageId, told: &ServerDraft) -> Result<()> {
        if self.ledger.take_server_draft(id, told)? == TakenDraft::Changed {
            self.mailbox_revision += 1;
        }
        Ok(())
    }

    /// When the server is next to be given a draft. Where it could not be had since, the scheduler's next
    /// check is soon enough.
    pub(crate) fn drafts_need_wake(&self, now: Timestamp) -> Result<Option<Timestamp>> {
        let unsaved = self.ledger.unsaved_drafts()?;
        let due = unsaved.iter().filter_map(|draft| draft.unsaved_since).map(save_at);
        Ok(due.filter(|at| *at > now).min())
    }

    /// Whether a draft was written on for long enough.
    pub(crate) fn drafts_due(&self, now: Timestamp) -> Result<bool> {
        let unsaved = self.ledger.unsaved_drafts()?;
        Ok(unsaved.iter().filter_map(|draft| draft.unsaved_since).any(|since| save_at(since) <= now))
    }
}

fn save_at(unsaved_since: Timestamp) -> Timestamp {
    unsaved_since.plus_ms(SAVE_AFTER_MS)
}

fn server_draft(told: &api::Draft) -> ServerDraft {
    ServerDraft { letter: told.content.clone(), version: told.version, saved_at: told.saved_at }
}
