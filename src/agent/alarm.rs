//! The one alarm of the engine: says that a moment is there.

use std::{sync::Arc, time::Duration};

use restante_engine::Event;
use restante_model::{Clock, Timestamp};
use tokio::sync::{mpsc, watch};

/// The clock is looked at again after so long: it may have been set, and a timer does not run on while
/// the machine sleeps. Nothing is looked at while no alarm is set.
const LOOK_AGAIN: Duration = Duration::from_secs(30);

/// Dropping it ends it.
pub(crate) struct Alarm {
    set: watch::Sender<Option<Timestamp>>,
}

impl Alarm {
    /// An alarm that is not set; it sends [`Event::Woke`].
    pub(crate) fn new(events: mpsc::UnboundedSender<Event>, clock: Arc<dyn Clock>) -> Self {
        let (set, at) = watch::channel(None);
        tokio::spawn(ring(at, events, clock));
        Self { set }
    }

    /// Rings at this moment, in place of the one before; `None` rings never.
    pub(crate) fn set(&self, at: Option<Timestamp>) {
        self.set.send_replace(at);
    }
}

async fn ring(
    mut at: watch::Receiver<Option<Timestamp>>,
    events: mpsc::UnboundedSender<Event>,
    clock: Arc<dyn Clock>,
) {
    let mut set = None;
    loop {
        let left = set.map(|set: Timestamp| {
            let milliseconds = u64::try_from(set.ms_since(clock.now())).unwrap_or(0);
            Duration::from_millis(milliseconds)
        });
        let wait = async {
            match left {
                Some(left) => tokio::time::sleep(left.min(LOOK_AGAIN)).await,
                None => std::future::pending().await,
            }
        };
        if left.is_some_and(|left| left.is_zero()) {
            set = None;
            if events.send(Event::Woke).is_err() {
                return;
            }
            continue;
        }
        tokio::select! {
            changed = at.changed() => {
                if changed.is_err() {
                    return;
                }
                set = *at.borrow_and_update();
            }
            () = wait => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicI64, Ordering};

    use super::*;

    struct HandClock(AtomicI64);

    impl Clock for HandClock {
        fn now(&self) -> Timestamp {
            Timestamp::from_unix_ms(self.0.load(Ordering::SeqCst))
        }
    }

    #[tokio::test]
    async fn the_latest_moment_rings_once_and_the_one_before_it_never() {
        let clock = Arc::new(HandClock(AtomicI64::new(1_000)));
        let (events, mut heard) = mpsc::unbounded_channel();
        let alarm = Alarm::new(events, clock.clone());
        alarm.set(Some(Timestamp::from_unix_ms(1_000)));
        assert!(matches!(heard.recv().await, Some(Event::Woke)), "a moment that is there rings at once");
        alarm.set(Some(Timestamp::from_unix_ms(3_600_000)));
        tokio::task::yield_now().await;
        clock.0.store(2_000, Ordering::SeqCst);
        alarm.set(Some(Timestamp::from_unix_ms(2_020)));
        let rung = async {
            clock.0.store(2_020, Ordering::SeqCst);
            heard.recv().await
        };
        assert!(matches!(rung.await, Some(Event::Woke)));
        clock.0.store(3_600_000, Ordering::SeqCst);
        alarm.set(None);
        drop(alarm);
        assert!(heard.recv().await.is_none(), "nothing rings after it was taken back");
    }
}
