//! A real screen: Xvfb with a window manager, a panel that hosts tray icons, a notification daemon
//! and a keyring. What is on it is asked of the X server, and kept as pictures.

mod pictures;
mod programs;
mod reader;
mod windows;

use std::process::Stdio;

use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

use self::programs::{DUNST, PANEL, environment, program, watch_root, write, xfce_popups, xfconf_service};
pub use self::{
    pictures::{pictures_folder, readme_pictures},
    programs::Popups,
    reader::Told,
    windows::Place,
};
use crate::{Agent, Bus, Keyring, Office, Program, run, within};

/// Width and height in pixels, where nobody wants another one.
const SIZE: (u32, u32) = (1280, 800);

/// A screen that a person sits at.
pub struct Screen {
    /// The session bus.
    pub bus: Bus,
    /// The keyring, unlocked.
    pub keyring: Keyring,
    panel: Option<Child>,
    _programs: [Child; 3],
    display: String,
    size: (u32, u32),
    folder: TempDir,
}

impl Screen {
    /// A person logs in at a screen.
    ///
    /// # Panics
    /// When something is not installed: `tests/run` does that.
    pub async fn log_in() -> Self {
        Self::with_popups_by(Popups::Dunst).await
    }

    /// The same with this notification daemon.
    ///
    /// # Panics
    /// As [`Screen::log_in`].
    pub async fn with_popups_by(popups: Popups) -> Self {
        Self::of_size(SIZE, popups).await
    }

    /// The same of so many pixels, across and down.
    ///
    /// # Panics
    /// As [`Screen::log_in`].
    pub async fn of_size(size: (u32, u32), popups: Popups) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let home = folder.path();
        let services = write(home, "services/org.xfce.Xfconf.service", &xfconf_service());
        write(home, "config/xfce4/xfconf/xfce-perchannel-xml/xfce4-panel.xml", PANEL);
        let dunstrc = write(home, "config/dunst/dunstrc", DUNST);

        let mut xvfb = Command::new("Xvfb");
        xvfb.args(["-displayfd", "1", "-nolisten", "tcp", "-noreset", "-screen", "0"])
            .arg(format!("{}x{}x24", size.0, size.1))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true);
        let mut xvfb = xvfb.spawn().expect("Xvfb starts; tests/run installs it");
        let mut lines = BufReader::new(xvfb.stdout.take().expect("stdout is piped")).lines();
        let number = within("the display's number", lines.next_line()).await.expect("it can be read");
        let display = format!(":{}", number.expect("Xvfb tells its display").trim());

        let services = services.parent().expect("a file lies in a folder");
        let bus = Bus::with_environment(home, Some(services), &environment(home, &display)).await;
        let keyring = Keyring::start(&bus, home).await;
        let mut manager = watch_root(home, &display, bus.address(), "_NET_SUPPORTING_WM_CHECK").await;
        let start = |name: &str, arguments: &[&str]| {
            let program = program(home, &display, bus.address(), name, arguments).spawn();
            program.unwrap_or_else(|error| panic!("{name} does not start, tests/run installs it: {error}"))
        };
        let openbox = start("openbox", &["--sm-disable"]);
        manager.until("the window manager", |line| line.contains("window id")).await;
        let popups = match popups {
            Popups::Dunst => start("dunst", &["-config", &dunstrc.display().to_string()]),
            Popups::Xfce => start(&xfce_popups(), &[]),
        };
        bus.wait_for_owner("org.freedesktop.Notifications").await;
        let programs = [xvfb, openbox, popups];
        let mut screen = Self { bus, keyring, panel: None, _programs: programs, display, size, folder };
        screen.start_panel().await;
        drop(screen.tool("xsetroot", &["-solid", "#3a5a78"]).await.done());
        screen
    }

    /// What programs find it by: the value of `DISPLAY`.
    pub fn display(&self) -> &str {
        &self.display
    }

    /// The panel ends, as it does when its person restarts it.
    ///
    /// # Panics
    /// When it does not run.
    pub async fn end_panel(&mut self) {
        let mut panel = self.panel.take().expect("the panel runs");
        drop(self.tool("xfce4-panel", &["--quit"]).await.done());
        within("the panel to end", panel.wait()).await.expect("it can be waited for");
    }

    /// The panel starts; back when it hosts tray icons.
    ///
    /// # Panics
    /// When it does not.
    pub async fn start_panel(&mut self) {
        let panel = self.program("xfce4-panel", &["--disable-wm-check"]).spawn();
        self.panel = Some(panel.expect("the panel starts; tests/run installs it"));
        self.bus.wait_for_owner("org.kde.StatusNotifierWatcher").await;
    }

    /// Waits until the panel has taken a tray icon in.
    ///
    /// # Panics
    /// When it takes none.
    pub async fn tray_item(&self) {
        let name = "org.kde.StatusNotifierWatcher";
        let connection = self.bus.connect().await;
        within("the panel to take an icon in", async {
            loop {
                // Each look is a question over the bus, so this is no idle loop.
                let asked = connection
                    .call_method(
                        Some(name),
                        "/StatusNotifierWatcher",
                        Some("org.freedesktop.DBus.Properties"),
                        "Get",
                        &(name, "RegisteredStatusNotifierItems"),
                    )
                    .await;
                let answer = asked.expect("the panel tells its icons");
                let items: zbus::OwnedVariant = answer.body().deserialize().expect("a value");
                if Vec::<String>::try_from(items).is_ok_and(|items| !items.is_empty()) {
                    return;
                }
            }
        })
        .await;
    }

    /// A command in this session.
    fn program(&self, name: &str, arguments: &[&str]) -> Command {
        program(self.folder.path(), &self.display, self.bus.address(), name, arguments)
    }

    /// One of our windows, started by itself; it ends when the child is dropped.
    ///
    /// # Panics
    /// When it does not start.
    pub fn open(&self, arguments: &[&str], surroundings: &[(&str, &str)]) -> Child {
        let path = Program::Desktop.path().display().to_string();
        let mut window = self.program(&path, arguments);
        window.envs(surroundings.iter().copied()).spawn().expect("the window starts")
    }

    /// A window of this agent, by its socket.
    ///
    /// # Panics
    /// When it does not start.
    pub fn open_of(&self, agent: &Agent, arguments: &[&str]) -> Child {
        let socket = agent.socket().display().to_string();
        self.open(&[&["--socket", &socket], arguments].concat(), &[])
    }

    /// An agent of this session that is signed in; it opens no windows by itself.
    pub async fn agent_of(&self, office: &Office, login: &str) -> Agent {
        let mut agent = Agent::new(Some(&self.bus));
        agent.start().await;
        agent.sign_in(office, login).await;
        agent
    }

    /// Runs a tool to its end.
    ///
    /// # Panics
    /// When it is not installed.
    pub async fn tool(&self, name: &str, arguments: &[&str]) -> crate::Output {
        run(&mut self.program(name, arguments), "").await
    }

    /// The screen's size.
    pub fn size(&self) -> (i64, i64) {
        (i64::from(self.size.0), i64::from(self.size.1))
    }
}
