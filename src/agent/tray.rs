//! The icon in the tray with the unread count, and its menu (row S19).
//!
//! A hung tray host holds whoever talks to it, so the icon lives on a thread of its own and nothing ever
//! waits for that thread, not even the end of the agent: it takes the latest face when it can. The agents of
//! a session's profiles have one icon ([`neighbours`]).

mod icon;
mod neighbours;
#[cfg(test)]
mod tests;
mod text;

use std::{
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures_util::StreamExt;
use restante_engine::{Event, effect::TrayFace, event::TrayItem};
use restante_l10n::Words;
use restante_local_api::{Mode, TrayState};
use restante_model::Clock;
use tokio::{
    sync::{mpsc, watch},
    time::timeout,
};

use neighbours::{Heard, Neighbour, Neighbours};

/// Who shows tray icons (`StatusNotifierItem`, freedesktop.org).
const WATCHER: &str = "org.kde.StatusNotifierWatcher";

/// A session bus that lives answers in milliseconds.
const LIMIT: Duration = Duration::from_secs(3);

/// Gives the tray its face. Dropping it takes the icon away, without waiting for that.
pub(crate) struct Tray {
    slot: Arc<Slot>,
    faces: watch::Sender<Option<TrayFace>>,
}

/// What the person picked in the icon's menu.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Picked {
    /// An item of the menu.
    Item(TrayItem),
    /// The mailbox of another account: its agent's name on the bus.
    OpenMailOf(String),
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
    /// The other accounts of the session, to be shown beside.
    others: Vec<Neighbour>,
    /// Something is to be done: a face came, a check mark flipped by itself, a tray host appeared.
    renew: bool,
    /// A tray host is there.
    host: bool,
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
        profile: Option<String>,
    ) -> Self {
        let slot = Arc::new(Slot::default());
        let (faces, told) = watch::channel(None);
        let own = OwnIcon { events, words, clock, slot: slot.clone() };
        tokio::spawn(own.follow_bus(profile, told));
        Self { slot, faces }
    }

    /// Shows this face; the latest wins.
    pub(crate) fn set(&self, face: TrayFace) {
        self.faces.send_replace(Some(face.clone()));
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

    /// Shows these accounts beside our own.
    fn set_others(&self, others: Vec<Neighbour>) {
        self.order(|wishes| {
            wishes.renew |= wishes.others != others;
            wishes.others = others;
        });
    }

    /// A tray host came, or went. An icon that could not be made while another one hung is made now.
    fn set_host(&self, there: bool) {
        self.order(|wishes| {
            wishes.host = there;
            wishes.renew |= there;
        });
    }

    /// Waits for something to show; `None` once the icon is to go. An icon that is not `made` yet waits for a host: the
    /// tray's crate looks for one first and listens for one then, and would miss for good one that comes in between.
    fn next(&self, made: bool) -> Option<(TrayFace, Vec<Neighbour>)> {
        let mut wishes = self.lock();
        loop {
            if wishes.end {
                return None;
            }
            if wishes.renew
                && (made || wishes.host)
                && let Some(face) = wishes.face.clone()
            {
                wishes.renew = false;
                return Some((face, wishes.others.clone()));
            }
            wishes = self.changed.wait(wishes).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Wishes> {
        // Nothing panics while it holds the lock.
        self.wishes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What an icon of ours is made of.
struct OwnIcon {
    events: mpsc::UnboundedSender<Event>,
    words: Arc<Words>,
    clock: Arc<dyn Clock>,
    slot: Arc<Slot>,
}

/// What the task below listens to.
struct Bus {
    messages: zbus::MessageStream,
    watcher: zbus::fdo::NameOwnerChangedStream,
    watcher_is_there: bool,
    neighbours: Neighbours,
}

impl OwnIcon {
    fn tell(&self, event: Event) {
        // Nobody listens any more once the agent ends.
        let _ = self.events.send(event);
    }

    /// Follows the tray host and the other accounts on a connection of our own: the icon's own says nothing
    /// when its bus dies.
    async fn follow_bus(self, profile: Option<String>, mut faces: watch::Receiver<Option<TrayFace>>) {
        let state = |there| Event::TrayChanged(if there { TrayState::Shown } else { TrayState::NoHost });
        let Some(mut bus) = connected(profile.as_deref()).await else {
            return self.tell(Event::TrayChanged(TrayState::NoBus));
        };
        let (picks, mut picked) = mpsc::unbounded_channel();
        if bus.neighbours.icon_is_ours() && !self.start(&picks) {
            return self.tell(Event::TrayChanged(TrayState::NoBus));
        }
        self.slot.set_host(bus.watcher_is_there);
        self.tell(state(bus.watcher_is_there));
        loop {
            tokio::select! {
                change = bus.watcher.next() => {
                    let Some(change) = change else { break };
                    let Ok(change) = change.args() else { continue };
                    let there = change.new_owner().is_some();
                    self.slot.set_host(there);
                    self.tell(state(there));
                }
                Some(Ok(message)) = bus.messages.next() => match bus.neighbours.hear(&message).await {
                    Heard::Nothing => {}
                    Heard::IconIsOurs => drop(self.start(&picks)),
                    Heard::RollCall => tell_face(&bus.neighbours, &faces).await,
                    Heard::Others => self.slot.set_others(bus.neighbours.others()),
                    Heard::Picked(item) => self.tell(Event::TrayPicked(item)),
                },
                Ok(()) = faces.changed() => tell_face(&bus.neighbours, &faces).await,
                Some(pick) = picked.recv() => match pick {
                    Picked::OpenMailOf(agent) => bus.neighbours.pick(&agent, TrayItem::OpenMail).await,
                    Picked::Item(item) => {
                        let offline = faces.borrow().as_ref().is_some_and(|face| face.mode == Mode::Offline);
                        bus.neighbours.pick_for_all(item, offline).await;
                        self.tell(Event::TrayPicked(item));
                    }
                },
            }
        }
        self.tell(Event::TrayChanged(TrayState::NoBus));
    }

    fn start(&self, picks: &mpsc::UnboundedSender<Picked>) -> bool {
        let started = icon::start(self.slot.clone(), self.words.clone(), self.clock.clone(), picks);
        if let Err(error) = &started {
            tracing::error!(%error, "starting the tray's thread failed");
        }
        started.is_ok()
    }
}

async fn tell_face(neighbours: &Neighbours, faces: &watch::Receiver<Option<TrayFace>>) {
    let face = faces.borrow().clone();
    if let Some(face) = face {
        neighbours.tell(&face).await;
    }
}

/// The session bus with all that is to be followed there; `None` where there is none.
async fn connected(profile: Option<&str>) -> Option<Bus> {
    let watched = async {
        let bus = zbus::Connection::session().await?;
        // Before the name is asked for, so that no message about it is missed.
        let messages = zbus::MessageStream::from(&bus);
        let names = zbus::fdo::DBusProxy::new(&bus).await?;
        let watcher = names.receive_name_owner_changed_with_args(&[(0, WATCHER)]).await?;
        let watcher_is_there = names.name_has_owner(WATCHER.try_into()?).await?;
        let neighbours = Neighbours::join(&bus, profile).await?;
        zbus::Result::Ok(Bus { messages, watcher, watcher_is_there, neighbours })
    };
    match timeout(LIMIT, watched).await {
        Ok(Ok(bus)) => Some(bus),
        Ok(Err(error)) => {
            tracing::debug!(%error, "no session bus for the tray");
            None
        }
        Err(_) => {
            tracing::warn!("the session bus did not answer within 3 s");
            None
        }
    }
}
