//! A line between an agent and its server that drops, cuts, doubles and breaks into pieces what goes over it, by a
//! seed: the same seed, the same fates in the same order of exchanges.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicBool, AtomicU64, Ordering},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
};

/// What happens to one exchange.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// It goes through.
    Passes,
    /// Its answer comes in a hundred pieces.
    InPieces,
    /// The server never hears it.
    RequestLost,
    /// The server hears it, and its answer is lost.
    AnswerLost,
    /// The server hears it, and half of its answer comes through.
    AnswerCut,
    /// The server hears it twice.
    Doubled,
}

/// Within the head of any answer.
const CUT_TO: usize = 40;
/// So that an agent that took a piece for the whole would read nonsense.
const PIECES: usize = 100;

/// Listens on a port of its own and carries on to a server.
pub struct BadLine {
    port: u16,
    shared: Arc<Shared>,
    listening: JoinHandle<()>,
}

struct Shared {
    server: u16,
    bad: AtomicBool,
    random: Mutex<u64>,
    exchanges: watch::Sender<u64>,
    harmed: AtomicU64,
}

impl BadLine {
    /// A bad line to the server on this port.
    ///
    /// # Panics
    /// When no port is free.
    pub async fn to(server: u16, seed: u64) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let port = listener.local_addr().expect("its address").port();
        let shared = Arc::new(Shared {
            server,
            bad: AtomicBool::new(true),
            random: Mutex::new(seed),
            exchanges: watch::Sender::new(0),
            harmed: AtomicU64::new(0),
        });
        let line = Arc::clone(&shared);
        let listening = tokio::spawn(async move {
            while let Ok((agent, _)) = listener.accept().await {
                let line = Arc::clone(&line);
                tokio::spawn(async move {
                    // A connection that breaks is what this is for.
                    let _ = line.carry(agent).await;
                });
            }
        });
        Self { port, shared, listening }
    }

    /// Where agents find the server over it.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// From now on all goes well, or not any more.
    pub fn set_bad(&self, bad: bool) {
        self.shared.bad.store(bad, Ordering::Relaxed);
    }

    /// Waits until so many exchanges more have begun.
    ///
    /// # Panics
    /// Never: the line is there as long as this is.
    pub async fn exchanges(&self, more: u64) {
        let mut exchanges = self.shared.exchanges.subscribe();
        let until = *exchanges.borrow() + more;
        exchanges.wait_for(|count| *count >= until).await.expect("the line is there");
    }

    /// Exchanges that did not simply go through.
    pub fn harmed(&self) -> u64 {
        self.shared.harmed.load(Ordering::Relaxed)
    }
}

impl Drop for BadLine {
    fn drop(&mut self) {
        self.listening.abort();
    }
}

impl Shared {
    /// Carries one connection, an exchange at a time: what the agent writes in one piece is a request.
    async fn carry(&self, mut agent: TcpStream) -> std::io::Result<()> {
        let mut server = TcpStream::connect(("127.0.0.1", self.server)).await?;
        // Each piece is to go as it is.
        agent.set_nodelay(true)?;
        let (mut request, mut answer) = (vec![0; 64 * 1024], vec![0; 64 * 1024]);
        let mut fate = Fate::Passes;
        loop {
            tokio::select! {
                count = agent.read(&mut request) => {
                    let count = count?;
                    if count == 0 {
                        return Ok(());
                    }
                    fate = self.next_fate();
                    match fate {
                        Fate::RequestLost => return Ok(()),
                        Fate::Doubled => self.ask_besides(&request[..count]).await?,
                        Fate::Passes | Fate::InPieces | Fate::AnswerLost | Fate::AnswerCut => {}
                    }
                    server.write_all(&request[..count]).await?;
                }
                count = server.read(&mut answer) => {
                    let count = count?;
                    match fate {
                        Fate::AnswerLost => return Ok(()),
                        Fate::AnswerCut => return agent.write_all(&answer[..count.min(CUT_TO)]).await,
                        Fate::Passes | Fate::InPieces | Fate::RequestLost | Fate::Doubled => {}
                    }
                    if count == 0 {
                        return Ok(());
                    }
                    let piece = if fate == Fate::InPieces { count.div_ceil(PIECES) } else { count };
                    for piece in answer[..count].chunks(piece) {
                        agent.write_all(piece).await?;
                        tokio::task::yield_now().await;
                    }
                }
            }
        }
    }

    /// The same request over another connection, before the one that the agent waits for.
    async fn ask_besides(&self, request: &[u8]) -> std::io::Result<()> {
        let mut server = TcpStream::connect(("127.0.0.1", self.server)).await?;
        server.write_all(request).await?;
        let mut answer = [0; 1024];
        server.read(&mut answer).await.map(drop)
    }

    fn next_fate(&self) -> Fate {
        self.exchanges.send_modify(|count| *count += 1);
        if !self.bad.load(Ordering::Relaxed) {
            return Fate::Passes;
        }
        let fate = match self.next_random() % 10 {
            0 => Fate::RequestLost,
            1 | 2 => Fate::AnswerLost,
            3 => Fate::AnswerCut,
            4 => Fate::Doubled,
            5 => Fate::InPieces,
            _ => return Fate::Passes,
        };
        self.harmed.fetch_add(1, Ordering::Relaxed);
        fate
    }

    /// splitmix64 (Steele, Lea, Flood 2014): enough for fates, and the same everywhere.
    fn next_random(&self) -> u64 {
        let mut state = self.random.lock().expect("nobody panics holding it");
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = *state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}
