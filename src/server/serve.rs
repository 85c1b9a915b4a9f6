//! The server as a function.

use std::sync::Arc;

use axum::Router;
use restante_model::Clock;
use restante_store::{Store, StoreError};
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use crate::{Config, accept, access::App, administration, housekeeping, router};

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

/// Serves agents on `listener` until `shutdown`; comes back when what was under way has ended.
pub async fn serve(
    config: Config,
    store: Arc<dyn Store>,
    listener: TcpListener,
    clock: Arc<dyn Clock>,
    shutdown: CancellationToken,
) -> Result<(), ServeError> {
    serve_with_pages(config, store, listener, None, clock, shutdown).await
}

/// The same with the administrators' pages on a listener of their own.
pub async fn serve_with_pages(
    config: Config,
    store: Arc<dyn Store>,
    listener: TcpListener,
    pages: Option<TcpListener>,
    clock: Arc<dyn Clock>,
    shutdown: CancellationToken,
) -> Result<(), ServeError> {
    let app = begin(config, store, clock).await?;
    let stop = shutdown.child_token();
    // Dropped with this future: a server whose caller gave up leaves nothing running.
    let _stop = stop.clone().drop_guard();
    let keeping = Aborted(tokio::spawn(housekeeping::keep(Arc::clone(&app), stop.clone())));
    let accepting = async {
        let agents = accept::accept(listener, router::router(&app), &app.config, stop.clone());
        let administrators = async {
            if let Some(listener) = pages {
                accept::accept(listener, administration::router(&app), &app.config, stop.clone()).await;
            }
        };
        tokio::join!(agents, administrators);
    };
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

/// The server without a listener: a request goes in, its answer comes out. Whoever calls it keeps house
/// by [`Store::expire`].
pub async fn routes(
    config: Config,
    store: Arc<dyn Store>,
    clock: Arc<dyn Clock>,
) -> Result<Router, ServeError> {
    Ok(router::router(&begin(config, store, clock).await?))
}

async fn begin(config: Config, store: Arc<dyn Store>, clock: Arc<dyn Clock>) -> Result<Arc<App>, StoreError> {
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
