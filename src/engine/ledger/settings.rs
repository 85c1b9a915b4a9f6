//! What the ledger remembers of settings: offline mode, where the token is, and the check interval as last synced.

use restante_local_api::{KeyringState, Mode};
use restante_model::{CheckInterval, Timestamp};
use restante_server_api::Settings;
use rusqlite::{OptionalExtension, params};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{Ledger, Result, database};

/// The check interval as it was when agent and server last agreed (contracts, section 4).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SyncedInterval {
    /// What the settings file said; `None` where it said nothing.
    pub(crate) file: Option<CheckInterval>,
    /// What the server told last; `None` before the first sync.
    pub(crate) server: Option<Settings>,
    /// When that was.
    pub(crate) at: Option<Timestamp>,
}

impl Ledger {
    /// Online unless the person said otherwise, also before a restart.
    pub(crate) fn mode(&self) -> Result<Mode> {
        Ok(self.setting("mode")?.unwrap_or(Mode::Online))
    }

    /// Writes down what the person said.
    pub(crate) fn set_mode(&mut self, mode: Mode) -> Result<()> {
        self.set_setting("mode", &mode)
    }

    /// Where the account's token was put: [`KeyringState::Ok`] or [`KeyringState::File`]; `None` where
    /// there is none.
    pub(crate) fn token_place(&self) -> Result<Option<KeyringState>> {
        Ok(self.setting("token")?.flatten())
    }

    /// Writes down where the token is from now on.
    pub(crate) fn set_token_place(&mut self, place: Option<KeyringState>) -> Result<()> {
        if self.token_place()? == place {
            return Ok(());
        }
        self.set_setting("token", &place)
    }

    /// The interval as last synced.
    pub(crate) fn synced_interval(&self) -> Result<SyncedInterval> {
        Ok(self.setting("interval")?.unwrap_or_default())
    }

    /// Writes down the interval as synced.
    pub(crate) fn set_synced_interval(&mut self, synced: &SyncedInterval) -> Result<()> {
        self.set_setting("interval", synced)
    }

    /// A value that cannot be read any more counts as never written: every one of them has a default
    /// that the next sync mends.
    pub(super) fn setting<T: DeserializeOwned>(&self, name: &str) -> Result<Option<T>> {
        let text: Option<String> = self
            .connection
            .query_row("SELECT value FROM setting WHERE name = ?1", [name], |row| row.get(0))
            .optional()
            .map_err(database)?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }

    pub(super) fn set_setting<T: Serialize>(&mut self, name: &str, value: &T) -> Result<()> {
        let text = serde_json::to_string(value).unwrap_or_default();
        self.connection
            .execute(
                "INSERT INTO setting (name, value) VALUES (?1, ?2)
                 ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                params![name, text],
            )
            .map(drop)
            .map_err(database)
    }
}
