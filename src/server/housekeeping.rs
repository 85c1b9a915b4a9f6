//! What the server does by itself: what time asks of mail, note which devices asked.

use std::sync::Arc;

use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;

use crate::{access::App, problem};

/// Keeps house until `stop`.
pub(crate) async fn keep(app: Arc<App>, stop: CancellationToken) {
    let mut ticks = interval(app.config.housekeeping);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = stop.cancelled() => return,
            _ = ticks.tick() => {}
        }
        match app.store.expire().await {
            Ok(touched) if touched.is_empty() => {}
            Ok(touched) => {
                tracing::info!(mailboxes = touched.len(), "mail expired, expires soon or at another time");
            }
            Err(error) => {
                if error.fatal() {
                    app.damaged.cancel();
                }
                tracing::error!(error = problem::chain(&error), "taking out expired mail failed");
            }
        }
        note_seen(&app).await;
    }
}

/// Writes down which devices asked since the last time.
pub(crate) async fn note_seen(app: &App) {
    for (organisation, seen) in app.seen.take() {
        if let Err(error) = app.store.devices_seen(&organisation, &seen).await {
            // Only the list of devices is less fresh; the next time tells anew.
            tracing::warn!(error = problem::chain(&error), "noting which devices asked failed");
        }
    }
}
