//! `serve`.

use std::{net::SocketAddr, path::Path, sync::Arc};

use clap::Args;
use restante_model::SystemClock;
use restante_process::{Exit, shutdown};
use restante_store::{Remembering, SqliteStore};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::{failure::Failure, println};
use crate::{Config, problem::chain};

#[derive(Args)]
pub(super) struct Serve {
    /// Where to listen; port 0 picks a free one.
    #[arg(long, default_value = "127.0.0.1:8025", value_name = "ADDR")]
    listen: SocketAddr,
    /// Allows plain HTTP beyond this machine: passwords and mail can be read on the way.
    #[arg(long)]
    insecure_plain_http: bool,
    /// A proxy on this machine is in front, and its X-Forwarded-For tells whom a request came from.
    #[arg(long)]
    behind_proxy: bool,
}

impl Serve {
    pub(super) async fn run(self, store: SqliteStore, folder: &Path) -> Result<(), Failure> {
        if !self.listen.ip().is_loopback() && !self.insecure_plain_http {
            let message = format!("{} is not a loopback address, and this is plain HTTP", self.listen);
            return Err(Failure::new(
                Exit::Refused,
                message,
                "listen on 127.0.0.1 with a TLS proxy in front (and --behind-proxy), or say --insecure-plain-http",
            ));
        }
        let asked = shutdown::requested();
        let listener = TcpListener::bind(self.listen).await.map_err(|error| {
            let message = format!("listening on {}: {error}", self.listen);
            Failure::new(
                Exit::Refused,
                message,
                "another program may have the port: choose one with --listen ADDR:PORT",
            )
        })?;
        let address = listener.local_addr().unwrap_or(self.listen);
        println(&format!("listening on http://{address}"));
        tracing::info!(data = %folder.display(), %address, "serving");
        let stop = CancellationToken::new();
        let told = stop.clone();
        tokio::spawn(async move {
            asked.await;
            told.cancel();
        });
        let config = Config { behind_proxy: self.behind_proxy, ..Config::default() };
        let store = Arc::new(Remembering::new(Arc::new(store)));
        crate::serve(config, store, listener, Arc::new(SystemClock), stop)
            .await
            .map_err(|error| Failure::new(Exit::Bug, chain(&error), "the log above says more"))
    }
}
