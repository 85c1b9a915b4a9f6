//! Running a program to its end, as a script would, and telling one that runs.

use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process};
use tokio::{io::AsyncWriteExt, process::Command};

use crate::within;

/// What a program that ended left behind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// The exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// Data.
    pub stdout: String,
    /// Words.
    pub stderr: String,
}

impl Output {
    /// Itself when it ended with 0.
    ///
    /// # Panics
    /// When it did not, with all that it said.
    #[must_use]
    #[track_caller]
    pub fn done(self) -> Self {
        self.ended_with(0)
    }

    /// Itself when it ended with this code.
    ///
    /// # Panics
    /// When it did not, with all that it said.
    #[must_use]
    #[track_caller]
    pub fn ended_with(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "stdout: {}\nstderr: {}", self.stdout, self.stderr);
        self
    }

    /// Its data, read as JSON.
    ///
    /// # Panics
    /// When it is none.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout)
            .unwrap_or_else(|error| panic!("no JSON ({error}): {}\nstderr: {}", self.stdout, self.stderr))
    }

    /// That it told people what is wrong and what to do: these words, in any case, and a hint.
    ///
    /// # Panics
    /// When it did not.
    #[track_caller]
    pub fn says(&self, words: &str) -> &Self {
        let said = self.stderr.to_lowercase();
        assert!(said.contains(&words.to_lowercase()), "nothing about {words:?} in: {}", self.stderr);
        assert!(said.contains("hint:"), "no hint in: {}", self.stderr);
        self
    }
}

/// Runs it with this on its standard input.
///
/// # Panics
/// When it does not start or does not end.
pub async fn run(command: &mut Command, input: &str) -> Output {
    let what = format!("{command:?}");
    // Whoever reads another language runs the same tests.
    if !command.as_std().get_envs().any(|(name, _)| name == "RESTANTE_LANGUAGE") {
        command.env("RESTANTE_LANGUAGE", "en");
    }
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap_or_else(|error| panic!("{what} does not start: {error}"));
    let mut stdin = child.stdin.take().expect("stdin is piped");
    let input = input.to_owned();
    // In a task of its own: a program that writes before it reads must not wait for us.
    let writing = tokio::spawn(async move {
        // A program that refuses before it has read everything is none of our concern.
        let _ = stdin.write_all(input.as_bytes()).await;
    });
    let output =
        within(&format!("{what} to end"), child.wait_with_output()).await.expect("it can be waited for");
    writing.abort();
    Output {
        code: output.status.code(),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

/// Sends a signal to a process.
pub(crate) fn signal(process: u32, signal: Signal) {
    let process = Pid::from_raw(process.cast_signed()).expect("a process id is positive");
    kill_process(process, signal).expect("it takes signals");
}
