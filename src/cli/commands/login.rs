//! `restante login [URL]`

use clap::Args;
use restante_l10n::Value;
use restante_local_api as api;
use restante_process::Exit;

use crate::{failure::Failure, session::Session};

/// More than any password that the server takes.
pub(super) const MAX_PASSWORD_BYTES: usize = 4096;

/// Sign in; asks for what is missing where there is a terminal
#[derive(Debug, Args)]
pub(crate) struct Login {
    /// The server, such as `https://mail.example.org`; else as the settings file says
    #[arg(value_name = "URL")]
    server: Option<String>,
    /// The organisation
    #[arg(long, short, value_name = "NAME")]
    organisation: Option<String>,
    /// The user
    #[arg(long, short, value_name = "LOGIN")]
    user: Option<String>,
    /// Take the password from the input
    #[arg(long)]
    password_stdin: bool,
}

impl Login {
    pub(crate) async fn run(self, session: &mut Session<'_, '_>) -> Result<Exit, Failure> {
        // What is not given here may stand in the settings file.
        let offered = session.client.status().await?.offered;
        // With the password on the input nobody can answer there.
        let answered =
            |given: Option<String>, prompt: String, option, session: &mut Session<'_, '_>| match given {
                Some(given) => Ok(given),
                None if self.password_stdin => Err(Failure::Missing(option)),
                None => session.ask(&prompt, option),
            };
        let words = session.words;
        let server = answered(self.server.or(offered.server), words.text("cli-ask-server"), "URL", session)?;
        let organisation = answered(
            self.organisation.or(offered.organisation),
            words.text("cli-ask-organisation"),
            "--organisation",
            session,
        )?;
        let user = answered(self.user.or(offered.user), words.text("cli-ask-user"), "--user", session)?;
        let password = if self.password_stdin {
            password_of(session.input(MAX_PASSWORD_BYTES)?)?
        } else {
            session.ask_password(&words.text("cli-ask-password"), "--password-stdin")?
        };
        let login = api::Login { server, organisation, user, password };
        let status = session.client.login(&login).await?;
        if session.json {
            session.object(&status)?;
        } else {
            let (user, organisation) = status
                .account
                .map_or((login.user, login.organisation), |account| (account.user, account.organisation));
            let values = [("user", Value::Text(&user)), ("organisation", Value::Text(&organisation))];
            session.line(&words.with("cli-signed-in", &values))?;
        }
        Ok(Exit::Done)
    }
}

/// The input less the line break that `echo` puts after it.
pub(super) fn password_of(input: Vec<u8>) -> Result<String, Failure> {
    if input.len() > MAX_PASSWORD_BYTES {
        return Err(Failure::Input(std::io::ErrorKind::FileTooLarge.into()));
    }
    let mut password = String::from_utf8(input).map_err(|_| Failure::NotUtf8)?;
    if password.ends_with('\n') {
        password.pop();
        if password.ends_with('\r') {
            password.pop();
        }
    }
    if password.is_empty() { Err(Failure::Missing("--password-stdin")) } else { Ok(password) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_last_line_break_is_not_part_of_the_password() {
        for (input, password) in [("a b", "a b"), ("a\n", "a"), ("a\r\n", "a"), (" a \n\n", " a \n")] {
            assert_eq!(password_of(input.as_bytes().to_vec()).unwrap(), password);
        }
        assert!(matches!(password_of(b"\n".to_vec()), Err(Failure::Missing(_))));
        assert!(matches!(password_of(vec![b'x'; MAX_PASSWORD_BYTES + 1]), Err(Failure::Input(_))));
    }
}
