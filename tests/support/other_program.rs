//! A program that is not ours on the port of the server.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
};

use crate::within;

/// What a captive portal or a default web page says: 200, and it is no answer of ours.
const PAGE: &str = "<!doctype html><title>It works!</title><p>This is the default web page of this server.";

/// What it says to every request.
#[derive(Clone, Debug)]
pub enum Saying {
    /// These bytes, and hangs up.
    Once(Vec<u8>),
    /// These bytes, and then these again and again for as long as anybody listens.
    WithoutEnd(&'static [u8], &'static [u8]),
    /// These bytes, and then nothing; it does not hang up.
    ThenNothing(&'static [u8]),
}

/// Answers every request with the same.
pub struct OtherProgram {
    url: String,
    saying: Arc<Mutex<Saying>>,
    said_bytes: Arc<AtomicUsize>,
    requests: watch::Sender<Vec<String>>,
    hung_up_on: watch::Sender<usize>,
    task: JoinHandle<()>,
}

impl OtherProgram {
    /// Listens on this port of the loopback address with a web page for everybody; 0 picks a free one.
    ///
    /// # Panics
    /// When the port is taken.
    pub async fn start(port: u16) -> Self {
        Self::saying(port, Saying::Once(answer("200 OK", "text/html", PAGE))).await
    }

    /// The same with something else to say.
    ///
    /// # Panics
    /// When the port is taken.
    pub async fn saying(port: u16, saying: Saying) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).await.expect("the port is free");
        let address = listener.local_addr().expect("a bound socket has an address");
        let (requests, hung_up_on) = (watch::Sender::new(Vec::new()), watch::Sender::new(0));
        let said_bytes = Arc::new(AtomicUsize::new(0));
        let (heard, gone, said) = (requests.clone(), hung_up_on.clone(), Arc::clone(&said_bytes));
        let saying = Arc::new(Mutex::new(saying));
        let now_saying = Arc::clone(&saying);
        let task = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let (heard, gone, said) = (heard.clone(), gone.clone(), Arc::clone(&said));
                let saying = now_saying.lock().unwrap_or_else(PoisonError::into_inner).clone();
                tokio::spawn(async move {
                    let mut request = vec![0; 64 * 1024];
                    let Ok(length) = stream.read(&mut request).await else { return };
                    let words = String::from_utf8_lossy(&request[..length]).into_owned();
                    heard.send_modify(|requests| requests.push(words));
                    // Whoever hangs up has heard enough.
                    let _ = say(&mut stream, &saying, &said).await;
                    gone.send_modify(|count| *count += 1);
                });
            }
        });
        Self { url: format!("http://{address}"), saying, said_bytes, requests, hung_up_on, task }
    }

    /// Where it answers.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// From now on it says this.
    pub fn now_says(&self, saying: Saying) {
        *self.saying.lock().unwrap_or_else(PoisonError::into_inner) = saying;
        self.said_bytes.store(0, Ordering::Relaxed);
    }

    /// Ends it; its port is free then.
    pub async fn end(mut self) {
        self.task.abort();
        // It was told to end, and that is all that it has to say.
        let _ = (&mut self.task).await;
    }

    /// Bytes that it said again and again since it says this.
    pub fn said_bytes(&self) -> usize {
        self.said_bytes.load(Ordering::Relaxed)
    }

    /// What it was asked so far.
    pub fn requests(&self) -> Vec<String> {
        self.requests.borrow().clone()
    }

    /// Waits until it has been asked so often.
    ///
    /// # Panics
    /// When nobody asks.
    pub async fn asked(&self, times: usize) {
        let mut requests = self.requests.subscribe();
        let asked = requests.wait_for(|requests| requests.len() >= times);
        drop(within("a request", asked).await.expect("it listens"));
    }

    /// Waits until so many that asked are gone.
    ///
    /// # Panics
    /// When they stay.
    pub async fn hung_up(&self, times: usize) {
        let mut gone = self.hung_up_on.subscribe();
        drop(
            within("the other side to hang up", gone.wait_for(|count| *count >= times))
                .await
                .expect("it listens"),
        );
    }
}

/// A whole answer.
pub fn answer(status: &str, media_type: &str, body: &str) -> Vec<u8> {
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: {media_type}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    )
    .into_bytes()
}

async fn say(stream: &mut TcpStream, saying: &Saying, said: &AtomicUsize) -> std::io::Result<()> {
    match saying {
        Saying::Once(bytes) => stream.write_all(bytes).await,
        Saying::WithoutEnd(beginning, again) => {
            stream.write_all(beginning).await?;
            loop {
                stream.write_all(again).await?;
                said.fetch_add(again.len(), Ordering::Relaxed);
            }
        }
        Saying::ThenNothing(beginning) => {
            stream.write_all(beginning).await?;
            // Comes back when the other side hangs up.
            stream.read(&mut [0]).await.map(drop)
        }
    }
}

impl Drop for OtherProgram {
    fn drop(&mut self) {
        self.task.abort();
    }
}
