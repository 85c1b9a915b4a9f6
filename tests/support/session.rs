//! A person's session on a machine with restante installed: nothing is set but what a display manager
//! sets, and what starts by itself is started from the autostart folders, by a session's own tool.

use std::{
    ffi::{OsStr, OsString},
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use rustix::process::{Pid, Signal, kill_process_group};
use tempfile::TempDir;
use tokio::process::Command;

use crate::{Desktop, Output, PASSWORD, appearance::Appearance, run, within};

/// What the login of a person starts.
pub struct Session {
    home: PathBuf,
    runtime: PathBuf,
    bus: String,
    path: OsString,
    machine_settings: PathBuf,
    /// The group of what runs since the login.
    group: Option<Pid>,
    _folder: TempDir,
}

impl Session {
    /// A fresh home, on this desktop.
    ///
    /// # Panics
    /// When it cannot be made.
    pub fn new(desktop: &Desktop) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        // The name has a space and letters that are not Latin, as names of people have.
        let home = folder.path().join("Анна П");
        let runtime = folder.path().join("run");
        for folder in [&home, &runtime] {
            std::fs::create_dir(folder).expect("a folder of the session");
            std::fs::set_permissions(folder, std::fs::Permissions::from_mode(0o700)).expect("mode 0700");
        }
        let path = std::env::var_os("PATH").unwrap_or_default();
        let machine_settings = folder.path().join("etc/xdg");
        let bus = desktop.bus.address().to_owned();
        Self { home, runtime, bus, path, machine_settings, group: None, _folder: folder }
    }

    /// The same on a machine whose programs and settings lie below this folder.
    #[must_use]
    pub fn on_machine(mut self, root: &Path) -> Self {
        let mut path = root.join("usr/bin").into_os_string();
        path.push(":");
        path.push(&self.path);
        self.path = path;
        self.machine_settings = root.join("etc/xdg");
        self
    }

    /// The home folder.
    pub fn home(&self) -> &Path {
        &self.home
    }

    fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", &self.path)
            .env("HOME", &self.home)
            .env("XDG_RUNTIME_DIR", &self.runtime)
            .env("XDG_CONFIG_DIRS", &self.machine_settings)
            .env("DBUS_SESSION_BUS_ADDRESS", &self.bus)
            .env("LANG", "C.UTF-8");
        command
    }

    /// Runs a program in this session to its end.
    ///
    /// # Panics
    /// When it does not end.
    pub async fn run(&self, program: impl AsRef<OsStr>, arguments: &[&str], input: &str) -> Output {
        run(self.command(program).args(arguments), input).await
    }

    /// Starts what the autostart folders say; back when the agent answers.
    ///
    /// # Panics
    /// When nothing there starts it.
    pub async fn begin(&mut self) {
        let folder = self.runtime.join("restante");
        std::fs::create_dir_all(&folder).expect("the socket's folder");
        std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o700)).expect("mode 0700");
        let socket = folder.join("agent.sock");
        let mut appeared = Appearance::of(&socket);
        let mut command = self.command("dex");
        let mut dex = command
            .args(["--autostart", "--environment", "restante"])
            .process_group(0)
            .stdin(std::process::Stdio::null())
            .stdout(std::process::Stdio::null())
            .stderr(std::process::Stdio::null())
            .spawn()
            .expect("dex starts; tests/run installs it");
        self.group = dex.id().and_then(|id| Pid::from_raw(id.cast_signed()));
        let status = within("the autostart entries to be started", dex.wait()).await;
        assert!(status.is_ok_and(|status| status.success()), "dex failed");
        within("the agent's socket", appeared.answers(&socket)).await;
    }

    /// Signs anna in by this `restante` and lets her first mail arrive: it shows as a popup and is in the
    /// inbox.
    ///
    /// # Panics
    /// When it does not.
    pub async fn first_mail(&self, cli: &Path, office: &crate::Office, desktop: &mut Desktop) {
        let login = ["login", &office.url(), "--organisation", office.organisation(), "--user", "anna"];
        let login = [&login[..], &["--password-stdin"]].concat();
        drop(self.run(cli, &login, &format!("{PASSWORD}\n")).await.done());
        office.sign_in("boris").await.send(&["anna"], "First mail", "normal").await;
        drop(self.run(cli, &["check", "--wait"], "").await.done());
        let popup = desktop.popups.next("the first mail").await;
        assert!(format!("{} {}", popup.summary, popup.body).contains("First mail"), "{popup:?}");
        let inbox = self.run(cli, &["list", "inbox"], "").await.done();
        assert!(inbox.stdout.contains("First mail"), "{}", inbox.stdout);
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if let Some(group) = self.group {
            // An agent that was told to quit has left nothing behind.
            let _ = kill_process_group(group, Signal::KILL);
        }
    }
}
