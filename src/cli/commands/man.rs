//! `restante man`, for those who make packages.

use std::path::PathBuf;

use clap::{Args, Command};
use restante_process::Exit;

use crate::{failure::Failure, session::Session};

/// Write the man pages, one for each command
#[derive(Debug, Args)]
pub(crate) struct Man {
    /// The folder to write them to
    #[arg(long = "to", value_name = "DIR")]
    folder: PathBuf,
}

impl Man {
    pub(crate) fn run(self, session: &mut Session<'_, '_>, grammar: Command) -> Result<Exit, Failure> {
        let written = std::fs::create_dir_all(&self.folder)
            .and_then(|()| clap_mangen::generate_to(grammar, &self.folder));
        written.map_err(|error| Failure::File(self.folder.clone(), error))?;
        session.note(&self.folder.display().to_string());
        Ok(Exit::Done)
    }
}
