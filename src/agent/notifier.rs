//! Popups in the corner, by the desktop's notification service (rows S9 and S10).
//!
//! The service may come late, be restarted, hang, or be absent for good: no call waits for longer than
//! [`LIMIT`], nothing is remembered of a service that went, and whoever asked hears what came of it.

mod service;
mod starts;
#[cfg(test)]
mod tests;
mod text;

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use notify_rust::{Hint, Notification, NotificationHandle, NotificationResponse, Urgency};
use restante_engine::{
    Event,
    effect::{OverFullScreen, Popup, PopupCarrier},
    event::{NotShown, PopupAction, PopupId, ServicePopup},
};
use restante_l10n::Words;
use restante_local_api::NotificationsState;
use tokio::{sync::mpsc, task::AbortHandle, time::timeout};

pub(crate) use text::of as words_of;

use crate::full_screen;

use service::{Abilities, Service};
use starts::{Starts, Wanted};

/// A service that lives answers in milliseconds; a hung one would hold us for ever.
const LIMIT: Duration = Duration::from_secs(3);

/// How long a popup can still be acted on. Some services keep them for days and never say that they are
/// gone, and each holds a connection to the bus.
const LONGEST_LIFE: Duration = Duration::from_hours(12);

/// The name of the action that clicking the popup itself means (Desktop Notifications Specification 1.2).
const OPEN: &str = "default";
const MARK_READ: &str = "read";
const LATER: &str = "later";

/// Gives the commands; a task of its own carries them out in order.
pub(crate) struct Notifier {
    to_do: mpsc::UnboundedSender<Heard>,
}

impl Notifier {
    /// Looks for the notification service and follows it: [`Event::NotificationsChanged`]. Must be called
    /// inside the runtime.
    pub(crate) fn start(events: mpsc::UnboundedSender<Event>, words: Arc<Words>) -> Self {
        let (to_do, heard) = mpsc::unbounded_channel();
        let supervisor = Supervisor {
            events,
            words,
            heard: to_do.clone(),
            bus: None,
            told: None,
            service: Service::default(),
            starts: Starts::default(),
            open: HashMap::new(),
            unanswered: HashSet::new(),
            shown: 0,
        };
        tokio::spawn(supervisor.run(heard));
        Self { to_do }
    }

    /// Shows a popup, in place of the one of that number: [`Event::PopupShown`], later
    /// [`Event::PopupEnded`].
    pub(crate) fn show(&self, popup: Popup) {
        self.order(Heard::Show(popup));
    }

    /// Asks whether a popup would be shown now: [`Event::CarrierAnswered`].
    pub(crate) fn ask(&self, over_full_screen: OverFullScreen) {
        self.order(Heard::Ask(over_full_screen));
    }

    /// Takes over a popup of a process before this one: [`Event::PopupEnded`] when it ends.
    pub(crate) fn adopt(&self, popup: PopupId, at_service: ServicePopup) {
        self.order(Heard::Adopt(popup, at_service));
    }

    /// Takes a popup away: [`Event::PopupEnded`] where it was there.
    pub(crate) fn withdraw(&self, popup: PopupId) {
        self.order(Heard::Withdraw(popup));
    }

    fn order(&self, order: Heard) {
        // The task ends only with the runtime.
        let _ = self.to_do.send(order);
    }
}

/// Everything that the supervisor hears: one closed list, one owner of the state.
enum Heard {
    Show(Popup),
    Ask(OverFullScreen),
    Adopt(PopupId, ServicePopup),
    Withdraw(PopupId),
    /// The service came (again), or went: its name on the bus.
    OwnerChanged(Option<String>),
    /// A popup that was given up was answered at last.
    AnsweredLate {
        popup: PopupId,
        generation: u64,
        handle: Box<NotificationHandle>,
    },
    /// The session bus went.
    BusGone,
    /// A hung service answered.
    Answered {
        generation: u64,
    },
    /// The service said of one of its popups, by its own number for it, that this was done with it.
    Acted {
        service_id: u32,
        action: PopupAction,
    },
    /// What a popup waited for came, or never will. `shown` is the popup's, so that the end of one is not
    /// taken for that of another in its place.
    Ended {
        shown: u64,
        popup: PopupId,
        action: PopupAction,
    },
}

/// A popup that is on the screen.
struct Open {
    shown: u64,
    service_id: u32,
    /// Of one that this process showed: what it says only to the connection that asked. Of one that a process before
    /// this showed, only what the service says to everybody is heard.
    waiter: Option<AbortHandle>,
}

struct Supervisor {
    events: mpsc::UnboundedSender<Event>,
    words: Arc<Words>,
    heard: mpsc::UnboundedSender<Heard>,
    bus: Option<zbus::Connection>,
    told: Option<NotificationsState>,
    service: Service,
    starts: Starts,
    open: HashMap<PopupId, Open>,
    /// Popups that a hung service was asked for and may yet show.
    unanswered: HashSet<PopupId>,
    shown: u64,
}

impl Supervisor {
    async fn run(mut self, mut heard: mpsc::UnboundedReceiver<Heard>) {
        self.connect().await;
        self.tell();
        while let Some(heard) = heard.recv().await {
            match heard {
                Heard::Show(popup) => {
                    let id = popup.id;
                    let outcome = self.show(popup).await;
                    self.send(Event::PopupShown { popup: id, outcome });
                }
                Heard::Ask(over_full_screen) => {
                    let outcome = self.ready(over_full_screen, Wanted::ForCheck).await.map(drop);
                    self.send(Event::CarrierAnswered { carrier: PopupCarrier::Desktop, outcome });
                }
                Heard::Adopt(popup, at_service) => self.adopt(popup, &at_service),
                Heard::Withdraw(popup) => self.withdraw(popup),
                Heard::OwnerChanged(owner) => self.owner_changed(owner),
                Heard::AnsweredLate { popup, generation, handle } => {
                    if generation == self.service.generation {
                        self.answered_late(popup, *handle);
                    }
                }
                Heard::BusGone => {
                    self.bus = None;
                    self.owner_changed(None);
                }
                Heard::Answered { generation } => {
                    if generation == self.service.generation {
                        self.service.hung = false;
                    }
                }
                Heard::Acted { service_id, action } => {
                    let popup = self.open.iter().find(|(_, open)| open.service_id == service_id);
                    if let Some((&popup, _)) = popup {
                        self.end(popup, action);
                    }
                }
                Heard::Ended { shown, popup, action } => {
                    if self.open.get(&popup).is_some_and(|open| open.shown == shown) {
                        self.end(popup, action);
                    }
                }
            }
            self.tell();
        }
    }

    // === Popups ===

    /// What the service can do with a popup, where it would take one now.
    async fn ready(
        &mut self,
        over_full_screen: OverFullScreen,
        wanted: Wanted,
    ) -> Result<Abilities, NotShown> {
        // Hung is said only of a popup that the service was asked for: it may yet show that one.
        if self.service.hung {
            return Err(NotShown::Absent);
        }
        if over_full_screen == OverFullScreen::GivesWay && full_screen::is_full().await {
            return Err(NotShown::FullScreen);
        }
        if self.bus.is_none() {
            self.connect().await;
        }
        if !self.is_owned().await && !self.starts.may_start(wanted) {
            return Err(NotShown::Absent);
        }
        let abilities = self.abilities().await.map_err(|_| NotShown::Absent)?;
        // One that was started just now: word of that comes later.
        self.learn_owner().await;
        Ok(abilities)
    }

    async fn show(&mut self, popup: Popup) -> Result<Option<ServicePopup>, NotShown> {
        let abilities = self.ready(popup.over_full_screen, Wanted::ForPopup).await?;
        let mut notification = self.notification(&popup, abilities);
        if let Some(before) = self.open.get(&popup.id) {
            notification.id(before.service_id);
        }
        let mut showing = tokio::spawn(async move { notification.show_async().await });
        let handle = match timeout(LIMIT, &mut showing).await {
            Ok(Ok(Ok(handle))) => handle,
            Ok(Ok(Err(error))) => {
                self.refused(&error);
                return Err(NotShown::Absent);
            }
            Ok(Err(panicked)) => {
                self.refused(&panicked);
                return Err(NotShown::Absent);
            }
            Err(_) => {
                // It may still come when the service wakes: then that is its answer.
                let (heard, generation) = (self.heard.clone(), self.service.generation);
                tokio::spawn(async move {
                    if let Ok(Ok(handle)) = showing.await {
                        let handle = Box::new(handle);
                        let _ = heard.send(Heard::AnsweredLate { popup: popup.id, generation, handle });
                    }
                });
                self.unanswered.insert(popup.id);
                self.silent();
                return Err(NotShown::Hung);
            }
        };
        Ok(self.is_open(popup.id, handle))
    }

    /// What the service calls it.
    fn is_open(&mut self, popup: PopupId, handle: NotificationHandle) -> Option<ServicePopup> {
        let number = handle.id();
        self.starts.succeeded();
        self.shown += 1;
        let waiter = self.wait_for_end(popup, handle);
        self.keep(popup, Open { shown: self.shown, service_id: number, waiter: Some(waiter) });
        self.service_name().map(|service| ServicePopup { service, number })
    }

    fn keep(&mut self, popup: PopupId, open: Open) {
        if let Some(waiter) = self.open.insert(popup, open).and_then(|before| before.waiter) {
            waiter.abort();
        }
    }

    fn adopt(&mut self, popup: PopupId, at_service: &ServicePopup) {
        if self.service_name().as_ref() == Some(&at_service.service) {
            self.shown += 1;
            self.keep(popup, Open { shown: self.shown, service_id: at_service.number, waiter: None });
        } else {
            // That service went meanwhile, and the popup with it.
            self.send(Event::PopupEnded { popup, action: PopupAction::Closed });
        }
    }

    fn answered_late(&mut self, popup: PopupId, handle: NotificationHandle) {
        if self.unanswered.remove(&popup) {
            let at_service = self.is_open(popup, handle);
            self.send(Event::PopupShown { popup, outcome: Ok(at_service) });
        } else {
            // It was withdrawn meanwhile.
            tokio::spawn(async move { timeout(LIMIT, handle.close_async()).await });
        }
    }

    fn notification(&self, popup: &Popup, abilities: Abilities) -> Notification {
        let said = text::of(&popup.content, &self.words);
        let mut notification = Notification::new();
        notification
            .appname("Restante")
            .icon("mail-unread")
            .summary(&said.summary)
            .body(&if abilities.body_markup { text::escape(&said.body) } else { said.body })
            .hint(Hint::Category("email.arrived".to_owned()))
            .hint(Hint::DesktopEntry("restante".to_owned()))
            .hint(match &popup.sound {
                Some(name) => Hint::SoundName(name.clone()),
                None => Hint::SuppressSound(true),
            })
            .urgency(if said.important { Urgency::Critical } else { Urgency::Normal });
        if abilities.actions {
            notification.action(OPEN, &self.words.text("popup-open"));
            if said.one_message {
                notification.action(MARK_READ, &self.words.text("popup-mark-read"));
                notification.action(LATER, &self.words.text("remind-ten-minutes"));
            }
        }
        notification
    }

    /// Waits on the popup's own connection: some services answer only the one that asked.
    fn wait_for_end(&self, popup: PopupId, handle: NotificationHandle) -> AbortHandle {
        let (heard, shown) = (self.heard.clone(), self.shown);
        let waiting = async move {
            let mut action = PopupAction::Closed;
            let acted =
                handle.wait_for_action_async(|response: &NotificationResponse| action = meaning(response));
            if timeout(LONGEST_LIFE, acted).await.is_err() {
                let _ = timeout(LIMIT, handle.close_async()).await;
            }
            action
        };
        // A task inside, since the crate panics where the bus goes away while it begins to wait.
        let inner = tokio::spawn(waiting);
        let abort_inner = inner.abort_handle();
        tokio::spawn(async move {
            let action = inner.await.unwrap_or(PopupAction::Closed);
            let _ = heard.send(Heard::Ended { shown, popup, action });
        });
        abort_inner
    }

    fn withdraw(&mut self, popup: PopupId) {
        self.unanswered.remove(&popup);
        let Some(open) = self.open.get(&popup) else { return };
        self.close(open.service_id);
        self.end(popup, PopupAction::Closed);
    }

    fn end(&mut self, popup: PopupId, action: PopupAction) {
        if let Some(open) = self.open.remove(&popup) {
            if let Some(waiter) = open.waiter {
                waiter.abort();
            }
            self.send(Event::PopupEnded { popup, action });
        }
    }

    fn send(&self, event: Event) {
        // Nobody listens any more once the agent ends.
        let _ = self.events.send(event);
    }
}

fn meaning(response: &NotificationResponse) -> PopupAction {
    match response {
        NotificationResponse::Default => PopupAction::Open,
        NotificationResponse::Action(name) => meaning_of_name(name),
        NotificationResponse::Closed(_) | NotificationResponse::Reply(_) => PopupAction::Closed,
    }
}

fn meaning_of_name(action: &str) -> PopupAction {
    match action {
        OPEN => PopupAction::Open,
        MARK_READ => PopupAction::MarkRead,
        LATER => PopupAction::Later,
        // We offered no other.
        _ => PopupAction::Closed,
    }
}
