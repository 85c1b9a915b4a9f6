//! The programs of a session, as people have them: how each is set up and started.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
};

use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

use crate::{run, within};

/// The panel of the pictures: at the bottom, with a list of windows, the tray and a clock.
pub(super) const PANEL: &str = r#"<?xml version="1.0" encoding="UTF-8"?>
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
pub(super) const DUNST: &str = "[global]\norigin = bottom-right\noffset = 16x46\nfont = DejaVu Sans 11\nwidth = 360\n\
                     frame_width = 1\ncorner_radius = 6\nmarkup = full\n\
                     [urgency_normal]\nbackground = \"#2b2f36\"\nforeground = \"#ffffff\"\ntimeout = 0\n";

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

/// A command in a session.
pub(super) fn program(home: &Path, display: &str, bus: &str, name: &str, arguments: &[&str]) -> Command {
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
pub(super) async fn watch_root(home: &Path, display: &str, bus: &str, property: &str) -> RootWatch {
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

pub(super) struct RootWatch {
    lines: tokio::io::Lines<BufReader<tokio::process::ChildStdout>>,
    _process: Child,
}

impl RootWatch {
    pub(super) async fn until(&mut self, what: &str, mut is_so: impl FnMut(&str) -> bool) {
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
pub(super) fn environment(home: &Path, display: &str) -> Vec<(String, String)> {
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

pub(super) fn write(home: &Path, name: &str, text: &str) -> PathBuf {
    let file = home.join(name);
    std::fs::create_dir_all(file.parent().expect("a file lies in a folder"))
        .expect("a folder of the session");
    std::fs::write(&file, text).expect("a file of the session");
    file
}

/// Only Xfce's settings may be started by the bus; where they lie differs between machines.
pub(super) fn xfconf_service() -> String {
    std::fs::read_to_string("/usr/share/dbus-1/services/org.xfce.Xfconf.service")
        .expect("xfconf is installed; tests/run does that")
}

/// Where xfce4-notifyd lies differs between machines; its bus service tells.
pub(super) fn xfce_popups() -> String {
    let service = "/usr/share/dbus-1/services/org.xfce.xfce4-notifyd.Notifications.service";
    let text = std::fs::read_to_string(service).expect("xfce4-notifyd is installed; tests/run does that");
    text.lines().find_map(|line| line.strip_prefix("Exec=")).expect("a service has a program").to_owned()
}
