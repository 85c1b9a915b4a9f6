//! `restante jobs`

use clap::Args;
use restante_l10n::{Words, span};
use restante_process::Exit;

use crate::{
    failure::{Failure, check_outcome},
    session::Session,
    table::Table,
};

/// What the agent's scheduler does, and when
#[derive(Debug, Args)]
pub(crate) struct Jobs {}

impl Jobs {
    pub(crate) async fn run(self, session: &mut Session<'_, '_>) -> Result<Exit, Failure> {
        let jobs = session.client.jobs().await?;
        if session.json {
            session.object(&jobs)?;
            return Ok(Exit::Done);
        }
        let words = session.words;
        let mut table = Table::new();
        for key in [
            "cli-title-job",
            "cli-title-interval",
            "cli-title-phase",
            "cli-title-last-run",
            "cli-title-outcome",
            "cli-title-next-run",
            "cli-title-runs",
            "cli-title-joined",
            "cli-title-skipped",
        ] {
            table = table.column(words.with(key, &[]).to_uppercase());
        }
        let moment = |at: Option<_>| at.map_or_else(|| "-".to_owned(), |at| session.moment(at));
        for job in jobs {
            table.row([
                name(words, job.name),
                span(words, job.interval_seconds),
                span(words, job.phase_seconds),
                moment(job.last_run_at),
                job.last_outcome.map_or_else(|| "-".to_owned(), |outcome| check_outcome(outcome, words)),
                moment(job.next_run_at),
                job.runs.to_string(),
                job.joined.to_string(),
                job.skipped.to_string(),
            ]);
        }
        for line in table.lines(session.columns()) {
            session.line(&line)?;
        }
        Ok(Exit::Done)
    }
}

/// What a job is called; one that this version does not know keeps the agent's name for it.
fn name(words: &Words, name: String) -> String {
    match name.as_str() {
        "check mail" => words.text("cli-job-check-mail"),
        "housekeeping" => words.text("cli-job-housekeeping"),
        "draft autosave" => words.text("cli-job-draft-autosave"),
        _ => name,
    }
}
