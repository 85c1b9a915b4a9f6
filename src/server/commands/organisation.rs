//! `organisation create | list | upgrade`.

use clap::Subcommand;
use restante_model::Name;
use restante_store::{SqlStore, Store, Upgraded};
use serde_json::{Value, json};

use super::{called, failure::Failure, office, print_json, println};

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
    pub(super) async fn run(self, store: &SqlStore, as_json: bool) -> Result<(), Failure> {
        let store: &dyn Store = store;
        match self {
            Self::Create { name, title } => {
                let title = title.unwrap_or_else(|| name.to_string());
                store.create_organisation(&name, &title).await?;
                if as_json {
                    print_json(&json!({"name": name, "title": title}));
                } else {
                    println(&format!("organisation {name} is there"));
                }
            }
            Self::Upgrade { name } => {
                let done = store.upgrade(&name).await?;
                if as_json {
                    print_json(
                        &json!({"organisation": name, "databases": done.iter().map(upgraded).collect::<Vec<_>>()}),
                    );
                    return Ok(());
                }
                for part in &done {
                    println(&line(part));
                }
            }
            Self::List => {
                let list = store.organisations().await?;
                if as_json {
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
                println(&format!(
                    "{:<20} {:>6} {:<16} {:>9} {:>9}  {}",
                    "ORGANISATION", "USERS", "OFFICE", "INTERVAL", "LIFETIME", "DATABASE"
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
                        (_, Some(why)) => format!("message server not available: {why}"),
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

fn line(part: &Upgraded) -> String {
    let database = &part.database;
    if part.from == part.to {
        return format!("{} database {database} is of schema {} already", part.part, part.to);
    }
    let copy = part.copy.as_ref().map_or(String::new(), |copy| format!("; as it was: {}", copy.display()));
    format!("{} database {database} went from schema {} to {}{copy}", part.part, part.from, part.to)
}
