//! `restante mark read|unread ID`

use clap::{Args, Subcommand};
use restante_process::Exit;

use crate::{failure::Failure, message_id, session::Session};

/// Mark messages that came read, or unread on this device
#[derive(Debug, Subcommand)]
pub(crate) enum Mark {
    /// Read: their senders see it
    Read(Messages),
    /// Unread again, on this device; their senders still see that they were read
    Unread(Messages),
}

#[derive(Debug, Args)]
pub(crate) struct Messages {
    /// Their ids, or the last 8 characters of them or more
    #[arg(required = true)]
    ids: Vec<String>,
}

impl Mark {
    pub(crate) async fn run(self, session: &mut Session<'_, '_>) -> Result<Exit, Failure> {
        let (Self::Read(messages) | Self::Unread(messages)) = &self;
        for id in &messages.ids {
            let id = message_id::find(session, id).await?;
            match &self {
                Self::Read(_) => session.client.mark_read(id).await?,
                Self::Unread(_) => session.client.mark_unread(id).await?,
            }
        }
        Ok(Exit::Done)
    }
}
