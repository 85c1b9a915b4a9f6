//! The HTTP client while it is made: reading the machine's certificates takes longer than all else of a start, and only
//! who speaks to a server waits for it.

use reqwest::Client;
use restante_engine::settings_file::SettingsFile;
use tokio::sync::{mpsc, watch};

use crate::server_client::{ClientError, http_client};

/// The client, there or about to be.
#[derive(Clone)]
pub(crate) struct Http(watch::Receiver<Option<Client>>);

impl Http {
    /// Makes it beside the loop; why it cannot be made is heard at the other end. Must be called inside the runtime.
    pub(crate) fn begin(settings: SettingsFile) -> (Self, mpsc::UnboundedReceiver<ClientError>) {
        let (made, client) = watch::channel(None);
        let (failed, failure) = mpsc::unbounded_channel();
        tokio::task::spawn_blocking(move || match client_of(&settings) {
            Ok(client) => drop(made.send_replace(Some(client))),
            // The loop may have ended meanwhile.
            Err(error) => drop(failed.send(error)),
        });
        (Self(client), failure)
    }

    /// One that is there.
    pub(crate) fn made(client: Client) -> Self {
        Self(watch::channel(Some(client)).1)
    }

    /// The client, as soon as it is there; where it cannot be made the agent ends, and this never comes.
    pub(crate) async fn client(mut self) -> Client {
        loop {
            if let Some(client) = self.0.borrow_and_update().clone() {
                return client;
            }
            if self.0.changed().await.is_err() {
                return std::future::pending().await;
            }
        }
    }
}

/// The network as the settings file says.
pub(crate) fn client_of(settings: &SettingsFile) -> Result<Client, ClientError> {
    http_client(&settings.proxy, settings.extra_ca_file.as_deref())
}
