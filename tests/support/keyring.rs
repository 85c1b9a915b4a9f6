//! A real `gnome-keyring-daemon`, and what happens to keyrings: locked, unlocked, hung, gone, started anew.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
};

use rustix::process::Signal;
use tokio::{
    io::AsyncWriteExt,
    process::{Child, Command},
};
use zbus::{ObjectPath, OwnedObjectPath, OwnedVariant, Variant};

use crate::{Bus, within};

const SERVICE: &str = "org.freedesktop.secrets";
const PATH: &str = "/org/freedesktop/secrets";
/// The keyring that the login unlocks.
const LOGIN: &str = "/org/freedesktop/secrets/collection/login";
const PASSWORD: &[u8] = b"the login password";

/// The daemon on one bus, with its files in a folder that outlives it.
pub struct Keyring {
    daemon: Option<Child>,
    connection: zbus::Connection,
    address: String,
    folder: PathBuf,
}

impl Keyring {
    /// Starts one on this bus and unlocks it, as the login does; waits until it can be asked.
    ///
    /// # Panics
    /// When it is not installed: `tests/run` does that.
    pub async fn start(bus: &Bus, folder: &Path) -> Self {
        let connection = bus.connect().await;
        let address = bus.address().to_owned();
        let mut keyring = Self { daemon: None, connection, address, folder: folder.to_owned() };
        keyring.start_again(bus).await;
        keyring
    }

    /// Starts it anew, unlocked, with what it kept.
    ///
    /// # Panics
    /// When it runs, or is not installed.
    pub async fn start_again(&mut self, bus: &Bus) {
        assert!(self.daemon.is_none(), "one keyring at a time");
        let mut daemon = Command::new("gnome-keyring-daemon")
            .args(["--foreground", "--unlock", "--components=secrets"])
            .env("HOME", &self.folder)
            .env("XDG_RUNTIME_DIR", &self.folder)
            .env("XDG_DATA_HOME", self.folder.join("data"))
            .env("DBUS_SESSION_BUS_ADDRESS", &self.address)
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .expect("gnome-keyring-daemon starts; tests/run installs it");
        let mut stdin = daemon.stdin.take().expect("stdin is piped");
        stdin.write_all(PASSWORD).await.expect("the keyring takes its password");
        // It unlocks at the end of its input.
        drop(stdin);
        self.daemon = Some(daemon);
        bus.wait_for_owner(SERVICE).await;
    }

    /// It ends, as in a crash.
    ///
    /// # Panics
    /// When it does not run.
    pub async fn kill(&mut self) {
        let mut daemon = self.daemon.take().expect("the keyring runs");
        daemon.kill().await.expect("it can be killed");
    }

    /// The person, or his screen saver, locks it.
    ///
    /// # Panics
    /// When it does not do so.
    pub async fn lock(&self) {
        let login = [ObjectPath::try_from(LOGIN).expect("a path")];
        let (locked, prompt): (Vec<OwnedObjectPath>, OwnedObjectPath) =
            self.call("org.freedesktop.Secret.Service", "Lock", &(&login[..],)).await;
        assert_eq!((locked.len(), prompt.as_str()), (1, "/"), "the keyring asks before it locks");
    }

    /// The person gives his password. gnome-keyring's own prompt does it by this call, too.
    ///
    /// # Panics
    /// When it does not do so.
    pub async fn unlock(&self) {
        let plain = ("plain", Variant::from(""));
        let (_, session): (OwnedVariant, OwnedObjectPath) =
            self.call("org.freedesktop.Secret.Service", "OpenSession", &plain).await;
        let login = ObjectPath::try_from(LOGIN).expect("a path");
        let secret = (session, Vec::<u8>::new(), PASSWORD.to_vec(), "text/plain");
        let interface = "org.gnome.keyring.InternalUnsupportedGuiltRiddenInterface";
        let () = self.call(interface, "UnlockWithMasterPassword", &(login, secret)).await;
    }

    /// It hangs until [`Keyring::resume`].
    ///
    /// # Panics
    /// When it does not run.
    pub fn freeze(&self) {
        self.signal(Signal::STOP);
    }

    /// It goes on.
    ///
    /// # Panics
    /// When it does not run.
    pub fn resume(&self) {
        self.signal(Signal::CONT);
    }

    fn signal(&self, signal: Signal) {
        let id = self.daemon.as_ref().and_then(Child::id).expect("the keyring runs");
        crate::command::signal(id, signal);
    }

    async fn call<B, A>(&self, interface: &str, method: &str, body: &B) -> A
    where
        B: serde::Serialize + zbus::DynamicType,
        A: serde::de::DeserializeOwned + zbus::wire::Type,
    {
        let call = self.connection.call_method(Some(SERVICE), PATH, Some(interface), method, body);
        let answer = within("the keyring to answer", call).await.expect("the keyring does as told");
        answer.body().deserialize().expect("it answers as described")
    }
}
