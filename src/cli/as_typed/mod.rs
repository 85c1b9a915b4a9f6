//! Each command as typed, against a real server on a real socket whose answers are written down here.

mod agent;
mod asking;
mod doctor;
mod failing;
mod reading;
mod writing;

use std::io::{self, Write};

use agent::Agent;
use restante_l10n::{Language, Words};
use restante_local_api::model::{Clock, Timestamp};
use restante_process::Exit;

use crate::{Surroundings, run};

/// What came of one run.
#[derive(Debug)]
struct Ran {
    exit: Exit,
    output: String,
    errors: String,
}

impl Ran {
    /// The one object that the output is.
    #[track_caller]
    fn object(&self) -> serde_json::Value {
        serde_json::from_str(&self.output).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }
}

/// A person at a terminal, or a script.
struct Caller<'a> {
    input: &'a str,
    terminal: bool,
    password: &'a str,
    language: Language,
}

const SCRIPT: Caller<'static> =
    Caller { input: "", terminal: false, password: "", language: Language::English };

impl Caller<'_> {
    async fn types(&self, agent: &Agent, line: &[&str]) -> Ran {
        self.types_to(&agent.socket(), line).await
    }

    /// The same where perhaps nobody listens.
    async fn types_to(&self, socket: &std::path::Path, line: &[&str]) -> Ran {
        let socket = socket.to_str().unwrap();
        let arguments = ["restante", "--socket", socket].into_iter().chain(line.iter().copied());
        let (mut output, mut errors) = (Vec::new(), Vec::new());
        let exit = run(
            arguments.map(Into::into),
            Surroundings {
                input: &mut self.input.as_bytes(),
                output: &mut output,
                errors: &mut errors,
                input_is_terminal: self.terminal,
                output_columns: self.terminal.then_some(100),
                ask_password: &mut |_| Ok(self.password.to_owned()),
                words: &Words::new(self.language),
                clock: &StoppedClock,
            },
        )
        .await;
        let text = |bytes| String::from_utf8(bytes).unwrap();
        Ran { exit, output: text(output), errors: text(errors) }
    }
}

struct StoppedClock;

impl Clock for StoppedClock {
    fn now(&self) -> Timestamp {
        Timestamp::parse("2026-11-24T12:00:00Z").unwrap()
    }
}

/// Somebody who reads no more, as `head` does after its lines.
struct ReaderGone;

impl Write for ReaderGone {
    fn write(&mut self, _: &[u8]) -> io::Result<usize> {
        Err(io::ErrorKind::BrokenPipe.into())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
