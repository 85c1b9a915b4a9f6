//! The short way and the router say the same, to the byte.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::{body::Body, http::Request};
use restante_model::{Clock, Name, Person, SystemClock, Timestamp};
use restante_server_api::path;
use restante_store::{
    NewDevice, NewOffice, NewUser, OfficeChange, OfficeTerms, Placement, Remembering, Seen, SqlStore, Store,
};
use sha2::{Digest, Sha256};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};
use tokio_util::sync::CancellationToken;

use crate::{
    Config,
    accept::{Desk, Doors},
    access::App,
    auth, router, serve,
};

/// A town of which anna has a device, served with the short way and without.
struct Town {
    app: Arc<App>,
    clock: Arc<Still>,
    token: String,
    short: SocketAddr,
    routed: SocketAddr,
    /// Ends both servers.
    _stop: tokio_util::sync::DropGuard,
    _folder: TempDir,
}

/// A clock that stands, since answers tell the time; broken, it panics.
#[derive(Default)]
struct Still {
    broken: AtomicBool,
}

impl Clock for Still {
    fn now(&self) -> Timestamp {
        assert!(!self.broken.load(Ordering::Relaxed), "the clock is broken");
        Timestamp::from_unix_ms(1_800_000_000_000)
    }
}

fn name(text: &str) -> Name {
    text.parse().unwrap()
}

impl Town {
    async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let files = SqlStore::open(folder.path(), Arc::new(SystemClock)).await.unwrap();
        let store: Arc<dyn Store> = Arc::new(Remembering::new(Arc::new(files)));
        let terms = OfficeTerms::default();
        let office = NewOffice { name: name("main"), placement: Placement::Separate { folder: None }, terms };
        store.create_office(&office).await.unwrap();
        store.create_organisation(&name("town"), "Town").await.unwrap();
        store.attach(&name("main"), &name("town")).await.unwrap();
        let anna = Person { login: "anna".parse().unwrap(), name: "Anna".into() };
        let user = NewUser { person: anna.clone(), password_hash: String::new() };
        store.add_user(&name("town"), &user).await.unwrap();
        let known = store.credentials_for(&name("town"), &anna.login).await.unwrap().unwrap();
        let new = auth::mint(&known.account.organisation_tag);
        let device = NewDevice {
            id: "pc".into(),
            name: "pc".into(),
            token_sum: Sha256::digest(&new.token).into(),
            client_version: None,
        };
        store.enrol_device(&known.account, &device).await.unwrap();
        let clock = Arc::new(Still::default());
        let app = serve::begin(Config::default(), store, Arc::clone(&clock) as _).await.unwrap();
        let stop = CancellationToken::new();
        let serve = async |short: bool| {
            let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
            let address = listener.local_addr().unwrap();
            let desk = Desk { router: router::router(&app), app: short.then(|| Arc::clone(&app)) };
            tokio::spawn(Doors::new(listener.into(), desk, &app.config, stop.clone()).0.accept());
            address
        };
        let (short, routed) = (serve(true).await, serve(false).await);
        Self { token: new.token, clock, short, routed, _stop: stop.drop_guard(), _folder: folder, app }
    }

    /// A request of anna's, which closes its connection.
    fn request(method: &str, target: &str, headers: &[(&str, &str)]) -> Request<Body> {
        let request =
            Request::builder().method(method).uri(target).header("host", "x").header("connection", "close");
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        request.body(Body::empty()).unwrap()
    }

    /// The answers by the short way and by the router, and whom each noted as seen.
    async fn ask(&self, request: &Request<Body>) -> [(String, Vec<Seen>); 2] {
        let mut text = format!("{} {} HTTP/1.1\r\n", request.method(), request.uri());
        for (name, value) in request.headers() {
            text.extend([name.as_str(), ": ", value.to_str().unwrap(), "\r\n"]);
        }
        text += "\r\n";
        let mut said = Vec::new();
        for address in [self.short, self.routed] {
            let mut stream = TcpStream::connect(address).await.unwrap();
            stream.write_all(text.as_bytes()).await.unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).await.unwrap();
            said.push((masked(&answer), self.app.seen.take().into_values().flatten().collect()));
        }
        said.try_into().unwrap()
    }

    /// Polls until the memory knows what there is; gives the cursor.
    async fn cursor(&self) -> String {
        let bearer = format!("Bearer {}", self.token);
        let first = Self::request("GET", path::CHANGES, &[("authorization", &bearer)]);
        let [(page, _), _] = self.ask(&first).await;
        let cursor = page.split("\"cursor\":\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        cursor.to_owned()
    }
}

/// Without what differs from one request to the next: the time, and ids made here.
fn masked(answer: &str) -> String {
    let mut text = String::new();
    for line in answer.split_inclusive('\n') {
        match line.split_once(": ") {
            Some(("date", _)) => text += "date\r\n",
            Some(("x-request-id", id)) if id.trim().len() == 16 => text += "x-request-id\r\n",
            _ => text += line,
        }
    }
    text
}

#[tokio::test]
async fn the_short_way_answers_as_the_router_or_leaves_the_request_to_it() {
    let town = Town::open().await;
    let cursor = town.cursor().await;
    let bearer = format!("Bearer {}", town.token);
    let (small, other) =
        (format!("bEARER  {} ", town.token), format!("Bearer {}", auth::mint("ffffffff").token));
    let basic = format!("Basic {}", town.token);
    let poll = format!("{}?since={cursor}", path::CHANGES);
    let (epoch, rest) = cursor.split_once('.').unwrap();
    let (generation, number) = rest.split_once('.').unwrap();
    let bearer = ("authorization", bearer.as_str());
    let long = "9".repeat(65);
    let tag = format!("\"{cursor}\"");
    let at_once = [
        ("as agents ask", "GET", poll.clone(), vec![bearer, ("restante-client-version", "0.1.0")]),
        ("without a version", "GET", poll.clone(), vec![bearer]),
        (
            "a version in the product",
            "GET",
            poll.clone(),
            vec![bearer, ("user-agent", "restante-agent/0.2.0 x")],
        ),
        ("a version that is too long", "GET", poll.clone(), vec![bearer, ("restante-client-version", &long)]),
        ("a version that is none", "GET", poll.clone(), vec![bearer, ("restante-client-version", "new")]),
        ("an id of the request", "GET", poll.clone(), vec![bearer, ("x-request-id", "a.b-1")]),
        ("an id that no log takes", "GET", poll.clone(), vec![bearer, ("x-request-id", "two words")]),
        ("another spelling of the scheme", "GET", poll.clone(), vec![("authorization", &small)]),
        ("a tag as well", "GET", poll.clone(), vec![bearer, ("if-none-match", "\"x\"")]),
    ];
    let routed = [
        ("the tag alone", "GET", path::CHANGES.to_owned(), vec![bearer, ("if-none-match", &tag)]),
        ("from the beginning", "GET", path::CHANGES.to_owned(), vec![bearer]),
        ("a limit", "GET", format!("{poll}&limit=5"), vec![bearer]),
        ("a limit that is none", "GET", format!("{poll}&limit=0"), vec![bearer]),
        ("a limit first", "GET", format!("{}?limit=5&since={cursor}", path::CHANGES), vec![bearer]),
        (
            "an escaped cursor",
            "GET",
            format!("{}?since={}", path::CHANGES, cursor.replace('.', "%2E")),
            vec![bearer],
        ),
        (
            "a number with zeros",
            "GET",
            format!("{}?since={epoch}.{generation}.00{number}", path::CHANGES),
            vec![bearer],
        ),
        ("another generation", "GET", format!("{}?since={epoch}.0.{number}", path::CHANGES), vec![bearer]),
        ("another epoch", "GET", format!("{}?since=0.{rest}", path::CHANGES), vec![bearer]),
        ("no cursor", "GET", format!("{}?since=x", path::CHANGES), vec![bearer]),
        ("another path", "GET", format!("{}?since={cursor}", path::SETTINGS), vec![bearer]),
        ("the head alone", "HEAD", poll.clone(), vec![bearer]),
        ("another method", "POST", poll.clone(), vec![bearer]),
        ("no token", "GET", poll.clone(), vec![]),
        ("another scheme", "GET", poll.clone(), vec![("authorization", &basic)]),
        ("nobody's token", "GET", poll.clone(), vec![("authorization", &other)]),
    ];
    let cases = at_once.into_iter().map(|case| (case, true));
    for ((what, method, target, headers), known) in cases.chain(routed.into_iter().map(|case| (case, false)))
    {
        let request = Town::request(method, &target, &headers);
        assert_eq!(town.app.nothing_new(&request).is_some(), known, "{what}");
        town.app.seen.take();
        let [short, routed] = town.ask(&request).await;
        assert_eq!(short, routed, "{what}");
        assert!(!known || short.0.starts_with("HTTP/1.1 304 Not Modified\r\n"), "{what}: {}", short.0);
    }
    let request = Town::request("GET", &poll, &[bearer]);
    let (head, _) = request.into_parts();
    let with_body = Request::from_parts(head, Body::from("x"));
    assert!(
        town.app.nothing_new(&with_body).is_none(),
        "what is sent after the head is the router's to read"
    );
}

#[tokio::test]
async fn the_short_way_is_closed_to_a_device_that_is_too_old_or_revoked() {
    let town = Town::open().await;
    let store = &town.app.store;
    let oldest = OfficeChange::OldestClient(Some("0.2.0".parse().unwrap()));
    store.change_office(&name("main"), oldest).await.unwrap();
    let poll = format!("{}?since={}", path::CHANGES, town.cursor().await);
    let bearer = format!("Bearer {}", town.token);
    let of = |version| {
        let headers = [("authorization", bearer.as_str()), ("restante-client-version", version)];
        Town::request("GET", &poll, &headers)
    };
    assert!(town.app.nothing_new(&of("0.2.0")).is_some());
    assert!(town.app.nothing_new(&of("0.1.9")).is_none());
    town.app.seen.take();
    let [short, routed] = town.ask(&of("0.1.9")).await;
    assert_eq!(short, routed);
    assert!(short.0.contains("client_too_old"), "{}", short.0);

    let anna = store.device_by_token_sum(&town.token[4..12], &Sha256::digest(&town.token).into()).await;
    store.revoke(&anna.unwrap().unwrap().account.owner(), "pc").await.unwrap();
    assert!(town.app.nothing_new(&of("0.2.0")).is_none());
    let [short, routed] = town.ask(&of("0.2.0")).await;
    assert_eq!(short, routed);
    assert!(short.0.starts_with("HTTP/1.1 401 "), "{}", short.0);
}

#[tokio::test]
async fn a_panic_on_the_short_way_is_answered_as_the_routers_are() {
    let town = Town::open().await;
    let poll = format!("{}?since={}", path::CHANGES, town.cursor().await);
    let bearer = format!("Bearer {}", town.token);
    let request = Town::request("GET", &poll, &[("authorization", &bearer), ("x-request-id", "a1")]);
    assert!(town.app.nothing_new(&request).is_some());
    town.app.seen.take();
    town.clock.broken.store(true, Ordering::Relaxed);
    // The order of headers means nothing, and it is hyper that counts the bytes of one.
    let lines =
        |answer: &str| answer.lines().map(ToOwned::to_owned).collect::<std::collections::BTreeSet<_>>();
    let [short, routed] = town.ask(&request).await;
    assert_eq!((lines(&short.0), &short.1), (lines(&routed.0), &routed.1));
    assert!(short.0.starts_with("HTTP/1.1 500 ") && short.0.contains("\"internal\""), "{}", short.0);
}
