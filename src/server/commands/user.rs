//! `user add | list | import | disable | enable | set-password`.

use std::path::PathBuf;

use clap::Subcommand;
use restante_model::{Login, Name, Person};
use restante_store::{NewUser, Owner, SqlStore, Store};
use serde_json::json;

use super::{
    answers::Answers, called, failure::Failure, import, password::password_hash, print_json, println,
};

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
        /// Where to write the passwords that were made; it must not be there yet. Absent: beside FILE.csv, as
        /// FILE.passwords.csv.
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

impl User {
    pub(super) async fn run(self, store: &SqlStore, answers: Answers<'_>) -> Result<(), Failure> {
        let store: &dyn Store = store;
        match self {
            Self::Add { organisation, login, name, password_stdin } => {
                let about = [login.as_str(), &name, organisation.as_str()];
                let password_hash = password_hash(password_stdin, &about, answers.words)?;
                let person = Person { login, name };
                store.add_user(&organisation, &NewUser { person: person.clone(), password_hash }).await?;
                if answers.json {
                    print_json(&json!(person));
                } else {
                    answers.say(
                        "server-user-added",
                        &[("login", &person.login), ("organisation", &organisation)],
                    );
                }
            }
            Self::List { organisation } => {
                let users = store.users(&organisation).await?;
                if answers.json {
                    print_json(&users.iter().map(|u| json!({"login": u.person.login, "name": u.person.name, "disabled": u.disabled, "devices": u.devices, "last_seen_at": u.last_seen_at})).collect());
                    return Ok(());
                }
                let title = |key| answers.text(key, &[]);
                println(&format!(
                    "{:<20} {:<30} {:>7}  {}",
                    title("server-title-login"),
                    title("server-title-name"),
                    title("server-title-devices"),
                    title("server-title-last-seen")
                ));
                for u in users {
                    let seen = u.last_seen_at.map_or_else(|| title("server-never"), |at| at.to_string());
                    let note = if u.disabled {
                        format!(" {}", title("server-user-note-disabled"))
                    } else {
                        String::new()
                    };
                    println(&format!(
                        "{:<20} {:<30} {:>7}  {seen}{note}",
                        u.person.login.as_str(),
                        u.person.name,
                        u.devices
                    ));
                }
            }
            Self::Import { organisation, file, passwords_to } => {
                import::import(store, &organisation, &file, passwords_to, answers).await?;
            }
            Self::Disable { organisation, login } => {
                store.set_disabled(&Owner { organisation, login: login.clone() }, true).await?;
                if answers.json {
                    print_json(&json!({"login": login, "disabled": true}));
                } else {
                    answers.say("server-user-disabled", &[("login", &login)]);
                }
            }
            Self::Enable { organisation, login } => {
                store.set_disabled(&Owner { organisation, login: login.clone() }, false).await?;
                if answers.json {
                    print_json(&json!({"login": login, "disabled": false}));
                } else {
                    answers.say("server-user-enabled", &[("login", &login)]);
                }
            }
            Self::SetPassword { organisation, login, password_stdin } => {
                let hash =
                    password_hash(password_stdin, &[login.as_str(), organisation.as_str()], answers.words)?;
                store.set_password_hash(&Owner { organisation, login: login.clone() }, &hash).await?;
                if answers.json {
                    print_json(&json!({"login": login}));
                } else {
                    answers.say("server-user-password", &[("login", &login)]);
                }
            }
        }
        Ok(())
    }
}
