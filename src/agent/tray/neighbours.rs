//! One icon for all accounts of a session: the agents of its profiles find each other on the session bus.
//!
//! Whoever owns the name [`NAME`] shows the icon, with the others' counts beside its own; the others tell
//! it their counts and do what is picked for them. The bus itself queues those that come later, and when
//! the owner ends, however that happens, it makes the next one the owner. Everything said is a signal:
//! nobody waits for another agent, which may hang.

use std::collections::BTreeMap;

use restante_engine::{effect::TrayFace, event::TrayItem};
use restante_local_api::Mode;
use zbus::{Connection, Message, message};

/// Its owner shows the icon.
const NAME: &str = "ru.restante.Tray";
const PATH: &str = "/ru/restante/Agent";
const INTERFACE: &str = "ru.restante.Agent1";
/// "These are my counts": profile, unread, unread of high importance, offline.
const FACE: &str = "Face";
/// "Who is there?": a new owner asks for the others' faces.
const ROLL_CALL: &str = "RollCall";
/// "Do this": the person picked an item for that agent.
const PICK: &str = "Pick";

const BUS: &str = "org.freedesktop.DBus";
const BUS_PATH: &str = "/org/freedesktop/DBus";
/// The answer to `RequestName`: the name is ours (D-Bus Specification, "`RequestName`").
const PRIMARY_OWNER: u32 = 1;

/// More accounts than anybody has; whoever shouts under more names is not heard.
const MAX_NEIGHBOURS: usize = 16;
/// Of a profile's name, in characters; longer ones are not ours.
const MAX_PROFILE: usize = 32;

/// What may be picked for another agent, by the name that it has on the bus.
const PICKS: [(&str, TrayItem); 4] = [
    ("open-mail", TrayItem::OpenMail),
    ("check-now", TrayItem::CheckNow),
    ("offline-mode", TrayItem::OfflineMode),
    ("quit", TrayItem::Quit),
];

/// Another account of the session, as it told of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Neighbour {
    /// The agent's own name on the bus.
    pub(super) agent: String,
    /// The profile; empty for the main account.
    pub(super) profile: String,
    pub(super) unread: u64,
    pub(super) unread_high: u64,
    pub(super) offline: bool,
}

/// What a message of the bus came to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// Nothing for us.
    Nothing,
    /// The icon is ours to show from now on.
    IconIsOurs,
    /// The owner wants to know our face.
    RollCall,
    /// Another account came, changed or went.
    Others,
    /// The person picked this for us in another agent's menu.
    Picked(TrayItem),
}

/// This agent among those of the session.
pub(super) struct Neighbours {
    bus: Connection,
    profile: String,
    icon_is_ours: bool,
    others: BTreeMap<String, Neighbour>,
}

impl Neighbours {
    /// Stands in line for the icon. Messages of the bus must be listened for already.
    pub(super) async fn join(bus: &Connection, profile: Option<&str>) -> zbus::Result<Self> {
        add_match(bus, &format!("type='signal',interface='{INTERFACE}'")).await?;
        let answer = bus.call_method(Some(BUS), BUS_PATH, Some(BUS), "RequestName", &(NAME, 0_u32)).await?;
        let icon_is_ours = answer.body().deserialize::<u32>()? == PRIMARY_OWNER;
        let neighbours = Self {
            bus: bus.clone(),
            profile: profile.unwrap_or_default().to_owned(),
            icon_is_ours,
            others: BTreeMap::new(),
        };
        if icon_is_ours {
            neighbours.signal(None, ROLL_CALL, &()).await;
        }
        Ok(neighbours)
    }

    /// Whether this agent shows the icon.
    pub(super) fn icon_is_ours(&self) -> bool {
        self.icon_is_ours
    }

    /// The other accounts, the main one first.
    pub(super) fn others(&self) -> Vec<Neighbour> {
        let mut others: Vec<Neighbour> = self.others.values().cloned().collect();
        others.sort_by(|one, other| (&one.profile, &one.agent).cmp(&(&other.profile, &other.agent)));
        others
    }

    /// Tells our face to whoever shows the icon.
    pub(super) async fn tell(&self, face: &TrayFace) {
        if !self.icon_is_ours {
            let offline = face.mode == Mode::Offline;
            self.signal(None, FACE, &(&*self.profile, face.unread, face.unread_high, offline)).await;
        }
    }

    /// Lets another agent do what the person picked for it.
    pub(super) async fn pick(&self, agent: &str, item: TrayItem) {
        if let Some((name, _)) = PICKS.iter().find(|(_, known)| *known == item) {
            self.signal(Some(agent), PICK, name).await;
        }
    }

    /// Checking, offline mode and quitting are for all accounts. Offline mode is a toggle, and so it is for
    /// those that are as we are.
    pub(super) async fn pick_for_all(&self, item: TrayItem, offline: bool) {
        let all = match item {
            TrayItem::CheckNow | TrayItem::OfflineMode | TrayItem::Quit => true,
            TrayItem::Icon | TrayItem::OpenMail | TrayItem::Write | TrayItem::Settings => false,
        };
        for other in self.others.values().filter(|_| all) {
            if item != TrayItem::OfflineMode || other.offline == offline {
                self.pick(&other.agent, item).await;
            }
        }
    }

    /// Takes what the bus brought.
    pub(super) async fn hear(&mut self, message: &Message) -> Heard {
        let header = message.header();
        let sender = header.sender().map(ToString::to_string).unwrap_or_default();
        if message.message_type() != message::Type::Signal
            || self.bus.unique_name().is_some_and(|own| own.as_str() == sender)
        {
            return Heard::Nothing;
        }
        let interface = header.interface().map(ToString::to_string).unwrap_or_default();
        let member = header.member().map(ToString::to_string).unwrap_or_default();
        let body = message.body();
        match (&*interface, &*member) {
            (BUS, "NameAcquired") if body.deserialize::<&str>().is_ok_and(|name| name == NAME) => {
                if self.icon_is_ours {
                    return Heard::Nothing;
                }
                self.icon_is_ours = true;
                self.signal(None, ROLL_CALL, &()).await;
                Heard::IconIsOurs
            }
            (BUS, "NameOwnerChanged") => match body.deserialize::<(&str, &str, &str)>() {
                Ok((agent, _, "")) if self.others.remove(agent).is_some() => Heard::Others,
                Ok(_) | Err(_) => Heard::Nothing,
            },
            (INTERFACE, FACE) => match body.deserialize::<(&str, u64, u64, bool)>() {
                Ok((profile, unread, unread_high, offline)) if self.icon_is_ours && is_profile(profile) => {
                    let profile = profile.to_owned();
                    self.take(Neighbour { agent: sender, profile, unread, unread_high, offline }).await
                }
                Ok(_) | Err(_) => Heard::Nothing,
            },
            (INTERFACE, ROLL_CALL) => Heard::RollCall,
            (INTERFACE, PICK) => {
                let name = body.deserialize::<&str>().unwrap_or_default();
                PICKS
                    .iter()
                    .find(|(known, _)| *known == name)
                    .map_or(Heard::Nothing, |(_, item)| Heard::Picked(*item))
            }
            _ => Heard::Nothing,
        }
    }

    async fn take(&mut self, neighbour: Neighbour) -> Heard {
        if !self.others.contains_key(&neighbour.agent) {
            if self.others.len() >= MAX_NEIGHBOURS {
                return Heard::Nothing;
            }
            // To hear of its end, however that comes.
            let agent = &neighbour.agent;
            let rule = format!("type='signal',sender='{BUS}',member='NameOwnerChanged',arg0='{agent}'");
            let watched = add_match(&self.bus, &rule).await;
            if let Err(error) = watched {
                tracing::warn!(%error, "another account's agent cannot be watched");
                return Heard::Nothing;
            }
        }
        let agent = neighbour.agent.clone();
        let before = self.others.insert(agent, neighbour.clone());
        if before.as_ref() == Some(&neighbour) { Heard::Nothing } else { Heard::Others }
    }

    async fn signal<B>(&self, to: Option<&str>, name: &str, body: &B)
    where
        B: serde::Serialize + zbus::DynamicType,
    {
        if let Err(error) = self.bus.emit_signal(to, PATH, INTERFACE, name, body).await {
            tracing::debug!(%error, "the other accounts' agents were not told");
        }
    }
}

/// Ours come from `--profile` and are checked there.
fn is_profile(name: &str) -> bool {
    name.len() <= MAX_PROFILE && name.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

async fn add_match(bus: &Connection, rule: &str) -> zbus::Result<()> {
    bus.call_method(Some(BUS), BUS_PATH, Some(BUS), "AddMatch", &rule).await.map(drop)
}
