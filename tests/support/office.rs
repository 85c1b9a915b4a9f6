//! A real post office: `restante-server` on a free port, set up by the commands that administrators
//! use, and people who speak to it over HTTP as another client would.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    process::{Child, Command},
};
use uuid::Uuid;

use crate::{Output, Program, run, within};

/// Everybody's password: long enough for the rules.
pub const PASSWORD: &str = "correct horse battery staple";

/// The organisation in the tests.
const ORGANISATION: &str = "town";

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
    server: Option<Child>,
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
        let logs = data.path().with_extension("server.log");
        let mut office = Self { data, logs, port: 0, server: None };
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
        let log = std::fs::OpenOptions::new().create(true).append(true).open(&self.logs).expect("a log file");
        let mut server = Command::new(Program::Server.path())
            .arg("--data")
            .arg(self.data.path())
            .args(["serve", "--listen", &format!("127.0.0.1:{}", self.port)])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .kill_on_drop(true)
            .spawn()
            .expect("the server starts");
        let mut lines = BufReader::new(server.stdout.take().expect("stdout is piped")).lines();
        let line = within("the server to say that it listens", lines.next_line()).await;
        let line = line.expect("its output can be read").unwrap_or_default();
        let port = line
            .strip_prefix("listening on http://127.0.0.1:")
            .and_then(|port| port.trim_end_matches('/').parse().ok());
        self.port = port.unwrap_or_else(|| panic!("the server's first line is {line:?}\n{}", self.log()));
        self.server = Some(server);
    }

    /// Ends the server as the system does, with SIGTERM; it must end well.
    ///
    /// # Panics
    /// When it does not end with 0.
    pub async fn stop(&mut self) {
        let mut server = self.server.take().expect("the server runs");
        let pid = Pid::from_raw(server.id().expect("it has not been waited for").cast_signed());
        kill_process(pid.expect("a process id is positive"), Signal::TERM).expect("it can be told to end");
        let status = within("the server to end", server.wait()).await.expect("it can be waited for");
        assert_eq!(status.code(), Some(0), "{}", self.log());
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
        let http = http();
        let call =
            json!({"organisation": ORGANISATION, "user": user, "password": PASSWORD, "device": "test"});
        let request = http.post(format!("{}/api/v1/sessions", self.url())).json(&call);
        let answer = HttpAnswer::of(request).await;
        assert!(matches!(answer.status, 200 | 201), "{answer:?}");
        let token = answer.body["token"].as_str().expect("a token").to_owned();
        Colleague { http, url: self.url(), token, login: user.to_owned() }
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

fn http() -> reqwest::Client {
    // A second test in the same process finds the provider installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().tls_certs_only([]).build().expect("a plain client")
}

/// What the server answered.
#[derive(Clone, Debug)]
pub struct HttpAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The media type.
    pub media_type: String,
    /// The settings' revision, where a header tells it.
    pub settings_revision: Option<String>,
    /// The body; null when it is empty.
    pub body: Value,
}

impl HttpAnswer {
    async fn of(request: reqwest::RequestBuilder) -> Self {
        let answer = within("the server's answer", request.send()).await.expect("the server answers");
        let status = answer.status().as_u16();
        let header = |name: &str| {
            answer.headers().get(name).and_then(|value| value.to_str().ok()).map(ToOwned::to_owned)
        };
        let media_type = header("content-type").unwrap_or_default();
        let settings_revision = header("restante-settings-revision");
        let bytes = answer.bytes().await.expect("the answer is whole");
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Self { status, media_type, settings_revision, body }
    }

    /// That it is a problem with this code.
    ///
    /// # Panics
    /// When it is not.
    #[track_caller]
    pub fn is_problem(&self, code: &str) {
        assert_eq!(self.body["code"], code, "{self:?}");
        assert!(self.media_type.starts_with("application/problem+json"), "{self:?}");
        assert_eq!(self.body["status"], self.status, "{self:?}");
        assert!(self.body["detail"].as_str().is_some_and(|detail| !detail.is_empty()), "{self:?}");
    }
}

/// Another person with another client.
#[derive(Clone)]
pub struct Colleague {
    http: reqwest::Client,
    url: String,
    token: String,
    login: String,
}

impl Colleague {
    /// What he signed in with.
    pub fn login(&self) -> &str {
        &self.login
    }

    /// Any call of the API.
    ///
    /// # Panics
    /// When the server does not answer.
    pub async fn call(&self, method: reqwest::Method, path: &str, body: Option<Value>) -> HttpAnswer {
        let mut request =
            self.http.request(method, format!("{}/api/v1/{path}", self.url)).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        HttpAnswer::of(request).await
    }

    /// Writes to these logins; gives the message's id.
    ///
    /// # Panics
    /// When the post office refuses.
    pub async fn send(&self, to: &[&str], subject: &str, importance: &str) -> String {
        let id = Uuid::now_v7().to_string();
        let letter = json!({"to": to, "subject": subject, "body": format!("About: {subject}."), "importance": importance});
        let answer = self.call(reqwest::Method::PUT, &format!("messages/{id}"), Some(letter)).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        id
    }

    /// One of one's own messages.
    ///
    /// # Panics
    /// When there is none of this id.
    pub async fn message(&self, id: &str) -> Value {
        let answer = self.call(reqwest::Method::GET, &format!("messages/{id}"), None).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.body
    }

    /// What became of the copy of this recipient.
    ///
    /// # Panics
    /// When the message is not for him.
    pub async fn state_for(&self, id: &str, login: &str) -> String {
        let message = self.message(id).await;
        let recipients =
            message["recipients"].as_array().expect("a sent message lists its recipients").clone();
        let recipient = recipients.iter().find(|recipient| recipient["login"] == login);
        recipient.expect("he is a recipient")["state"].as_str().expect("a state").to_owned()
    }

    /// The settings in force.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn settings(&self) -> Value {
        let answer = self.call(reqwest::Method::GET, "settings", None).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.body
    }

    /// Everything in the mailbox: the changes from the beginning.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn changes(&self) -> Value {
        let answer = self.call(reqwest::Method::GET, "changes", None).await;
        assert_eq!(answer.status, 200, "{answer:?}");
        answer.body
    }

    /// The subjects of the messages received, of all pages.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn received(&self) -> Vec<String> {
        let mut subjects = Vec::new();
        let mut page = self.changes().await;
        loop {
            let changes = page["changes"].as_array().expect("a list of changes");
            let received = changes
                .iter()
                .filter(|change| change["kind"] == "message" && change["message"]["direction"] == "received");
            subjects
                .extend(received.map(|it| it["message"]["subject"].as_str().expect("a subject").to_owned()));
            if page["more"] != true {
                return subjects;
            }
            let path = format!("changes?since={}", page["cursor"].as_str().expect("a cursor"));
            let answer = self.call(reqwest::Method::GET, &path, None).await;
            assert_eq!(answer.status, 200, "{answer:?}");
            page = answer.body;
        }
    }
}
