//! `agents list`.

use clap::Subcommand;
use restante_model::{Clock, Name, SystemClock};
use restante_store::{SqlStore, Store, StoreError};
use serde_json::json;

use super::{answers::Answers, failure::Failure, print_json, println};
use crate::agents::by_silence;

#[derive(Subcommand)]
pub(super) enum Agents {
    /// Lists agents with when they last asked, the silent ones first.
    List {
        /// Of this organisation alone.
        organisation: Option<Name>,
    },
}

impl Agents {
    pub(super) async fn run(self, store: &SqlStore, answers: Answers<'_>) -> Result<(), Failure> {
        let store: &dyn Store = store;
        let Self::List { organisation } = self;
        let organisations = match organisation {
            Some(organisation) => vec![organisation],
            None => store.organisations().await?.into_iter().map(|organisation| organisation.name).collect(),
        };
        let mut agents = Vec::new();
        for organisation in organisations {
            match store.agents(&organisation).await {
                Ok(list) => agents.extend(list.into_iter().map(|agent| (organisation.clone(), agent))),
                Err(error @ StoreError::Unavailable { .. }) => {
                    tracing::warn!(%error, "its agents are left out");
                }
                Err(error) => return Err(error.into()),
            }
        }
        let list = by_silence(agents, SystemClock.now());
        if answers.json {
            print_json(
                &list
                    .iter()
                    .map(|(mode, organisation, agent)| {
                        let device = agent.device.as_ref();
                        json!({
                            "mode": mode, "organisation": organisation, "login": agent.person.login,
                            "name": agent.person.name, "check_interval_seconds": agent.check_interval,
                            "device": device.map(|device| json!({
                                "id": device.id, "name": device.name, "created_at": device.created_at,
                                "last_seen_at": device.last_seen_at, "version": device.client_version,
                            })),
                        })
                    })
                    .collect(),
            );
            return Ok(());
        }
        let title = |key| answers.text(key, &[]);
        println(&format!(
            "{:<15} {:<24} {:<16} {:<20} {:>8} {:<10} {:<20} {}",
            title("server-title-mode"),
            title("server-title-last-seen"),
            title("server-title-organisation"),
            title("server-title-login"),
            title("server-title-interval"),
            title("server-title-version"),
            title("server-title-device"),
            title("server-title-device-id")
        ));
        for (mode, organisation, agent) in list {
            let device = agent.device.as_ref();
            println(&format!(
                "{:<15} {:<24} {:<16} {:<20} {:>7}s {:<10} {:<20} {}",
                answers.text(mode.key(), &[]),
                device.map_or_else(|| title("server-never"), |device| device.last_seen_at.to_string()),
                organisation.as_str(),
                agent.person.login.as_str(),
                agent.check_interval.seconds(),
                device.and_then(|device| device.client_version.as_deref()).unwrap_or("-"),
                device.map_or("-", |device| device.name.as_str()),
                device.map_or("-", |device| device.id.as_str()),
            ));
        }
        Ok(())
    }
}
