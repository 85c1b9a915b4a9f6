//! `restante config`

use std::process::Command;

use clap::{Args, Subcommand};
use restante_l10n::Words;
use restante_local_api::{ClientError, SettingOrigin, SettingsReport};
use restante_process::Exit;

use super::doctor::agent_program;
use crate::{failure::Failure, session::Session, table::Table};

/// The settings: whether they are good, and where each comes from
#[derive(Debug, Subcommand)]
pub(crate) enum Config {
    /// Say what is wrong in the settings, with file, line and column
    Check,
    /// Every setting with the value in force
    Show(Show),
}

#[derive(Debug, Args)]
pub(crate) struct Show {
    /// Say where each value comes from
    #[arg(long)]
    origin: bool,
}

impl Config {
    pub(crate) async fn run(self, session: &mut Session<'_, '_>) -> Result<Exit, Failure> {
        let report = match session.client.settings().await {
            Err(error @ ClientError::NotRunning(_)) => without_agent(session).ok_or(error)?,
            other => other?,
        };
        match self {
            Self::Check => check(session, &report),
            Self::Show(show) => show.print(session, &report),
        }
    }
}

/// The settings are files: the agent's program reads them also while no agent runs.
fn without_agent(session: &Session<'_, '_>) -> Option<SettingsReport> {
    let mut command = Command::new(agent_program());
    command.args(["--print", "settings"]);
    if let Some(profile) = &session.profile {
        command.args(["--profile", profile]);
    }
    let output = session.usual_agent.then(|| command.output().ok()).flatten()?;
    serde_json::from_slice(&output.stdout).ok()
}

fn check(session: &mut Session<'_, '_>, report: &SettingsReport) -> Result<Exit, Failure> {
    if session.json {
        session.object(&report.problems)?;
    } else {
        for problem in &report.problems {
            let place = format!("{}:{}:{}", problem.file, problem.line, problem.column);
            session.line(&format!("{place}: {}", problem.reason))?;
        }
        if report.problems.is_empty() {
            let good = session.words.text("cli-settings-good");
            session.line(&good)?;
        }
    }
    Ok(if report.problems.is_empty() { Exit::Done } else { Exit::No })
}

impl Show {
    fn print(&self, session: &mut Session<'_, '_>, report: &SettingsReport) -> Result<Exit, Failure> {
        if session.json {
            session.object(&report.settings)?;
            return Ok(Exit::Done);
        }
        let words = session.words;
        let mut table = Table::new().column("").column("");
        if self.origin {
            table = table.column("").column("");
        }
        for setting in &report.settings {
            let value = setting.value.clone().unwrap_or_else(|| "-".into());
            let mut cells = vec![setting.key.clone(), value];
            if self.origin {
                cells.push(origin(words, setting.origin));
                cells.push(setting.place.clone().unwrap_or_default());
            }
            table.row(cells);
        }
        // The first line holds the titles, of which these columns have none.
        for line in &table.lines(None)[1..] {
            session.line(line)?;
        }
        Ok(Exit::Done)
    }
}

fn origin(words: &Words, origin: SettingOrigin) -> String {
    match origin {
        SettingOrigin::BuiltIn => words.text("cli-origin-built-in"),
        SettingOrigin::MachineFile => words.text("cli-origin-machine"),
        SettingOrigin::UserFile => words.text("cli-origin-user"),
        SettingOrigin::Environment => words.text("cli-origin-environment"),
        SettingOrigin::Flag => words.text("cli-origin-flag"),
        SettingOrigin::Policy => words.text("cli-origin-policy"),
    }
}
