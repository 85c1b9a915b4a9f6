//! The desktop's notification service: who it is on the bus, whether it answers, and what it says of its popups.

use futures_util::StreamExt;
use restante_engine::{Event, event::PopupAction};
use restante_local_api::NotificationsState;
use tokio::{sync::mpsc, time::timeout};

use super::{Heard, LIMIT, Supervisor, meaning_of_name};

pub(super) const SERVICE: &str = "org.freedesktop.Notifications";
pub(super) const PATH: &str = "/org/freedesktop/Notifications";

/// What is known of the service that owns the name now.
#[derive(Default)]
pub(super) struct Service {
    /// Grows with each change of the owner.
    pub(super) generation: u64,
    /// Its name on the bus; `None` also where the bus would start it.
    pub(super) owner: Option<String>,
    pub(super) there: bool,
    pub(super) hung: bool,
    pub(super) abilities: Option<Abilities>,
}

/// What the service can do with a popup.
#[derive(Clone, Copy, Default)]
pub(super) struct Abilities {
    /// It reads markup in the body, so what is not meant as such must be escaped.
    pub(super) body_markup: bool,
    /// It offers actions.
    pub(super) actions: bool,
}

impl Supervisor {
    /// Connects to the session bus and begins to follow the service, where there is a bus.
    pub(super) async fn connect(&mut self) {
        let bus = match timeout(LIMIT, follow(self.heard.clone())).await {
            Ok(Ok(bus)) => bus,
            Ok(Err(error)) => {
                tracing::debug!(%error, "no session bus for notifications");
                return;
            }
            Err(_) => {
                tracing::warn!("the session bus did not answer within 3 s");
                return;
            }
        };
        self.service.there = reachable(&bus).await;
        self.bus = Some(bus);
        self.learn_owner().await;
    }

    /// Whether somebody has the service's name, so that the bus need not start anybody. Of one that was started and has
    /// shown nothing, the bus itself is asked: it may have died before word of that came.
    pub(super) async fn is_owned(&self) -> bool {
        let (Some(bus), Some(_)) = (&self.bus, &self.service.owner) else { return false };
        !self.starts.doubtful() || timeout(LIMIT, owner(bus)).await.ok().flatten().is_some()
    }

    /// Asks who the service is, where that is not known: what it does not answer is kept under its name.
    pub(super) async fn learn_owner(&mut self) {
        let (None, Some(bus)) = (&self.service.owner, &self.bus) else { return };
        let owner = timeout(LIMIT, owner(bus)).await.ok().flatten();
        if owner.is_some() {
            self.service.owner = owner;
            self.send(Event::NotificationOwnerChanged(self.service_name()));
        }
    }

    /// The service's name with that of its bus: each bus gives the same names anew, so that they alone would take the
    /// service of one login for that of another.
    pub(super) fn service_name(&self) -> Option<String> {
        let (bus, owner) = (self.bus.as_ref()?, self.service.owner.as_ref()?);
        Some(format!("{} {owner}", bus.server_guid()))
    }

    /// Takes one of the service's popups from the screen; where the service has gone, nobody is asked.
    pub(super) fn close(&self, service_id: u32) {
        let (Some(bus), Some(owner)) = (self.bus.clone(), self.service.owner.clone()) else { return };
        tokio::spawn(async move {
            let call =
                bus.call_method(Some(owner.as_str()), PATH, Some(SERVICE), "CloseNotification", &service_id);
            timeout(LIMIT, call).await
        });
    }

    pub(super) fn owner_changed(&mut self, owner: Option<String>) {
        if owner.is_some() && owner == self.service.owner {
            return;
        }
        let (generation, there) = (self.service.generation + 1, owner.is_some());
        self.service = Service { generation, owner, there, ..Service::default() };
        // Nobody will answer for what the one before was asked.
        self.unanswered.clear();
        self.send(Event::NotificationOwnerChanged(self.service_name()));
        // What the service showed went with it, or nobody can tell any more.
        let gone: Vec<_> = self.open.keys().copied().collect();
        for popup in gone {
            self.end(popup, PopupAction::Closed);
        }
    }

    /// Notes that the service does not answer, and waits in the background until it does. It may take
    /// hours: the wait costs nothing, and a restarted service is heard of anyway.
    fn hangs(&mut self) {
        self.service.hung = true;
        let (Some(bus), heard, generation) = (self.bus.clone(), self.heard.clone(), self.service.generation)
        else {
            return;
        };
        tokio::spawn(async move {
            if call(&bus, "GetServerInformation").await.is_ok() {
                let _ = heard.send(Heard::Answered { generation });
            }
        });
    }

    /// Says how the service is where that has changed.
    pub(super) fn tell(&mut self) {
        let state = match &self.service {
            Service { hung: true, .. } => NotificationsState::Hung,
            Service { there: true, .. } => NotificationsState::Ok,
            Service { there: false, .. } => NotificationsState::Absent,
        };
        if self.told.replace(state) != Some(state) {
            self.send(Event::NotificationsChanged(state));
        }
    }

    /// What the service can do, asked once of each owner of the name.
    pub(super) async fn abilities(&mut self) -> Result<Abilities, NotificationsState> {
        if let Some(abilities) = self.service.abilities {
            return Ok(abilities);
        }
        let bus = self.bus.clone().ok_or(NotificationsState::Absent)?;
        match timeout(LIMIT, call(&bus, "GetCapabilities")).await {
            Ok(Ok(answer)) => {
                let names: Vec<String> = answer.body().deserialize().unwrap_or_default();
                let has = |name: &str| names.iter().any(|named| named == name);
                let abilities = Abilities { body_markup: has("body-markup"), actions: has("actions") };
                self.service.abilities = Some(abilities);
                // A service that the bus starts on demand is there from now on.
                self.service.there = true;
                Ok(abilities)
            }
            Ok(Err(error)) => Err(self.refused(&error)),
            Err(_) => Err(self.silent()),
        }
    }

    pub(super) fn refused(&mut self, error: &dyn std::fmt::Display) -> NotificationsState {
        tracing::warn!(%error, "the notification service refused");
        self.service.there = false;
        NotificationsState::Absent
    }

    pub(super) fn silent(&mut self) -> NotificationsState {
        tracing::warn!("the notification service did not answer within 3 s");
        self.hangs();
        NotificationsState::Hung
    }
}

/// A connection on which the service is followed: who owns its name, and what it says to everybody of
/// its popups. (What it says only to the one who asked, the popup's own connection hears.)
async fn follow(heard: mpsc::UnboundedSender<Heard>) -> zbus::Result<zbus::Connection> {
    let bus = zbus::Connection::session().await?;
    let rule = zbus::MatchRule::builder()
        .msg_type(zbus::message::Type::Signal)
        .interface(SERVICE)
        .path(PATH)
        .build()?;
    let mut said = zbus::MessageStream::for_match_rule(rule, &bus, None).await?;
    let names = zbus::fdo::DBusProxy::new(&bus).await?;
    let mut owners = names.receive_name_owner_changed_with_args(&[(0, SERVICE)]).await?;
    tokio::spawn({
        let heard = heard.clone();
        async move {
            while let Some(signal) = said.next().await {
                if let Some(acted) = signal.ok().as_ref().and_then(acted) {
                    let _ = heard.send(acted);
                }
            }
        }
    });
    tokio::spawn(async move {
        while let Some(signal) = owners.next().await {
            if let Ok(change) = signal.args() {
                let owner = change.new_owner().as_ref().map(ToString::to_string);
                let _ = heard.send(Heard::OwnerChanged(owner));
            }
        }
        let _ = heard.send(Heard::BusGone);
    });
    Ok(bus)
}

fn acted(signal: &zbus::Message) -> Option<Heard> {
    let (service_id, action) = match signal.header().member()?.as_str() {
        "ActionInvoked" => {
            let (id, name): (u32, String) = signal.body().deserialize().ok()?;
            (id, meaning_of_name(&name))
        }
        "NotificationClosed" => {
            let (id, _reason): (u32, u32) = signal.body().deserialize().ok()?;
            (id, PopupAction::Closed)
        }
        _ => return None,
    };
    Some(Heard::Acted { service_id, action })
}

/// Whether a popup could be shown: the service runs, or the bus would start it.
async fn reachable(bus: &zbus::Connection) -> bool {
    let asked = async {
        let names = zbus::fdo::DBusProxy::new(bus).await?;
        let there = names.name_has_owner(SERVICE.try_into()?).await?
            || names.list_activatable_names().await?.iter().any(|name| name.as_str() == SERVICE);
        zbus::Result::Ok(there)
    };
    timeout(LIMIT, asked).await.is_ok_and(|asked| asked.unwrap_or(false))
}

/// The name on the bus of the one who is the service now.
async fn owner(bus: &zbus::Connection) -> Option<String> {
    let names = zbus::fdo::DBusProxy::new(bus).await.ok()?;
    names.get_name_owner(SERVICE.try_into().ok()?).await.ok().map(|owner| owner.to_string())
}

async fn call(bus: &zbus::Connection, method: &'static str) -> zbus::Result<zbus::Message> {
    bus.call_method(Some(SERVICE), PATH, Some(SERVICE), method, &()).await
}
