//! The accept loop: `axum::serve` has no time-out for the head of a request, so a client that sends it
//! byte by byte keeps its connection for ever.

use std::{
    collections::HashMap,
    net::{IpAddr, SocketAddr},
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Router,
    http::{HeaderValue, header},
};
use hyper::{Request, body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioTimer;
use restante_server_api::{Problem, ProblemKind};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::Semaphore,
    time::{Duration, Instant, sleep, timeout},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;

use crate::{
    config::{Config, Limits, MAX_HEAD_BYTES},
    leftover::Leftover,
    patience::{Patience, PatientStream},
};

/// Whom a request came from.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) IpAddr);

/// Clients being told at a time that there is no place; the others are cut without a word.
const FAREWELLS: usize = 64;
/// How long such a client may take to hear it.
const FAREWELL: Duration = Duration::from_secs(1);

/// Serves until `shutdown`, then lets what is under way come to its end for a while.
pub(crate) async fn accept(
    listener: TcpListener,
    router: Router,
    config: &Config,
    shutdown: CancellationToken,
) {
    let limits = &config.limits;
    let places = Arc::new(Places::default());
    let farewells = Arc::new(Semaphore::new(FAREWELLS));
    let full: Arc<str> = full().into();
    let connections = TaskTracker::new();
    // Ends what did not end by itself after `shutdown`.
    let cut = CancellationToken::new();
    loop {
        let accepted = tokio::select! {
            () = shutdown.cancelled() => break,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, address)) => {
                if let Some(place) = places.take(address.ip(), config) {
                    let connection =
                        serve_connection(stream, address, router.clone(), limits, shutdown.clone());
                    let cut = cut.clone();
                    connections.spawn(async move {
                        tokio::select! {
                            () = connection => {}
                            () = cut.cancelled() => {}
                        }
                        drop(place);
                    });
                } else {
                    tracing::debug!("a connection was turned away: all places are taken");
                    if let Ok(turn) = Arc::clone(&farewells).try_acquire_owned() {
                        let full = Arc::clone(&full);
                        tokio::spawn(async move {
                            let _ = timeout(FAREWELL, turn_away(stream, &full)).await;
                            drop(turn);
                        });
                    }
                }
            }
            // Mostly "too many open files": the next one would fail as well until one is closed.
            Err(error) => {
                tracing::warn!(%error, "accepting a connection failed");
                sleep(Duration::from_millis(100)).await;
            }
        }
    }
    drop(listener);
    connections.close();
    if timeout(limits.drain, connections.wait()).await.is_err() {
        tracing::warn!(connections = connections.len(), "connections are cut that did not end in time");
        cut.cancel();
        connections.wait().await;
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
async fn turn_away(mut stream: TcpStream, full: &str) {
    if stream.write_all(full.as_bytes()).await.is_ok() && stream.shutdown().await.is_ok() {
        let mut unheard = [0; 1024];
        while stream.read(&mut unheard).await.is_ok_and(|read| read > 0) {}
    }
}

fn serve_connection(
    stream: TcpStream,
    address: SocketAddr,
    router: Router,
    limits: &Limits,
    shutdown: CancellationToken,
) -> impl Future<Output = ()> + Send + 'static {
    // Answers are whole; waiting for more to send would only delay them.
    let _ = stream.set_nodelay(true);
    let patience = Patience::new(limits.head, limits.idle);
    let stream = PatientStream::new(stream, patience.clone());
    let stage = patience.clone();
    let body_time = limits.body;
    let service = service_fn(move |request: Request<Incoming>| {
        let (router, patience) = (router.clone(), patience.clone());
        let deadline = Instant::now() + body_time;
        let (mut request, leftover) = Leftover::of(request);
        request.extensions_mut().insert(Peer(address.ip()));
        async move {
            patience.serving();
            let answer = router.oneshot(request).await;
            let whole = leftover.read_until(deadline).await;
            patience.answered();
            answer.map(|mut answer| {
                if !whole {
                    answer.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("close"));
                }
                answer
            })
        }
    });
    async move {
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            // Ours instead: see patience.rs.
            .header_read_timeout(None)
            .max_header_size(MAX_HEAD_BYTES)
            .serve_connection(stream, service);
        let mut connection = std::pin::pin!(connection);
        let ended = tokio::select! {
            ended = connection.as_mut() => ended,
            () = shutdown.cancelled() => {
                // hyper would wait for the rest of a head; whose request has not come has lost nothing.
                if stage.awaits_head() {
                    return;
                }
                connection.as_mut().graceful_shutdown();
                connection.await
            }
        };
        if let Err(error) = ended {
            tracing::debug!(%error, "a connection ended early");
        }
    }
}

/// How many connections there are, in all and from each address.
#[derive(Default)]
struct Places {
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    all: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// Gives its place back when dropped.
struct Place {
    places: Arc<Places>,
    address: IpAddr,
}

impl Places {
    fn take(self: &Arc<Self>, address: IpAddr, config: &Config) -> Option<Place> {
        let limits = &config.limits;
        // A proxy here brings everybody's connections.
        let here_at_most = if config.behind_proxy && address.is_loopback() {
            limits.connections
        } else {
            limits.connections_per_address
        };
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let here = taken.by_address.get(&address).copied().unwrap_or(0);
        if taken.all >= limits.connections || here >= here_at_most {
            return None;
        }
        taken.all += 1;
        taken.by_address.insert(address, here + 1);
        Some(Place { places: Arc::clone(self), address })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.all -= 1;
        if let Some(here) = taken.by_address.get_mut(&self.address) {
            *here -= 1;
            if *here == 0 {
                taken.by_address.remove(&self.address);
            }
        }
    }
}
