//! A session bus of one test's own.

use std::{path::Path, process::Stdio};

use futures_util::StreamExt;
use rustix::process::{Pid, Signal, kill_process};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};
use zbus::{Connection, MatchRule, MessageStream, message};

use crate::within;

/// A `dbus-daemon` that starts no service by itself: Debian's stock configuration would bring up a
/// notification daemon in the middle of a test of its absence.
pub struct Bus {
    daemon: Child,
    address: String,
}

/// A program that hangs; dropped, it goes on.
#[must_use]
pub struct Hung {
    process: Pid,
}

impl Drop for Hung {
    fn drop(&mut self) {
        // It may have been ended meanwhile.
        let _ = kill_process(self.process, Signal::CONT);
    }
}

const CONFIGURATION: &str = r#"<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <listen>unix:dir=FOLDER</listen>
  <auth>EXTERNAL</auth>
  SERVICES
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"#;

impl Bus {
    /// Starts one with its socket in this folder.
    ///
    /// # Panics
    /// When `dbus-daemon` is missing: `tests/run` installs it.
    pub async fn start(folder: &Path) -> Self {
        Self::with_environment(folder, None, &[]).await
    }

    /// The same, which starts the services described in a folder of `.service` files when called, in
    /// these surroundings.
    ///
    /// # Panics
    /// As [`Bus::start`].
    pub async fn with_environment(
        folder: &Path,
        services: Option<&Path>,
        environment: &[(String, String)],
    ) -> Self {
        let configuration = folder.join("bus.conf");
        let services = services
            .map(|folder| format!("<servicedir>{}</servicedir>", folder.display()))
            .unwrap_or_default();
        let text =
            CONFIGURATION.replace("FOLDER", &folder.display().to_string()).replace("SERVICES", &services);
        std::fs::write(&configuration, text).expect("the test's folder can be written to");
        let mut daemon = Command::new("dbus-daemon")
            .arg(format!("--config-file={}", configuration.display()))
            .args(["--nofork", "--nopidfile", "--print-address=1"])
            .envs(environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("dbus-daemon starts; tests/run installs it");
        let output = daemon.stdout.take().expect("stdout is piped");
        let mut lines = BufReader::new(output).lines();
        let address = within("the bus to tell its address", lines.next_line())
            .await
            .expect("the bus's output can be read")
            .expect("the bus tells its address");
        Self { daemon, address }
    }

    /// What a program finds it by: the value of `DBUS_SESSION_BUS_ADDRESS`.
    pub fn address(&self) -> &str {
        &self.address
    }

    /// A new connection.
    ///
    /// # Panics
    /// When the bus is gone.
    pub async fn connect(&self) -> Connection {
        let builder = zbus::connection::Builder::address(self.address.as_str());
        within("a connection to the bus", builder.build()).await.expect("the bus answers")
    }

    /// Waits until somebody owns this name.
    ///
    /// # Panics
    /// When nobody comes.
    pub async fn wait_for_owner(&self, name: &str) {
        let connection = self.connect().await;
        let rule = MatchRule::builder()
            .msg_type(message::Type::Signal)
            .sender("org.freedesktop.DBus")
            .interface("org.freedesktop.DBus")
            .member("NameOwnerChanged")
            .add_arg(name)
            .build()
            .expect("the rule is well formed");
        // Watch first, then ask: the owner may come in between.
        let mut changes =
            MessageStream::for_match_rule(rule, &connection, None).await.expect("the bus takes the rule");
        let answer = connection
            .call_method(
                Some("org.freedesktop.DBus"),
                "/org/freedesktop/DBus",
                Some("org.freedesktop.DBus"),
                "NameHasOwner",
                &name,
            )
            .await
            .expect("the bus knows its names");
        if answer.body().deserialize::<bool>().expect("a yes or no") {
            return;
        }
        within(&format!("an owner of {name}"), async {
            while let Some(change) = changes.next().await {
                let change = change.expect("the bus stays");
                let body = change.body();
                let (_, _, owner): (&str, &str, &str) = body.deserialize().expect("three names");
                if !owner.is_empty() {
                    return;
                }
            }
            panic!("the bus ended");
        })
        .await;
    }

    /// Stops the program that owns this name with SIGSTOP, as one that hangs, for as long as the value
    /// lives.
    ///
    /// # Panics
    /// When nobody owns it.
    pub async fn hang_owner(&self, name: &str) -> Hung {
        let connection = self.connect().await;
        let answer = connection
            .call_method(
                Some("org.freedesktop.DBus"),
                "/org/freedesktop/DBus",
                Some("org.freedesktop.DBus"),
                "GetConnectionUnixProcessID",
                &name,
            )
            .await
            .unwrap_or_else(|error| panic!("nobody owns {name}: {error}"));
        let id: u32 = answer.body().deserialize().expect("a process id");
        let process = Pid::from_raw(id.cast_signed()).expect("a process id is positive");
        kill_process(process, Signal::STOP).expect("it takes signals");
        Hung { process }
    }

    /// The bus goes away, as when the session ends.
    ///
    /// # Panics
    /// When it cannot be ended.
    pub async fn stop(&mut self) {
        self.daemon.kill().await.expect("the bus can be ended");
    }
}
