//! A real post office: `restante-server` on a free port, set up by the commands that administrators use.

use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;
use tokio::process::Command;

use crate::{Colleague, HttpAnswer, Output, Program, Server, call, http::http, run};

/// Everybody's password: long enough for the rules.
pub const PASSWORD: &str = "correct horse battery staple";

/// The organisation in the tests.
pub(crate) const ORGANISATION: &str = "town";

/// How the post office is set up.
#[derive(Clone, Debug)]
pub struct OfficeOptions {
    /// As an administrator writes it.
    pub check_interval: &'static str,
    /// From the shortest to the longest.
    pub interval_range: &'static str,
    /// How long unread messages are kept.
    pub lifetime: &'static str,
}

/// A day between checks: what a test sees happen is what it asked for, never the scheduler.
impl Default for OfficeOptions {
    fn default() -> Self {
        Self { check_interval: "24h", interval_range: "1s..24h", lifetime: "7d" }
    }
}

/// A server with one organisation, one post office and the users anna, boris and clara.
pub struct Office {
    data: TempDir,
    logs: PathBuf,
    port: u16,
    /// Where the administrators' pages are, once they are served.
    pages: Option<String>,
    server: Option<Server>,
}

impl Office {
    /// With the default options.
    ///
    /// # Panics
    /// When a command fails or the server does not start.
    pub async fn open() -> Self {
        Self::with(OfficeOptions::default()).await
    }

    /// With these.
    ///
    /// # Panics
    /// As [`Office::open`].
    pub async fn with(options: OfficeOptions) -> Self {
        let data = tempfile::tempdir().expect("a temporary folder");
        let private = std::os::unix::fs::PermissionsExt::from_mode(0o700);
        std::fs::set_permissions(data.path(), private).expect("the folder is ours");
        let logs = data.path().with_extension("server.log");
        let mut office = Self { data, logs, port: 0, pages: None, server: None };
        office.admin(&["organisation", "create", ORGANISATION, "--title", "The town"], "").await;
        let OfficeOptions { check_interval, interval_range, lifetime } = options;
        office
            .admin(
                &[
                    "office",
                    "create",
                    "main",
                    "--check-interval",
                    check_interval,
                    "--interval-range",
                    interval_range,
                    "--lifetime",
                    lifetime,
                ],
                "",
            )
            .await;
        office.admin(&["office", "attach", "main", "--to", ORGANISATION], "").await;
        for (login, name) in [("anna", "Anna Petrova"), ("boris", "Boris Ivanov"), ("clara", "Clara Smith")] {
            let command = ["user", "add", ORGANISATION, login, "--name", name, "--password-stdin"];
            office.admin(&command, &format!("{PASSWORD}\n")).await;
        }
        office.start().await;
        office
    }

    async fn admin(&self, arguments: &[&str], input: &str) {
        drop(self.command(arguments, input).await.done());
    }

    /// Runs an administrator's command on the data folder, also beside the running server.
    ///
    /// # Panics
    /// When it does not end.
    pub async fn command(&self, arguments: &[&str], input: &str) -> Output {
        run(Command::new(Program::Server.path()).arg("--data").arg(self.data.path()).args(arguments), input)
            .await
    }

    /// Starts the server, on the same port as before.
    ///
    /// # Panics
    /// When it does not say that it listens.
    pub async fn start(&mut self) {
        let data = self.data.path().to_str().expect("a temporary folder has a plain name");
        let pages = self.pages.is_some();
        let server = Server::start_with(&["--data", data], self.port, &self.logs, pages).await;
        self.port = server.port();
        self.pages = server.pages().map(str::to_owned);
        self.server = Some(server);
    }

    /// Starts the server anew, with the administrators' pages.
    ///
    /// # Panics
    /// As [`Office::start`] and [`Office::stop`].
    pub async fn serve_pages(&mut self) {
        self.stop().await;
        self.pages = Some(String::new());
        self.start().await;
    }

    /// Where the administrators' pages are.
    ///
    /// # Panics
    /// When they are not served.
    pub fn pages(&self) -> String {
        self.pages.clone().expect("the pages are served")
    }

    /// What the list of organisations says of this one.
    ///
    /// # Panics
    /// When it is not in the list.
    pub async fn listed(&self, organisation: &str) -> Value {
        let listed = self.command(&["organisation", "list", "--json"], "").await.done();
        let list: Vec<Value> = serde_json::from_str(&listed.stdout).expect("a list of organisations");
        list.into_iter().find(|one| one["name"] == organisation).expect("it is in the list")
    }

    /// Ends the server as the system does, with SIGTERM; it must end well.
    ///
    /// # Panics
    /// When it does not end with 0.
    pub async fn stop(&mut self) {
        self.server.take().expect("the server runs").stop().await;
    }

    /// Where agents find it.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The port that it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The data folder.
    pub fn data(&self) -> &Path {
        self.data.path()
    }

    /// The organisation's name.
    pub fn organisation(&self) -> &'static str {
        ORGANISATION
    }

    /// Signs this user in on a device of his own, over HTTP.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn sign_in(&self, user: &str) -> Colleague {
        Colleague::sign_in(&self.url(), user).await
    }

    /// The same in another organisation.
    ///
    /// # Panics
    /// As [`Office::sign_in`].
    pub async fn sign_in_to(&self, organisation: &str, user: &str) -> Colleague {
        Colleague::sign_in_to(&self.url(), organisation, user).await
    }

    /// Any call of the server, by whoever has this token.
    ///
    /// # Panics
    /// When the server does not answer.
    pub async fn ask(
        &self,
        method: reqwest::Method,
        path: &str,
        token: Option<&str>,
        body: Option<Value>,
    ) -> HttpAnswer {
        call(method, &format!("{}{path}", self.url()), token, body).await
    }

    /// The same with these bytes for a body.
    ///
    /// # Panics
    /// As [`Office::ask`].
    pub async fn ask_with(
        &self,
        method: reqwest::Method,
        path: &str,
        token: Option<&str>,
        media_type: &str,
        body: Vec<u8>,
    ) -> HttpAnswer {
        let mut request = http().request(method, format!("{}{path}", self.url()));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        HttpAnswer::of(request.header("content-type", media_type).body(body)).await
    }

    fn log(&self) -> String {
        std::fs::read_to_string(&self.logs).unwrap_or_default()
    }
}

impl Drop for Office {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("=== the server's log\n{}", self.log());
        }
        let _ = std::fs::remove_file(&self.logs);
    }
}
