//! Calls of a server over HTTP, as any client makes them, and its answers.

use serde_json::Value;

use crate::within;

pub(crate) fn http() -> reqwest::Client {
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
    pub(crate) async fn of(request: reqwest::RequestBuilder) -> Self {
        let answer = within("the server's answer", request.send()).await.expect("the server answers");
        Self::whole(answer).await.expect("the answer is whole")
    }

    /// `None` where the answer was cut.
    pub(crate) async fn whole(answer: reqwest::Response) -> Option<Self> {
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
