//! `restante quit`

use clap::Args;
use restante_process::Exit;

use crate::{failure::Failure, session::Session};

/// End the agent: no mail is fetched until it is started again
#[derive(Debug, Args)]
pub(crate) struct Quit {}

impl Quit {
    pub(crate) async fn run(self, session: &mut Session<'_, '_>) -> Result<Exit, Failure> {
        session.client.quit().await?;
        if !session.json {
            let said = session.words.text("cli-quit");
            session.line(&said)?;
        }
        Ok(Exit::Done)
    }
}
