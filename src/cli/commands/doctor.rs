//! `restante doctor`

mod bundle;

use std::{path::PathBuf, process::Command};

use clap::Args;
use restante_l10n::{Value, Words};
use restante_local_api::{CheckStatus, ClientError, DoctorCheck, DoctorReport};
use restante_process::Exit;

use crate::{failure::Failure, session::Session, table::Table, text::safe_line};

/// The agent's program, which can look around without an agent that runs.
const AGENT: &str = if cfg!(windows) { "restante-agent.exe" } else { "restante-agent" };

/// Look at everything that mail depends on, and say what to do about it
#[derive(Debug, Args)]
pub(crate) struct Doctor {
    /// Write what helps others to help into this archive: no letters, names or passwords
    #[arg(long, value_name = "FILE.tar.gz")]
    bundle: Option<PathBuf>,
}

impl Doctor {
    pub(crate) async fn run(self, session: &mut Session<'_, '_>) -> Result<Exit, Failure> {
        let report = match session.client.doctor().await {
            Ok(report) => report,
            Err(ClientError::NotRunning(_)) => without_agent(session),
            Err(other) => return Err(other.into()),
        };
        if session.json {
            session.object(&report)?;
        } else {
            print(session, &report)?;
        }
        if let Some(file) = &self.bundle {
            let files = bundle::files(session, &report).await?;
            preview(session, &files);
            bundle::write(file, &files, session.now()).map_err(|error| Failure::File(file.clone(), error))?;
            let path = file.display().to_string();
            session.note(&session.words.with("cli-bundle-written", &[("path", Value::Text(&path))]));
        }
        let worst = report.checks.iter().map(|check| check.status).max();
        Ok(if worst == Some(CheckStatus::Fail) { Exit::No } else { Exit::Done })
    }
}

/// The program beside this one, or where there is none the one in `PATH`.
pub(super) fn agent_program() -> PathBuf {
    let beside = std::env::current_exe().ok().and_then(|own| Some(own.parent()?.join(AGENT)));
    beside.filter(|path| path.is_file()).unwrap_or_else(|| AGENT.into())
}

/// What the agent's program sees by itself; at the least, that no agent runs.
fn without_agent(session: &Session<'_, '_>) -> DoctorReport {
    let mut command = Command::new(agent_program());
    command.args(["--print", "doctor"]);
    if let Some(profile) = &session.profile {
        command.args(["--profile", profile]);
    }
    let printed = session.usual_agent.then(|| command.output().ok()).flatten();
    let report = printed.and_then(|output| serde_json::from_slice(&output.stdout).ok());
    report.unwrap_or_else(|| {
        let words = session.words;
        DoctorReport {
            checks: vec![DoctorCheck {
                id: "agent".into(),
                status: CheckStatus::Fail,
                detail: words.text("doctor-agent-absent"),
                hint: Some(words.text("doctor-agent-absent-hint")),
            }],
        }
    })
}

fn print(session: &mut Session<'_, '_>, report: &DoctorReport) -> Result<(), Failure> {
    let words = session.words;
    let mut table = Table::new().column("").column("").column("");
    for check in &report.checks {
        // An agent of another version may look at more than there are words for.
        let name = words.find(&format!("doctor-name-{}", check.id), &[]).unwrap_or_else(|| check.id.clone());
        table.row([status(words, check.status), name, check.detail.clone()]);
        if let Some(hint) = &check.hint {
            table.row([String::new(), String::new(), format!("-> {hint}")]);
        }
    }
    // The first line holds the titles, of which these columns have none.
    for line in &table.lines(None)[1..] {
        session.line(line)?;
    }
    Ok(())
}

fn status(words: &Words, status: CheckStatus) -> String {
    match status {
        CheckStatus::Ok => words.text("cli-doctor-ok"),
        CheckStatus::Warn => words.text("cli-doctor-warn"),
        CheckStatus::Fail => words.text("cli-doctor-fail"),
    }
}

/// Everything that will be in the archive, before there is one; beside the data, since scripts read that.
fn preview(session: &mut Session<'_, '_>, files: &[bundle::File]) {
    let title = session.words.text("cli-bundle-holds");
    session.note(&title);
    for file in files {
        session.note(&format!("=== {}", file.name));
        for line in file.text.lines() {
            session.note(&safe_line(line));
        }
    }
}
