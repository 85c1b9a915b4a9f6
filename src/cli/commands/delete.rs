//! `restante delete ID`

use clap::Args;
use restante_process::Exit;

use crate::{failure::Failure, message_id, session::Session};

/// Remove messages that came or were sent from your mailbox, on all your devices; the others keep theirs
#[derive(Debug, Args)]
pub(crate) struct Delete {
    /// Their ids, or the last 8 characters of them or more
    #[arg(required = true)]
    ids: Vec<String>,
}

impl Delete {
    pub(crate) async fn run(self, session: &mut Session<'_, '_>) -> Result<Exit, Failure> {
        for id in &self.ids {
            let id = message_id::find(session, id).await?;
            session.client.delete_message(id).await?;
        }
        Ok(Exit::Done)
    }
}
