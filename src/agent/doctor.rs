//! Looks at all that the agent works with, and says what is wrong and what to do about it. Mends nothing, asks
//! our server only, and waits for nobody longer than a person does.

mod checks;
mod desktop;

use std::{sync::Arc, time::Duration};

use restante_l10n::{Value, Words};
use restante_local_api::{CheckStatus, DoctorCheck, DoctorReport, SettingsReport, Status};
use restante_model::{Clock, SystemClock};
use restante_process::Paths;

use crate::settings_sources::SettingsSources;

/// What has not answered by then is said to hang.
const PATIENCE: Duration = Duration::from_secs(5);

/// Knows where everything is.
pub(crate) struct Doctor {
    paths: Paths,
    settings: SettingsSources,
    words: Arc<Words>,
    clock: Arc<dyn Clock>,
}

impl Doctor {
    pub(crate) fn new(
        paths: Paths,
        settings: SettingsSources,
        words: Arc<Words>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        Self { paths, settings, words, clock }
    }

    /// The settings in force, and what is wrong with them.
    pub(crate) fn settings_report(&self) -> SettingsReport {
        self.settings.report(&self.words)
    }

    /// Looks at everything; without the state of a running agent, at what can be seen without one.
    pub(crate) async fn examine(&self, status: Option<&Status>) -> DoctorReport {
        let (settings, settings_check) = self.settings();
        let mut checks = vec![self.agent(status), self.folders(), settings_check, self.proxy(&settings)];
        let (server, databases, notifications) =
            tokio::join!(self.server(&settings, status), self.databases(status), self.notifications(status));
        checks.extend(server);
        checks.extend(status.map(|status| self.keyring(status)));
        checks.extend(status.map(|status| self.tray(status)));
        checks.push(notifications);
        checks.extend(self.speech(&settings));
        checks.push(self.disk());
        checks.push(databases);
        DoctorReport { checks }
    }

    fn with(&self, key: &str, name: &str, text: &str) -> String {
        self.words.with(key, &[(name, Value::Text(text))])
    }
}

fn check(id: &str, status: CheckStatus, detail: String, hint: Option<String>) -> DoctorCheck {
    DoctorCheck { id: id.to_owned(), status, detail, hint }
}

fn ok(id: &str, detail: String) -> DoctorCheck {
    check(id, CheckStatus::Ok, detail, None)
}

/// What the doctor sees while no agent runs: one of the checks says just that.
pub async fn examine_without_agent(
    paths: Paths,
    settings: SettingsSources,
    words: Arc<Words>,
) -> DoctorReport {
    // Another part of the process may have installed it already; it is the same one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    Doctor::new(paths, settings, words, Arc::new(SystemClock)).examine(None).await
}

#[cfg(test)]
mod tests;
