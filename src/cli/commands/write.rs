//! `restante write`

use clap::Args;
use restante_local_api::{Show, ShowWhat};
use restante_process::Exit;

use crate::{failure::Failure, session::Session};

/// Open a window for a new letter
#[derive(Debug, Args)]
pub(crate) struct Write {}

impl Write {
    pub(crate) async fn run(self, session: &mut Session<'_, '_>) -> Result<Exit, Failure> {
        session.client.show(Show { what: ShowWhat::Write, id: None }).await?;
        Ok(Exit::Done)
    }
}
