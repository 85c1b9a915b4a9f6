//! `restante offline on|off`

use clap::{Args, ValueEnum};
use restante_local_api::{Mode, PutMode};
use restante_process::Exit;

use crate::{failure::Failure, session::Session};

/// Enter or leave offline mode: nothing is sent or fetched meanwhile
#[derive(Debug, Args)]
pub(crate) struct Offline {
    switch: Switch,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Switch {
    On,
    Off,
}

impl Offline {
    pub(crate) async fn run(self, session: &mut Session<'_, '_>) -> Result<Exit, Failure> {
        let mode = match self.switch {
            Switch::On => Mode::Offline,
            Switch::Off => Mode::Online,
        };
        let status = session.client.set_mode(PutMode { mode }).await?;
        if session.json {
            session.object(&status)?;
        } else {
            let said = match status.mode {
                Mode::Offline => session.words.text("status-offline"),
                Mode::Online => session.words.text("cli-online"),
            };
            session.line(&said)?;
        }
        Ok(Exit::Done)
    }
}
