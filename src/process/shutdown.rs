//! When the process is asked to stop.

use std::future::Future;

/// Comes back once the process is asked to stop: by Ctrl+C, by a service manager, or because its
/// terminal went away. Listens from the call on, not only from the first poll, so that nothing asked
/// in between is lost; must be called inside a tokio runtime with its I/O driver.
#[cfg(unix)]
pub fn requested() -> impl Future<Output = ()> + Send {
    use tokio::signal::unix::{SignalKind, signal};

    let listeners: Vec<_> = [SignalKind::terminate(), SignalKind::interrupt(), SignalKind::hangup()]
        .into_iter()
        .filter_map(|kind| {
            signal(kind)
                .inspect_err(|error| {
                    tracing::warn!(%error, signal = kind.as_raw_value(), "listening for a signal failed");
                })
                .ok()
        })
        .collect();
    async move {
        let mut waiting = tokio::task::JoinSet::new();
        for mut listener in listeners {
            waiting.spawn(async move { listener.recv().await });
        }
        if waiting.join_next().await.is_none() {
            // Nothing can be heard: never stop by ourselves.
            std::future::pending::<()>().await;
        }
    }
}

/// Comes back once the process is asked to stop, by Ctrl+C.
#[cfg(not(unix))]
pub async fn requested() {
    if let Err(error) = tokio::signal::ctrl_c().await {
        tracing::warn!(%error, "listening for Ctrl+C failed");
        std::future::pending::<()>().await;
    }
}

/// What a service manager asks of a service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asked {
    /// To end.
    Stop,
    /// To read anew what it read at its start (SIGHUP, by daemon(7)).
    Reload,
}

/// What is asked of this process, from the call on; must be called inside a tokio runtime with its I/O
/// driver. Nothing is asked any more once the stream ends.
#[cfg(unix)]
pub fn asked() -> tokio::sync::mpsc::UnboundedReceiver<Asked> {
    use tokio::signal::unix::{SignalKind, signal};

    let (tell, told) = tokio::sync::mpsc::unbounded_channel();
    for (kind, asked) in [
        (SignalKind::terminate(), Asked::Stop),
        (SignalKind::interrupt(), Asked::Stop),
        (SignalKind::hangup(), Asked::Reload),
    ] {
        let tell = tell.clone();
        match signal(kind) {
            Ok(mut listener) => drop(tokio::spawn(async move {
                while listener.recv().await.is_some() && tell.send(asked).is_ok() {}
            })),
            Err(error) => {
                tracing::warn!(%error, signal = kind.as_raw_value(), "listening for a signal failed");
            }
        }
    }
    told
}

/// What is asked of this process, from the call on: here only to end, by Ctrl+C.
#[cfg(not(unix))]
pub fn asked() -> tokio::sync::mpsc::UnboundedReceiver<Asked> {
    let (tell, told) = tokio::sync::mpsc::unbounded_channel();
    tokio::spawn(
        async move { while tokio::signal::ctrl_c().await.is_ok() && tell.send(Asked::Stop).is_ok() {} },
    );
    told
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_signal_between_the_call_and_the_wait_is_heard() {
        let requested = requested();
        rustix::process::kill_process(rustix::process::getpid(), rustix::process::Signal::HUP).unwrap();
        requested.await;
    }
}
