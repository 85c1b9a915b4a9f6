//! The tray's host and the notification service.

use restante_engine::settings_file::{SettingsFile, Speech};
use restante_l10n::Value;
use restante_local_api::{CheckStatus, DoctorCheck, NotificationsState, Status, TrayState};

use super::{Doctor, PATIENCE, check, ok};
use crate::speech;

/// What a notification service says of itself.
struct Service {
    name: String,
    version: String,
    capabilities: Vec<String>,
}

impl Doctor {
    pub(super) fn tray(&self, status: &Status) -> DoctorCheck {
        let key = match status.carriers.tray {
            TrayState::Shown => return ok("tray", self.words.text("doctor-tray-ok")),
            TrayState::NoHost => "cli-no-tray-host",
            TrayState::NoBus => "cli-no-bus",
        };
        check("tray", CheckStatus::Warn, self.words.text(key), None)
    }

    /// Whether what the settings want to be spoken can be.
    pub(super) fn speech(&self, settings: &SettingsFile) -> Option<DoctorCheck> {
        if settings.speech == Speech::Off {
            return None;
        }
        Some(if speech::is_there() {
            ok("speech", self.words.text("doctor-speech-ok"))
        } else {
            let hint = Some(self.words.text("doctor-speech-hint"));
            check("speech", CheckStatus::Warn, self.words.text("doctor-speech-absent"), hint)
        })
    }

    pub(super) async fn notifications(&self, status: Option<&Status>) -> DoctorCheck {
        let hung = status.is_some_and(|status| status.carriers.notifications == NotificationsState::Hung);
        let warn = |detail| {
            let hint = Some(self.words.text("doctor-notifications-hint"));
            check("notifications", CheckStatus::Warn, detail, hint)
        };
        match tokio::time::timeout(PATIENCE, service()).await {
            Err(_) => warn(self.words.text("cli-notifications-hung")),
            Ok(_) if hung => warn(self.words.text("cli-notifications-hung")),
            Ok(Err(error)) => {
                tracing::debug!(%error, "the notification service was asked");
                warn(self.words.text("cli-notifications-absent"))
            }
            Ok(Ok(Service { name, version, capabilities })) => {
                let actions = capabilities.iter().any(|it| it == "actions");
                let key = if actions { "doctor-notifications-ok" } else { "doctor-notifications-plain" };
                let capabilities = capabilities.join(", ");
                let values = [
                    ("name", Value::Text(&name)),
                    ("version", Value::Text(&version)),
                    ("capabilities", Value::Text(&capabilities)),
                ];
                ok("notifications", self.words.with(key, &values))
            }
        }
    }
}

/// Asks the service; one that could be started is started, as by the first popup.
async fn service() -> zbus::Result<Service> {
    const NAME: &str = "org.freedesktop.Notifications";
    const PATH: &str = "/org/freedesktop/Notifications";
    let bus = zbus::Connection::session().await?;
    let ask = async |method: &str| bus.call_method(Some(NAME), PATH, Some(NAME), method, &()).await;
    let told = ask("GetServerInformation").await?;
    let (name, _vendor, version, _spec): (String, String, String, String) = told.body().deserialize()?;
    let capabilities = ask("GetCapabilities").await?.body().deserialize()?;
    Ok(Service { name, version, capabilities })
}
