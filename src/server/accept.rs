//! The accept loops: `axum::serve` has no time-out for the head of a request, so a client that sends it
//! byte by byte keeps its connection for ever.
//!
//! What a connection holds while it is idle is kept small: whatever only a request or a handshake needs is boxed.

use std::{
    convert::Infallible,
    io,
    net::{IpAddr, Ipv4Addr},
    pin::{Pin, pin},
    sync::Arc,
    task::{Context, Poll},
};

use axum::{
    Router,
    http::{HeaderValue, header},
    response::Response,
};
use hyper::{Request, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioTimer;
use restante_server_api::{Problem, ProblemKind};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    sync::{Semaphore, mpsc, oneshot},
    time::{Duration, Instant, sleep, timeout},
};
use tokio_rustls::server::TlsStream;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;

use crate::{
    access::App,
    config::{Config, MAX_HEAD_BYTES},
    leftover::Leftover,
    listen::{Listener, Listeners, Socket},
    metrics,
    patience::{Patience, PatientStream},
    places::{Order, Places},
    tls::Tls,
};

/// Whom a request came from, and how.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer {
    /// A Unix socket's clients are on this machine.
    pub(crate) address: IpAddr,
    /// Whether we spoke TLS with it.
    pub(crate) by_tls: bool,
}

/// Clients being told at a time that there is no place; the others are cut without a word.
const FAREWELLS: usize = 64;
/// How long such a client may take to hear it.
const FAREWELL: Duration = Duration::from_secs(1);

/// Asks the accept loops whether they still go round.
#[derive(Clone, Debug)]
pub(crate) struct Rounds(Vec<mpsc::Sender<oneshot::Sender<()>>>);

impl Rounds {
    /// Comes back once every loop has answered; `false` where one has ended.
    pub(crate) async fn all_go_on(&self) -> bool {
        for round in &self.0 {
            let (answer, answered) = oneshot::channel();
            if round.send(answer).await.is_err() || answered.await.is_err() {
                return false;
            }
        }
        true
    }
}

/// Accepts on all sockets of a server.
pub(crate) struct Doors {
    doors: Vec<(Listener, mpsc::Receiver<oneshot::Sender<()>>)>,
    house: Arc<House>,
}

/// What answers the requests of a listener.
pub(crate) struct Desk {
    pub(crate) router: Router,
    /// Answers in front of the router what it can at once.
    pub(crate) app: Option<Arc<App>>,
}

/// What the loops of a server share.
struct House {
    desk: Desk,
    config: Config,
    places: Arc<Places>,
    farewells: Arc<Semaphore>,
    full: Arc<str>,
    connections: TaskTracker,
    shutdown: CancellationToken,
}

/// Cuts all connections when dropped.
struct Cut<'a>(&'a Places);

impl Drop for Cut<'_> {
    fn drop(&mut self) {
        self.0.tell_all(Order::Cut);
    }
}

impl Doors {
    pub(crate) fn new(
        listeners: Listeners,
        desk: Desk,
        config: &Config,
        shutdown: CancellationToken,
    ) -> (Self, Rounds) {
        let house = Arc::new(House {
            desk,
            config: config.clone(),
            places: Places::new(&config.limits),
            farewells: Arc::new(Semaphore::new(FAREWELLS)),
            full: full().into(),
            connections: TaskTracker::new(),
            shutdown,
        });
        let (mut doors, mut rounds) = (Vec::new(), Vec::new());
        for listener in listeners.0 {
            let (round, asked) = mpsc::channel(1);
            doors.push((listener, asked));
            rounds.push(round);
        }
        (Self { doors, house }, Rounds(rounds))
    }

    /// Accepts until `shutdown`, then lets what is under way come to its end for a while.
    pub(crate) async fn accept(self) {
        let house = self.house;
        // Ends what is still there when this future is given up, and what does not end by itself in time.
        let cut = Cut(&house.places);
        let mut loops = tokio::task::JoinSet::new();
        for (listener, asked) in self.doors {
            loops.spawn(Arc::clone(&house).accept_on(listener, asked));
        }
        while loops.join_next().await.is_some() {}
        house.connections.close();
        house.places.tell_all(Order::Leave);
        if timeout(house.config.limits.drain, house.connections.wait()).await.is_err() {
            let connections = house.connections.len();
            tracing::warn!(connections, "connections are cut that did not end in time");
            drop(cut);
            house.connections.wait().await;
        }
    }
}

impl House {
    async fn accept_on(self: Arc<Self>, listener: Listener, mut asked: mpsc::Receiver<oneshot::Sender<()>>) {
        let Listener { socket, tls } = listener;
        loop {
            let accepted = tokio::select! {
                () = self.shutdown.cancelled() => break,
                Some(answer) = asked.recv() => {
                    let _ = answer.send(());
                    continue;
                }
                accepted = socket.accept() => accepted,
            };
            match accepted {
                Ok(Accepted::Tcp(stream, address)) => {
                    // Answers are whole; waiting for more to send would only delay them.
                    let _ = stream.set_nodelay(true);
                    self.receive(stream, address, tls.as_ref());
                }
                #[cfg(unix)]
                Ok(Accepted::Unix(stream)) => {
                    self.receive(stream, IpAddr::V4(Ipv4Addr::LOCALHOST), None);
                }
                // Mostly "too many open files": the next one would fail as well until one is closed.
                Err(error) => {
                    tracing::warn!(%error, "accepting a connection failed");
                    sleep(Duration::from_millis(100)).await;
                }
            }
        }
    }

    /// Gives a connection its place and serves it, or turns it away.
    fn receive<S>(self: &Arc<Self>, stream: S, address: IpAddr, tls: Option<&Arc<Tls>>)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let is_proxy = self.config.trusted_proxies.iter().any(|network| network.contains(&address));
        let Some(place) = self.places.take(address, is_proxy) else {
            tracing::debug!("a connection was turned away: all places are taken");
            metrics::connection_refused();
            // One that speaks TLS would not understand.
            if tls.is_none()
                && let Ok(turn) = Arc::clone(&self.farewells).try_acquire_owned()
            {
                let full = Arc::clone(&self.full);
                tokio::spawn(async move {
                    let _ = timeout(FAREWELL, turn_away(stream, &full)).await;
                    drop(turn);
                });
            }
            return;
        };
        let (house, patience) = (Arc::clone(self), Patience::new(place));
        match tls.cloned() {
            None => self.connections.spawn(house.serve(stream, Peer { address, by_tls: false }, patience)),
            Some(tls) => self.connections.spawn(async move {
                let shaken = Box::pin(house.shake_hands(stream, &tls, &patience)).await;
                drop(tls);
                if let Some(stream) = shaken {
                    house.serve(stream, Peer { address, by_tls: true }, patience).await;
                }
            }),
        };
    }

    async fn shake_hands<S>(&self, stream: S, tls: &Tls, patience: &Patience) -> Option<Box<TlsStream<S>>>
    where
        S: AsyncRead + AsyncWrite + Unpin,
    {
        let shaken = tokio::select! {
            biased;
            shaken = timeout(self.config.limits.handshake, tls.acceptor.accept(stream)) => shaken,
            _ = patience.place().told_beyond(Order::Stay) => return None,
        };
        match shaken {
            Ok(Ok(stream)) => return Some(Box::new(stream)),
            Ok(Err(error)) => tracing::debug!(%error, "a client and we found no common TLS"),
            Err(_) => tracing::debug!("a client took too long for the handshake of TLS"),
        }
        None
    }

    async fn serve<S>(self: Arc<Self>, stream: S, peer: Peer, patience: Patience)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let stream = PatientStream::new(stream, patience.clone());
        let asked = patience.clone();
        let service = service_fn(move |request| self.answer(request, peer, &asked));
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            // Ours instead: see patience.rs.
            .header_read_timeout(None)
            .max_header_size(MAX_HEAD_BYTES)
            .serve_connection(stream, service);
        let mut connection = pin!(connection);
        let mut told = Order::Stay;
        let ended = loop {
            tokio::select! {
                biased;
                ended = connection.as_mut() => break ended,
                order = patience.place().told_beyond(told) => told = order,
            }
            // hyper would wait for the rest of a head; whose request has not come has lost nothing.
            if told == Order::Cut || (told == Order::Leave && patience.awaits_head()) {
                return;
            }
            connection.as_mut().graceful_shutdown();
        };
        if let Err(error) = ended {
            tracing::debug!(%error, "a connection ended early");
        }
    }

    /// At once where that can be; else the request goes its way through the router.
    fn answer(self: &Arc<Self>, request: Request<Incoming>, peer: Peer, patience: &Patience) -> Answering {
        if let Some(answer) = self.desk.app.as_ref().and_then(|app| app.nothing_new(&request)) {
            patience.of_device();
            patience.answered();
            return Answering::Known(Some(answer));
        }
        patience.serving();
        Answering::Routed(Box::pin(Arc::clone(self).route(request, peer, patience.clone())))
    }

    async fn route(self: Arc<Self>, request: Request<Incoming>, peer: Peer, patience: Patience) -> Response {
        let deadline = Instant::now() + self.config.limits.body;
        let (mut request, leftover) = Leftover::of(request);
        request.extensions_mut().insert(peer);
        request.extensions_mut().insert(patience.clone());
        let Ok(mut answer) = self.desk.router.clone().oneshot(request).await;
        if !leftover.read_until(deadline).await {
            answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
        patience.answered();
        answer
    }
}

/// A request's answer, or what makes it.
enum Answering {
    Known(Option<Response>),
    Routed(Pin<Box<dyn Future<Output = Response> + Send>>),
}

impl Future for Answering {
    type Output = Result<Response, Infallible>;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        match &mut *self {
            Self::Known(answer) => answer.take().map_or(Poll::Pending, |answer| Poll::Ready(Ok(answer))),
            Self::Routed(routed) => routed.as_mut().poll(cx).map(Ok),
        }
    }
}

/// A connection that came in.
enum Accepted {
    Tcp(tokio::net::TcpStream, IpAddr),
    #[cfg(unix)]
    Unix(tokio::net::UnixStream),
}

impl Socket {
    async fn accept(&self) -> io::Result<Accepted> {
        match self {
            Self::Tcp(listener) => listener
                .accept()
                .await
                .map(|(stream, address)| Accepted::Tcp(stream, address.ip().to_canonical())),
            #[cfg(unix)]
            Self::Unix(listener, _) => listener.accept().await.map(|(stream, _)| Accepted::Unix(stream)),
        }
    }
}

/// What a client gets that comes when all places are taken.
fn full() -> String {
    let mut problem = Problem::new(ProblemKind::Busy, "too many connections");
    problem.retry_after_seconds = Some(10);
    // A problem is made of text and numbers, which always serialise.
    let body = serde_json::to_string(&problem).unwrap_or_default();
    format!(
        "HTTP/1.1 503 Service Unavailable\r\nretry-after: 10\r\nconnection: close\r\ncontent-type: {}\r\n\
         content-length: {}\r\n\r\n{body}",
        Problem::MEDIA_TYPE,
        body.len()
    )
}

/// Best effort: reads what the client says meanwhile, since closing with that unread would reset the
/// connection before the client has read why.
async fn turn_away(mut stream: impl AsyncRead + AsyncWrite + Unpin, full: &str) {
    if stream.write_all(full.as_bytes()).await.is_ok() && stream.shutdown().await.is_ok() {
        let mut unheard = [0; 1024];
        while stream.read(&mut unheard).await.is_ok_and(|read| read > 0) {}
    }
}
