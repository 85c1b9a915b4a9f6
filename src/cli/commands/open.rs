//! `restante open`

use clap::Args;
use restante_local_api::{Show, ShowWhat};
use restante_process::Exit;

use crate::{failure::Failure, message_id, session::Session};

/// Open the mailbox window
#[derive(Debug, Args)]
pub(crate) struct Open {
    /// The message to open there: its id, or the last 8 characters of it or more
    id: Option<String>,
}

impl Open {
    pub(crate) async fn run(self, session: &mut Session<'_, '_>) -> Result<Exit, Failure> {
        let id = match &self.id {
            Some(text) => Some(message_id::find(session, text).await?),
            None => None,
        };
        session.client.show(Show { what: ShowWhat::Mailbox, id }).await?;
        Ok(Exit::Done)
    }
}
