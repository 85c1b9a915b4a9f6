//! A program that is not ours on the port of the server.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpListener,
    task::JoinHandle,
};

/// What a captive portal or a default web page says: 200, and it is no answer of ours.
const PAGE: &str = "<!doctype html><title>It works!</title><p>This is the default web page of this server.";

/// Answers every request with the same web page.
pub struct OtherProgram {
    url: String,
    task: JoinHandle<()>,
}

impl OtherProgram {
    /// Listens on this port of the loopback address; 0 picks a free one.
    ///
    /// # Panics
    /// When the port is taken.
    pub async fn start(port: u16) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port)).await.expect("the port is free");
        let address = listener.local_addr().expect("a bound socket has an address");
        let task = tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                tokio::spawn(async move {
                    let mut request = vec![0; 64 * 1024];
                    let answer = format!(
                        "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{PAGE}",
                        PAGE.len()
                    );
                    if stream.read(&mut request).await.is_ok() {
                        // Whoever hangs up has seen enough.
                        let _ = stream.write_all(answer.as_bytes()).await;
                    }
                });
            }
        });
        Self { url: format!("http://{address}"), task }
    }

    /// Where it answers.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for OtherProgram {
    fn drop(&mut self) {
        self.task.abort();
    }
}
