//! `restante logout`

use clap::Args;
use restante_process::Exit;

use crate::{failure::Failure, session::Session};

/// Sign out: the server forgets this device
#[derive(Debug, Args)]
pub(crate) struct Logout {}

impl Logout {
    pub(crate) async fn run(self, session: &mut Session<'_, '_>) -> Result<Exit, Failure> {
        session.client.logout().await?;
        if !session.json {
            let said = session.words.text("cli-signed-out");
            session.line(&said)?;
        }
        Ok(Exit::Done)
    }
}
