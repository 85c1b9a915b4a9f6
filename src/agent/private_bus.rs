//! For tests: a session bus of their own, and services on it that say what the test wants.
//!
//! The crates below take the bus from the environment, which a program with threads cannot change safely.
//! So such a test runs itself again as a process with an environment of its own.

use std::{
    env, fs,
    future::Future,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use futures_util::StreamExt;
use restante_engine::Event;
use tokio::sync::mpsc;

/// Longer than anything takes here, even on a busy machine; a test that waits for it has failed.
pub(crate) const LONG: Duration = Duration::from_secs(20);

const INSIDE: &str = "RESTANTE_TEST_INSIDE";

/// What the test finds in its environment.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Session {
    /// A bus without any service, and without any that it could start.
    Bus,
    /// A bus that starts a notification service when one is called, which dies: each start is a line in the file
    /// `starts` of the home folder.
    DyingService,
    /// No bus.
    Nothing,
}

/// Runs the body of the test of this name in such a session, on one thread as the agent does. The name
/// is the test's path without the crate.
pub(crate) fn in_session(session: Session, test: &str, body: impl Future<Output = ()>) {
    if env::var_os(INSIDE).is_some() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        return runtime.block_on(async { tokio::time::timeout(4 * LONG, body).await.unwrap() });
    }
    let home = tempfile::tempdir().unwrap();
    let bus = (session != Session::Nothing).then(|| Bus::start(home.path(), session));
    let address = bus.as_ref().map_or_else(|| "unix:path=/nonexistent".to_owned(), |bus| bus.address.clone());
    let ran = Command::new(env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(INSIDE, "1")
        .env("DBUS_SESSION_BUS_ADDRESS", &address)
        .env("DBUS_SYSTEM_BUS_ADDRESS", address)
        .env("HOME", home.path())
        .env("XDG_RUNTIME_DIR", home.path())
        .env("XDG_DATA_HOME", home.path().join("data"))
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&ran.stdout).into_owned() + &String::from_utf8_lossy(&ran.stderr);
    assert!(ran.status.success(), "{said}");
    assert!(said.contains("1 passed"), "there is no test {test}: {said}");
}

struct Bus {
    daemon: Child,
    address: String,
}

impl Bus {
    fn start(folder: &Path, session: Session) -> Self {
        let config = folder.join("bus.conf");
        let mut services = String::new();
        if session == Session::DyingService {
            let (own, starts) = (folder.join("services"), folder.join("starts"));
            fs::create_dir(&own).unwrap();
            fs::write(
                own.join("dying.service"),
                format!(
                    "[D-BUS Service]\nName=org.freedesktop.Notifications\nExec=/bin/sh -c \"echo >> {}; exit 1\"\n",
                    starts.display()
                ),
            )
            .unwrap();
            services = format!("<servicedir>{}</servicedir>", own.display());
        }
        fs::write(
            &config,
            format!(
                r#"<busconfig><type>session</type><listen>unix:dir={}</listen>{services}<auth>EXTERNAL</auth>
                <policy context="default"><allow send_destination="*" eavesdrop="true"/>
                <allow eavesdrop="true"/><allow own="*"/></policy></busconfig>"#,
                folder.display()
            ),
        )
        .unwrap();
        let mut daemon = Command::new("dbus-daemon")
            .arg(format!("--config-file={}", config.display()))
            .args(["--nofork", "--print-address"])
            .stdout(Stdio::piped())
            // Its complaint that it may not open 65,536 files says nothing here.
            .stderr(Stdio::null())
            .spawn()
            .expect("dbus-daemon runs (tests/run installs it)");
        let mut address = String::new();
        BufReader::new(daemon.stdout.take().unwrap()).read_line(&mut address).unwrap();
        Self { daemon, address: address.trim().to_owned() }
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

/// A service that the test plays: it hears the calls and answers as the test says.
pub(crate) struct Played {
    pub(crate) bus: zbus::Connection,
    calls: mpsc::UnboundedReceiver<zbus::Message>,
}

impl Played {
    /// Takes a name on the bus; each call that `answer` knows is answered, and each is kept for
    /// [`Self::call`].
    pub(crate) async fn start<A>(name: &'static str, answer: A) -> Self
    where
        A: Fn(&zbus::Connection, &zbus::Message) -> Answer + Send + 'static,
    {
        let bus = zbus::Connection::session().await.unwrap();
        let (sender, calls) = mpsc::unbounded_channel();
        let mut messages = zbus::MessageStream::from(&bus);
        let own = bus.clone();
        tokio::spawn(async move {
            while let Some(Ok(message)) = messages.next().await {
                if message.message_type() != zbus::message::Type::MethodCall {
                    continue;
                }
                answer(&own, &message).await;
                let _ = sender.send(message);
            }
        });
        bus.request_name(name).await.unwrap();
        Self { bus, calls }
    }

    /// The next call of this method.
    pub(crate) async fn call(&mut self, method: &str) -> zbus::Message {
        let wanted = async {
            loop {
                let call = self.calls.recv().await.unwrap();
                if call.header().member().is_some_and(|member| member.as_str() == method) {
                    return call;
                }
            }
        };
        tokio::time::timeout(LONG, wanted).await.unwrap_or_else(|_| panic!("nobody called {method}"))
    }

    /// Goes away with its name.
    pub(crate) async fn stop(self) {
        self.bus.close().await.unwrap();
    }
}

/// How a call is answered.
pub(crate) type Answer = std::pin::Pin<Box<dyn Future<Output = ()> + Send>>;

/// The answer to a call with this body.
pub(crate) fn reply<B>(bus: &zbus::Connection, call: &zbus::Message, body: B) -> Answer
where
    B: serde::Serialize + zbus::zvariant::DynamicType + Send + Sync + 'static,
{
    let (bus, call) = (bus.clone(), call.clone());
    Box::pin(async move { bus.reply(&call.header(), &body).await.unwrap() })
}

/// No answer at all: what a hung service gives.
pub(crate) fn silence() -> Answer {
    Box::pin(std::future::ready(()))
}

/// The next event that is of interest.
pub(crate) async fn next<T>(
    events: &mut mpsc::UnboundedReceiver<Event>,
    pick: impl Fn(&Event) -> Option<T>,
) -> T {
    let wanted = async {
        loop {
            if let Some(picked) = pick(&events.recv().await.expect("the service runs")) {
                return picked;
            }
        }
    };
    tokio::time::timeout(LONG, wanted).await.expect("the event comes")
}
