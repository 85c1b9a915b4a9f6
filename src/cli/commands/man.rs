//! `restante man`, for those who make packages.

use std::{io, path::PathBuf};

use clap::{Args, Command};
use restante_l10n::{Words, arguments};
use restante_process::Exit;

use crate::{failure::Failure, session::Session};

/// The headings that the pages' maker writes in English.
const HEADINGS: [(&str, &str); 8] = [
    (".SH NAME", "cli-man-name"),
    (".SH SYNOPSIS", "cli-man-synopsis"),
    (".SH DESCRIPTION", "cli-man-description"),
    (".SH OPTIONS", "cli-man-options"),
    (".SH \"OPTIONS OF EVERY COMMAND\"", "cli-man-options-everywhere"),
    (".SH SUBCOMMANDS", "cli-man-commands"),
    (".SH EXTRA", "cli-man-extra"),
    (".SH VERSION", "cli-man-version"),
];

/// Write the man pages, one for each command
#[derive(Debug, Args)]
pub(crate) struct Man {
    /// The folder to write them to
    #[arg(long = "to", value_name = "DIR")]
    folder: PathBuf,
}

impl Man {
    pub(crate) fn run(self, session: &mut Session<'_, '_>, grammar: Command) -> Result<Exit, Failure> {
        let mut described = arguments::described(grammar, session.words);
        described.build();
        let written =
            std::fs::create_dir_all(&self.folder).and_then(|()| self.write(&described, session.words));
        written.map_err(|error| Failure::File(self.folder.clone(), error))?;
        session.note(&self.folder.display().to_string());
        Ok(Exit::Done)
    }

    fn write(&self, command: &Command, words: &Words) -> io::Result<()> {
        for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
            self.write(below, words)?;
        }
        let man = clap_mangen::Man::new(command.clone());
        let mut page = Vec::new();
        man.render(&mut page)?;
        let page = String::from_utf8_lossy(&page);
        let heading = |line: &str| {
            let found = HEADINGS.iter().find(|(english, _)| *english == line);
            found.map_or_else(|| line.to_owned(), |(_, key)| format!(".SH \"{}\"", words.text(key)))
        };
        let lines: Vec<_> = page.lines().map(heading).collect();
        std::fs::write(self.folder.join(man.get_filename()), lines.join("\n") + "\n")
    }
}
