//! `administrator add | list | remove`.

use clap::Subcommand;
use restante_model::Login;
use restante_process::Exit;
use restante_store::{SqlStore, Store};
use serde_json::json;

use super::{answers::Answers, failure::Failure, password::password_hash, print_json, println};

#[derive(Subcommand)]
pub(super) enum Administrator {
    /// Lets somebody use the administrators' pages.
    Add {
        name: Login,
        /// Reads the password from stdin instead of asking for it.
        #[arg(long)]
        password_stdin: bool,
    },
    /// Lists them.
    List,
    /// Takes it back, at the next request. Whoever forgot his password is removed and added anew.
    Remove { name: Login },
}

impl Administrator {
    pub(super) async fn run(self, store: &SqlStore, answers: Answers<'_>) -> Result<(), Failure> {
        let store: &dyn Store = store;
        match self {
            Self::Add { name, password_stdin } => {
                let hash = password_hash(password_stdin, &[name.as_str()], answers.words)?;
                store.add_administrator(&name, &hash).await?;
                if answers.json {
                    print_json(&json!({"name": name}));
                } else {
                    answers.say("server-administrator-added", &[("name", &name)]);
                }
            }
            Self::List => {
                let list = store.administrators().await?;
                if answers.json {
                    print_json(
                        &list
                            .iter()
                            .map(|one| json!({"name": one.name, "created_at": one.created_at}))
                            .collect(),
                    );
                    return Ok(());
                }
                let title = |key| answers.text(key, &[]);
                println(&format!(
                    "{:<20} {}",
                    title("server-title-administrator"),
                    title("server-title-since")
                ));
                for one in list {
                    println(&format!("{:<20} {}", one.name.as_str(), one.created_at));
                }
            }
            Self::Remove { name } => {
                if !store.remove_administrator(&name).await? {
                    let message = answers.text("server-administrator-absent", &[("name", &name)]);
                    let hint = answers.text("server-hint-administrators", &[]);
                    return Err(Failure::new(Exit::No, message, hint));
                }
                if answers.json {
                    print_json(&json!({"name": name, "removed": true}));
                } else {
                    answers.say("server-administrator-removed", &[("name", &name)]);
                }
            }
        }
        Ok(())
    }
}
