//! What went wrong, as an exit code, in words for people, and as an object for scripts.

use std::io;

use restante_l10n::{Value, Words, io_error, isolate, one_line};
use restante_local_api::{CheckOutcome, ClientError, LocalProblemKind, model::MAX_BODY_BYTES};
use restante_process::{Exit, PathsError};

use crate::surroundings::Surroundings;

/// Why a command did not do what it was asked for.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Failure {
    #[error(transparent)]
    Agent(#[from] ClientError),
    #[error("folders of the agent: {0}")]
    Paths(#[from] PathsError),
    #[error("reading the input: {0}")]
    Input(io::Error),
    #[error("writing the output: {0}")]
    Output(#[from] io::Error),
    /// This option is missing, and there is nobody to ask.
    #[error("{0} is missing")]
    Missing(&'static str),
    #[error("{0:?} is neither an id nor the end of one")]
    BadId(String),
    #[error("no message has the id {0}")]
    NoSuchMessage(String),
    #[error("several messages have ids that end with {0}")]
    AmbiguousId(String, Vec<String>),
    /// More text than any letter may have.
    #[error("the text is too long")]
    TextTooLong,
    #[error("the text is not UTF-8")]
    NotUtf8,
    /// A check, in words of the agent where it gave some.
    #[error("check: {0:?}")]
    Check(CheckOutcome, Option<String>),
    /// The agent is in offline mode.
    #[error("offline mode")]
    Offline,
    /// The server, or the agent, refused the letter, and why.
    #[error("letter refused: {0}")]
    LetterRefused(String),
    /// Somebody took the letter back before it went.
    #[error("letter taken back")]
    LetterTakenBack,
    /// The letter is safe in the outbox, and goes out when this changes.
    #[error("letter waits: {0}")]
    LetterWaits(#[source] Box<Failure>),
    /// A file that was to be written.
    #[error("writing {0}: {1}")]
    File(std::path::PathBuf, #[source] io::Error),
    /// The agent ended while we listened.
    #[error("the agent ended")]
    AgentEnded,
}

/// What went wrong, told.
pub(crate) struct Told {
    /// The kind, for scripts: those of the local API and a few of the command line's own.
    code: String,
    detail: String,
    hint: Option<String>,
}

impl Failure {
    /// A reader that has seen enough (`| head`) is no failure.
    fn reader_gone(&self) -> bool {
        matches!(self, Self::Output(error) if error.kind() == io::ErrorKind::BrokenPipe)
    }

    pub(crate) fn exit(&self) -> Exit {
        match self {
            Self::Agent(ClientError::NotRunning(_)) | Self::AgentEnded => Exit::AgentNotRunning,
            Self::Agent(ClientError::Refused(problem)) => of_problem(problem.code),
            Self::Paths(_) | Self::Missing(_) | Self::BadId(_) | Self::NotUtf8 | Self::Input(_) => {
                Exit::Usage
            }
            Self::Output(_) if self.reader_gone() => Exit::Done,
            Self::Output(_) | Self::Agent(ClientError::Broken(_)) => Exit::Bug,
            Self::NoSuchMessage(_) | Self::AmbiguousId(..) => Exit::No,
            Self::File(..)
            | Self::TextTooLong
            | Self::LetterRefused(_)
            | Self::LetterTakenBack
            | Self::Offline => Exit::Refused,
            Self::Check(outcome, _) => of_outcome(*outcome),
            Self::LetterWaits(why) => why.exit(),
        }
    }

    /// Says it: with `json` as an object on the output, else in words on the error stream.
    pub(crate) fn tell(&self, json: bool, around: &mut Surroundings<'_>) {
        if self.reader_gone() {
            return;
        }
        let Told { code, detail, hint } = self.told(around.words);
        // Where nobody reads, there is nobody to tell.
        let _ = if json {
            let mut problem = serde_json::json!({ "code": code, "detail": detail });
            if let Some(hint) = hint {
                problem["hint"] = hint.into();
            }
            writeln!(around.output, "{problem}")
        } else {
            let hint = hint.map(|hint| hint_line(&hint, around.words)).unwrap_or_default();
            writeln!(around.errors, "restante: {}{hint}", isolate(&one_line(&detail)))
        };
    }

    pub(crate) fn told(&self, words: &Words) -> Told {
        let told =
            |code: &str, detail: String, hint: Option<String>| Told { code: code.to_owned(), detail, hint };
        match self {
            Self::Agent(ClientError::NotRunning(socket)) => {
                let socket = socket.display().to_string();
                told(
                    "agent_not_running",
                    words.with("cli-agent-not-running", &[("socket", Value::Text(&socket))]),
                    Some(words.text("cli-agent-not-running-hint")),
                )
            }
            Self::Agent(ClientError::Refused(problem)) => {
                let hint = problem.hint.clone().or_else(|| hint_for(problem.code, words));
                told(&name_of(problem.code), problem.detail.clone(), hint)
            }
            Self::Agent(ClientError::Broken(why)) => told(
                "broken",
                words.with("cli-broken", &[("why", Value::Text(why))]),
                Some(words.text("cli-broken-hint")),
            ),
            Self::Paths(error) => told("usage", restante_l10n::told(error.words(), error, words), None),
            Self::Input(error) => {
                let why = io_error(error, words);
                told("usage", words.with("cli-input", &[("why", Value::Text(&why))]), None)
            }
            Self::Output(error) => {
                let why = io_error(error, words);
                told("internal", words.with("cli-output", &[("why", Value::Text(&why))]), None)
            }
            Self::File(path, error) => {
                let values = [
                    ("path", Value::Text(&path.display().to_string())),
                    ("why", Value::Text(&io_error(error, words))),
                ];
                told("file", words.with("cli-file", &values), Some(words.text("cli-file-hint")))
            }
            Self::Missing(option) => told(
                "usage",
                words.with("cli-missing", &[("option", Value::Text(option))]),
                Some(words.text("cli-missing-hint")),
            ),
            Self::BadId(id) => told(
                "usage",
                words.with("cli-bad-id", &[("id", Value::Text(id))]),
                Some(words.text("cli-bad-id-hint")),
            ),
            Self::NoSuchMessage(id) => told(
                "not_found",
                words.with("cli-no-such-message", &[("id", Value::Text(id))]),
                Some(words.text("cli-bad-id-hint")),
            ),
            Self::AmbiguousId(id, ids) => told(
                "ambiguous",
                words.with(
                    "cli-ambiguous-id",
                    &[("id", Value::Text(id)), ("ids", Value::Text(&ids.join(", ")))],
                ),
                None,
            ),
            Self::TextTooLong => {
                let limit = Value::Number(MAX_BODY_BYTES as u64);
                told(
                    "invalid",
                    words.with("letter-body-too-long", &[("limit", limit)]),
                    Some(words.text("letter-too-long-hint")),
                )
            }
            Self::NotUtf8 => {
                told("usage", words.text("cli-not-utf-eight"), Some(words.text("cli-not-utf-eight-hint")))
            }
            Self::Check(outcome, detail) => {
                let code = if *outcome == CheckOutcome::Unreachable { "unreachable" } else { "refused" };
                let why = check_outcome(*outcome, words);
                told(
                    code,
                    detail.as_ref().map_or_else(|| why.clone(), |detail| format!("{why}: {detail}")),
                    Some(words.text(outcome_hint(*outcome))),
                )
            }
            Self::Offline => told("offline", words.text("cli-offline"), Some(words.text("cli-offline-hint"))),
            Self::LetterRefused(why) => told(
                "refused",
                words.with("cli-letter-refused", &[("why", Value::Text(why))]),
                Some(words.text("cli-letter-refused-hint")),
            ),
            Self::LetterTakenBack => told("refused", words.text("cli-letter-taken-back"), None),
            Self::LetterWaits(why) => {
                let Told { code, detail, .. } = why.told(words);
                told(&code, detail, Some(words.text("cli-letter-waits")))
            }
            Self::AgentEnded => told(
                "agent_not_running",
                words.text("cli-agent-ended"),
                Some(words.text("cli-agent-not-running-hint")),
            ),
        }
    }
}

/// What to do about it, below what went wrong.
fn hint_line(hint: &str, words: &Words) -> String {
    format!("\n{}", words.with("hint", &[("hint", Value::Text(&isolate(&one_line(hint))))]))
}

fn of_problem(kind: LocalProblemKind) -> Exit {
    match kind {
        LocalProblemKind::NotFound => Exit::No,
        LocalProblemKind::Unreachable => Exit::ServerUnreachable,
        LocalProblemKind::Invalid
        | LocalProblemKind::IdReused
        | LocalProblemKind::SignedOut
        | LocalProblemKind::WrongCredentials
        | LocalProblemKind::Refused
        | LocalProblemKind::SettingsBroken
        | LocalProblemKind::SettingOverruled
        | LocalProblemKind::NoWindow
        | LocalProblemKind::Offline => Exit::Refused,
        LocalProblemKind::Internal => Exit::Bug,
    }
}

fn of_outcome(outcome: CheckOutcome) -> Exit {
    match outcome {
        CheckOutcome::Ok => Exit::Done,
        CheckOutcome::Unreachable => Exit::ServerUnreachable,
        CheckOutcome::Refused => Exit::Refused,
        CheckOutcome::Failed => Exit::Bug,
    }
}

/// The name that a kind has in JSON.
fn name_of(kind: LocalProblemKind) -> String {
    serde_json::to_value(kind).ok().and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
}

/// What to do about it, where the agent did not say.
fn hint_for(kind: LocalProblemKind, words: &Words) -> Option<String> {
    match kind {
        LocalProblemKind::SignedOut => Some(words.text("cli-signed-out-hint")),
        LocalProblemKind::NoWindow => Some(words.text("cli-no-window-hint")),
        LocalProblemKind::NotFound => Some(words.text("cli-bad-id-hint")),
        LocalProblemKind::Offline => Some(words.text("cli-offline-hint")),
        LocalProblemKind::Unreachable => Some(words.text("cli-unreachable-hint")),
        LocalProblemKind::Invalid
        | LocalProblemKind::IdReused
        | LocalProblemKind::WrongCredentials
        | LocalProblemKind::Refused
        | LocalProblemKind::SettingsBroken
        | LocalProblemKind::SettingOverruled
        | LocalProblemKind::Internal => None,
    }
}

/// What a check came to.
pub(crate) fn check_outcome(outcome: CheckOutcome, words: &Words) -> String {
    match outcome {
        CheckOutcome::Ok => words.text("cli-outcome-ok"),
        CheckOutcome::Unreachable => words.text("cli-outcome-unreachable"),
        CheckOutcome::Refused => words.text("cli-outcome-refused"),
        CheckOutcome::Failed => words.text("cli-outcome-failed"),
    }
}

/// What to do about a check that did not come to what it should.
fn outcome_hint(outcome: CheckOutcome) -> &'static str {
    match outcome {
        CheckOutcome::Ok | CheckOutcome::Unreachable => "cli-unreachable-hint",
        CheckOutcome::Refused => "cli-outcome-refused-hint",
        CheckOutcome::Failed => "cli-outcome-failed-hint",
    }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use restante_local_api::LocalProblem;

    use super::*;

    fn refused(code: LocalProblemKind) -> Failure {
        ClientError::Refused(LocalProblem { code, detail: "no".into(), hint: None }).into()
    }

    #[test]
    fn each_failure_ends_with_its_code() {
        let letter_waits = Failure::LetterWaits(Box::new(Failure::Check(CheckOutcome::Unreachable, None)));
        for (failure, exit) in [
            (Failure::Agent(ClientError::NotRunning(PathBuf::new())), Exit::AgentNotRunning),
            (Failure::Agent(ClientError::Broken(String::new())), Exit::Bug),
            (refused(LocalProblemKind::NotFound), Exit::No),
            (refused(LocalProblemKind::Unreachable), Exit::ServerUnreachable),
            (refused(LocalProblemKind::WrongCredentials), Exit::Refused),
            (refused(LocalProblemKind::Internal), Exit::Bug),
            (Failure::Missing("--user"), Exit::Usage),
            (Failure::Output(io::ErrorKind::BrokenPipe.into()), Exit::Done),
            (Failure::Output(io::ErrorKind::StorageFull.into()), Exit::Bug),
            (letter_waits, Exit::ServerUnreachable),
        ] {
            assert_eq!(failure.exit(), exit, "{failure}");
        }
    }

    #[test]
    fn a_kind_has_the_name_that_the_local_api_gives_it() {
        assert_eq!(name_of(LocalProblemKind::WrongCredentials), "wrong_credentials");
    }
}
