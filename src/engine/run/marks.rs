//! The server hears what was done with messages here, so many in a request.

use restante_model::{MessageId, Timestamp};

use super::{Run, Step};
use crate::{
    effect::{Effect, Mark},
    engine::{Engine, Result},
    event::ServerError,
};

/// Marks in one request, 20 KB of ids: a first sync leaves a hundred thousand, which follow one request after the
/// other when all else is done.
const MAX_MARKS: u32 = 500;

impl Engine {
    pub(super) fn marks_step(&self, mark: Mark) -> Result<Option<(Step, Effect)>> {
        let ids = self.ledger.pending_marks(mark, MAX_MARKS)?;
        Ok((!ids.is_empty()).then_some((Step::Marks(mark), Effect::ReportMarks { mark, ids })))
    }

    /// What one request had no room for, while the server takes it: after all else, so that whatever a person does
    /// meanwhile goes before the next request.
    pub(super) fn next_marks(&self, run: &Run) -> Result<Option<(Step, Effect)>> {
        for mark in Mark::ALL {
            if run.more_marks.contains(&mark)
                && let Some(step) = self.marks_step(mark)?
            {
                return Ok(Some(step));
            }
        }
        Ok(None)
    }

    /// The server heard, or not, what was read, acknowledged, deleted or alerted of.
    pub(crate) fn marks_reported(
        &mut self,
        mark: Mark,
        ids: &[MessageId],
        outcome: std::result::Result<(), ServerError>,
        now: Timestamp,
    ) -> Result<Vec<Effect>> {
        match outcome {
            Ok(()) => {
                self.ledger.forget_marks(mark, ids)?;
                if let Some(run) = &mut self.run {
                    run.more_marks.retain(|more| *more != mark);
                    if ids.len() >= MAX_MARKS as usize {
                        run.more_marks.push(mark);
                    }
                }
                self.step_done(Step::Marks(mark), now)
            }
            Err(error) => self.step_failed(Step::Marks(mark), &error, now),
        }
    }
}
