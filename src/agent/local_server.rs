//! The agent's socket: HTTP for front ends of the same user, and of nobody else.

use std::{
    io,
    path::{Path, PathBuf},
    sync::Arc,
};

use axum::serve::Listener;
use restante_local_api::Status;
use tokio::{
    net::{UnixListener, UnixStream, unix::SocketAddr},
    sync::{mpsc, watch},
    task::JoinHandle,
};
use tokio_util::sync::CancellationToken;

use crate::{
    doctor::Doctor,
    local_routes::{self, Office, Question},
};

/// The socket while the agent runs.
pub(crate) struct LocalServer {
    socket: PathBuf,
    stop: CancellationToken,
    serving: JoinHandle<()>,
}

impl LocalServer {
    /// Listens on the socket. One that an agent left behind when it was killed is taken over: the
    /// instance lock says that no other agent runs.
    pub(crate) fn start(
        socket: &Path,
        questions: mpsc::Sender<Question>,
        status: watch::Receiver<Arc<Status>>,
        doctor: Doctor,
    ) -> io::Result<Self> {
        match std::fs::remove_file(socket) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            Ok(()) | Err(_) => {}
        }
        let listener =
            SameUser { listener: UnixListener::bind(socket)?, uid: rustix::process::getuid().as_raw() };
        let stop = CancellationToken::new();
        let router =
            local_routes::router(Office { questions, status, stop: stop.clone(), doctor: Arc::new(doctor) });
        let stopped = stop.clone().cancelled_owned();
        let serving = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).with_graceful_shutdown(stopped).await {
                tracing::error!(%error, "the local API ended");
            }
        });
        Ok(Self { socket: socket.to_owned(), stop, serving })
    }

    /// Lets answers under way go out, and takes the socket away.
    pub(crate) async fn end(self) {
        self.stop.cancel();
        // A front end that reads slowly must not hold up the end of the session.
        let limit = std::time::Duration::from_millis(500);
        let abort = self.serving.abort_handle();
        if tokio::time::timeout(limit, self.serving).await.is_err() {
            abort.abort();
        }
        if let Err(error) = std::fs::remove_file(&self.socket) {
            tracing::debug!(%error, "the socket was gone already");
        }
    }
}

/// Accepts the user's own processes; the folder's mode keeps others out already, and this says so again.
struct SameUser {
    listener: UnixListener,
    uid: u32,
}

impl Listener for SameUser {
    type Io = UnixStream;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        loop {
            // The trait's accept waits out errors such as too many open files.
            let (stream, address) = Listener::accept(&mut self.listener).await;
            match stream.peer_cred() {
                Ok(peer) if peer.uid() == self.uid => return (stream, address),
                Ok(peer) => tracing::warn!(uid = peer.uid(), "another user's process was turned away"),
                Err(error) => tracing::warn!(%error, "a process that cannot be named was turned away"),
            }
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        self.listener.local_addr()
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};

    use super::*;

    #[tokio::test]
    async fn another_users_process_is_turned_away_unheard() {
        let folder = tempfile::tempdir().unwrap();
        let ours = rustix::process::getuid().as_raw();
        for (uid, welcome) in [(ours, true), (ours + 1, false)] {
            let socket = folder.path().join(uid.to_string());
            let mut listener = SameUser { listener: UnixListener::bind(&socket).unwrap(), uid };
            let mut visitor = UnixStream::connect(&socket).await.unwrap();
            let answer = async {
                let (mut stream, _) = listener.accept().await;
                stream.write_all(b"come in").await.unwrap();
                std::future::pending::<()>().await;
            };
            let mut heard = [0; 7];
            tokio::select! {
                () = answer => unreachable!("it waits"),
                read = visitor.read(&mut heard) => assert_eq!(read.unwrap_or(0) > 0, welcome, "user {uid}"),
            }
        }
    }
}
