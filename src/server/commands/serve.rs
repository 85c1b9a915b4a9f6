//! `serve`.

use std::{net::SocketAddr, path::Path, sync::Arc};

use clap::Args;
use restante_model::SystemClock;
use restante_process::{Exit, shutdown};
use restante_store::SqliteStore;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::{failure::Failure, println};
use crate::{Config, problem::chain};

#[derive(Args)]
pub(super) struct Serve {
    /// Where to listen; port 0 picks a free one.
    #[arg(long, default_value = "127.0.0.1:8025", value_name = "ADDR")]
    listen: SocketAddr,
    /// Where to listen for the administrators' pages, on this machine only; absent: there are none.
    /// `administrator add` lets somebody sign in to them.
    #[arg(long, value_name = "ADDR")]
    admin_listen: Option<SocketAddr>,
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
        if let Some(address) = self.admin_listen.filter(|address| !address.ip().is_loopback()) {
            let message =
                format!("{address} is not a loopback address, and the administrators' pages are plain HTTP");
            let hint = "listen on 127.0.0.1 and come through ssh -L, or through a TLS proxy on this machine";
            return Err(Failure::new(Exit::Refused, message, hint));
        }
        let asked = shutdown::requested();
        let listener = bind(self.listen, "--listen").await?;
        let pages = match self.admin_listen {
            Some(address) => Some(bind(address, "--admin-listen").await?),
            None => None,
        };
        let address = listener.local_addr().unwrap_or(self.listen);
        println(&format!("listening on http://{address}"));
        if let Some(Ok(address)) = pages.as_ref().map(TcpListener::local_addr) {
            println(&format!("administrators' pages on http://{address}"));
        }
        tracing::info!(data = %folder.display(), %address, "serving");
        let stop = CancellationToken::new();
        let told = stop.clone();
        tokio::spawn(async move {
            asked.await;
            told.cancel();
        });
        let config = Config { behind_proxy: self.behind_proxy, ..Config::default() };
        crate::serve_with_pages(config, Arc::new(store), listener, pages, Arc::new(SystemClock), stop)
            .await
            .map_err(|error| Failure::new(Exit::Bug, chain(&error), "the log above says more"))
    }
}

async fn bind(address: SocketAddr, option: &str) -> Result<TcpListener, Failure> {
    TcpListener::bind(address).await.map_err(|error| {
        let message = format!("listening on {address}: {error}");
        let hint = format!("another program may have the port: choose one with {option} ADDR:PORT");
        Failure::new(Exit::Refused, message, hint)
    })
}
