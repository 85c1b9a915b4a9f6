//! `restante open`

use clap::Args;
use restante_local_api::{Show, ShowWhat};
use restante_process::Exit;

use crate::{failure::Failure, message_id, session::Session};

/// Open the mailbox window, or the one with the settings
#[derive(Debug, Args)]
pub(crate) struct Open {
    /// The message to open there: its id, or the last 8 characters of it or more
    id: Option<String>,
    /// Open the settings
    #[arg(long, conflicts_with = "id")]
    settings: bool,
}

impl Open {
    pub(crate) async fn run(self, session: &mut Session<'_, '_>) -> Result<Exit, Failure> {
        let id = match &self.id {
            Some(text) => Some(message_id::find(session, text).await?),
            None => None,
        };
        let what = if self.settings { ShowWhat::Settings } else { ShowWhat::Mailbox };
        session.client.show(Show { what, id }).await?;
        Ok(Exit::Done)
    }
}
