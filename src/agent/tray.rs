//! The icon in the tray with the unread count, and its menu (row S19).
//!
//! A hung tray host holds whoever talks to it, so the icon lives on a thread of its own and nothing ever
//! waits for that thread, not even the end of the agent: it takes the latest face when it can.

mod icon;
#[cfg(test)]
mod tests;
mod text;

use std::{
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures_util::StreamExt;
use restante_engine::{Event, effect::TrayFace};
use restante_l10n::Words;
use restante_local_api::TrayState;
use restante_model::Clock;
use tokio::{sync::mpsc, time::timeout};

/// Who shows tray icons (`StatusNotifierItem`, freedesktop.org).
const WATCHER: &str = "org.kde.StatusNotifierWatcher";

/// A session bus that lives answers in milliseconds.
const LIMIT: Duration = Duration::from_secs(3);

/// Gives the tray its face. Dropping it takes the icon away, without waiting for that.
pub(crate) struct Tray {
    slot: Arc<Slot>,
}

/// The letterbox of the tray's thread: only the latest face counts.
#[derive(Default)]
struct Slot {
    wishes: Mutex<Wishes>,
    changed: Condvar,
}

#[derive(Default)]
struct Wishes {
    /// What to show.
    face: Option<TrayFace>,
    /// Something is to be done: a face came, a check mark flipped by itself, a tray host appeared.
    renew: bool,
    /// The icon is to go.
    end: bool,
}

impl Tray {
    /// Puts the icon into the tray as soon as there is one and a face to show: [`Event::TrayChanged`], and
    /// [`Event::TrayPicked`] for what the person picks. Must be called inside the runtime. There is one
    /// tray in a process.
    pub(crate) fn start(
        events: mpsc::UnboundedSender<Event>,
        words: Arc<Words>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let slot = Arc::new(Slot::default());
        tokio::spawn(follow_watcher(events, words, clock, slot.clone()));
        Self { slot }
    }

    /// Shows this face; the latest wins.
    pub(crate) fn set(&self, face: TrayFace) {
        self.slot.order(|wishes| {
            wishes.renew |= wishes.face.as_ref() != Some(&face);
            wishes.face = Some(face);
        });
    }
}

impl Drop for Tray {
    fn drop(&mut self) {
        self.slot.order(|wishes| wishes.end = true);
    }
}

impl Slot {
    fn order(&self, order: impl FnOnce(&mut Wishes)) {
        order(&mut self.lock());
        self.changed.notify_one();
    }

    /// Does again what may have failed or changed by itself.
    fn renew(&self) {
        self.order(|wishes| wishes.renew = true);
    }

    /// Waits for something to show; `None` once the icon is to go.
    fn next(&self) -> Option<TrayFace> {
        let mut wishes = self.lock();
        loop {
            if wishes.end {
                return None;
            }
            if wishes.renew
                && let Some(face) = wishes.face.clone()
            {
                wishes.renew = false;
                return Some(face);
            }
            wishes = self.changed.wait(wishes).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Wishes> {
        // Nothing panics while it holds the lock.
        self.wishes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Follows the tray host on a connection of our own: the icon's own says nothing when its bus dies.
async fn follow_watcher(
    events: mpsc::UnboundedSender<Event>,
    words: Arc<Words>,
    clock: Arc<dyn Clock>,
    slot: Arc<Slot>,
) {
    let tell = |state| {
        // Nobody listens any more once the agent ends.
        let _ = events.send(Event::TrayChanged(state));
    };
    let watched = async {
        let bus = zbus::Connection::session().await?;
        let names = zbus::fdo::DBusProxy::new(&bus).await?;
        let owners = names.receive_name_owner_changed_with_args(&[(0, WATCHER)]).await?;
        let there = names.name_has_owner(WATCHER.try_into()?).await?;
        zbus::Result::Ok((owners, there))
    };
    let (mut owners, there) = match timeout(LIMIT, watched).await {
        Ok(Ok(watched)) => watched,
        Ok(Err(error)) => {
            tracing::debug!(%error, "no session bus for the tray");
            return tell(TrayState::NoBus);
        }
        Err(_) => {
            tracing::warn!("the session bus did not answer within 3 s");
            return tell(TrayState::NoBus);
        }
    };
    if let Err(error) = icon::start(slot.clone(), words, clock, &events) {
        tracing::error!(%error, "starting the tray's thread failed");
        return tell(TrayState::NoBus);
    }
    let state = |there| if there { TrayState::Shown } else { TrayState::NoHost };
    tell(state(there));
    while let Some(change) = owners.next().await {
        if let Ok(change) = change.args() {
            let there = change.new_owner().is_some();
            if there {
                // An icon that could not be made while another host hung is made now.
                slot.renew();
            }
            tell(state(there));
        }
    }
    tell(TrayState::NoBus);
}
