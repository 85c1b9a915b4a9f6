//! A whole agent with a post office that the test plays: what the machine says sets off, and how it ends.

use std::{
    path::Path,
    sync::atomic::{AtomicBool, Ordering},
    time::{Duration, Instant},
};

use axum::{
    Json, Router,
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use restante_l10n::Language;
use restante_model::SystemClock;
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, UnixStream},
    task::JoinHandle,
};

use super::*;
use crate::private_bus::{LONG, Played, Session as Surroundings, in_session, silence};

/// The post office: counts what it is asked for, and answers or hangs.
#[derive(Clone)]
struct Office {
    checks: watch::Sender<u32>,
    hangs: Arc<AtomicBool>,
}

const JSON: [(header::HeaderName, &str); 1] = [(header::CONTENT_TYPE, "application/json")];

impl Office {
    /// Opens it; its URL.
    async fn open(self) -> String {
        let settings = json!({"check_interval_seconds": 86_400, "check_interval_from": "office", "locked": false,
            "check_interval_min_seconds": 30, "check_interval_max_seconds": 86_400,
            "message_lifetime_seconds": 604_800, "revision": 1});
        let session = json!({"token": "t", "device": {"id": "d1", "name": "pc"},
            "user": {"login": "anna", "name": "Anna"}, "organisation": {"name": "hall", "title": "Hall"},
            "server_time": "2026-11-24T09:30:00Z"});
        let router = Router::new()
            .route("/api/v1/sessions", post(|| async { Json(session) }))
            .route("/api/v1/settings", get(|| async { Json(settings) }))
            .route("/api/v1/changes", get(changes))
            .route("/api/v1/delivered", post(|| async { StatusCode::NO_CONTENT }))
            .route("/api/v1/directory", get(|| async { (JSON, r#"{"users":[]}"#) }))
            .with_state(self);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, router).await });
        url
    }
}

async fn changes(State(office): State<Office>) -> Response {
    office.checks.send_modify(|checks| *checks += 1);
    if office.hangs.load(Ordering::SeqCst) {
        std::future::pending::<()>().await;
    }
    let page = r#"{"cursor":"e.g.1","more":false,"unread":0,"changes":[],"settings_revision":1,
        "next_check_in_seconds":null,"server_time":"2026-11-24T09:30:00Z"}"#;
    (JSON, page).into_response()
}

/// An agent in a folder of its own.
struct Desk {
    folder: tempfile::TempDir,
    office: Office,
    stop: oneshot::Sender<()>,
    running: JoinHandle<Result<(), AgentError>>,
}

impl Desk {
    async fn signed_in(desktop: Desktop) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let paths = Paths::under(folder.path());
        paths.create().unwrap();
        std::fs::write(paths.config_file(), "[storage]\ntoken = \"file\"\n").unwrap();
        let office = Office { checks: watch::Sender::new(0), hangs: Arc::default() };
        let config = Config {
            settings: SettingsSources::of(paths.config_file()),
            paths,
            windows: Some(Vec::new()),
            words: Arc::new(Words::new(Language::English)),
            desktop,
            witness: None,
        };
        let (stop, stopped) = oneshot::channel();
        let running = tokio::spawn(run(config, Arc::new(SystemClock), async {
            // The test that holds the other end has failed where it is gone.
            let _ = stopped.await;
        }));
        let url = office.clone().open().await;
        let desk = Self { folder, office, stop, running };
        while UnixStream::connect(desk.paths().socket()).await.is_err() {
            tokio::task::yield_now().await;
        }
        let login =
            json!({"server": url, "organisation": "hall", "user": "anna", "password": "correct horse"});
        desk.asks("POST", "/v1/login", &login).await;
        desk.check().await;
        desk
    }

    fn paths(&self) -> Paths {
        Paths::under(self.folder.path())
    }

    async fn check(&self) -> u32 {
        self.asks("POST", "/v1/check?wait=true", &Value::Null).await;
        *self.office.checks.borrow()
    }

    async fn asks(&self, method: &str, path: &str, body: &Value) {
        asks(&self.paths().socket(), method, path, body).await;
    }
}

/// A front end's request; it must be granted.
async fn asks(socket: &Path, method: &str, path: &str, body: &Value) {
    let body = if body.is_null() { String::new() } else { body.to_string() };
    let request = format!(
        "{method} {path} HTTP/1.1\r\nhost: agent\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    let mut stream = UnixStream::connect(socket).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    tokio::time::timeout(LONG, stream.read_to_string(&mut answer)).await.expect("an answer").unwrap();
    assert!(answer.starts_with("HTTP/1.1 20"), "{method} {path}: {answer}");
}

#[test]
fn a_machine_that_wakes_checks_once() {
    let test = "event_loop::tests::a_machine_that_wakes_checks_once";
    in_session(Surroundings::Bus, test, async {
        let logind = Played::start("org.freedesktop.login1", |_, _| silence()).await;
        let network = Played::start("org.freedesktop.NetworkManager", |_, _| silence()).await;
        let desk = Desk::signed_in(Desktop::None).await;
        let before = desk.check().await;
        let mut checks = desk.office.checks.subscribe();
        let (path, interface) = ("/org/freedesktop/login1", "org.freedesktop.login1.Manager");
        logind.bus.emit_signal(None::<()>, path, interface, "PrepareForSleep", &(false,)).await.unwrap();
        let (path, interface) = ("/org/freedesktop/NetworkManager", "org.freedesktop.NetworkManager");
        for state in [40_u32, 60, 70] {
            network.bus.emit_signal(None::<()>, path, interface, "StateChanged", &(state,)).await.unwrap();
        }
        let woke = checks.wait_for(|checks| *checks > before);
        tokio::time::timeout(LONG, woke).await.expect("it checks").unwrap();
        assert_eq!(desk.check().await, before + 2, "one on waking, and the one asked for here");
    });
}

#[test]
fn it_ends_at_once_with_everything_around_it_hung_and_keeps_what_it_was_given() {
    let test =
        "event_loop::tests::it_ends_at_once_with_everything_around_it_hung_and_keeps_what_it_was_given";
    in_session(Surroundings::Bus, test, async {
        let _tray_host = Played::start("org.kde.StatusNotifierWatcher", |_, _| silence()).await;
        let _notifications = Played::start("org.freedesktop.Notifications", |_, _| silence()).await;
        let desk = Desk::signed_in(Desktop::Session).await;
        desk.office.hangs.store(true, Ordering::SeqCst);
        let checks = *desk.office.checks.borrow();
        desk.asks("POST", "/v1/check", &Value::Null).await;
        let mut asked = desk.office.checks.subscribe();
        tokio::time::timeout(LONG, asked.wait_for(|asked| *asked > checks)).await.expect("it asks").unwrap();
        let letter = json!({"to": ["boris"], "subject": "s", "body": "b", "importance": "normal"});
        let id = "01936a70-1b3c-7000-8000-00000000000";
        desk.asks("PUT", &format!("/v1/drafts/{id}1"), &letter).await;
        desk.asks("PUT", &format!("/v1/outbox/{id}2"), &letter).await;

        let asked_to_end = Instant::now();
        desk.stop.send(()).unwrap();
        tokio::time::timeout(LONG, desk.running).await.expect("it ends").unwrap().unwrap();
        let took = asked_to_end.elapsed();
        assert!(took < Duration::from_secs(2), "{took:?}");
        let paths = Paths::under(desk.folder.path());
        let engine = Engine::open(Some(&paths.ledger_database()), Some(&paths.cache_database())).unwrap();
        let status = engine.status().unwrap();
        assert_eq!((status.drafts, status.outbox.waiting), (1, 1));
    });
}
