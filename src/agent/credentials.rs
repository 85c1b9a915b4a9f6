//! The device's token: in the session's keyring, or in a file that only the user can read.

#[cfg(test)]
mod tests;

use std::{fs, io, path::PathBuf, sync::Arc, time::Duration};

use keyring_core::{Entry, Error as KeyringError, api::CredentialStoreApi};
use restante_engine::{effect::AccountKey, event::TokenProblem, settings_file::TokenStorage};
use restante_local_api::KeyringState;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;
use zbus_secret_service_keyring_store::Store;

use crate::durable_file;

/// A keyring that answers does so in 10 ms; one that hangs is not waited for longer than this.
const LIMIT: Duration = Duration::from_secs(3);

const SERVICE: &str = "org.freedesktop.secrets";
const PATH: &str = "/org/freedesktop/secrets";

/// Where tokens are kept.
#[derive(Clone)]
pub(crate) struct Credentials {
    storage: TokenStorage,
    token_file: Arc<PathBuf>,
}

/// What was found.
#[derive(Debug)]
pub(crate) struct Found {
    /// The token; `None` where there is none for this account.
    pub(crate) token: Option<SecretString>,
    /// Where it is, or would be.
    pub(crate) state: KeyringState,
}

/// What the file holds: one account's token. It has no `Debug`, so that no log can show it.
#[derive(Serialize, Deserialize)]
struct TokenFile {
    server: String,
    organisation: String,
    user: String,
    token: String,
}

impl Credentials {
    /// Tokens in this storage. The file is also where the token goes while the session has no keyring at
    /// all, which each answer then says.
    pub(crate) fn new(storage: TokenStorage, token_file: PathBuf) -> Self {
        Self { storage, token_file: Arc::new(token_file) }
    }

    /// The account's token.
    pub(crate) async fn find(&self, key: &AccountKey) -> Result<Found, TokenProblem> {
        if self.storage == TokenStorage::File {
            return Ok(Found { token: self.find_in_file(key)?, state: KeyringState::File });
        }
        match self.in_keyring(key, read).await {
            Ok(Some(token)) => Ok(Found { token: Some(token), state: KeyringState::Ok }),
            // It may have been put into the file on a day without a keyring: now it can move.
            Ok(None) => match self.find_in_file(key)? {
                None => Ok(Found { token: None, state: KeyringState::Ok }),
                Some(token) => Ok(Found { state: self.keep(key, &token).await?, token: Some(token) }),
            },
            Err(TokenProblem::Absent) => {
                let token = self.find_in_file(key)?;
                let state = if token.is_some() { KeyringState::File } else { KeyringState::Absent };
                Ok(Found { token, state })
            }
            Err(problem) => Err(problem),
        }
    }

    /// Keeps the account's token, in place of one kept before, and says where.
    pub(crate) async fn keep(
        &self,
        key: &AccountKey,
        token: &SecretString,
    ) -> Result<KeyringState, TokenProblem> {
        if self.storage == TokenStorage::File {
            return self.keep_in_file(key, token);
        }
        let wished = token.clone();
        match self.in_keyring(key, move |entry| write(entry, &wished)).await {
            Ok(()) => {
                self.forget_in_file(key)?;
                Ok(KeyringState::Ok)
            }
            Err(TokenProblem::Absent) => self.keep_in_file(key, token),
            Err(problem) => Err(problem),
        }
    }

    /// Throws the account's token away wherever it is; that there was none is no problem.
    pub(crate) async fn forget(&self, key: &AccountKey) -> Result<KeyringState, TokenProblem> {
        self.forget_in_file(key)?;
        if self.storage == TokenStorage::File {
            return Ok(KeyringState::File);
        }
        match self.in_keyring(key, delete).await {
            Ok(()) => Ok(KeyringState::Ok),
            Err(TokenProblem::Absent) => Ok(KeyringState::Absent),
            Err(problem) => Err(problem),
        }
    }

    // === The keyring ===

    /// Opens the keyring anew and does one thing there, on a thread that is left behind where it hangs.
    async fn in_keyring<T: Send + 'static>(
        &self,
        key: &AccountKey,
        operation: impl FnOnce(&Entry) -> keyring_core::Result<T> + Send + 'static,
    ) -> Result<T, TokenProblem> {
        // Two agents of one account are two devices: the folder tells their tokens apart.
        let folder = self.token_file.parent().unwrap_or(&self.token_file);
        let user = format!("{}@{} on {} ({})", key.user, key.organisation, key.server, folder.display());
        let work = async {
            unlocked().await?;
            let (answer, answered) = oneshot::channel();
            std::thread::Builder::new()
                .name("keyring".into())
                .spawn(move || {
                    let done = Store::new()
                        .and_then(|store| store.build("restante", &user, None))
                        .and_then(|entry| operation(&entry))
                        .map_err(token_problem);
                    // Nobody waits any more where this took too long.
                    let _ = answer.send(done);
                })
                .map_err(|error| TokenProblem::Failed(error.to_string()))?;
            answered.await.unwrap_or_else(|_| Err(TokenProblem::Failed("its thread broke down".into())))
        };
        tokio::time::timeout(LIMIT, work).await.unwrap_or_else(|_| Err(TokenProblem::Silent))
    }

    // === The file ===

    fn find_in_file(&self, key: &AccountKey) -> Result<Option<SecretString>, TokenProblem> {
        Ok(self.read_file()?.filter(|kept| kept.is_of(key)).map(|kept| kept.token.into()))
    }

    fn keep_in_file(&self, key: &AccountKey, token: &SecretString) -> Result<KeyringState, TokenProblem> {
        let kept = TokenFile {
            server: key.server.clone(),
            organisation: key.organisation.clone(),
            user: key.user.clone(),
            token: token.expose_secret().to_owned(),
        };
        let text = serde_json::to_string(&kept).map_err(|error| self.file_problem(error.into()))?;
        durable_file::replace(&self.token_file, &text, durable_file::PRIVATE)
            .map_err(|error| self.file_problem(error))?;
        Ok(KeyringState::File)
    }

    fn forget_in_file(&self, key: &AccountKey) -> Result<(), TokenProblem> {
        if self.find_in_file(key)?.is_none() {
            return Ok(());
        }
        fs::remove_file(&*self.token_file).map_err(|error| self.file_problem(error))
    }

    fn read_file(&self) -> Result<Option<TokenFile>, TokenProblem> {
        match fs::read(&*self.token_file) {
            Ok(bytes) => serde_json::from_slice(&bytes).map(Some).map_err(|error| TokenProblem::FileSpoilt {
                file: self.token_file.display().to_string(),
                line: error.line(),
                column: error.column(),
            }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(self.file_problem(error)),
        }
    }

    fn file_problem(&self, error: io::Error) -> TokenProblem {
        TokenProblem::File { file: self.token_file.display().to_string(), error: error.into() }
    }
}

impl TokenFile {
    fn is_of(&self, key: &AccountKey) -> bool {
        (&self.server, &self.organisation, &self.user) == (&key.server, &key.organisation, &key.user)
    }
}

fn read(entry: &Entry) -> keyring_core::Result<Option<SecretString>> {
    match entry.get_password() {
        Ok(token) => Ok(Some(token.into())),
        Err(KeyringError::NoEntry) => Ok(None),
        // Another program copied the item. The copies say the same; the first is as good as any.
        Err(KeyringError::Ambiguous(entries)) => {
            entries.first().map(|entry| entry.get_password().map(SecretString::from)).transpose()
        }
        Err(error) => Err(error),
    }
}

fn write(entry: &Entry, token: &SecretString) -> keyring_core::Result<()> {
    match entry.set_password(token.expose_secret()) {
        Err(KeyringError::Ambiguous(entries)) => {
            entries.iter().try_for_each(|entry| entry.set_password(token.expose_secret()))
        }
        done => done,
    }
}

fn delete(entry: &Entry) -> keyring_core::Result<()> {
    match entry.delete_credential() {
        Err(KeyringError::NoEntry) => Ok(()),
        Err(KeyringError::Ambiguous(entries)) => entries.iter().try_for_each(Entry::delete_credential),
        done => done,
    }
}

fn token_problem(error: KeyringError) -> TokenProblem {
    match error {
        KeyringError::NoStorageAccess(_) => TokenProblem::Locked,
        // Its words would hold what was read.
        KeyringError::BadEncoding(_) | KeyringError::BadDataFormat(..) => TokenProblem::NoToken,
        other => TokenProblem::Failed(other.to_string()),
    }
}

/// Whether there is a keyring and it is unlocked. Asked first, since the store itself would make the
/// desktop ask the person for a password, each morning and in the middle of anything.
async fn unlocked() -> Result<(), TokenProblem> {
    // No session bus, no keyring.
    let bus = zbus::Connection::session().await.map_err(|_| TokenProblem::Absent)?;
    let call = bus
        .call_method(Some(SERVICE), PATH, Some("org.freedesktop.Secret.Service"), "ReadAlias", &"default")
        .await
        .map_err(|error| bus_problem(&error))?;
    let collection: zbus::OwnedObjectPath = call.body().deserialize().map_err(|error| bus_problem(&error))?;
    // The keyring of a session that has no login keyring has no place for a token.
    if collection.as_str() == "/" {
        return Err(TokenProblem::Absent);
    }
    let locked: zbus::OwnedVariant = bus
        .call_method(
            Some(SERVICE),
            &collection,
            Some("org.freedesktop.DBus.Properties"),
            "Get",
            &("org.freedesktop.Secret.Collection", "Locked"),
        )
        .await
        .map_err(|error| bus_problem(&error))?
        .body()
        .deserialize()
        .map_err(|error| bus_problem(&error))?;
    match bool::try_from(locked) {
        Ok(false) => Ok(()),
        Ok(true) => Err(TokenProblem::Locked),
        Err(error) => Err(TokenProblem::Failed(error.to_string())),
    }
}

/// Known errors of the bus come in zbus 6 as `FDO`, never as `MethodError`.
fn bus_problem(error: &zbus::Error) -> TokenProblem {
    use zbus::fdo;
    match error {
        zbus::Error::FDO(known)
            if matches!(**known, fdo::Error::ServiceUnknown(_) | fdo::Error::NameHasNoOwner(_)) =>
        {
            TokenProblem::Absent
        }
        _ => TokenProblem::Failed(error.to_string()),
    }
}
