//! Tokens in the file, and in a real keyring on a bus of its own.

use std::{
    io::Write,
    process::{Child, Command, Stdio},
};

use super::*;
use crate::private_bus::{LONG, Session, in_session};

fn key(user: &str) -> AccountKey {
    AccountKey {
        server: "https://mail.example.org".into(),
        organisation: "town-hall".into(),
        user: user.into(),
    }
}

fn exposed(found: &Found) -> Option<&str> {
    found.token.as_ref().map(ExposeSecret::expose_secret)
}

#[test]
fn without_a_keyring_the_token_goes_into_a_file_and_that_is_said() {
    let test = "credentials::tests::without_a_keyring_the_token_goes_into_a_file_and_that_is_said";
    in_session(Session::Nothing, test, async {
        let folder = tempfile::tempdir().unwrap();
        let kept = Credentials::new(TokenStorage::Keyring, folder.path().join("token"));
        let none = kept.find(&key("anna")).await.unwrap();
        assert_eq!((exposed(&none), none.state), (None, KeyringState::Absent));
        assert_eq!(kept.keep(&key("anna"), &"t-1".into()).await.unwrap(), KeyringState::File);
        let found = kept.find(&key("anna")).await.unwrap();
        assert_eq!((exposed(&found), found.state), (Some("t-1"), KeyringState::File));
        assert_eq!(exposed(&kept.find(&key("boris")).await.unwrap()), None);
        kept.forget(&key("anna")).await.unwrap();
        assert_eq!(exposed(&kept.find(&key("anna")).await.unwrap()), None);
    });
}

#[test]
fn a_session_bus_without_a_keyring_is_without_a_keyring() {
    let test = "credentials::tests::a_session_bus_without_a_keyring_is_without_a_keyring";
    in_session(Session::Bus, test, async {
        let folder = tempfile::tempdir().unwrap();
        let kept = Credentials::new(TokenStorage::Keyring, folder.path().join("token"));
        assert_eq!(kept.find(&key("anna")).await.unwrap().state, KeyringState::Absent);
        assert_eq!(kept.keep(&key("anna"), &"t-3".into()).await.unwrap(), KeyringState::File);
    });
}

struct Keyring(Child);

impl Drop for Keyring {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

#[test]
fn a_real_keyring_keeps_finds_and_forgets_and_says_when_it_is_locked() {
    let test = "credentials::tests::a_real_keyring_keeps_finds_and_forgets_and_says_when_it_is_locked";
    in_session(Session::Bus, test, async {
        let mut daemon = Command::new("gnome-keyring-daemon")
            .args(["--unlock", "--components=secrets", "--foreground"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("gnome-keyring-daemon runs (tests/run installs it)");
        daemon.stdin.take().unwrap().write_all(b"pw").unwrap();
        let _keyring = Keyring(daemon);
        let folder = tempfile::tempdir().unwrap();
        let kept = Credentials::new(TokenStorage::Keyring, folder.path().join("token"));
        let comes = async { while unlocked().await.is_err() {} };
        tokio::time::timeout(LONG, comes).await.expect("the keyring comes");
        assert_eq!(kept.keep(&key("anna"), &"t-2".into()).await.unwrap(), KeyringState::Ok);
        assert!(!folder.path().join("token").exists());
        let found = kept.find(&key("anna")).await.unwrap();
        assert_eq!((exposed(&found), found.state), (Some("t-2"), KeyringState::Ok));

        let bus = zbus::Connection::session().await.unwrap();
        let login = [zbus::ObjectPath::try_from("/org/freedesktop/secrets/collection/login").unwrap()];
        bus.call_method(Some(SERVICE), PATH, Some("org.freedesktop.Secret.Service"), "Lock", &(&login[..],))
            .await
            .unwrap();
        assert_eq!(kept.find(&key("anna")).await.unwrap_err(), TokenProblem::Locked);
    });
}
