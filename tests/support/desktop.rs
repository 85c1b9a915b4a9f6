//! A desktop without a screen: a session bus, on which the test plays the tray and the notification
//! service, and a real keyring.

use tempfile::TempDir;

use crate::{Bus, Keyring, NotificationService, TrayHost};

/// What a person's programs find when he has logged in.
pub struct Desktop {
    /// The session bus.
    pub bus: Bus,
    /// The tray.
    pub tray: TrayHost,
    /// The notification service.
    pub popups: NotificationService,
    /// The keyring, unlocked.
    pub keyring: Keyring,
    _folder: TempDir,
}

impl Desktop {
    /// A person logs in.
    ///
    /// # Panics
    /// When something is not installed: `tests/run` does that.
    pub async fn log_in() -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let bus = Bus::start(folder.path()).await;
        let tray = TrayHost::start(&bus).await;
        let popups = NotificationService::start(&bus).await;
        let keyring = Keyring::start(&bus, folder.path()).await;
        Self { bus, tray, popups, keyring, _folder: folder }
    }
}
