//! `device revoke`.

use std::fmt::Display;

use clap::Subcommand;
use restante_model::{Login, Name};
use restante_process::Exit;
use restante_store::{Owner, SqlStore, Store};
use serde_json::json;

use super::{answers::Answers, failure::Failure, print_json};

#[derive(Subcommand)]
pub(super) enum Device {
    /// Signs a device out, at its next request.
    Revoke {
        organisation: Name,
        login: Login,
        /// As `restante-server agents list` shows it.
        #[arg(value_name = "DEVICE_ID")]
        device: String,
    },
}

impl Device {
    pub(super) async fn run(self, store: &SqlStore, answers: Answers<'_>) -> Result<(), Failure> {
        let store: &dyn Store = store;
        let Self::Revoke { organisation, login, device } = self;
        let user = Owner { organisation, login };
        // Tells an organisation or a user that is not there from a device that is not.
        store.users(&user.organisation).await?;
        if !store.revoke(&user, &device).await? {
            let values: [(&str, &dyn Display); 3] =
                [("login", &user.login), ("organisation", &user.organisation), ("device", &device)];
            let message = answers.text("server-device-absent", &values);
            return Err(Failure::new(Exit::No, message, answers.text("server-hint-devices", &[])));
        }
        if answers.json {
            print_json(&json!({"organisation": user.organisation, "login": user.login, "revoked": device}));
        } else {
            answers.say("server-device-revoked", &[("device", &device), ("login", &user.login)]);
        }
        Ok(())
    }
}
