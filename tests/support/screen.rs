//! A real screen: Xvfb with a window manager, a panel that hosts tray icons, a notification daemon
//! and a keyring. What is on it is asked of the X server, and kept as pictures.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
};

use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

use crate::{Bus, Keyring, Program, run, within, workspace_root};

/// Width and height in pixels, where nobody wants another one.
const SIZE: (u32, u32) = (1280, 800);

/// The panel of the pictures: at the bottom, with a list of windows, the tray and a clock.
const PANEL: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="dark-mode" type="bool" value="true"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=10;x=0;y=0"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="length" type="uint" value="100"/>
      <property name="size" type="uint" value="30"/>
      <property name="plugin-ids" type="array">
        <value type="int" value="1"/>
        <value type="int" value="2"/>
        <value type="int" value="3"/>
        <value type="int" value="4"/>
      </property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="tasklist"/>
    <property name="plugin-2" type="string" value="separator">
      <property name="expand" type="bool" value="true"/>
      <property name="style" type="uint" value="0"/>
    </property>
    <property name="plugin-3" type="string" value="systray">
      <property name="icon-size" type="uint" value="22"/>
      <property name="square-icons" type="bool" value="true"/>
    </property>
    <property name="plugin-4" type="string" value="clock"/>
  </property>
</channel>
"#;

/// Popups in the corner that people expect them in.
const DUNST: &str = "[global]\norigin = bottom-right\noffset = 16x46\nfont = DejaVu Sans 11\nwidth = 360\n\
                     frame_width = 1\ncorner_radius = 6\nmarkup = full\n\
                     [urgency_normal]\nbackground = \"#2b2f36\"\nforeground = \"#ffffff\"\ntimeout = 0\n";

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

/// A notification daemon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Popups {
    /// dunst, as people have it beside a window manager alone.
    Dunst,
    /// xfce4-notifyd.
    Xfce,
}

impl Popups {
    /// What the window manager knows its windows by.
    pub fn class(self) -> &'static str {
        match self {
            Self::Dunst => "Dunst",
            Self::Xfce => "Xfce4-notifyd",
        }
    }
}

/// Where a window is, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// From the left.
    pub x: i64,
    /// From the top.
    pub y: i64,
    /// From its left to its right.
    pub width: i64,
    /// From its top to its bottom.
    pub height: i64,
}

/// An element of a window, as a screen reader is told of it.
#[derive(Clone, Debug, PartialEq, Eq, serde::Deserialize)]
pub struct Told {
    /// What it is.
    pub role: String,
    /// What it is called.
    pub name: String,
    /// How it is.
    pub states: Vec<String>,
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

    /// Waits until a window of this title is to be seen; gives its id.
    ///
    /// # Panics
    /// When none comes.
    pub async fn titled(&self, title: &str) -> String {
        let search = ["search", "--sync", "--onlyvisible", "--name", title];
        let found = within("a window of that title", self.tool("xdotool", &search)).await;
        found.stdout.lines().last().expect("the search ends with a window").to_owned()
    }

    /// A screen reader is switched on: from now on new windows say what is in them.
    ///
    /// # Panics
    /// When its bus is not installed.
    pub async fn switch_screen_reader_on(&self) -> Child {
        let options = ["--launch-immediately", "--a11y=1", "--screen-reader=1"];
        let bus = self.program("/usr/libexec/at-spi-bus-launcher", &options).spawn();
        let bus = bus.expect("the bus for screen readers starts; tests/run installs it");
        self.bus.wait_for_owner("org.a11y.Bus").await;
        bus
    }

    /// What a screen reader is told of the window of this title.
    ///
    /// # Panics
    /// When it is told nothing.
    pub async fn told_to_screen_reader(&self, title: &str) -> Vec<Told> {
        let script = workspace_root().join("tests/support/accessible_tree.py").display().to_string();
        // The system's Python, which has the package; another one may come first in PATH.
        let told = within("the tree", self.tool("/usr/bin/python3", &[&script, title])).await.done().stdout;
        told.lines().map(|line| serde_json::from_str(line).expect("a line is an element")).collect()
    }

    /// Waits until two looks at a window show the same, and keeps the picture under `target/screenshots`.
    ///
    /// # Panics
    /// When it does not come to rest.
    pub async fn picture_of(&self, window: &str, name: &str) -> PathBuf {
        self.painted(window).await;
        let file = pictures_folder().join(name);
        let take =
            format!("import -window {window} {path} && identify -format %# {path}", path = file.display());
        within("the window to come to rest", async {
            let mut before = String::new();
            loop {
                let seen = self.tool("sh", &["-c", &take]).await.stdout;
                if !seen.is_empty() && seen == before {
                    return;
                }
                before = seen;
            }
        })
        .await;
        file
    }

    /// Runs a tool to its end.
    ///
    /// # Panics
    /// When it is not installed.
    pub async fn tool(&self, name: &str, arguments: &[&str]) -> crate::Output {
        run(&mut self.program(name, arguments), "").await
    }

    /// Waits until a window of this class is to be seen; gives its id.
    ///
    /// # Panics
    /// When none comes.
    pub async fn window(&self, class: &str) -> String {
        let search = ["search", "--sync", "--onlyvisible", "--class", class];
        within("a window", async {
            loop {
                // A window that goes while xdotool looks at it ends the search with an error of X.
                let found = self.tool("xdotool", &search).await;
                if let Some(window) = found.stdout.lines().last() {
                    return window.to_owned();
                }
            }
        })
        .await
    }

    /// Windows of this class that are to be seen now.
    pub async fn windows(&self, class: &str) -> Vec<String> {
        let found = self.tool("xdotool", &["search", "--onlyvisible", "--class", class]).await;
        found.stdout.lines().map(ToOwned::to_owned).collect()
    }

    /// Where a window is.
    ///
    /// # Panics
    /// When it is gone.
    pub async fn place(&self, window: &str) -> Place {
        let told = self.tool("xdotool", &["getwindowgeometry", "--shell", window]).await.done().stdout;
        let number = |name: &str| {
            let line = told.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
            line.and_then(|number| number.parse().ok()).unwrap_or_else(|| panic!("no {name} in {told}"))
        };
        Place { x: number("X"), y: number("Y"), width: number("WIDTH"), height: number("HEIGHT") }
    }

    /// The screen's size.
    pub fn size(&self) -> (i64, i64) {
        (i64::from(self.size.0), i64::from(self.size.1))
    }

    /// A property of a window, as `xprop` prints it.
    ///
    /// # Panics
    /// When the window is gone.
    pub async fn property(&self, window: &str, name: &str) -> String {
        self.tool("xprop", &["-id", window, name]).await.done().stdout
    }

    /// The person gives a window the whole screen, or takes it back: the window manager is asked as a program asks it
    /// (Extended Window Manager Hints, `_NET_WM_STATE`), and has done it when this returns.
    ///
    /// # Panics
    /// When the screen is gone, or the window manager does not do it.
    pub async fn full_screen(&self, window: &str, full: bool) {
        let (display, id) = (self.display.clone(), window.parse().expect("a window is a number"));
        let asked = tokio::task::spawn_blocking(move || ask_for_full_screen(&display, id, full));
        asked.await.expect("the asking ends").expect("the display takes it");
        within("the window manager to do it", async {
            // Each look is a round trip through the X server, so this is no idle loop.
            while self.property(window, "_NET_WM_STATE").await.contains("FULLSCREEN") != full {}
        })
        .await;
    }

    /// Waits until a window is painted: more colours than a blank one has.
    ///
    /// # Panics
    /// When it stays blank.
    pub async fn painted(&self, window: &str) {
        within("the window to be painted", async {
            loop {
                // Each look is a round trip through the X server and a picture, so this is no idle loop.
                let command = format!("import -window {window} -format %k info:-");
                let mut look = self.program("sh", &["-c", &command]);
                let colours = run(&mut look, "").await.stdout;
                if colours.trim().parse::<u32>().is_ok_and(|count| count > 16) {
                    return;
                }
            }
        })
        .await;
    }

    /// Keeps a picture of the whole screen, or of a part of it (`WIDTHxHEIGHT+X+Y`), under
    /// `target/screenshots`.
    ///
    /// # Panics
    /// When it cannot be taken.
    pub async fn picture(&self, name: &str, part: Option<&str>) -> PathBuf {
        let file = pictures_folder().join(name);
        let path = file.display().to_string();
        let mut arguments = vec!["-window", "root"];
        if let Some(part) = part {
            arguments.extend(["-crop", part, "+repage"]);
        }
        arguments.push(&path);
        drop(self.tool("import", &arguments).await.done());
        file
    }
}

/// Where pictures are kept.
///
/// # Panics
/// When the folder cannot be made.
pub fn pictures_folder() -> PathBuf {
    let folder = crate::target_folder().parent().expect("a profile lies in target").join("screenshots");
    std::fs::create_dir_all(&folder).expect("a folder for pictures");
    folder
}

/// A command in a session.
fn program(home: &Path, display: &str, bus: &str, name: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(name);
    command
        .args(arguments)
        .envs(environment(home, display))
        .env("DBUS_SESSION_BUS_ADDRESS", bus)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    command
}

/// Watches a property of the root window.
async fn watch_root(home: &Path, display: &str, bus: &str, property: &str) -> RootWatch {
    // xprop watches only a name that the X server has heard of.
    for change in [&["-f", property, "32c", "-set", property, "0"][..], &["-remove", property]] {
        let mut command = program(home, display, bus, "xprop", &["-root"]);
        drop(run(command.args(change), "").await.done());
    }
    let mut command = program(home, display, bus, "xprop", &["-root", "-spy", property]);
    let mut process = command.stdout(Stdio::piped()).spawn().expect("xprop starts");
    let output = process.stdout.take().expect("stdout is piped");
    RootWatch { lines: BufReader::new(output).lines(), _process: process }
}

struct RootWatch {
    lines: tokio::io::Lines<BufReader<tokio::process::ChildStdout>>,
    _process: Child,
}

impl RootWatch {
    async fn until(&mut self, what: &str, mut is_so: impl FnMut(&str) -> bool) {
        within(what, async {
            while let Some(line) = self.lines.next_line().await.expect("xprop's output can be read") {
                if is_so(&line) {
                    return;
                }
            }
            panic!("the X server ended before {what}");
        })
        .await;
    }
}

/// The surroundings of every program in this session, the bus aside.
fn environment(home: &Path, display: &str) -> Vec<(String, String)> {
    let folder = |name: &str| home.join(name).display().to_string();
    [
        ("DISPLAY", display.to_owned()),
        ("HOME", home.display().to_string()),
        ("XDG_CONFIG_HOME", folder("config")),
        ("XDG_CACHE_HOME", folder("cache")),
        ("XDG_DATA_HOME", folder("data")),
        ("XDG_RUNTIME_DIR", home.display().to_string()),
        ("LANG", "C.UTF-8".to_owned()),
        ("GTK_THEME", "Adwaita:dark".to_owned()),
        ("NO_AT_BRIDGE", "1".to_owned()),
    ]
    .map(|(name, value)| (name.to_owned(), value))
    .into()
}

fn write(home: &Path, name: &str, text: &str) -> PathBuf {
    let file = home.join(name);
    std::fs::create_dir_all(file.parent().expect("a file lies in a folder"))
        .expect("a folder of the session");
    std::fs::write(&file, text).expect("a file of the session");
    file
}

/// Only Xfce's settings may be started by the bus; where they lie differs between machines.
fn xfconf_service() -> String {
    std::fs::read_to_string("/usr/share/dbus-1/services/org.xfce.Xfconf.service")
        .expect("xfconf is installed; tests/run does that")
}

/// Where xfce4-notifyd lies differs between machines; its bus service tells.
fn xfce_popups() -> String {
    let service = "/usr/share/dbus-1/services/org.xfce.xfce4-notifyd.Notifications.service";
    let text = std::fs::read_to_string(service).expect("xfce4-notifyd is installed; tests/run does that");
    text.lines().find_map(|line| line.strip_prefix("Exec=")).expect("a service has a program").to_owned()
}

fn ask_for_full_screen(
    display: &str,
    window: u32,
    full: bool,
) -> Result<(), Box<dyn std::error::Error + Send + Sync>> {
    use x11rb::{
        connection::Connection as _,
        protocol::xproto::{ClientMessageEvent, ConnectionExt as _, EventMask},
    };
    let (display, screen) = x11rb::connect(Some(display))?;
    let atom = |name: &str| display.intern_atom(false, name.as_bytes());
    let (state, full_screen) = (atom("_NET_WM_STATE")?, atom("_NET_WM_STATE_FULLSCREEN")?);
    let (state, full_screen) = (state.reply()?.atom, full_screen.reply()?.atom);
    // 1 adds and 0 takes away; the 1 at the end: a program asks.
    let message = ClientMessageEvent::new(32, window, state, [u32::from(full), full_screen, 0, 1, 0]);
    let mask = EventMask::SUBSTRUCTURE_REDIRECT | EventMask::SUBSTRUCTURE_NOTIFY;
    display.send_event(false, display.setup().roots[screen].root, mask, message)?.check()?;
    Ok(())
}

/// Where the pictures of the README lie, if this run is to take them anew.
pub fn readme_pictures() -> Option<PathBuf> {
    std::env::var_os("RESTANTE_TAKE_PICTURES").map(|_| workspace_root().join("docs/pictures"))
}
