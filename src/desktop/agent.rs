//! The way to the agent: a thread of its own for the exchanges, so that no window ever waits for one.

use std::{future::Future, io, path::Path, sync::mpsc, thread};

use restante_local_api::{Client, ClientError};
use tokio::runtime::{Builder, Handle};

/// Asks the agent. Its answers can be awaited on the window thread.
#[derive(Clone, Debug)]
pub(crate) struct Agent {
    client: Client,
    runtime: Handle,
}

impl Agent {
    /// A way to the agent on this socket. Nothing is connected yet.
    pub(crate) fn new(socket: &Path) -> Result<Self, crate::Failure> {
        let client = Client::new(socket);
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        // It ends with the process: no exchange is worth more than what the agent answered.
        thread::Builder::new()
            .name("agent".into())
            .spawn(move || runtime.block_on(std::future::pending::<()>()))?;
        Ok(Self { client, runtime: handle })
    }

    /// Asks and comes back with the answer.
    pub(crate) async fn ask<T, F>(&self, question: impl FnOnce(Client) -> F) -> Result<T, ClientError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, ClientError>> + Send + 'static,
    {
        self.runtime
            .spawn(question(self.client.clone()))
            .await
            .unwrap_or_else(|panicked| Err(ClientError::Broken(panicked.to_string())))
    }

    /// Does something beside the windows that has no answer.
    pub(crate) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        self.runtime.spawn(work);
    }

    /// Waits here: only before there is a window.
    pub(crate) fn wait<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> io::Result<T> {
        let (done, waiting) = mpsc::channel();
        self.runtime.spawn(async move {
            // Nobody waits any more only if this thread is gone, and the answer with it.
            let _ = done.send(work.await);
        });
        waiting.recv().map_err(io::Error::other)
    }

    /// The client itself, for what runs on the agent's thread.
    pub(crate) fn client(&self) -> Client {
        self.client.clone()
    }
}
