//! `device revoke`.

use clap::Subcommand;
use restante_model::{Login, Name};
use restante_process::Exit;
use restante_store::{Owner, SqlStore, Store};
use serde_json::json;

use super::{failure::Failure, print_json, println};

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
    pub(super) async fn run(self, store: &SqlStore, as_json: bool) -> Result<(), Failure> {
        let store: &dyn Store = store;
        let Self::Revoke { organisation, login, device } = self;
        let user = Owner { organisation, login };
        // Tells an organisation or a user that is not there from a device that is not.
        store.users(&user.organisation).await?;
        if !store.revoke(&user, &device).await? {
            let message = format!("{} of {} has no device {device:?}", user.login, user.organisation);
            return Err(Failure::new(Exit::No, message, "`restante-server agents list` shows them"));
        }
        if as_json {
            print_json(&json!({"organisation": user.organisation, "login": user.login, "revoked": device}));
        } else {
            println(&format!("{device} of {} is signed out", user.login));
        }
        Ok(())
    }
}
