//! The windows: mailbox, writing, important mail, about. They show what the agent says over its local
//! API and tell it what the person wants; they decide nothing.
//!
//! The window toolkit runs on the main thread, where all windows and models stay; what is asked of the
//! agent runs on a thread of its own ([`agent`]), and its answers are awaited on the main one.
//!
//! Invariant: nothing here talks to a server, keeps mail on disk or knows the agent's insides.

mod agent;
mod arguments;
mod instance;
mod phrases;
mod placement;
mod rows;
mod stream;
#[cfg(test)]
mod theme;
mod ui;
mod windows;

use std::{ffi::OsString, io, path::PathBuf, process::ExitCode, sync::Arc};

use restante_l10n::{Language, Value, Words, io_error, told};
use restante_local_api::ClientError;
use restante_process::{Exit, PathsError, logging};

/// Opens the window that the arguments ask for and stays until it is closed. The first argument is the
/// program's name. Must run on the main thread of a process that has no window yet.
///
/// Exit codes: 0 done (of `important`: opened), 1 (of `important`) left for later, 2 arguments not as
/// described, 3 agent not running, 5 no display to open a window on, 70 a fault of ours.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let words = Arc::new(Words::new(Language::of_user()));
    let arguments = match restante_l10n::arguments::read(arguments, &words, arguments::why_not) {
        Ok(arguments) => arguments,
        Err(answer) => {
            answer.say(&mut io::stdout(), &mut io::stderr());
            return if answer.mistake() { Exit::Usage } else { Exit::Done }.into();
        }
    };
    logging::start("warn,winit=error", false);
    match windows::open(arguments, &words) {
        Ok(exit) => exit.into(),
        Err(failure) => {
            let (said, hint) = failure.said(&words);
            eprintln!("restante-desktop: {said}");
            if let Some(hint) = hint {
                eprintln!("{}", words.with("hint", &[("hint", Value::Text(&hint))]));
            }
            failure.exit().into()
        }
    }
}

/// Why there is no window.
#[derive(Debug, thiserror::Error)]
enum Failure {
    /// Neither X11 nor Wayland.
    #[error("no display")]
    NoDisplay,
    /// There is one, and it does not take us.
    #[error("window not opened")]
    NoWindow(#[from] slint::PlatformError),
    /// The agent does not answer, and this window is nothing without it.
    #[error("agent not running on {0}")]
    AgentNotRunning(PathBuf),
    /// It answers something else.
    #[error("agent not understood")]
    Agent(#[from] ClientError),
    /// The profile's folders cannot be used.
    #[error("folders not usable")]
    Paths(#[from] PathsError),
    /// The thread that talks to the agent did not start.
    #[error("no thread for the agent")]
    Thread(#[from] std::io::Error),
}

impl Failure {
    /// What happened, and what to do about it, for people.
    fn said(&self, words: &Words) -> (String, Option<String>) {
        match self {
            Self::NoDisplay => (words.text("no-display"), None),
            Self::NoWindow(why) => {
                // The toolkit puts the places in its own sources before the reason.
                let why = why.to_string();
                let why = why.rsplit(": ").next().unwrap_or(&why);
                (words.with("no-window", &[("why", Value::Text(why))]), None)
            }
            Self::AgentNotRunning(socket) => (
                words.with("agent-not-running", &[("socket", Value::Text(&socket.display().to_string()))]),
                Some(words.text("agent-not-running-hint")),
            ),
            Self::Agent(why) => (phrases::why(words, why), None),
            Self::Paths(why) => (told(why.words(), why, words), None),
            Self::Thread(why) => (io_error(why, words), None),
        }
    }

    fn exit(&self) -> Exit {
        match self {
            Self::NoDisplay | Self::NoWindow(_) | Self::Paths(_) => Exit::Refused,
            Self::AgentNotRunning(_) => Exit::AgentNotRunning,
            Self::Agent(_) | Self::Thread(_) => Exit::Bug,
        }
    }
}
