//! `restante check`

use clap::Args;
use restante_l10n::Value;
use restante_local_api::CheckOutcome;
use restante_process::Exit;

use crate::{failure::Failure, session::Session};

/// Check for mail now
#[derive(Debug, Args)]
pub(crate) struct Check {
    /// Come back when it is complete: outbox sent, changes here, delivery reported
    #[arg(long)]
    wait: bool,
}

impl Check {
    pub(crate) async fn run(self, session: &mut Session<'_, '_>) -> Result<Exit, Failure> {
        let answer = session.client.check(self.wait).await?;
        let words = session.words;
        let Some(check) = &answer.check else {
            if session.json {
                session.object(&answer)?;
            } else {
                let key = if answer.joined { "cli-check-joined" } else { "cli-check-started" };
                session.line(&words.with(key, &[]))?;
            }
            return Ok(Exit::Done);
        };
        if check.outcome != CheckOutcome::Ok {
            let status = session.client.status().await?;
            return Err(Failure::Check(check.outcome, status.connection_detail));
        }
        if session.json {
            session.object(&answer)?;
        } else {
            session.line(&words.with("cli-new", &[("count", Value::Number(check.new))]))?;
        }
        Ok(Exit::Done)
    }
}
