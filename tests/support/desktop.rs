//! A desktop without a screen: a session bus, on which the test plays the tray and the notification
//! service, and a real keyring.

use std::{path::Path, process::Stdio};

use tempfile::TempDir;
use tokio::{
    io::AsyncWriteExt,
    process::{Child, Command},
};

use crate::{Bus, NotificationService, TrayHost};

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

/// A real `gnome-keyring-daemon`.
pub struct Keyring {
    _daemon: Child,
}

impl Keyring {
    /// Starts one on this bus and unlocks it, as the login does; waits until it can be asked.
    ///
    /// # Panics
    /// When it is not installed.
    pub async fn start(bus: &Bus, folder: &Path) -> Self {
        let mut daemon = Command::new("gnome-keyring-daemon")
            .args(["--foreground", "--unlock", "--components=secrets"])
            .env("HOME", folder)
            .env("XDG_RUNTIME_DIR", folder)
            .env("XDG_DATA_HOME", folder.join("data"))
            .env("DBUS_SESSION_BUS_ADDRESS", bus.address())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("gnome-keyring-daemon starts; tests/run installs it");
        let mut stdin = daemon.stdin.take().expect("stdin is piped");
        stdin.write_all(b"the login password").await.expect("the keyring takes its password");
        // It unlocks at the end of its input.
        drop(stdin);
        bus.wait_for_owner("org.freedesktop.secrets").await;
        Self { _daemon: daemon }
    }
}
