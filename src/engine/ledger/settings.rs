//! What the ledger remembers of settings: offline mode, where the token is, the check interval as last synced,
//! and what was said of alerts and of the connection.

use restante_local_api::{KeyringState, Mode};
use restante_model::{CheckInterval, Timestamp};
use restante_server_api::Settings;
use rusqlite::{OptionalExtension, params};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{Ledger, Result, database};
use crate::alert::ConnectionAlert;

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

    /// Until when the person wants no alerts at all, and when he said so.
    pub(crate) fn snoozed(&self) -> Result<Option<(Timestamp, Timestamp)>> {
        Ok(self.setting("snoozed")?.flatten())
    }

    /// Writes down until when, or that he wants them again.
    pub(crate) fn set_snoozed(&mut self, snoozed: Option<(Timestamp, Timestamp)>) -> Result<()> {
        self.set_setting("snoozed", &snoozed)
    }

    /// Whether a batch of pages has begun and was not complete yet.
    pub(crate) fn batch_open(&self) -> Result<bool> {
        Ok(self.setting("batch_open")?.unwrap_or(false))
    }

    /// Writes that down.
    pub(crate) fn set_batch_open(&mut self, open: bool) -> Result<()> {
        self.set_setting("batch_open", &open)
    }

    /// What was said of the connection.
    pub(crate) fn connection_alert(&self) -> Result<Option<ConnectionAlert>> {
        Ok(self.setting("connection_alert")?.flatten())
    }

    /// Writes that down, or that there is nothing to say any more.
    pub(crate) fn set_connection_alert(&mut self, alert: Option<ConnectionAlert>) -> Result<()> {
        self.set_setting("connection_alert", &alert)
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
