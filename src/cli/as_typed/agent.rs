//! The agent's side of the local API, with answers written down by the test.

use std::{
    collections::VecDeque,
    path::PathBuf,
    sync::{Arc, Mutex},
};

use axum::{
    Router,
    body::Bytes,
    extract::State,
    http::{Method, StatusCode, Uri},
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::net::UnixListener;

/// The id in the canned answers.
pub(super) const ID: &str = "0193a1b2-0000-7000-8000-00000a11ce01";
/// Stands in an answer for the id that the client made in its last `PUT`.
pub(super) const CLIENT_ID: &str = "$CLIENT_ID";

/// One request as it came.
#[derive(Clone, Debug)]
pub(super) struct Request {
    /// "GET /v1/status"
    pub(super) what: String,
    pub(super) query: String,
    pub(super) body: String,
}

impl Request {
    #[track_caller]
    pub(super) fn object(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

struct Answer {
    what: String,
    status: u16,
    body: String,
    used: bool,
}

#[derive(Default)]
struct Desk {
    answers: VecDeque<Answer>,
    requests: Vec<Request>,
    client_id: String,
}

/// Listens until dropped.
pub(super) struct Agent {
    folder: TempDir,
    desk: Arc<Mutex<Desk>>,
}

impl Agent {
    /// Must be called inside the runtime of the test.
    pub(super) fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let desk = Arc::default();
        let agent = Self { folder, desk };
        let router = Router::new().fallback(answer).with_state(Arc::clone(&agent.desk));
        let listener = UnixListener::bind(agent.socket()).unwrap();
        tokio::spawn(async move { axum::serve(listener, router).await });
        agent
    }

    pub(super) fn socket(&self) -> PathBuf {
        self.folder.path().join("agent.sock")
    }

    /// Answers to the same question come in this order, and the last one again and again.
    pub(super) fn answers(self, what: &str, body: impl Into<Body>) -> Self {
        self.refuses(what, 200, body)
    }

    pub(super) fn refuses(self, what: &str, status: u16, body: impl Into<Body>) -> Self {
        let Body(body) = body.into();
        let answer = Answer { what: what.to_owned(), status, body, used: false };
        self.desk.lock().unwrap().answers.push_back(answer);
        self
    }

    pub(super) fn requests(&self) -> Vec<Request> {
        self.desk.lock().unwrap().requests.clone()
    }

    #[track_caller]
    pub(super) fn request(&self, what: &str) -> Request {
        let requests = self.requests();
        let found = requests.iter().rfind(|request| request.what == what);
        found.unwrap_or_else(|| panic!("no {what} among {requests:?}")).clone()
    }
}

/// The text of an answer.
pub(super) struct Body(String);

impl From<Value> for Body {
    fn from(value: Value) -> Self {
        Self(value.to_string())
    }
}

impl From<&str> for Body {
    fn from(text: &str) -> Self {
        Self(text.to_owned())
    }
}

impl From<String> for Body {
    fn from(text: String) -> Self {
        Self(text)
    }
}

async fn answer(
    State(desk): State<Arc<Mutex<Desk>>>,
    method: Method,
    uri: Uri,
    body: Bytes,
) -> (StatusCode, String) {
    let mut desk = desk.lock().unwrap();
    let path = uri.path();
    let last = path.rsplit('/').next().unwrap_or_default().to_owned();
    let made_by_client = method == Method::PUT && last.len() == 36 && last != ID;
    if made_by_client {
        desk.client_id.clone_from(&last);
    }
    let path =
        if desk.client_id.is_empty() { path.to_owned() } else { path.replace(&desk.client_id, CLIENT_ID) };
    let what = format!("{method} {path}");
    desk.requests.push(Request {
        what: what.clone(),
        query: uri.query().unwrap_or_default().to_owned(),
        body: String::from_utf8_lossy(&body).into_owned(),
    });
    let client_id = desk.client_id.clone();
    let mut fitting = desk.answers.iter_mut().filter(|answer| answer.what == what).collect::<Vec<_>>();
    let unused = fitting.iter().position(|answer| !answer.used);
    let at = unused.unwrap_or(fitting.len().saturating_sub(1));
    match fitting.get_mut(at) {
        Some(answer) => {
            answer.used = true;
            (StatusCode::from_u16(answer.status).unwrap(), answer.body.replace(CLIENT_ID, &client_id))
        }
        None => (StatusCode::NOT_IMPLEMENTED, String::new()),
    }
}

// === Objects of the local API ===

pub(super) fn status() -> Value {
    json!({
        "schema": 1,
        "account": {"server": "https://mail.example.org", "organisation": "town-hall", "user": "anna"},
        "offered": {"server": null, "organisation": null, "user": null},
        "unread": 3, "unread_high": 1, "mode": "online", "connection": "ok", "connection_detail": null,
        "last_good_at": "2026-11-24T11:55:00Z",
        "last_check": {"started_at": "2026-11-24T11:55:00Z", "ended_at": "2026-11-24T11:55:00Z",
                       "trigger": "schedule", "outcome": "ok", "new": 2},
        "next_check_at": "2026-11-24T12:00:00Z",
        "interval": {"seconds": 300, "from": "office", "locked_by": null, "wished_seconds": null,
                     "pending": false, "min_seconds": 30, "max_seconds": 86400,
                     "synced_at": "2026-11-24T11:55:00Z"},
        "outbox": {"waiting": 1, "refused": 0}, "drafts": 2,
        "storage": {"cache": "ok", "ledger_set_aside": null, "disk": "ok"},
        "carriers": {"tray": "shown", "notifications": "ok", "keyring": "file"}
    })
}

/// The status with other values at these JSON pointers.
pub(super) fn status_with(changes: &[(&str, Value)]) -> Value {
    let mut status = status();
    for (pointer, value) in changes {
        *status.pointer_mut(pointer).unwrap() = value.clone();
    }
    status
}

pub(super) fn row(id: &str, state: &str) -> Value {
    json!({
        "id": id, "from": {"login": "boris", "name": "Boris Orlov"},
        "to": [{"login": "anna", "name": "Anna Petrova"}],
        "subject": "Minutes", "importance": "high", "sent_at": "2026-11-24T11:00:00Z",
        "state": state, "bold": true, "not_delivered": [], "refused": null
    })
}

pub(super) fn found(rows: &[Value]) -> Value {
    let rows: Vec<_> = rows
        .iter()
        .map(|row| {
            let mut row = row.clone();
            row["folder"] = json!("inbox");
            row
        })
        .collect();
    json!({"messages": rows, "next_before": null})
}

pub(super) fn page(rows: &[Value]) -> Value {
    json!({"messages": rows, "next_before": null})
}

pub(super) fn events(states: &[Value]) -> String {
    states.iter().fold(String::new(), |stream, state| stream + &format!("data: {state}\n\n"))
}
