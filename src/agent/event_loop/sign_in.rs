//! The ways of the token: out of the keyring, from a sign-in, and away at a sign-out.

use std::sync::Arc;

use restante_engine::{
    Event,
    effect::AccountKey,
    event::{CallId, ServerError, TokenFound},
};
use restante_local_api::{Login, PutPassword};
use restante_server_api::{ChangePassword, NewSession};
use secrecy::SecretString;

use super::Agent;
use crate::{credentials::Found, server_client::ServerClient};

impl Agent {
    pub(super) fn find_token(&self, key: AccountKey) {
        let (credentials, connected) = (self.credentials.clone(), self.connected.clone());
        let (http, words) = (self.http.clone(), Arc::clone(&self.words));
        tokio::spawn(async move {
            let (token, found) = match credentials.find(&key).await {
                Ok(Found { token: Some(token), state }) => (Some(token), TokenFound::Found(state)),
                Ok(Found { token: None, state }) => (None, TokenFound::None(state)),
                Err(problem) => (None, TokenFound::Problem(problem)),
            };
            let server = ServerClient::new(http.client().await, &key.server, token, &words);
            let _ = connected.send((server, Event::TokenFound(found)));
        });
    }

    pub(super) fn keep_token(&self, key: AccountKey) {
        let Some(token) = self.server.as_ref().and_then(ServerClient::token) else { return };
        let (credentials, events) = (self.credentials.clone(), self.events.clone());
        tokio::spawn(async move {
            let _ = events.send(Event::TokenKept(credentials.keep(&key, &token).await));
        });
    }

    /// Out of the keyring; the `server`, where there is one, hears of it first.
    pub(super) fn forget_token(&self, key: AccountKey, server: Option<ServerClient>) {
        let credentials = self.credentials.clone();
        tokio::spawn(async move {
            if let Some(server) = server
                && let Err(error) = server.sign_out().await
            {
                tracing::info!(%error, "the server did not hear of the sign-out; the token is forgotten here");
            }
            if let Err(problem) = credentials.forget(&key).await {
                tracing::warn!(%problem, "the token could not be taken out of the keyring");
            }
        });
    }

    /// Not one of the exchanges that offline mode gives up: somebody waits for the answer, and it is no use to
    /// the server twice.
    pub(super) fn change_password(&self, call: CallId, wish: PutPassword) {
        let Some(server) = self.server.clone() else {
            let problem = ServerError::Unreachable(self.words.text("ask-signed-out"));
            let _ = self.events.send(Event::PasswordChanged { call, outcome: Err(problem) });
            return;
        };
        let events = self.events.clone();
        tokio::spawn(async move {
            let PutPassword { old, new, keep_other_devices } = wish;
            let outcome = server.change_password(&ChangePassword { old, new, keep_other_devices }).await;
            let _ = events.send(Event::PasswordChanged { call, outcome });
        });
    }

    /// The token goes from the server's answer into the keyring and into the client; no event holds it
    /// in a form that shows itself.
    pub(super) fn sign_in(&self, call: CallId, login: Login) {
        let (credentials, events) = (self.credentials.clone(), self.events.clone());
        let (http, words, connected) = (self.http.clone(), Arc::clone(&self.words), self.connected.clone());
        tokio::spawn(async move {
            let session = NewSession {
                organisation: login.organisation,
                user: login.user,
                password: login.password,
                device: device_name(),
            };
            let http = http.client().await;
            let nobody = ServerClient::new(http.clone(), &login.server, None, &words);
            let outcome = nobody.sign_in(&session).await;
            let session = match outcome {
                Ok(session) => session,
                Err(error) => {
                    let event = Event::SignedIn { call, server: login.server, outcome: Err(error) };
                    let _ = events.send(event);
                    return;
                }
            };
            let token = SecretString::from(session.token.clone());
            let key = AccountKey {
                server: login.server.clone(),
                organisation: session.organisation.name.to_string(),
                user: session.user.login.to_string(),
            };
            let _ = events.send(Event::TokenKept(credentials.keep(&key, &token).await));
            let server = ServerClient::new(http, &login.server, Some(token), &words);
            let outcome = Ok(Box::new(session));
            let _ = connected.send((server, Event::SignedIn { call, server: login.server, outcome }));
        });
    }
}

/// What the device is called in the user's list of devices.
fn device_name() -> String {
    rustix::system::uname().nodename().to_string_lossy().into_owned()
}
