//! The server as a function.

use std::sync::Arc;

use axum::Router;
use restante_model::Clock;
use restante_store::{Store, StoreError};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::{
    Config,
    accept::{Desk, Doors, Rounds},
    access::App,
    administration, housekeeping,
    listen::Listeners,
    problem, router,
};

/// The server could not start, or had to stop.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// The store could not be used.
    #[error("the store cannot be used")]
    Store(#[from] StoreError),
    /// Reading or writing a database failed so that nobody knows what is on disk.
    #[error("a database or its disk is damaged: the server stopped rather than go on from a guess")]
    Damaged,
}

/// Serves agents on these sockets until `shutdown`; comes back when what was under way has ended.
pub async fn serve(
    config: Config,
    store: Arc<dyn Store>,
    listeners: impl Into<Listeners>,
    clock: Arc<dyn Clock>,
    shutdown: CancellationToken,
) -> Result<(), ServeError> {
    Server::begin(config, store, listeners.into(), clock, shutdown).await?.run().await
}

/// A server that is about to accept.
pub(crate) struct Server {
    app: Arc<App>,
    doors: Doors,
    rounds: Rounds,
    stop: CancellationToken,
}

impl Server {
    pub(crate) async fn begin(
        config: Config,
        store: Arc<dyn Store>,
        listeners: Listeners,
        clock: Arc<dyn Clock>,
        shutdown: CancellationToken,
    ) -> Result<Self, ServeError> {
        let app = begin(config, store, clock).await?;
        let stop = shutdown.child_token();
        let desk = Desk { router: router::router(&app), app: Some(Arc::clone(&app)) };
        let (doors, rounds) = Doors::new(listeners, desk, &app.config, stop.clone());
        Ok(Self { app, doors, rounds, stop })
    }

    /// The administrators' pages, for a listener of their own.
    pub(crate) fn pages(&self) -> Router {
        administration::router(&self.app)
    }

    /// Answers whether the server still does its work.
    pub(crate) fn health(&self) -> Health {
        Health { store: Arc::clone(&self.app.store), rounds: self.rounds.clone() }
    }

    pub(crate) async fn run(self) -> Result<(), ServeError> {
        let Self { app, doors, stop, .. } = self;
        // Dropped with this future: a server whose caller gave up leaves nothing running.
        let _stop = stop.clone().drop_guard();
        let keeping = Aborted(tokio::spawn(housekeeping::keep(Arc::clone(&app), stop.clone())));
        let accepting = doors.accept();
        let watch = async {
            app.damaged.cancelled().await;
            stop.cancel();
        };
        tokio::pin!(accepting);
        tokio::select! {
            () = &mut accepting => {}
            () = watch => accepting.await,
        }
        drop(keeping);
        housekeeping::note_seen(&app).await;
        if app.damaged.is_cancelled() { Err(ServeError::Damaged) } else { Ok(()) }
    }
}

/// A probe of a running server.
pub(crate) struct Health {
    store: Arc<dyn Store>,
    rounds: Rounds,
}

impl Health {
    /// Whether the database answers and every accept loop goes round. Takes as long as they take.
    pub(crate) async fn check(&self) -> Result<(), String> {
        self.store.ready().await.map_err(|error| problem::chain(&error))?;
        if self.rounds.all_go_on().await { Ok(()) } else { Err("an accept loop has ended".to_owned()) }
    }
}

/// The server without a listener: a request goes in, its answer comes out. Whoever calls it keeps house
/// by [`Store::expire`].
pub async fn routes(
    config: Config,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
) -> Result<Router, ServeError> {
    Ok(router::router(&begin(config, store, clock).await?))
}

pub(crate) async fn begin(
    config: Config,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
) -> Result<Arc<App>, StoreError> {
    store.begin_serving().await?;
    Ok(Arc::new(App::new(config, store, clock)))
}

/// A task that ends with its owner.
struct Aborted(JoinHandle<()>);

impl Drop for Aborted {
    fn drop(&mut self) {
        self.0.abort();
    }
}
