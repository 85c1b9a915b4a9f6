//! One process of `restante-server` on a loopback port.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
};

use rustix::process::Signal;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};

use crate::{Program, within};

/// A running server.
#[derive(Debug)]
pub struct Server {
    child: Child,
    port: u16,
    pages: Option<String>,
    log: PathBuf,
}

impl Server {
    /// Starts it on `installation` (`--data DIR` or `--database URL`) and this port; 0 picks a free one.
    ///
    /// # Panics
    /// When it does not say that it listens.
    pub async fn start(installation: &[&str], port: u16, log: &Path) -> Self {
        Self::start_with(installation, port, log, false).await
    }

    /// The same, with the administrators' pages where they are wished.
    ///
    /// # Panics
    /// As [`Server::start`].
    pub async fn start_with(installation: &[&str], port: u16, log: &Path, pages: bool) -> Self {
        let words = std::fs::OpenOptions::new().create(true).append(true).open(log).expect("a log file");
        let mut child = Command::new(Program::Server.path())
            .args(installation)
            .args(["serve", "--listen", &format!("127.0.0.1:{port}")])
            .args(pages.then_some("--admin-listen=127.0.0.1:0"))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(words)
            .kill_on_drop(true)
            .spawn()
            .expect("the server starts");
        let mut lines = BufReader::new(child.stdout.take().expect("stdout is piped")).lines();
        let line = within("the server to say that it listens", lines.next_line()).await;
        let line = line.expect("its output can be read").unwrap_or_default();
        let port = line
            .strip_prefix("listening on http://127.0.0.1:")
            .and_then(|port| port.trim_end_matches('/').parse().ok());
        let log = log.to_owned();
        let words = || std::fs::read_to_string(&log).unwrap_or_default();
        let port = port.unwrap_or_else(|| panic!("the server's first line is {line:?}\n{}", words()));
        let pages = if pages {
            let line = within("the server to say where its pages are", lines.next_line()).await;
            let line = line.expect("its output can be read").unwrap_or_default();
            let url = line.strip_prefix("administrators' pages on ").map(str::to_owned);
            Some(url.unwrap_or_else(|| panic!("the server's second line is {line:?}\n{}", words())))
        } else {
            None
        };
        Self { child, port, pages, log }
    }

    /// Where the administrators' pages are.
    pub fn pages(&self) -> Option<&str> {
        self.pages.as_deref()
    }

    /// The port that it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Where agents find it.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Ends it with SIGTERM, as the system does; it must end well.
    ///
    /// # Panics
    /// When it does not end with 0.
    pub async fn stop(mut self) {
        crate::command::signal(self.child.id().expect("it has not been waited for"), Signal::TERM);
        let status = within("the server to end", self.child.wait()).await.expect("it can be waited for");
        assert_eq!(status.code(), Some(0), "{}", std::fs::read_to_string(&self.log).unwrap_or_default());
    }

    /// Ends it with SIGKILL, whatever it is doing.
    ///
    /// # Panics
    /// When the system does not let us.
    pub async fn kill(mut self) {
        self.child.kill().await.expect("it can be killed");
    }
}
