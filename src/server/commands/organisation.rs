//! `organisation create | list | upgrade`.

use std::fmt::Display;

use clap::Subcommand;
use restante_model::Name;
use restante_store::{SqlStore, Store, Upgraded};
use serde_json::{Value, json};

use super::{answers::Answers, called, failure::Failure, office, print_json, println};
use crate::store_words::{thing, unavailable};

#[derive(Subcommand)]
pub(super) enum Organisation {
    /// Makes an organisation.
    #[command(after_help = "Example: restante-server organisation create hall --title \"Town hall\"")]
    Create {
        /// A short name, which users type when they sign in: letters, digits, dots, dashes, underscores.
        name: Name,
        /// What it is called in words.
        #[arg(long, value_parser = called)]
        title: Option<String>,
    },
    /// Lists organisations with their post offices.
    List,
    /// Brings an organisation's database and its post office's to this version's schema, after a copy of
    /// each beside it.
    Upgrade {
        /// The organisation.
        name: Name,
    },
}

impl Organisation {
    pub(super) async fn run(self, store: &SqlStore, answers: Answers<'_>) -> Result<(), Failure> {
        let store: &dyn Store = store;
        match self {
            Self::Create { name, title } => {
                let title = title.unwrap_or_else(|| name.to_string());
                store.create_organisation(&name, &title).await?;
                if answers.json {
                    print_json(&json!({"name": name, "title": title}));
                } else {
                    answers.say("server-organisation-created", &[("name", &name)]);
                }
            }
            Self::Upgrade { name } => {
                let done = store.upgrade(&name).await?;
                if answers.json {
                    print_json(
                        &json!({"organisation": name, "databases": done.iter().map(upgraded).collect::<Vec<_>>()}),
                    );
                    return Ok(());
                }
                for part in &done {
                    println(&line(part, answers));
                }
            }
            Self::List => {
                let list = store.organisations().await?;
                if answers.json {
                    print_json(
                        &list
                            .iter()
                            .map(|o| {
                                json!({
                                    "name": o.name, "title": o.title, "users": o.users,
                                    "office": o.office.as_ref().map(office::as_json),
                                    "unavailable": o.unavailable.as_ref().map(ToString::to_string),
                                })
                            })
                            .collect(),
                    );
                    return Ok(());
                }
                let title = |key| answers.text(key, &[]);
                println(&format!(
                    "{:<20} {:>6} {:<16} {:>9} {:>9}  {}",
                    title("server-title-organisation"),
                    title("server-title-users"),
                    title("server-title-office"),
                    title("server-title-interval"),
                    title("server-title-lifetime"),
                    title("server-title-database")
                ));
                for o in list {
                    let users = o.users.map_or("-".to_owned(), |users| users.to_string());
                    let line = match (&o.office, &o.unavailable) {
                        (Some(office), None) => format!(
                            "{:<16} {:>8}s {:>9}  {}",
                            office.name.as_str(),
                            office.terms.check_interval.seconds(),
                            office.terms.message_lifetime.to_string(),
                            office.location
                        ),
                        (_, Some(why)) => {
                            let why = unavailable(why, answers.words);
                            answers.text("server-organisation-unavailable", &[("why", &why)])
                        }
                        (None, None) => "-".to_owned(),
                    };
                    println(&format!("{:<20} {users:>6} {line}", o.name.as_str()));
                }
            }
        }
        Ok(())
    }
}

fn upgraded(part: &Upgraded) -> Value {
    json!({
        "part": part.part, "database": part.database, "schema_before": part.from, "schema": part.to,
        "copy": part.copy,
    })
}

fn line(upgraded: &Upgraded, answers: Answers<'_>) -> String {
    let part = thing(upgraded.part, answers.words);
    let mut values: Vec<(&str, &dyn Display)> =
        vec![("part", &part), ("database", &upgraded.database), ("schema", &upgraded.to)];
    if upgraded.from == upgraded.to {
        return answers.text("server-schema-same", &values);
    }
    values.push(("before", &upgraded.from));
    let Some(copy) = &upgraded.copy else { return answers.text("server-schema-upgraded", &values) };
    let copy = copy.display();
    values.push(("copy", &copy));
    answers.text("server-schema-upgraded-copy", &values)
}
