//! A client that costs little: prepared requests, answers read to their end.

use std::time::{Duration, Instant};

use rustls::pki_types::ServerName;
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
    time::{MissedTickBehavior, interval},
};
use tokio_rustls::TlsConnector;

use crate::secured;

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<S: AsyncRead + AsyncWrite + Send + Unpin> Stream for S {}

/// A kept connection.
pub(crate) struct Connection {
    stream: Box<dyn Stream>,
    read: Vec<u8>,
    body: usize,
}

impl Connection {
    pub(crate) async fn open(address: &str) -> Self {
        let stream = TcpStream::connect(address).await.expect("the server accepts");
        stream.set_nodelay(true).expect("it is a socket");
        Self { stream: Box::new(stream), read: Vec::new(), body: 0 }
    }

    /// The same over TLS, where there is a connector.
    pub(crate) async fn open_by(connector: Option<&TlsConnector>, address: &str) -> Self {
        let Some(connector) = connector else { return Self::open(address).await };
        let stream = TcpStream::connect(address).await.expect("the server accepts");
        stream.set_nodelay(true).expect("it is a socket");
        let name = ServerName::try_from(secured::NAME).expect("a name");
        let stream = connector.connect(name, stream).await.expect("the server speaks TLS");
        Self { stream: Box::new(stream), read: Vec::new(), body: 0 }
    }

    /// Sends one request and reads its answer; gives the status.
    pub(crate) async fn ask(&mut self, request: &[u8]) -> u16 {
        self.stream.write_all(request).await.expect("the server reads");
        self.read.clear();
        loop {
            let count = self.stream.read_buf(&mut self.read).await.expect("the server answers");
            assert!(count > 0, "the server closed the connection");
            let Some(end) = self.read.windows(4).position(|bytes| bytes == b"\r\n\r\n") else { continue };
            self.body = end + 4;
            let head = std::str::from_utf8(&self.read[..end]).expect("a head is text").to_ascii_lowercase();
            let length = head.split("content-length: ").nth(1).and_then(|rest| rest.lines().next());
            let length = length.map_or(0, |length| length.parse().expect("a number"));
            while self.read.len() < self.body + length {
                self.stream.read_buf(&mut self.read).await.expect("the server answers");
            }
            return head[9..12].parse().expect("a status");
        }
    }

    /// The body of the last answer.
    pub(crate) fn body(&self) -> serde_json::Value {
        serde_json::from_slice(&self.read[self.body..]).expect("it is JSON")
    }
}

/// Each request over and over on a connection of its own; gives how many were answered.
pub(crate) async fn saturated(
    connector: Option<&TlsConnector>,
    address: &str,
    requests: &[Vec<u8>],
    time: Duration,
) -> usize {
    let mut clients = JoinSet::new();
    for request in requests {
        let (connector, address, request) = (connector.cloned(), address.to_owned(), request.clone());
        clients.spawn(async move {
            let mut connection = Connection::open_by(connector.as_ref(), &address).await;
            let (begun, mut count) = (Instant::now(), 0);
            while begun.elapsed() < time {
                assert_eq!(connection.ask(&request).await, 304);
                count += 1;
            }
            count
        });
    }
    clients.join_all().await.into_iter().sum()
}

/// 200 requests a second, in turn on kept connections.
pub(crate) async fn paced(address: &str, requests: &[Vec<u8>], time: Duration) -> usize {
    latencies(address, requests, time, crate::nothing).await.len()
}

/// How long polls take at 200 a second while something else is done over and over.
pub(crate) async fn latencies(
    address: &str,
    requests: &[Vec<u8>],
    time: Duration,
    mut meanwhile: impl AsyncFnMut(),
) -> Vec<Duration> {
    let polls = async {
        let mut connections = Vec::new();
        for _ in requests {
            connections.push(Some(Connection::open(address).await));
        }
        let mut ticks = interval(Duration::from_millis(5));
        ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let (begun, mut turn) = (Instant::now(), 0);
        let mut under_way: JoinSet<(usize, Connection, Duration)> = JoinSet::new();
        let mut times = Vec::new();
        while begun.elapsed() < time {
            ticks.tick().await;
            while let Some(done) = under_way.try_join_next() {
                let (index, connection, taken) = done.expect("it does not panic");
                connections[index] = Some(connection);
                times.push(taken);
            }
            turn = (turn + 1) % requests.len();
            // A connection that is still busy is passed over: its poll counts by its time.
            if let Some(mut connection) = connections[turn].take() {
                let request = requests[turn].clone();
                under_way.spawn(async move {
                    let sent = Instant::now();
                    assert_eq!(connection.ask(&request).await, 304);
                    (turn, connection, sent.elapsed())
                });
            }
        }
        times.extend(under_way.join_all().await.into_iter().map(|(_, _, taken)| taken));
        times
    };
    let forever = async {
        loop {
            meanwhile().await;
            tokio::task::yield_now().await;
        }
    };
    tokio::select! {
        times = polls => times,
        () = forever => unreachable!("it never ends"),
    }
}

pub(crate) fn percentile(times: &[Duration], percent: usize) -> Duration {
    let mut times = times.to_vec();
    times.sort();
    times[(times.len() * percent / 100).min(times.len() - 1)]
}

pub(crate) fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1_000.0
}
