//! `restante retract ID`

use clap::Args;
use restante_local_api::model::DeliveryState;
use restante_process::Exit;

use super::read;
use crate::{failure::Failure, message_id, session::Session};

/// Take a sent message back from whoever has not read it; 1 where it was too late for all
#[derive(Debug, Args)]
pub(crate) struct Retract {
    /// Its id, or the last 8 characters of it or more
    id: String,
}

impl Retract {
    pub(crate) async fn run(self, session: &mut Session<'_, '_>) -> Result<Exit, Failure> {
        let id = message_id::find(session, &self.id).await?;
        let told = session.client.retract(id).await?;
        if session.json {
            session.object(&told)?;
        } else {
            for line in read::fates(session, &told.recipients) {
                session.line(&line)?;
            }
        }
        let any = told.recipients.iter().any(|recipient| recipient.state == DeliveryState::Retracted);
        Ok(if any { Exit::Done } else { Exit::No })
    }
}
