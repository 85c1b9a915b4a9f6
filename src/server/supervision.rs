//! What a running server tells its service manager (`sd_notify(3)`): ready, reloading, stopping, and, as long
//! as a probe passes, that it is alive. Without a service manager nobody is told.

use std::time::Duration;

use tokio::time::{MissedTickBehavior, interval, timeout};

use crate::serve::Health;

/// How long the database may take for a probe; longer, and polls wait as long.
const PROBE: Duration = Duration::from_secs(8);

/// What is told.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Told {
    Ready,
    Reloading,
    Stopping,
}

/// Tells it; failing to is no reason to stop.
#[cfg(target_os = "linux")]
pub(crate) fn tell(told: Told) {
    use sd_notify::NotifyState;
    let states = match told {
        Told::Ready => vec![NotifyState::Ready],
        // The time tells the manager that what follows belongs to this reload.
        Told::Reloading => [Some(NotifyState::Reloading), NotifyState::monotonic_usec_now().ok()]
            .into_iter()
            .flatten()
            .collect(),
        Told::Stopping => vec![NotifyState::Stopping],
    };
    notify(&states);
}

#[cfg(target_os = "linux")]
fn notify(states: &[sd_notify::NotifyState<'_>]) {
    if let Err(error) = sd_notify::notify(states) {
        tracing::warn!(%error, "telling the service manager failed");
    }
}

/// Says "alive" at half the interval that the service manager expects, each time that the probe passes; a
/// server that hangs, or whose database does, is then restarted. Comes back only where no watchdog waits.
#[cfg(target_os = "linux")]
pub(crate) async fn stay_alive(health: Health) {
    let Some(expected) = sd_notify::watchdog_enabled() else { return };
    let mut ticks = interval(expected / 2);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        match timeout(PROBE.min(expected / 2), health.check()).await {
            Ok(Ok(())) => notify(&[sd_notify::NotifyState::Watchdog]),
            Ok(Err(problem)) => {
                tracing::error!(problem, "the server does not work; its watchdog is not told");
            }
            Err(_) => tracing::error!("the server's probe hangs; its watchdog is not told"),
        }
    }
}

#[cfg(not(target_os = "linux"))]
pub(crate) fn tell(_told: Told) {}

#[cfg(not(target_os = "linux"))]
pub(crate) async fn stay_alive(_health: Health) {}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use restante_model::SystemClock;
    use restante_store::SqlStore;
    use tokio_util::sync::CancellationToken;

    use super::*;
    use crate::{Config, serve::Server};

    #[tokio::test]
    async fn the_probe_passes_while_the_loops_go_round_and_fails_once_they_ended() {
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(SqlStore::open(folder.path(), Arc::new(SystemClock)).await.unwrap());
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let stop = CancellationToken::new();
        let clock = Arc::new(SystemClock);
        let server =
            Server::begin(Config::default(), store, listener.into(), clock, stop.clone()).await.unwrap();
        let health = server.health();
        let unanswered = timeout(Duration::from_millis(1), health.check()).await;
        assert!(unanswered.is_err(), "nobody goes round yet");
        let running = tokio::spawn(server.run());
        health.check().await.unwrap();
        stop.cancel();
        running.await.unwrap().unwrap();
        health.check().await.unwrap_err();
    }
}
