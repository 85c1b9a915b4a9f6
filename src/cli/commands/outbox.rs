//! `restante outbox`

use clap::{Args, Subcommand};
use restante_local_api::model::Folder;
use restante_process::Exit;

use super::{list, send};
use crate::{failure::Failure, message_id, session::Session};

/// Letters on their way out
#[derive(Debug, Subcommand)]
pub(crate) enum Outbox {
    /// What waits and what was refused, with why
    List,
    /// Make a draft of a letter that has not gone yet, or was refused; prints the draft's id
    Undo(Named),
    /// Try a refused letter again as it is
    Retry(Retry),
    /// Throw a letter away that has not gone yet, or was refused
    Delete(Named),
}

#[derive(Debug, Args)]
pub(crate) struct Named {
    /// Its id, or the last 8 characters of it or more
    id: String,
}

#[derive(Debug, Args)]
pub(crate) struct Retry {
    /// Its id, or the last 8 characters of it or more
    id: String,
    /// Come back when the server has accepted it
    #[arg(long)]
    wait: bool,
}

impl Outbox {
    pub(crate) async fn run(self, session: &mut Session<'_, '_>) -> Result<Exit, Failure> {
        match self {
            Self::List => {
                let all = list::pages(session, Folder::Outbox, u32::MAX, false).await?;
                list::print(session, Folder::Outbox, &all)?;
            }
            Self::Undo(named) => {
                let id = message_id::find(session, &named.id).await?;
                let draft = session.client.take_back(id).await?;
                send::print_id(session, draft)?;
            }
            Self::Retry(retry) => {
                let id = message_id::find(session, &retry.id).await?;
                let letter = session.client.send_anew(id).await?;
                send::print_id(session, letter)?;
                if retry.wait {
                    send::until_accepted(session, letter.id).await?;
                }
            }
            Self::Delete(named) => {
                let id = message_id::find(session, &named.id).await?;
                session.client.delete_letter(id).await?;
            }
        }
        Ok(Exit::Done)
    }
}
