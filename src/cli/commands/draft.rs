//! `restante draft`

use clap::{Args, Subcommand};
use restante_local_api::model::{Folder, Importance, Letter, Seconds};
use restante_process::Exit;

use super::{list, send};
use crate::{failure::Failure, message_id, session::Session};

/// Letters still being written
#[derive(Debug, Subcommand)]
pub(crate) enum Draft {
    /// All drafts, newest first
    List,
    /// Change what is given here and leave the rest as it is
    Edit(Edit),
    /// Send a draft as it is
    Send(Sent),
    /// Throw a draft away
    Delete(Named),
}

#[derive(Debug, Args)]
pub(crate) struct Named {
    /// Its id, or the last 8 characters of it or more
    id: String,
}

#[derive(Debug, Args)]
pub(crate) struct Sent {
    /// Its id, or the last 8 characters of it or more
    id: String,
    /// Come back when the server has accepted it
    #[arg(long)]
    wait: bool,
    /// Let it wait so long, such as 10s, so that `restante outbox undo` can take it back
    #[arg(long, value_name = "DURATION")]
    undo: Option<Seconds>,
}

#[derive(Debug, Args)]
pub(crate) struct Edit {
    /// Its id, or the last 8 characters of it or more
    id: String,
    /// Whom to: logins, separated by commas or each with an option of its own
    #[arg(long, short, value_name = "LOGIN", value_delimiter = ',')]
    to: Option<Vec<String>>,
    /// One line
    #[arg(long, short)]
    subject: Option<String>,
    /// High importance
    #[arg(long, conflicts_with = "normal")]
    high: bool,
    /// Normal importance
    #[arg(long)]
    normal: bool,
    /// Take a new text from the input
    #[arg(long)]
    text_stdin: bool,
}

impl Draft {
    pub(crate) async fn run(self, session: &mut Session<'_, '_>) -> Result<Exit, Failure> {
        match self {
            Self::List => {
                let all = list::pages(session, Folder::Drafts, u32::MAX, false).await?;
                list::print(session, Folder::Drafts, &all)?;
            }
            Self::Edit(edit) => edit.run(session).await?,
            Self::Send(sent) => {
                let id = message_id::find(session, &sent.id).await?;
                let letter = session.client.send_draft(id, send::undo(sent.undo)).await?;
                send::print_id(session, letter)?;
                if sent.wait {
                    send::until_accepted(session, letter.id).await?;
                }
            }
            Self::Delete(named) => {
                let id = message_id::find(session, &named.id).await?;
                session.client.delete_draft(id).await?;
            }
        }
        Ok(Exit::Done)
    }
}

impl Edit {
    async fn run(self, session: &mut Session<'_, '_>) -> Result<(), Failure> {
        let id = message_id::find(session, &self.id).await?;
        let draft = session.client.message(id).await?;
        let importance = match (self.high, self.normal) {
            (true, _) => Importance::High,
            (false, true) => Importance::Normal,
            (false, false) => draft.row.importance,
        };
        let letter = Letter {
            to: match self.to {
                Some(typed) => send::recipients(&typed),
                None => draft.row.to.iter().map(|person| person.login.to_string()).collect(),
            },
            subject: self.subject.unwrap_or(draft.row.subject),
            body: if self.text_stdin { send::text(session)? } else { draft.body },
            importance,
        };
        let saved = session.client.save_draft(id, &letter, draft.version).await?;
        send::print_id(session, saved)
    }
}
