//! What a command works with: the agent, and the person or script that called it.

use std::io::Read;

use restante_l10n::{Words, local, moment, when};
use restante_local_api::{Client, model::Timestamp};
use restante_process::Paths;
use serde::Serialize;

use crate::{failure::Failure, global::Global, surroundings::Surroundings};

/// One run of the program.
pub(crate) struct Session<'s, 'a> {
    pub(crate) client: Client,
    pub(crate) words: &'a Words,
    /// Whether a script reads the output.
    pub(crate) json: bool,
    /// The account, where there are several.
    pub(crate) profile: Option<String>,
    /// Whether the agent is the one on this user's own folders, and not one of another socket.
    pub(crate) usual_agent: bool,
    around: &'s mut Surroundings<'a>,
}

impl<'s, 'a> Session<'s, 'a> {
    pub(crate) fn new(global: Global, around: &'s mut Surroundings<'a>) -> Result<Self, Failure> {
        let usual_agent = global.socket.is_none();
        let socket = match global.socket {
            Some(socket) => socket,
            None => Paths::of_user(global.profile.as_deref())?.socket(),
        };
        Ok(Self {
            client: Client::new(&socket),
            words: around.words,
            json: global.json,
            profile: global.profile,
            usual_agent,
            around,
        })
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.around.clock.now()
    }

    /// A moment for a column: "16:05", or the date.
    pub(crate) fn when(&self, at: Timestamp) -> String {
        when(self.words, local(at.to_date_time()), local(self.now().to_date_time()))
    }

    /// A moment for a sentence: "16:05", or the date and the time.
    pub(crate) fn moment(&self, at: Timestamp) -> String {
        moment(self.words, local(at.to_date_time()), local(self.now().to_date_time()))
    }

    /// The width that a table may take; `None` where nobody looks at it.
    pub(crate) fn columns(&self) -> Option<usize> {
        self.around.output_columns
    }

    // === Output ===

    /// Data for a script: one object on one line, out at once, since the next may be long in coming.
    pub(crate) fn object(&mut self, object: &impl Serialize) -> Result<(), Failure> {
        let line = serde_json::to_string(object).map_err(|error| Failure::Output(error.into()))?;
        self.line(&line)
    }

    /// Data for people.
    pub(crate) fn line(&mut self, line: &str) -> Result<(), Failure> {
        writeln!(self.around.output, "{line}").and_then(|()| self.around.output.flush())?;
        Ok(())
    }

    /// Words about the data.
    pub(crate) fn note(&mut self, line: &str) {
        // Where nobody reads, there is nobody to tell.
        let _ = writeln!(self.around.errors, "{line}");
    }

    // === Input ===

    pub(crate) fn input_is_terminal(&self) -> bool {
        self.around.input_is_terminal
    }

    /// All that comes from the input, up to `limit` bytes and one more, which tells that there is more.
    pub(crate) fn input(&mut self, limit: usize) -> Result<Vec<u8>, Failure> {
        let mut bytes = Vec::new();
        self.around.input.take(limit as u64 + 1).read_to_end(&mut bytes).map_err(Failure::Input)?;
        Ok(bytes)
    }

    /// What the person answers. `option` is named where there is nobody to ask.
    pub(crate) fn ask(&mut self, prompt: &str, option: &'static str) -> Result<String, Failure> {
        if !self.around.input_is_terminal {
            return Err(Failure::Missing(option));
        }
        let _ = write!(self.around.errors, "{prompt}: ").and_then(|()| self.around.errors.flush());
        let mut line = String::new();
        self.around.input.read_line(&mut line).map_err(Failure::Input)?;
        let answer = line.trim();
        if answer.is_empty() { Err(Failure::Missing(option)) } else { Ok(answer.to_owned()) }
    }

    /// A password that the person types unseen.
    pub(crate) fn ask_password(&mut self, prompt: &str, option: &'static str) -> Result<String, Failure> {
        if !self.around.input_is_terminal {
            return Err(Failure::Missing(option));
        }
        let password = (self.around.ask_password)(&format!("{prompt}: ")).map_err(Failure::Input)?;
        if password.is_empty() { Err(Failure::Missing(option)) } else { Ok(password) }
    }
}
