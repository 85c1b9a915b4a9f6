//! `restante completions`

use clap::{Args, Command};
use clap_complete::Shell;
use restante_process::Exit;

use crate::{failure::Failure, session::Session};

/// Print what a shell needs to complete commands: `source <(restante completions bash)`
#[derive(Debug, Args)]
pub(crate) struct Completions {
    shell: Shell,
}

impl Completions {
    pub(crate) fn run(&self, session: &mut Session<'_, '_>, mut grammar: Command) -> Result<Exit, Failure> {
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut grammar, "restante", &mut script);
        session.line(String::from_utf8_lossy(&script).trim_end())?;
        Ok(Exit::Done)
    }
}
