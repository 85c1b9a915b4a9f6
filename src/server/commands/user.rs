//! `user add | list | import | disable | enable | set-password`.

use std::{
    io::{IsTerminal, Read},
    path::PathBuf,
};

use clap::Subcommand;
use restante_model::{Login, Name, Person};
use restante_process::Exit;
use restante_store::{NewUser, Owner, SqlStore, Store};
use serde_json::json;

use super::{called, failure::Failure, import, print_json, println};
use crate::passwords::{PASSWORD_HINT, hash_password};

#[derive(Subcommand)]
pub(super) enum User {
    /// Adds a user.
    #[command(after_help = "Examples:
  restante-server user add hall anna --name \"Anna Petrova\"
  restante-server user add hall anna --name \"Anna Petrova\" --password-stdin < password")]
    Add {
        /// The organisation.
        organisation: Name,
        /// What he signs in as, and others write to.
        login: Login,
        /// What he is called.
        #[arg(long, value_parser = called)]
        name: String,
        /// Reads the password from stdin instead of asking for it.
        #[arg(long)]
        password_stdin: bool,
    },
    /// Lists users.
    List { organisation: Name },
    /// Adds the users of a CSV file with the columns login, name and, where they are not to be made,
    /// password: all of them, or, where a line is not right, none.
    #[command(after_help = "Example: restante-server user import hall people.csv
  login,name,password
  anna,Anna Petrova,
  boris,Boris Ivanov,a sentence that he chose")]
    Import {
        /// The organisation.
        organisation: Name,
        /// The file, UTF-8, with a line of the columns' names on top.
        file: PathBuf,
        /// Where to write the passwords that were made; it must not be there yet. FILE.passwords.csv
        /// where nothing is said.
        #[arg(long, value_name = "FILE")]
        passwords_to: Option<PathBuf>,
    },
    /// Forbids a user to sign in, on all his devices.
    Disable { organisation: Name, login: Login },
    /// Allows a user to sign in again; his devices still are his.
    Enable { organisation: Name, login: Login },
    /// Gives a user another password.
    SetPassword {
        /// The organisation.
        organisation: Name,
        /// The user.
        login: Login,
        /// Reads the password from stdin instead of asking for it.
        #[arg(long)]
        password_stdin: bool,
    },
}

/// Takes a new password and hashes it; `about` as [`hash_password`] has it.
pub(super) fn password_hash(from_stdin: bool, about: &[&str]) -> Result<String, Failure> {
    let failed =
        |error: std::io::Error| Failure::new(Exit::Refused, format!("reading the password: {error}"), "");
    let password = if from_stdin {
        let mut text = String::new();
        std::io::stdin().take(65_536).read_to_string(&mut text).map_err(failed)?;
        text.trim_end_matches(['\r', '\n']).to_owned()
    } else if std::io::stdin().is_terminal() {
        rpassword::prompt_password("Password: ").map_err(failed)?
    } else {
        return Err(Failure::new(
            Exit::Usage,
            "there is no terminal to ask for a password",
            "give it by --password-stdin",
        ));
    };
    hash_password(&password, about)
        .map_err(|error| Failure::new(Exit::Refused, error.to_string(), PASSWORD_HINT))
}

impl User {
    pub(super) async fn run(self, store: &SqlStore, as_json: bool) -> Result<(), Failure> {
        let store: &dyn Store = store;
        match self {
            Self::Add { organisation, login, name, password_stdin } => {
                let about = [login.as_str(), &name, organisation.as_str()];
                let password_hash = password_hash(password_stdin, &about)?;
                let person = Person { login, name };
                store.add_user(&organisation, &NewUser { person: person.clone(), password_hash }).await?;
                if as_json {
                    print_json(&json!(person));
                } else {
                    println(&format!("{} is a user of {organisation}", person.login));
                }
            }
            Self::List { organisation } => {
                let users = store.users(&organisation).await?;
                if as_json {
                    print_json(&users.iter().map(|u| json!({"login": u.person.login, "name": u.person.name, "disabled": u.disabled, "devices": u.devices, "last_seen_at": u.last_seen_at})).collect());
                    return Ok(());
                }
                println(&format!("{:<20} {:<30} {:>7}  {}", "LOGIN", "NAME", "DEVICES", "LAST SEEN"));
                for u in users {
                    let seen = u.last_seen_at.map_or("never".to_owned(), |at| at.to_string());
                    let note = if u.disabled { " (disabled)" } else { "" };
                    println(&format!(
                        "{:<20} {:<30} {:>7}  {seen}{note}",
                        u.person.login.as_str(),
                        u.person.name,
                        u.devices
                    ));
                }
            }
            Self::Import { organisation, file, passwords_to } => {
                import::import(store, &organisation, &file, passwords_to, as_json).await?;
            }
            Self::Disable { organisation, login } => {
                store.set_disabled(&Owner { organisation, login: login.clone() }, true).await?;
                if as_json {
                    print_json(&json!({"login": login, "disabled": true}));
                } else {
                    println(&format!("{login} can no longer sign in"));
                }
            }
            Self::Enable { organisation, login } => {
                store.set_disabled(&Owner { organisation, login: login.clone() }, false).await?;
                if as_json {
                    print_json(&json!({"login": login, "disabled": false}));
                } else {
                    println(&format!("{login} can sign in again"));
                }
            }
            Self::SetPassword { organisation, login, password_stdin } => {
                let hash = password_hash(password_stdin, &[login.as_str(), organisation.as_str()])?;
                store.set_password_hash(&Owner { organisation, login: login.clone() }, &hash).await?;
                if as_json {
                    print_json(&json!({"login": login}));
                } else {
                    println(&format!("{login} has another password"));
                }
            }
        }
        Ok(())
    }
}
