//! One run of the "check mail" job: the steps that are left are read off the state, one is under way at a
//! time, and a second request joins the run.

mod answers;
mod given_up;
mod marks;
mod page;

use std::collections::BTreeSet;

use restante_local_api::{CheckAnswer, CheckOutcome, LastCheck, Mode, Trigger};
use restante_model::{Cursor, MessageId, Timestamp};
use restante_server_api::Directory;

use crate::{
    effect::{Answer, Effect, Mark},
    engine::{Engine, Result},
    event::{CallId, Checked, ServerError},
    storage::StorageError,
    weather::Again,
};

/// How often a wish that met a newer revision is pushed again in one run.
const MAX_PUSHES: u8 = 3;
/// How long directory and settings are taken as known while only the scheduler asks, in milliseconds.
const DIRECTORY_FRESH_MS: i64 = 3_600_000;

/// One exchange with the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Step {
    Push,
    Settings,
    Post(MessageId),
    SaveDraft(MessageId),
    ThrowDraft(MessageId),
    Marks(Mark),
    Changes,
    Delivered,
    Directory,
}

/// A run under way.
#[derive(Debug)]
pub(crate) struct Run {
    trigger: Trigger,
    started_at: Timestamp,
    waiting_for: Option<Step>,
    pushes: u8,
    posted: BTreeSet<MessageId>,
    /// A letter had no answer: the others wait for what the check says of the server.
    posting_stopped: bool,
    /// The exchanges that this run has had; what joins it takes some of them out again.
    had: Vec<Step>,
    /// Somebody joined after the changes were asked for: they are asked for once more.
    changes_again: bool,
    cursor_reset: bool,
    /// The server took a full request of these: more may wait.
    more_marks: Vec<Mark>,
    /// When the server wants to be asked next.
    next_check_in_seconds: Option<u64>,
    new: u64,
    /// Who waits for the end, and whether he joined.
    waiting_calls: Vec<(CallId, bool)>,
}

impl Run {
    fn new(trigger: Trigger, started_at: Timestamp) -> Self {
        Self {
            trigger,
            started_at,
            waiting_for: None,
            pushes: 0,
            posted: BTreeSet::new(),
            posting_stopped: false,
            had: Vec::new(),
            changes_again: false,
            cursor_reset: false,
            more_marks: Vec::new(),
            next_check_in_seconds: None,
            new: 0,
            waiting_calls: Vec::new(),
        }
    }

    /// Whether this run is to have an exchange of this kind; from now on it has had it.
    fn first(&mut self, step: Step) -> bool {
        let first = !self.had.contains(&step);
        if first {
            self.had.push(step);
        }
        first
    }

    /// Whether this run is to have one more exchange of this kind; from now on it has had it.
    pub(crate) fn tries(&mut self, step: Step, most: usize) -> bool {
        let more = self.had.iter().filter(|had| **had == step).count() < most;
        if more {
            self.had.push(step);
        }
        more
    }

    /// The exchange is to be had once more.
    fn again(&mut self, step: Step) {
        self.had.retain(|had| *had != step);
    }
}

impl Engine {
    /// The scheduler says that it is time.
    pub(crate) fn check_due(&mut self, stalled: bool, now: Timestamp) -> Result<Vec<Effect>> {
        if self.mode == Mode::Offline || !self.signed_in {
            self.schedule.skipped += 1;
        }
        self.start_run(if stalled { Trigger::Resume } else { Trigger::Schedule }, now)
    }

    /// Begins a run, or joins the one under way. Offline nothing begins.
    pub(crate) fn start_run(&mut self, trigger: Trigger, now: Timestamp) -> Result<Vec<Effect>> {
        if self.mode == Mode::Offline {
            return Ok(Vec::new());
        }
        if !self.signed_in {
            return Ok(self.find_token());
        }
        if !self.may_ask(trigger, now) {
            return Ok(Vec::new());
        }
        if let Some(run) = &mut self.run {
            self.schedule.joined += 1;
            // The job wants a check in each interval, and this is one, unless it only tells of old marks by now.
            if (trigger == Trigger::Schedule || trigger == Trigger::Resume) && run.more_marks.is_empty() {
                return Ok(Vec::new());
            }
            // What came to the post office since the run asked is for whoever joins as well.
            if run.waiting_for == Some(Step::Changes) {
                run.changes_again = true;
            } else {
                run.again(Step::Changes);
            }
            // What is new since the run passed these steps is for this run too.
            for mark in Mark::ALL {
                run.again(Step::Marks(mark));
            }
            run.again(Step::Delivered);
            return Ok(Vec::new());
        }
        self.schedule.runs += 1;
        self.schedule.last_run_at = Some(now);
        self.run = Some(Run::new(trigger, now));
        self.next_step(now)
    }

    /// Answers the question when the run under way is complete.
    pub(crate) fn wait_for_run(&mut self, call: CallId, joined: bool) {
        if let Some(run) = &mut self.run {
            run.waiting_calls.push((call, joined));
        }
    }

    /// Begins the next exchange; ends the run where none is left. The order is the one that a person
    /// relies on: his interval first, then what he wrote, then what came.
    fn next_step(&mut self, now: Timestamp) -> Result<Vec<Effect>> {
        let Some(mut run) = self.run.take() else { return Ok(Vec::new()) };
        let mut effects = Vec::new();
        let chosen = match self.choose_step(&mut run, now) {
            Ok(None) => self.next_marks(&run).inspect(|more| {
                if more.is_some() {
                    // What is left is for the senders' ledgers, and nobody waits for that.
                    effects = self.answer_waiting(&mut run, CheckOutcome::Ok, now);
                }
            }),
            chosen => chosen,
        };
        let chosen = match chosen {
            Ok(chosen) => chosen,
            Err(error) => {
                // Whoever waits for this run is told how it ended.
                self.run = Some(run);
                return Err(error);
            }
        };
        let Some((step, effect)) = chosen else {
            let again = Again::Regular { next_check_in_seconds: run.next_check_in_seconds };
            return Ok(self.end_run(run, CheckOutcome::Ok, again, now));
        };
        run.waiting_for = Some(step);
        self.run = Some(run);
        effects.push(effect);
        Ok(effects)
    }

    fn choose_step(&mut self, run: &mut Run, now: Timestamp) -> Result<Option<(Step, Effect)>> {
        if run.pushes < MAX_PUSHES
            && let Some(push) = self.push_step()
        {
            run.pushes += 1;
            return Ok(Some((Step::Push, push)));
        }
        if self.settings_wanted(now) && run.first(Step::Settings) {
            return Ok(Some((Step::Settings, Effect::PullSettings)));
        }
        if !run.posting_stopped
            && let Some((id, letter)) = self.next_letter(&run.posted, now)?
        {
            run.posted.insert(id);
            self.ledger.note_try(id, now)?;
            return Ok(Some((Step::Post(id), Effect::Post { id, letter })));
        }
        if let Some(step) = self.draft_step(run)? {
            return Ok(Some(step));
        }
        for mark in Mark::ALL {
            if !run.had.contains(&Step::Marks(mark))
                && let Some(step) = self.marks_step(mark)?
            {
                run.had.push(Step::Marks(mark));
                return Ok(Some(step));
            }
        }
        if run.first(Step::Changes) {
            return Ok(Some((Step::Changes, Effect::Check { since: self.cache.cursor()? })));
        }
        let cursor = self.cache.cursor()?;
        if cursor != self.cache.reported()?
            && let Some(cursor) = cursor
            && run.first(Step::Delivered)
        {
            return Ok(Some((Step::Delivered, Effect::ReportDelivered { cursor })));
        }
        if self.directory_wanted(run.trigger, now) && run.first(Step::Directory) {
            return Ok(Some((Step::Directory, Effect::PullDirectory { tag: self.cache.directory_tag()? })));
        }
        Ok(None)
    }

    /// An answer with nothing new does not say whether the settings changed: they are asked for as often as
    /// the directory.
    fn settings_wanted(&self, now: Timestamp) -> bool {
        let old = |at: Timestamp| now.ms_since(at).abs() > DIRECTORY_FRESH_MS;
        self.interval_sync_wanted || self.synced.at.is_none_or(old)
    }

    /// A scheduled check that brings nothing is one exchange and no more.
    fn directory_wanted(&self, trigger: Trigger, now: Timestamp) -> bool {
        match trigger {
            Trigger::Start | Trigger::Manual | Trigger::Online | Trigger::SignIn => true,
            Trigger::Schedule | Trigger::Resume | Trigger::Network | Trigger::Send | Trigger::Settings => {
                self.directory_pulled_at.is_none_or(|at| now.ms_since(at).abs() > DIRECTORY_FRESH_MS)
            }
        }
    }

    /// A page of changes came, or did not. A failed check touches neither cache nor ledger.
    pub(crate) fn checked(
        &mut self,
        answer: std::result::Result<Checked, ServerError>,
        now: Timestamp,
    ) -> Result<Vec<Effect>> {
        if self.run.as_ref().and_then(|run| run.waiting_for) != Some(Step::Changes) {
            // The run that asked was given up; the next one asks anew.
            return Ok(Vec::new());
        }
        let (mut effects, more) = match answer {
            Ok(Checked::Unchanged { settings_revision }) => {
                if let Some(revision) = settings_revision {
                    self.note_settings_revision(revision);
                }
                (Vec::new(), false)
            }
            Ok(Checked::Page(page)) => (self.take_page(&page, now)?, page.more),
            Err(error) => return self.step_failed(Step::Changes, &error, now),
        };
        if let Some(run) = &mut self.run
            && (more || std::mem::take(&mut run.changes_again))
        {
            run.again(Step::Changes);
        }
        if !more {
            self.answered_well(now);
            self.close_batch()?;
            self.announce(now)?;
        }
        effects.extend(self.step_done(Step::Changes, now)?);
        Ok(effects)
    }

    /// No letter is posted in this run any more.
    pub(crate) fn stop_posting(&mut self, unanswered: MessageId) {
        if let Some(run) = &mut self.run
            && run.waiting_for == Some(Step::Post(unanswered))
        {
            run.posting_stopped = true;
        }
    }

    /// Whether a letter is on its way to the server now.
    pub(crate) fn posting(&self, id: MessageId) -> bool {
        self.run.as_ref().is_some_and(|run| run.waiting_for == Some(Step::Post(id)))
    }

    /// The server heard, or not, that messages are here.
    pub(crate) fn delivered_reported(
        &mut self,
        cursor: &Cursor,
        outcome: std::result::Result<(), ServerError>,
        now: Timestamp,
    ) -> Result<Vec<Effect>> {
        match outcome {
            Ok(()) => {
                self.cache.set_reported(cursor)?;
                self.step_done(Step::Delivered, now)
            }
            Err(error) => self.step_failed(Step::Delivered, &error, now),
        }
    }

    /// The server told who can be written to.
    pub(crate) fn directory_pulled(
        &mut self,
        outcome: std::result::Result<Option<(Directory, String)>, ServerError>,
        now: Timestamp,
    ) -> Result<Vec<Effect>> {
        match outcome {
            Ok(told) => {
                if let Some((directory, tag)) = told {
                    self.cache.set_directory(&directory.users, &tag)?;
                }
                self.directory_pulled_at = Some(now);
                self.step_done(Step::Directory, now)
            }
            Err(error) => self.step_failed(Step::Directory, &error, now),
        }
    }

    fn end_run(&mut self, mut run: Run, outcome: CheckOutcome, again: Again, now: Timestamp) -> Vec<Effect> {
        let mut effects = self.ask_again(run.trigger, again, now);
        effects.extend(self.answer_waiting(&mut run, outcome, now));
        if outcome == CheckOutcome::Ok {
            self.trouble.over();
        }
        effects
    }

    /// Notes how the check went, and tells those who wait for it.
    fn answer_waiting(&mut self, run: &mut Run, outcome: CheckOutcome, now: Timestamp) -> Vec<Effect> {
        let last = LastCheck {
            started_at: run.started_at,
            ended_at: now,
            trigger: run.trigger,
            outcome,
            new: run.new,
        };
        self.last_check = Some(last.clone());
        let waiting = std::mem::take(&mut run.waiting_calls).into_iter();
        waiting
            .map(|(call, joined)| {
                let answer = CheckAnswer { check: Some(last.clone()), joined };
                Effect::Answer { call, answer: Ok(Answer::Check(answer)) }
            })
            .collect()
    }

    /// What a check brought, or what it was about, could not be written down.
    pub(crate) fn fail_run(&mut self, error: &StorageError, now: Timestamp) -> Vec<Effect> {
        self.connection_detail = Some(error.to_string());
        let Some(run) = self.run.take() else { return Vec::new() };
        self.end_run(run, CheckOutcome::Failed, Again::Regular { next_check_in_seconds: None }, now)
    }
}
