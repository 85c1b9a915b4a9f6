//! Another person with another client: one that speaks to the server over HTTP.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::{HttpAnswer, PASSWORD, http::http, office::ORGANISATION, within};

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
