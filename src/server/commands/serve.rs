//! `serve`.

use std::{future::pending, sync::Arc};

use clap::Args;
use restante_l10n::io_error;
use restante_model::{Clock, SystemClock};
use restante_process::{
    Exit, open_files,
    shutdown::{self, Asked},
};
use restante_store::{Remembering, SqlStore};
use tokio_util::sync::CancellationToken;

use super::{answers::Answers, failure::Failure, println};
use crate::{
    Config, ServeError,
    accept::{Desk, Doors},
    certificate_words::of_certificate,
    config_file::{LOOPBACK_NETWORKS, Layers, ServerSettings},
    listen::{self, ListenAddress, Listener, Listeners, Socket},
    metrics,
    problem::chain,
    serve::Server,
    supervision::{self, Told},
    tls::Tls,
};

/// Each stands over the settings file and the variables.
#[derive(Args)]
#[command(after_help = "Examples:
  restante-server serve
  restante-server serve --listen 0.0.0.0:8025 --tls-certificate fullchain.pem --tls-key key.pem
  restante-server serve --listen unix:/run/restante/server.sock --behind-proxy
Every key of the settings is in server.example.toml; `restante-server config show` tells what is in force.")]
pub(super) struct Serve {
    /// Where to listen; port 0 picks a free one. May be given several times: ADDRESS:PORT or `unix:/PATH`.
    #[arg(long, value_name = "ADDR")]
    listen: Vec<String>,
    /// Who may open our Unix sockets, as chmod(1) has it.
    #[arg(long, value_name = "MODE")]
    unix_socket_mode: Option<String>,
    /// Where to listen for the administrators' pages; absent: there are none. Beyond this machine they are served by
    /// HTTPS alone. `administrator add` lets somebody sign in to them.
    #[arg(long, value_name = "ADDR")]
    admin_listen: Option<String>,
    /// Allows plain HTTP beyond this machine: passwords and mail can be read on the way.
    #[arg(long, alias = "insecure-plain-http")]
    plain_http_anyway: bool,
    /// The certificate to serve HTTPS with, as PEM; with --tls-key.
    #[arg(long, value_name = "FILE")]
    tls_certificate: Option<String>,
    /// Its key, as PEM.
    #[arg(long, value_name = "FILE")]
    tls_key: Option<String>,
    /// A proxy on this machine is in front, and its X-Forwarded-For tells whom a request came from.
    #[arg(long)]
    behind_proxy: bool,
    /// Proxies in this network are in front. May be given several times.
    #[arg(long, value_name = "NETWORK")]
    trusted_proxy: Vec<String>,
    /// Tells figures to Prometheus at /metrics on this address.
    #[arg(long, value_name = "ADDR")]
    metrics: Option<String>,
    /// How the log is written.
    #[arg(long, value_name = "text|json")]
    log_format: Option<String>,
}

impl Serve {
    /// Lays what was said on the command line over the settings.
    pub(super) fn lay_over(&self, layers: &mut Layers) {
        let mut proxies = self.trusted_proxy.clone();
        if self.behind_proxy {
            proxies.extend(LOOPBACK_NETWORKS.map(str::to_owned));
        }
        let list = |texts: &[String]| (!texts.is_empty()).then(|| texts.join(","));
        for (key, said) in [
            ("listen", list(&self.listen)),
            ("unix_socket_mode", self.unix_socket_mode.clone()),
            ("plain_http_anyway", self.plain_http_anyway.then(|| "true".to_owned())),
            ("tls.certificate_file", self.tls_certificate.clone()),
            ("tls.key_file", self.tls_key.clone()),
            ("trusted_proxies", list(&proxies)),
            ("administration.listen", self.admin_listen.clone()),
            ("metrics.listen", self.metrics.clone()),
            ("log.format", self.log_format.clone()),
        ] {
            if let Some(text) = said {
                layers.option(key, &text);
            }
        }
    }
}

/// Serves until told to stop.
pub(super) async fn run(
    settings: &ServerSettings,
    store: SqlStore,
    answers: Answers<'_>,
) -> Result<(), Failure> {
    let mut asked = shutdown::asked();
    check_open_files(&settings.config);
    let tls = tls(settings, answers)?;
    let listeners = listeners(settings, tls.as_ref(), answers).await?;
    let _only_one = store.serve_alone()?;
    let address = store.address();
    let names: Vec<String> = listeners.0.iter().map(ToString::to_string).collect();
    let figures = figures(settings, answers).await?;
    let pages = pages(settings, tls.as_ref(), answers).await?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let stop = CancellationToken::new();
    let config = settings.config.clone();
    let store = Arc::new(Remembering::new(Arc::new(store)));
    let server = Server::begin(config, store, listeners, clock, stop.clone()).await?;
    // In English whatever the language: scripts wait for these lines, and take the addresses from them.
    for name in &names {
        println(&format!("listening on {name}"));
    }
    for listener in pages.iter().flat_map(|listeners| &listeners.0) {
        println(&format!("administrators' pages on {listener}"));
    }
    for listener in figures.iter().flat_map(|(listeners, _)| &listeners.0) {
        println(&format!("figures on {listener}"));
    }
    tracing::info!(data = address, addresses = names.join(" "), "serving");
    supervision::tell(Told::Ready);

    let health = server.health();
    let alive = async {
        supervision::stay_alive(health).await;
        pending::<()>().await;
    };
    let orders = obey(&mut asked, tls.as_deref(), &stop);
    let figures = beside(figures, &settings.config, stop.clone());
    let pages = beside(pages.map(|listeners| (listeners, server.pages())), &settings.config, stop.clone());
    tokio::select! {
        ended = server.run() => Ok(ended?),
        // Only by a second request to stop: nothing that was acknowledged is lost by it.
        () = orders => Ok(()),
        () = alive => Ok(()),
        () = figures => Ok(()),
        () = pages => Ok(()),
    }
}

/// Does as asked: reads certificates anew, stops, and at the second request to stop comes back.
async fn obey(
    asked: &mut tokio::sync::mpsc::UnboundedReceiver<Asked>,
    tls: Option<&Tls>,
    stop: &CancellationToken,
) {
    let changed = async || match tls {
        Some(tls) => tls.changed().await,
        None => pending().await,
    };
    loop {
        let order = tokio::select! {
            order = asked.recv() => order,
            () = changed() => Some(Asked::Reload),
        };
        match order {
            Some(Asked::Reload) => reload(tls),
            Some(Asked::Stop) if stop.is_cancelled() => {
                return tracing::warn!("stopping at once: asked for a second time");
            }
            Some(Asked::Stop) => {
                supervision::tell(Told::Stopping);
                tracing::info!("stopping: what is being answered comes to its end");
                stop.cancel();
            }
            None => pending().await,
        }
    }
}

fn reload(tls: Option<&Tls>) {
    supervision::tell(Told::Reloading);
    match tls.map(|tls| (tls.reload(SystemClock.now()), tls.ends_at())) {
        Some((Ok(true), ends_at)) => {
            metrics::certificate_reloaded(true);
            let ends_at = ends_at.map_or_else(|error| error.to_string(), |at| at.to_string());
            tracing::info!(ends_at, "another certificate is in force");
        }
        Some((Ok(false), _)) => tracing::debug!("the certificate is the same"),
        Some((Err(error), _)) => {
            metrics::certificate_reloaded(false);
            tracing::error!(error = chain(&error), "the new certificate cannot be used: the old one stays");
        }
        None => tracing::info!("there is no certificate to read anew"),
    }
    supervision::tell(Told::Ready);
}

/// Says so where the system allows fewer connections than the settings.
fn check_open_files(config: &Config) {
    // Databases, the log, sockets that listen.
    const OTHERS: u64 = 256;
    let wanted = (config.limits.connections + config.limits.idle_connections) as u64 + OTHERS;
    if let Some(limit) = open_files::raise_limit().filter(|limit| *limit < wanted) {
        tracing::warn!(
            limit,
            wanted,
            "this process may open fewer files than its limits of connections add up to"
        );
    }
}

fn tls(settings: &ServerSettings, answers: Answers<'_>) -> Result<Option<Arc<Tls>>, Failure> {
    let refused =
        |message| Failure::new(Exit::Refused, message, answers.text("server-hint-certificates", &[]));
    let Some(files) =
        settings.tls().map_err(|fault| Failure::new(Exit::Usage, fault.said(answers.words), ""))?
    else {
        return Ok(None);
    };
    let tls = Tls::load(files).map_err(|error| refused(of_certificate(&error, answers.words)))?;
    match tls.ends_at() {
        Ok(ends_at) if ends_at < SystemClock.now() => {
            tracing::error!(%ends_at, "the certificate has ended: agents will refuse it");
        }
        _ => {}
    }
    Ok(Some(Arc::new(tls)))
}

async fn listeners(
    settings: &ServerSettings,
    tls: Option<&Arc<Tls>>,
    answers: Answers<'_>,
) -> Result<Listeners, Failure> {
    let given = listen::activated().map_err(|error| {
        Failure::new(
            Exit::Refused,
            answers.text("server-sockets", &[("why", &io_error(&error, answers.words))]),
            "",
        )
    })?;
    let sockets = if given.is_empty() {
        let mut sockets = Vec::new();
        for address in &settings.listen {
            sockets.push(bind(address, settings, answers).await?);
        }
        sockets
    } else {
        tracing::info!(count = given.len(), "systemd's sockets take the place of `listen`");
        given
    };
    let mut listeners = Vec::new();
    for socket in sockets {
        let tls = tls.filter(|_| matches!(socket, Socket::Tcp(_)));
        listeners.push(guarded(socket, tls, settings, answers)?);
    }
    Ok(Listeners(listeners))
}

/// What passwords come in on: never in plain beyond this machine, unless the administrator says so.
fn guarded(
    socket: Socket,
    tls: Option<&Arc<Tls>>,
    settings: &ServerSettings,
    answers: Answers<'_>,
) -> Result<Listener, Failure> {
    let listener = Listener { socket, tls: tls.map(Arc::clone) };
    if listener.tls.is_none() && listener.socket.beyond_this_machine() && !settings.plain_http_anyway {
        return Err(Failure::new(
            Exit::Refused,
            answers.text("server-plain", &[("address", &listener)]),
            answers.text("server-hint-plain", &[]),
        ));
    }
    Ok(listener)
}

async fn bind(
    address: &ListenAddress,
    settings: &ServerSettings,
    answers: Answers<'_>,
) -> Result<Socket, Failure> {
    address.bind(settings.unix_socket_mode).await.map_err(|error| {
        let message = answers
            .text("server-binding", &[("address", address), ("why", &io_error(&error, answers.words))]);
        Failure::new(Exit::Refused, message, answers.text("server-hint-binding", &[]))
    })
}

/// The sockets and routes for figures, where they are wished.
async fn figures(
    settings: &ServerSettings,
    answers: Answers<'_>,
) -> Result<Option<(Listeners, axum::Router)>, Failure> {
    let Some(address) = &settings.metrics_listen else { return Ok(None) };
    let socket = bind(address, settings, answers).await?;
    let routes = metrics::start().map_err(|reason| Failure::new(Exit::Bug, reason, ""))?;
    Ok(Some((Listeners(vec![Listener { socket, tls: None }]), routes)))
}

/// The socket for the administrators' pages, where they are wished. On this machine they are plain: who comes through
/// `ssh -L` would only learn to click warnings away, since the certificate is not for `localhost`.
async fn pages(
    settings: &ServerSettings,
    tls: Option<&Arc<Tls>>,
    answers: Answers<'_>,
) -> Result<Option<Listeners>, Failure> {
    let Some(address) = &settings.administration_listen else { return Ok(None) };
    let socket = bind(address, settings, answers).await?;
    let tls = tls.filter(|_| socket.beyond_this_machine());
    Ok(Some(Listeners(vec![guarded(socket, tls, settings, answers)?])))
}

/// Answers on listeners of their own until told to stop; never comes back, so that the server goes on without them.
async fn beside(served: Option<(Listeners, axum::Router)>, config: &Config, stop: CancellationToken) {
    if let Some((listeners, router)) = served {
        Doors::new(listeners, Desk { router, app: None }, config, stop).0.accept().await;
    }
    pending::<()>().await;
}

impl From<ServeError> for Failure {
    fn from(error: ServeError) -> Self {
        match error {
            ServeError::Store(error) => error.into(),
            ServeError::Damaged => Self::damaged(),
        }
    }
}
