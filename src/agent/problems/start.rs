//! Why the agent does not start.

use restante_engine::StorageFault;
use restante_l10n::{Value, Words, io_error, told};
use restante_process::{PathsError, without_credentials};

use super::of_database;
use crate::{event_loop::AgentError, instance::InstanceError, server_client::ClientError};

impl AgentError {
    /// What happened and what to do about it, in the person's words.
    pub fn said(&self, words: &Words) -> (String, Option<String>) {
        let with = |key: &str, name: &str, value: String| words.with(key, &[(name, Value::Text(&value))]);
        let (detail, hint) = match self {
            Self::Paths(error) => return of_paths(error, words),
            Self::Instance(InstanceError::AlreadyRunning { folder }) => {
                let detail = with("start-already-running", "folder", folder.display().to_string());
                (detail, "start-already-running-hint")
            }
            Self::Instance(InstanceError::Io { file, source }) => {
                let values = [
                    ("file", Value::Text(&file.display().to_string())),
                    ("why", Value::Text(&io_error(source, words))),
                ];
                (words.with("start-not-locked", &values), "start-folders-hint")
            }
            Self::Storage(error) => {
                let fault = error.fault();
                let hint = match fault {
                    StorageFault::Newer { .. } => "start-newer-hint",
                    _ => "start-database-hint",
                };
                (of_database(&fault, &error.to_string(), words), hint)
            }
            Self::Socket { socket, source } => {
                let values = [
                    ("socket", Value::Text(&socket.display().to_string())),
                    ("why", Value::Text(&io_error(source, words))),
                ];
                (words.with("start-no-socket", &values), "start-folders-hint")
            }
            Self::Scheduler(error) => {
                (with("start-no-scheduler", "said", error.to_string()), "start-bug-hint")
            }
            Self::Client(error) => (of_client(error, words), "start-network-hint"),
            Self::Runtime(error) => {
                (with("start-no-runtime", "why", io_error(error, words)), "start-bug-hint")
            }
        };
        (detail, Some(words.text(hint)))
    }
}

fn of_paths(error: &PathsError, words: &Words) -> (String, Option<String>) {
    let hint = match error {
        // They say themselves what to do.
        PathsError::BadProfile(_) | PathsError::NoHome | PathsError::SocketPathTooLong { .. } => None,
        PathsError::NotOurs { .. } | PathsError::NotAFolder { .. } | PathsError::Io { .. } => {
            Some(words.text("start-folders-hint"))
        }
    };
    (told(error.words(), error, words), hint)
}

/// Why there is no way to the server's network.
pub(crate) fn of_client(error: &ClientError, words: &Words) -> String {
    let with = |key: &str, name: &str, value: &str, more: (&str, &str)| {
        words.with(key, &[(name, Value::Text(value)), (more.0, Value::Text(more.1))])
    };
    match error {
        ClientError::CertificatesUnreadable { path, source } => {
            with("certificates-unreadable", "path", path, ("why", &io_error(source, words)))
        }
        ClientError::NoCertificates { path, source } => {
            with("certificates-none", "path", path, ("said", &innermost(source)))
        }
        ClientError::Proxy { url, source } => {
            with("proxy-unusable", "url", &without_credentials(url), ("said", &innermost(source)))
        }
        ClientError::Client(source) => {
            words.with("http-unusable", &[("said", Value::Text(&innermost(source)))])
        }
    }
}

/// The last cause says what happened, the ones above it only where.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    without_credentials(&cause.to_string())
}

#[cfg(test)]
mod tests {
    use std::io;

    use restante_engine::{StorageError, settings_file::Proxy};
    use restante_l10n::{Language, foreign_words};
    use restante_process::FolderStep;

    use super::*;
    use crate::server_client::http_client;

    #[test]
    fn whatever_keeps_the_agent_from_starting_is_told_in_russian() {
        let words = Words::new(Language::Russian);
        let folder = tempfile::tempdir().unwrap();
        let no_certificates = folder.path().join("ca.pem");
        let text = "-----BEGIN CERTIFICATE-----\nx\n-----END CERTIFICATE-----\n";
        std::fs::write(&no_certificates, text).unwrap();
        let io = || io::Error::from(io::ErrorKind::PermissionDenied);
        let client = |proxy: &Proxy, file: Option<&std::path::Path>| http_client(proxy, file).unwrap_err();
        let doings = [FolderStep::Create, FolderStep::LookAt, FolderStep::Close];
        let errors = [
            PathsError::BadProfile("a b".into()).into(),
            PathsError::NoHome.into(),
            PathsError::SocketPathTooLong { path: "/run/x".into(), bytes: 200 }.into(),
            PathsError::NotOurs { path: "/run/x".into(), owner_id: 1 }.into(),
            PathsError::NotAFolder { path: "/run/x".into() }.into(),
            InstanceError::AlreadyRunning { folder: "/run/x".into() }.into(),
            InstanceError::Io { file: "/run/x".into(), source: io() }.into(),
            StorageError::Newer { path: "/run/x".into(), found: 9, known: 4 }.into(),
            StorageError::Damaged { database: "cache", table: "message", row: "1".into() }.into(),
            AgentError::Socket { socket: "/run/x".into(), source: io() },
            AgentError::Runtime(io()),
            client(&Proxy::System, Some(&folder.path().join("none.pem"))).into(),
            client(&Proxy::System, Some(&no_certificates)).into(),
            client(&Proxy::Url("http://[".into()), None).into(),
        ];
        let folders =
            doings.map(|doing| PathsError::Io { doing, path: "/run/x".into(), source: io() }.into());
        for error in errors.into_iter().chain(folders) {
            let (detail, hint) = error.said(&words);
            for said in [Some(detail), hint].into_iter().flatten() {
                assert_eq!(foreign_words(&said, &["[network]", "id", "debug"]), [""; 0], "{error:?}: {said}");
                assert!(!said.contains('{'), "{error:?}: {said}");
            }
        }
    }

    #[test]
    fn a_password_in_the_proxys_address_is_not_told() {
        let error = http_client(&Proxy::Url("http://anna:secret@[".into()), None).unwrap_err();
        let said = of_client(&error, &Words::new(Language::English));
        assert!(!said.contains("secret"), "{said}");
    }
}
