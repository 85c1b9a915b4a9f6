//! A real post office: `restante-server` on a free port, set up by the commands that administrators
//! use, and people who speak to it over HTTP as another client would.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::process::Command;
use uuid::Uuid;

use crate::{Output, Program, Server, run, within};

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
        let mut request = http().request(method, format!("{}{path}", self.url()));
        if let Some(token) = token {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.json(&body);
        }
        HttpAnswer::of(request).await
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

fn http() -> reqwest::Client {
    // A second test in the same process finds the provider installed already.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder().no_proxy().tls_certs_only([]).build().expect("a plain client")
}

/// Any request, with this token if any.
///
/// # Panics
/// When the server does not answer.
pub async fn call(
    method: reqwest::Method,
    url: &str,
    token: Option<&str>,
    body: Option<Value>,
) -> HttpAnswer {
    let mut request = http().request(method, url);
    if let Some(token) = token {
        request = request.bearer_auth(token);
    }
    if let Some(body) = body {
        request = request.json(&body);
    }
    HttpAnswer::of(request).await
}

/// The status and text at this address.
///
/// # Panics
/// When nobody answers there.
pub async fn get(url: &str) -> (u16, String) {
    let answer = within("an answer", http().get(url).send()).await.expect("somebody answers");
    (answer.status().as_u16(), answer.text().await.expect("the answer is whole"))
}

/// What the server answered.
#[derive(Clone, Debug)]
pub struct HttpAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The media type.
    pub media_type: String,
    /// Whether it says when to come again.
    pub retry_after: bool,
    /// The settings' revision, where a header tells it.
    pub settings_revision: Option<String>,
    /// The body; null when it is empty.
    pub body: Value,
}

impl HttpAnswer {
    async fn of(request: reqwest::RequestBuilder) -> Self {
        let answer = within("the server's answer", request.send()).await.expect("the server answers");
        Self::whole(answer).await.expect("the answer is whole")
    }

    /// `None` where the answer was cut.
    async fn whole(answer: reqwest::Response) -> Option<Self> {
        let status = answer.status().as_u16();
        let header = |name: &str| {
            answer.headers().get(name).and_then(|value| value.to_str().ok()).map(ToOwned::to_owned)
        };
        let media_type = header("content-type").unwrap_or_default();
        let settings_revision = header("restante-settings-revision");
        let retry_after = answer.headers().contains_key("retry-after");
        let bytes = answer.bytes().await.ok()?;
        let body = serde_json::from_slice(&bytes).unwrap_or(Value::Null);
        Some(Self { status, media_type, retry_after, settings_revision, body })
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
    /// Signs in at a server on a device of his own.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn sign_in(url: &str, user: &str) -> Self {
        Self::sign_in_to(url, ORGANISATION, user).await
    }

    /// The same in this organisation.
    ///
    /// # Panics
    /// As [`Colleague::sign_in`].
    pub async fn sign_in_to(url: &str, organisation: &str, user: &str) -> Self {
        let http = http();
        let call =
            json!({"organisation": organisation, "user": user, "password": PASSWORD, "device": "test"});
        let request = http.post(format!("{url}/api/v1/sessions")).json(&call);
        let answer = HttpAnswer::of(request).await;
        assert!(matches!(answer.status, 200 | 201), "{answer:?}");
        let token = answer.body["token"].as_str().expect("a token").to_owned();
        Self { http, url: url.to_owned(), token, login: user.to_owned() }
    }

    /// The same person with the same token at another server of the installation.
    #[must_use]
    pub fn at(&self, url: &str) -> Self {
        Self { url: url.to_owned(), ..self.clone() }
    }

    /// A call of the API whose answer may never come: `None` where the connection ended without one.
    pub async fn try_call(
        &self,
        method: reqwest::Method,
        path: &str,
        body: Option<Value>,
    ) -> Option<HttpAnswer> {
        let mut request =
            self.http.request(method, format!("{}/api/v1/{path}", self.url)).bearer_auth(&self.token);
        if let Some(body) = body {
            request = request.json(&body);
        }
        HttpAnswer::whole(within("the server's answer", request.send()).await.ok()?).await
    }

    /// The token of his device.
    pub fn token(&self) -> &str {
        &self.token
    }

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
        self.received_by(async |path| {
            let answer = self.call(reqwest::Method::GET, path, None).await;
            assert_eq!(answer.status, 200, "{answer:?}");
            answer.body
        })
        .await
    }

    /// The same by pages that the test asks for itself: it gets each one's path.
    ///
    /// # Panics
    /// When a page is none.
    pub async fn received_by(&self, page: impl AsyncFn(&str) -> Value) -> Vec<String> {
        let mut subjects = Vec::new();
        let mut path = "changes".to_owned();
        loop {
            let page = page(&path).await;
            let changes = page["changes"].as_array().expect("a list of changes");
            let received = changes
                .iter()
                .filter(|change| change["kind"] == "message" && change["message"]["direction"] == "received");
            subjects
                .extend(received.map(|it| it["message"]["subject"].as_str().expect("a subject").to_owned()));
            if page["more"] != true {
                return subjects;
            }
            path = format!("changes?since={}", page["cursor"].as_str().expect("a cursor"));
        }
    }
}
