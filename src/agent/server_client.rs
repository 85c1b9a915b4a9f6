//! The agent's side of the server's API. The one place that names the HTTP client.

use std::{io, path::Path, pin::Pin, sync::Arc, time::Duration};

use reqwest::{Client, Method, Request, RequestBuilder, Response, StatusCode, header};
use restante_engine::{
    effect::Mark,
    event::{Checked, ServerError},
    settings_file::Proxy,
};
use restante_l10n::Words;
use restante_model::{CheckInterval, Cursor, Letter, MessageId, Timestamp};
use restante_server_api::{
    Accepted, CLIENT_VERSION_HEADER, ChangePassword, Delivered, Direction, Directory, Marked, Message,
    NewSession, ProblemKind, PutDraft, PutInterval, Recipient, Retraction, SETTINGS_REVISION_HEADER,
    SavedDraft, Session, Settings, path,
};
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use time::{OffsetDateTime, format_description::well_known::Rfc2822};

use crate::{problems, server_answer};

/// A server in the house answers in milliseconds; a name that resolves to nobody must not hold a check.
const CONNECT_TIME_LIMIT: Duration = Duration::from_secs(10);
/// Enough for a page of 4 MiB over a slow line.
const ANSWER_TIME_LIMIT: Duration = Duration::from_mins(1);

/// Why no client can be made.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The file of `extra_ca_file` cannot be read.
    #[error("certificates in {path} cannot be read: {source}")]
    CertificatesUnreadable {
        /// The file.
        path: String,
        /// What the system says.
        source: io::Error,
    },
    /// What it holds are no certificates.
    #[error("{path} holds no certificates that can be used: {source}")]
    NoCertificates {
        /// The file.
        path: String,
        /// What is wrong with them.
        source: reqwest::Error,
    },
    /// The URL of `proxy`.
    #[error("proxy {url} cannot be used: {source}")]
    Proxy {
        /// The URL.
        url: String,
        /// What is wrong with it.
        source: reqwest::Error,
    },
    /// Neither of them.
    #[error("the HTTP client cannot be made: {0}")]
    Client(#[from] reqwest::Error),
}

/// One HTTP client for life: its certificates are read once, its connections are kept.
pub(crate) fn http_client(proxy: &Proxy, extra_ca_file: Option<&Path>) -> Result<Client, ClientError> {
    let mut builder = Client::builder()
        .connect_timeout(CONNECT_TIME_LIMIT)
        .timeout(ANSWER_TIME_LIMIT)
        // A token must not follow a redirect, and our server gives none.
        .redirect(reqwest::redirect::Policy::none())
        .user_agent(concat!("restante-agent/", env!("CARGO_PKG_VERSION")));
    builder = match proxy {
        Proxy::System => builder,
        Proxy::None => builder.no_proxy(),
        Proxy::Url(url) => {
            let proxy =
                reqwest::Proxy::all(url).map_err(|source| ClientError::Proxy { url: url.clone(), source })?;
            builder.proxy(proxy)
        }
    };
    if let Some(path) = extra_ca_file {
        let name = || path.display().to_string();
        let pem = std::fs::read(path)
            .map_err(|source| ClientError::CertificatesUnreadable { path: name(), source })?;
        let certificates = reqwest::Certificate::from_pem_bundle(&pem)
            .map_err(|source| ClientError::NoCertificates { path: name(), source })?;
        builder = builder.tls_certs_merge(certificates);
    }
    Ok(builder.build()?)
}

/// Carries requests to the server in place of the network.
pub trait Carrier: Send + Sync {
    /// Brings the answer, or says that there was none.
    fn carry(&self, request: Request) -> Carried;
}

/// An answer on its way.
pub type Carried = Pin<Box<dyn Future<Output = Result<Response, ServerError>> + Send>>;

/// Talks to one server as one device. Cheap to clone: a request takes its own.
#[derive(Clone)]
pub struct ServerClient {
    http: Client,
    server: String,
    token: Option<SecretString>,
    /// In which its refusals are told.
    words: Arc<Words>,
    carrier: Option<Arc<dyn Carrier>>,
}

type Answer<T> = Result<T, ServerError>;

impl ServerClient {
    /// A client of the server with this URL; with the token of a device where there is one.
    pub(crate) fn new(http: Client, server: &str, token: Option<SecretString>, words: &Arc<Words>) -> Self {
        let server = server.trim_end_matches('/').to_owned();
        Self { http, server, token, words: Arc::clone(words), carrier: None }
    }

    /// The same, with its requests carried by other means than the network.
    pub fn carried(
        http: Client,
        server: &str,
        token: SecretString,
        words: &Arc<Words>,
        carrier: Arc<dyn Carrier>,
    ) -> Self {
        Self { carrier: Some(carrier), ..Self::new(http, server, Some(token), words) }
    }

    /// The same server as the same device, through another HTTP client.
    pub(crate) fn through(&self, http: Client) -> Self {
        Self { http, ..self.clone() }
    }

    /// The token of the device that it speaks as.
    pub(crate) fn token(&self) -> Option<SecretString> {
        self.token.clone()
    }

    /// Asks without a token: our server refuses in its own words, and nobody else does. Gives what its
    /// clock says, where it says it.
    pub(crate) async fn probe(&self) -> Answer<Option<Timestamp>> {
        let bare = Self { token: None, ..self.clone() };
        let answer = bare.send(bare.request(Method::GET, path::SETTINGS)).await?;
        let date = answer.headers().get(header::DATE).and_then(|it| it.to_str().ok());
        let time = date.and_then(|it| OffsetDateTime::parse(it, &Rfc2822).ok());
        match server_answer::done(answer, &self.words).await {
            Ok(()) | Err(ServerError::Refused(_)) => {
                Ok(time.map(|time| Timestamp::from_unix_ms(time.unix_timestamp() * 1_000)))
            }
            Err(other) => Err(other),
        }
    }

    /// Signs in. The password goes into the request and nowhere else.
    pub(crate) async fn sign_in(&self, session: &NewSession) -> Answer<Session> {
        self.body(self.request(Method::POST, path::SESSIONS).json(session)).await
    }

    /// Gives the user another password. Both go into the request and nowhere else.
    pub(crate) async fn change_password(&self, wish: &ChangePassword) -> Answer<()> {
        let outcome = self.done(self.request(Method::PUT, path::PASSWORD).json(wish)).await;
        outcome.map_err(|error| problems::of_old_password(error, &self.words))
    }

    /// Revokes this device's token.
    pub(crate) async fn sign_out(&self) -> Answer<()> {
        self.done(self.request(Method::DELETE, &path::session("current"))).await
    }

    /// What changed since the cursor.
    pub async fn changes(&self, since: Option<&Cursor>) -> Answer<Checked> {
        let mut request = self.request(Method::GET, path::CHANGES);
        if let Some(since) = since {
            request = request.query(&[("since", since.to_string())]);
        }
        let answer = self.send(request).await?;
        if answer.status() == StatusCode::NOT_MODIFIED && since.is_some() {
            let revision = answer.headers().get(SETTINGS_REVISION_HEADER);
            let settings_revision = revision.and_then(|it| it.to_str().ok()?.parse().ok());
            return Ok(Checked::Unchanged { settings_revision });
        }
        Ok(Checked::Page(Box::new(server_answer::body(answer, &self.words).await?)))
    }

    /// Everything up to the cursor is durably here.
    pub async fn delivered(&self, cursor: Cursor) -> Answer<()> {
        self.done(self.request(Method::POST, path::DELIVERED).json(&Delivered { cursor })).await
    }

    /// What was done with these here.
    pub async fn marks(&self, mark: Mark, ids: Vec<MessageId>) -> Answer<()> {
        let path = match mark {
            Mark::Alerted => path::ALERTED,
            Mark::Read => path::READ,
            Mark::Acknowledged => path::ACKNOWLEDGED,
            Mark::Deleted => return self.delete(&ids).await,
        };
        self.done(self.request(Method::POST, path).json(&Marked { ids })).await
    }

    /// Removes messages from one's own mailbox. One that is not there any more is as it is to be.
    async fn delete(&self, ids: &[MessageId]) -> Answer<()> {
        for id in ids {
            match self.done(self.request(Method::DELETE, &path::message(*id))).await {
                Err(ServerError::Refused(problem)) if problem.code == ProblemKind::NotFound => {}
                outcome => outcome?,
            }
        }
        Ok(())
    }

    /// Takes a message back from whoever has not read it.
    pub async fn retract(&self, id: MessageId) -> Answer<Vec<Recipient>> {
        let answer = self.body::<Retraction>(self.request(Method::POST, &path::retract(id))).await;
        answer.map(|answer| answer.recipients)
    }

    /// What became of each recipient's copy of a sent message.
    pub async fn recipients(&self, id: MessageId) -> Answer<Vec<Recipient>> {
        let message = self.body::<Message>(self.request(Method::GET, &path::message(id))).await?;
        Ok(match message.direction {
            Direction::Sent { recipients } => recipients,
            Direction::Received { .. } => Vec::new(),
        })
    }

    /// Gives the server a letter; the same id at every try.
    pub async fn post(&self, id: MessageId, letter: &Letter) -> Answer<Accepted> {
        self.body(self.request(Method::PUT, &path::message(id)).json(letter)).await
    }

    /// Saves a draft upon the version that it follows.
    pub async fn save_draft(
        &self,
        id: MessageId,
        base_version: Option<u64>,
        content: Letter,
    ) -> Answer<SavedDraft> {
        self.body(self.request(Method::PUT, &path::draft(id)).json(&PutDraft { base_version, content })).await
    }

    /// Throws a draft away, unless the server has another version of it.
    pub async fn throw_draft(&self, id: MessageId, base_version: u64) -> Answer<()> {
        let request = self.request(Method::DELETE, &path::draft(id));
        self.done(request.query(&[("base_version", base_version)])).await
    }

    /// The settings in force.
    pub async fn settings(&self) -> Answer<Settings> {
        self.body(self.request(Method::GET, path::SETTINGS)).await
    }

    /// Saves the user's interval, or goes back to the office's.
    pub async fn push_interval(
        &self,
        wish: Option<CheckInterval>,
        base_revision: Option<u64>,
    ) -> Answer<Settings> {
        let request = match wish {
            Some(interval) => self
                .request(Method::PUT, path::CHECK_INTERVAL)
                .json(&PutInterval { check_interval_seconds: interval.seconds(), base_revision }),
            None => self.request(Method::DELETE, path::CHECK_INTERVAL),
        };
        self.body(request).await
    }

    /// Who can be written to, with the tag of the answer; `None` where nothing changed.
    pub async fn directory(&self, tag: Option<String>) -> Answer<Option<(Directory, String)>> {
        let mut request = self.request(Method::GET, path::DIRECTORY);
        if let Some(tag) = &tag {
            request = request.header(header::IF_NONE_MATCH, tag);
        }
        let answer = self.send(request).await?;
        if answer.status() == StatusCode::NOT_MODIFIED && tag.is_some() {
            return Ok(None);
        }
        let tag = answer.headers().get(header::ETAG).and_then(|it| it.to_str().ok());
        let tag = tag.unwrap_or_default().to_owned();
        Ok(Some((server_answer::body(answer, &self.words).await?, tag)))
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self
            .http
            .request(method, format!("{}{path}", self.server))
            .header(CLIENT_VERSION_HEADER, restante_model::VERSION);
        match &self.token {
            // The client marks it as sensitive, so that no debug output shows it.
            Some(token) => request.bearer_auth(token.expose_secret()),
            None => request,
        }
    }

    async fn send(&self, request: RequestBuilder) -> Answer<Response> {
        let none = |error| server_answer::none(&error, &self.words);
        match &self.carrier {
            None => request.send().await.map_err(none),
            Some(carrier) => carrier.carry(request.build().map_err(none)?).await,
        }
    }

    async fn done(&self, request: RequestBuilder) -> Answer<()> {
        server_answer::done(self.send(request).await?, &self.words).await
    }

    async fn body<T: DeserializeOwned>(&self, request: RequestBuilder) -> Answer<T> {
        server_answer::body(self.send(request).await?, &self.words).await
    }
}
