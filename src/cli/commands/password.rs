//! `restante password`

use clap::Args;
use restante_local_api::PutPassword;
use restante_process::Exit;

use super::login::{MAX_PASSWORD_BYTES, password_of};
use crate::{failure::Failure, session::Session};

/// Get another password; your other devices are signed out
#[derive(Debug, Args)]
pub(crate) struct Password {
    /// Leave your other devices signed in
    #[arg(long)]
    keep_other_devices: bool,
    /// Take both from the input: the old password on its first line, the new one on its second
    #[arg(long)]
    password_stdin: bool,
}

impl Password {
    pub(crate) async fn run(self, session: &mut Session<'_, '_>) -> Result<Exit, Failure> {
        let (old, new) = if self.password_stdin {
            let mut old = session.input(2 * MAX_PASSWORD_BYTES)?;
            let end = old.iter().position(|byte| *byte == b'\n');
            let new = old.split_off(end.ok_or(Failure::Missing("--password-stdin"))? + 1);
            (password_of(old)?, password_of(new)?)
        } else {
            let words = session.words;
            let old = session.ask_password(&words.text("cli-ask-old-password"), "--password-stdin")?;
            let new = session.ask_password(&words.text("cli-ask-new-password"), "--password-stdin")?;
            let again = session.ask_password(&words.text("cli-ask-again"), "--password-stdin")?;
            if new != again {
                session.line(&words.text("cli-passwords-differ"))?;
                return Ok(Exit::Refused);
            }
            (old, new)
        };
        let wish = PutPassword { old, new, keep_other_devices: self.keep_other_devices };
        session.client.change_password(&wish).await?;
        if !session.json {
            session.line(&session.words.text("cli-password-changed"))?;
        }
        Ok(Exit::Done)
    }
}
