//! Folders, settings, network, disk and databases.

use restante_engine::{
    event::ServerError,
    examine_database,
    settings_file::{Proxy, SettingsFile},
};
use restante_l10n::{Value, told};
use restante_local_api::{CacheState, CheckStatus, DoctorCheck, KeyringState, Mode, Status};
use restante_process::without_credentials;

use super::{Doctor, PATIENCE, check, ok};
use crate::{
    problems,
    server_client::{ServerClient, http_client},
};

/// A clock that is further off than this is shown: mail would carry wrong times.
const MAX_SKEW_SECONDS: i64 = 120;
/// With less than this, a morning's mail may not fit.
const LOW_DISK_BYTES: u64 = 500 * 1024 * 1024;
/// With less than this, nothing can be relied on.
const FULL_DISK_BYTES: u64 = 20 * 1024 * 1024;

impl Doctor {
    pub(super) fn agent(&self, status: Option<&Status>) -> DoctorCheck {
        match status {
            Some(_) => ok("agent", self.with("doctor-agent-runs", "version", env!("CARGO_PKG_VERSION"))),
            None => check(
                "agent",
                CheckStatus::Fail,
                self.words.text("doctor-agent-absent"),
                Some(self.words.text("doctor-agent-absent-hint")),
            ),
        }
    }

    pub(super) fn folders(&self) -> DoctorCheck {
        match self.paths.create() {
            Ok(()) => {
                let path = self.paths.state_dir.display().to_string();
                ok("folders", self.with("doctor-folders-ok", "path", &path))
            }
            Err(error) => check(
                "folders",
                CheckStatus::Fail,
                told(error.words(), &error, &self.words),
                Some(self.words.text("doctor-folders-hint")),
            ),
        }
    }

    /// What the settings say, as far as they can be read.
    pub(super) fn settings(&self) -> (SettingsFile, DoctorCheck) {
        let hint = || Some(self.words.text("doctor-settings-hint"));
        match self.settings.settings() {
            Ok(settings) => {
                let wrong = problems::of_settings(&settings.problems, &self.words);
                let right = || {
                    let path = self.settings.file.display().to_string();
                    ok("settings", self.with("doctor-settings-ok", "path", &path))
                };
                let check =
                    wrong.map_or_else(right, |wrong| check("settings", CheckStatus::Warn, wrong, hint()));
                (settings, check)
            }
            Err(problem) => {
                let wrong = problems::of_setting(&problem, &self.words);
                (SettingsFile::default(), check("settings", CheckStatus::Fail, wrong, hint()))
            }
        }
    }

    pub(super) fn proxy(&self, settings: &SettingsFile) -> DoctorCheck {
        let variables = ["HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"];
        let detail = match &settings.proxy {
            Proxy::None => self.words.text("doctor-proxy-none"),
            Proxy::Url(url) => self.with("doctor-proxy-url", "url", &without_credentials(url)),
            Proxy::System => match variables.iter().find_map(|name| std::env::var(name).ok()) {
                Some(url) => self.with("doctor-proxy-environment", "url", &without_credentials(&url)),
                None => self.words.text("doctor-proxy-none-set"),
            },
        };
        ok("proxy", detail)
    }

    /// Certificates, our server, and how far its clock is from ours. Offline nobody is asked.
    pub(super) async fn server(&self, settings: &SettingsFile, status: Option<&Status>) -> Vec<DoctorCheck> {
        let http = match http_client(&settings.proxy, settings.extra_ca_file.as_deref()) {
            Ok(http) => http,
            Err(error) => {
                let hint = self.words.text("doctor-certificates-hint");
                let error = problems::of_client(&error, &self.words);
                return vec![check("certificates", CheckStatus::Fail, error, Some(hint))];
            }
        };
        let account = status.and_then(|status| status.account.as_ref()).map(|account| account.server.clone());
        let Some(server) = account.or_else(|| settings.server.clone()) else {
            let hint = Some(self.words.text("doctor-signed-out-hint"));
            let detail = self.words.text("doctor-server-unknown");
            return vec![check("server", CheckStatus::Warn, detail, hint)];
        };
        let mut checks = vec![self.certificates(settings, &server)];
        if status.is_some_and(|status| status.mode == Mode::Offline) {
            let hint = Some(self.words.text("doctor-offline-hint"));
            checks.push(check("server", CheckStatus::Warn, self.words.text("doctor-offline"), hint));
            return checks;
        }
        let asked =
            tokio::time::timeout(PATIENCE, ServerClient::new(http, &server, None, &self.words).probe()).await;
        let outcome =
            asked.unwrap_or_else(|_| Err(ServerError::Unreachable(self.words.text("doctor-hangs"))));
        let named = without_credentials(&server);
        match outcome {
            Ok(server_time) => {
                checks.push(ok("server", self.with("doctor-server-ok", "url", &named)));
                checks.extend(server_time.map(|time| self.clock(time.ms_since(self.clock.now()) / 1_000)));
            }
            Err(error) => {
                let values = [("url", Value::Text(&named)), ("why", Value::Text(&error.to_string()))];
                let detail = self.words.with("doctor-server-unreachable", &values);
                let hint = Some(self.words.text("doctor-server-hint"));
                checks.push(check("server", CheckStatus::Fail, detail, hint));
            }
        }
        checks
    }

    fn certificates(&self, settings: &SettingsFile, server: &str) -> DoctorCheck {
        match &settings.extra_ca_file {
            _ if server.starts_with("http://") => {
                ok("certificates", self.words.text("doctor-certificates-unused"))
            }
            Some(file) => {
                let path = file.display().to_string();
                ok("certificates", self.with("doctor-certificates-extra", "path", &path))
            }
            None => ok("certificates", self.words.text("doctor-certificates-system")),
        }
    }

    pub(super) fn clock(&self, seconds_ahead: i64) -> DoctorCheck {
        if seconds_ahead.abs() <= MAX_SKEW_SECONDS {
            return ok("clock", self.words.text("doctor-clock-ok"));
        }
        let key = if seconds_ahead > 0 { "doctor-clock-behind" } else { "doctor-clock-ahead" };
        let detail = self.words.with(key, &[("count", Value::Number(seconds_ahead.unsigned_abs()))]);
        check("clock", CheckStatus::Warn, detail, Some(self.words.text("doctor-clock-hint")))
    }

    pub(super) fn keyring(&self, status: &Status) -> DoctorCheck {
        let (state, key) = match status.carriers.keyring {
            KeyringState::Ok => return ok("keyring", self.words.text("doctor-keyring-ok")),
            KeyringState::File => return ok("keyring", self.words.text("cli-keyring-file")),
            KeyringState::Locked => (CheckStatus::Fail, "cli-keyring-locked"),
            KeyringState::Absent => (CheckStatus::Warn, "cli-keyring-absent"),
            KeyringState::Unavailable => (CheckStatus::Warn, "cli-keyring-unavailable"),
        };
        check("keyring", state, self.words.text(key), None)
    }

    pub(super) fn disk(&self) -> DoctorCheck {
        let folders = [&self.paths.state_dir, &self.paths.cache_dir];
        let free = folders.into_iter().filter_map(|folder| restante_process::disk::free_bytes(folder)).min();
        let Some(free) = free else {
            return check("disk", CheckStatus::Warn, self.words.text("doctor-disk-unknown"), None);
        };
        let detail = self.words.with("doctor-disk-free", &[("count", Value::Number(free / (1024 * 1024)))]);
        let hint = Some(self.words.text("doctor-disk-hint"));
        match free {
            0..FULL_DISK_BYTES => check("disk", CheckStatus::Fail, detail, hint),
            FULL_DISK_BYTES..LOW_DISK_BYTES => check("disk", CheckStatus::Warn, detail, hint),
            _ => ok("disk", detail),
        }
    }

    /// Looks through both databases, on a thread of its own: 100,000 messages take half a second.
    pub(super) async fn databases(&self, status: Option<&Status>) -> DoctorCheck {
        let files = [("ledger", self.paths.ledger_database()), ("cache", self.paths.cache_database())];
        let looked =
            tokio::task::spawn_blocking(move || files.map(|(name, path)| examine_database(name, &path)));
        let hint = || Some(self.words.text("doctor-database-hint"));
        let bytes = match looked.await {
            Ok([Ok(ledger), Ok(cache)]) => ledger.unwrap_or(0) + cache.unwrap_or(0),
            Ok([Err(error), _] | [_, Err(error)]) => {
                let why = problems::of_database(&error.fault(), &error.to_string(), &self.words);
                return check("database", CheckStatus::Fail, why, hint());
            }
            Err(ended) => return check("database", CheckStatus::Fail, ended.to_string(), None),
        };
        let storage = status.map(|status| &status.storage);
        if let Some(path) = storage.and_then(|storage| storage.ledger_set_aside.as_ref()) {
            let detail = self.with("storage-ledger-set-aside", "path", path);
            let hint = Some(self.words.text("doctor-set-aside-hint"));
            return check("database", CheckStatus::Warn, detail, hint);
        }
        if storage.is_some_and(|storage| storage.cache == CacheState::Rebuilding) {
            let detail = self.words.text("storage-cache-rebuilding");
            return check("database", CheckStatus::Warn, detail, None);
        }
        let megabytes = [("count", Value::Number(bytes / 1_000_000))];
        ok("database", self.words.with("doctor-database-ok", &megabytes))
    }
}
