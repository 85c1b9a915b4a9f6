//! The tray, played by the test: the watcher that items register with, and the host that shows
//! them, opens their menus and presses what is in them.

use std::{collections::HashMap, sync::Arc};

use futures_util::StreamExt;
use tokio::sync::{Notify, watch};
use zbus::{Connection, MatchRule, Message, MessageStream, OwnedVariant, Variant, message};

use crate::{Bus, within};

const WATCHER: &str = "org.kde.StatusNotifierWatcher";
const WATCHER_PATH: &str = "/StatusNotifierWatcher";
const ITEM: &str = "org.kde.StatusNotifierItem";
const ITEM_PATH: &str = "/StatusNotifierItem";
const MENU: &str = "com.canonical.dbusmenu";
const PROPERTIES: &str = "org.freedesktop.DBus.Properties";

/// What a person sees of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrayItem {
    /// The name that it registered by.
    pub service: String,
    /// Its headline and text under the pointer, both lines.
    pub tooltip: String,
    /// Width, height and pixels (ARGB, network order) of each picture.
    pub pixmaps: Vec<(i32, i32, Vec<u8>)>,
    /// The menu's entries, without separators.
    pub menu: Vec<MenuItem>,
}

/// One entry of the menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MenuItem {
    /// What it is pressed by.
    pub id: i32,
    /// Its words, without the mark of the shortcut key.
    pub label: String,
    /// Whether it can be pressed.
    pub enabled: bool,
    /// Whether it is ticked; `None` where it has no tick.
    pub ticked: Option<bool>,
}

impl TrayItem {
    /// The entry whose words hold `text`, upper or lower case.
    pub fn entry(&self, text: &str) -> Option<&MenuItem> {
        self.menu.iter().find(|entry| entry.label.to_lowercase().contains(&text.to_lowercase()))
    }
}

/// Watcher and host on one connection.
pub struct TrayHost {
    connection: Connection,
    item: watch::Receiver<Option<TrayItem>>,
}

impl TrayHost {
    /// Takes the watcher's name on this bus.
    ///
    /// # Panics
    /// When somebody else has it.
    pub async fn start(bus: &Bus) -> Self {
        let connection = bus.connect().await;
        let calls = MessageStream::from(&connection);
        for interface in [ITEM, MENU] {
            let rule = MatchRule::builder()
                .msg_type(message::Type::Signal)
                .interface(interface)
                .build()
                .expect("the rule is well formed");
            connection
                .call_method(
                    Some("org.freedesktop.DBus"),
                    "/org/freedesktop/DBus",
                    Some("org.freedesktop.DBus"),
                    "AddMatch",
                    &rule.to_string(),
                )
                .await
                .expect("the bus takes the rule");
        }
        let (registered, registrations) = watch::channel(None);
        let (shown, item) = watch::channel(None);
        let changed = Arc::new(Notify::new());
        tokio::spawn(listen(connection.clone(), calls, registered, Arc::clone(&changed)));
        tokio::spawn(show(connection.clone(), registrations, changed, shown));
        connection.request_name(WATCHER).await.expect("the name is free");
        Self { connection, item }
    }

    /// Waits until the item looks so; gives it as it then is.
    ///
    /// # Panics
    /// When it never does, with what it looked like last.
    pub async fn until(&self, what: &str, mut looks_so: impl FnMut(&TrayItem) -> bool) -> TrayItem {
        let mut item = self.item.clone();
        let found = tokio::time::timeout(
            crate::TIME_LIMIT,
            item.wait_for(|item| item.as_ref().is_some_and(&mut looks_so)),
        )
        .await;
        if let Ok(item) = found {
            item.expect("the host goes on").clone().expect("only an item looks so")
        } else {
            let last = self.item.borrow().clone().map(|mut item| {
                item.pixmaps.iter_mut().for_each(|(_, _, pixels)| pixels.clear());
                item
            });
            panic!("waited in vain for the tray to show {what}; it shows {last:?}")
        }
    }

    /// The item as it is shown now; `None` before one registered.
    pub fn item(&self) -> Option<TrayItem> {
        self.item.borrow().clone()
    }

    /// Presses the menu entry whose words hold `text`, as a panel does it.
    ///
    /// # Panics
    /// When there is none, or it cannot be pressed.
    pub async fn press(&self, text: &str) {
        let item = self.until(&format!("a menu entry {text:?}"), |item| item.entry(text).is_some()).await;
        let entry = item.entry(text).expect("the condition just held").clone();
        assert!(entry.enabled, "the menu entry {:?} is grey", entry.label);
        let (service, menu_path) = self.menu_of(&item.service).await;
        let call = (entry.id, "clicked", Variant::from(0_i32), 0_u32);
        let pressed = self.connection.call_method(
            Some(service.as_str()),
            menu_path.as_str(),
            Some(MENU),
            "Event",
            &call,
        );
        within("the menu to take the press", pressed).await.expect("the entry can be pressed");
    }

    /// Clicks the icon itself.
    ///
    /// # Panics
    /// When there is none.
    pub async fn activate(&self) {
        let item = self.until("an item", |_| true).await;
        let clicked = self.connection.call_method(
            Some(item.service.as_str()),
            ITEM_PATH,
            Some(ITEM),
            "Activate",
            &(0_i32, 0_i32),
        );
        within("the icon to take the click", clicked).await.expect("the icon can be clicked");
    }

    /// The panel ends.
    ///
    /// # Panics
    /// When the bus is gone.
    pub async fn leave(&self) {
        self.connection.release_name(WATCHER).await.expect("the bus answers");
    }

    /// The panel is there again.
    ///
    /// # Panics
    /// When somebody else has taken the name.
    pub async fn come_back(&self) {
        self.connection.request_name(WATCHER).await.expect("the name is free");
    }

    async fn menu_of(&self, service: &str) -> (String, String) {
        let path = property(&self.connection, service, "Menu").await.expect("an item names its menu");
        let path = zbus::ObjectPath::try_from(path).expect("the menu is an object");
        (service.to_owned(), path.to_string())
    }
}

/// Answers registrations and passes on what the items say has changed.
async fn listen(
    connection: Connection,
    mut messages: MessageStream,
    registered: watch::Sender<Option<String>>,
    changed: Arc<Notify>,
) {
    while let Some(Ok(message)) = messages.next().await {
        let header = message.header();
        let interface = header.interface().map(zbus::names::InterfaceName::as_str).unwrap_or_default();
        match message.message_type() {
            message::Type::Signal if interface == ITEM || interface == MENU => changed.notify_one(),
            message::Type::MethodCall => match answer(&connection, &message).await {
                Ok(Some(service)) => {
                    registered.send_replace(Some(service));
                    changed.notify_one();
                }
                Ok(None) => {}
                Err(error) => eprintln!("the tray cannot answer {message}: {error}"),
            },
            _ => {}
        }
    }
}

/// Answers one call to the watcher; gives the name of an item that registered by it.
async fn answer(connection: &Connection, call: &Message) -> zbus::Result<Option<String>> {
    let header = call.header();
    let body = call.body();
    match header.member().map(zbus::names::MemberName::as_str).unwrap_or_default() {
        "RegisterStatusNotifierItem" => {
            let service: String = body.deserialize()?;
            connection.reply(&header, &()).await?;
            // Some register by their object's path instead of a name; theirs is the caller's.
            let sender = header.sender().map(ToString::to_string).unwrap_or_default();
            let service = if service.starts_with('/') { sender } else { service };
            let nobody = None::<zbus::names::BusName<'_>>;
            let signal = "StatusNotifierItemRegistered";
            connection.emit_signal(nobody, WATCHER_PATH, WATCHER, signal, &service).await?;
            Ok(Some(service))
        }
        "RegisterStatusNotifierHost" => connection.reply(&header, &()).await.map(|()| None),
        "Get" => {
            let (_interface, name): (&str, &str) = body.deserialize()?;
            let value = match name {
                "IsStatusNotifierHostRegistered" => Variant::from(true),
                "ProtocolVersion" => Variant::from(0_i32),
                _ => Variant::from(Vec::<String>::new()),
            };
            connection.reply(&header, &value).await.map(|()| None)
        }
        "GetAll" => {
            let all = HashMap::from([
                ("IsStatusNotifierHostRegistered", Variant::from(true)),
                ("ProtocolVersion", Variant::from(0_i32)),
            ]);
            connection.reply(&header, &all).await.map(|()| None)
        }
        other => {
            let error = "org.freedesktop.DBus.Error.UnknownMethod";
            connection.reply_error(&header, error, &format!("no method {other}")).await.map(|()| None)
        }
    }
}

/// Reads the item again whenever it says that something changed.
async fn show(
    connection: Connection,
    registrations: watch::Receiver<Option<String>>,
    changed: Arc<Notify>,
    shown: watch::Sender<Option<TrayItem>>,
) {
    loop {
        changed.notified().await;
        let service = registrations.borrow().clone();
        let Some(service) = service else { continue };
        match read_item(&connection, service).await {
            Ok(item) => drop(shown.send_replace(Some(item))),
            // So it is when its program ends between two questions.
            Err(error) => eprintln!("the tray cannot read its item: {error}"),
        }
    }
}

type Tooltip = (String, Vec<(i32, i32, Vec<u8>)>, String, String);
type Layout = (i32, HashMap<String, OwnedVariant>, Vec<OwnedVariant>);

async fn read_item(connection: &Connection, service: String) -> zbus::Result<TrayItem> {
    let (_, _, title, text): Tooltip = read_property(connection, &service, "ToolTip").await?;
    let pixmaps = read_property(connection, &service, "IconPixmap").await?;
    let menu = property(connection, &service, "Menu").await?;
    let menu = zbus::ObjectPath::try_from(menu)?.to_string();
    let names: Vec<&str> = Vec::new();
    let answer = connection
        .call_method(Some(service.as_str()), menu.as_str(), Some(MENU), "GetLayout", &(0_i32, -1_i32, names))
        .await?;
    let body = answer.body();
    let (_revision, root): (u32, Layout) = body.deserialize()?;
    let mut entries = Vec::new();
    collect_entries(root, &mut entries)?;
    Ok(TrayItem { service, tooltip: format!("{title}\n{text}"), pixmaps, menu: entries })
}

fn collect_entries((id, properties, children): Layout, entries: &mut Vec<MenuItem>) -> zbus::Result<()> {
    let text = |name: &str| properties.get(name).and_then(|value| value.downcast_ref::<String>().ok());
    let number = |name: &str| properties.get(name).and_then(|value| value.downcast_ref::<i32>().ok());
    let flag = |name: &str| properties.get(name).and_then(|value| value.downcast_ref::<bool>().ok());
    if let Some(label) = text("label") {
        entries.push(MenuItem {
            id,
            label: without_mnemonic(&label),
            enabled: flag("enabled").unwrap_or(true),
            ticked: text("toggle-type")
                .filter(|kind| !kind.is_empty())
                .and(number("toggle-state"))
                .map(|state| state == 1),
        });
    }
    for child in children {
        let structure = zbus::Structure::try_from(child)?;
        collect_entries(Layout::try_from(structure)?, entries)?;
    }
    Ok(())
}

/// In dbusmenu one underscore marks the shortcut key and two are one.
fn without_mnemonic(label: &str) -> String {
    label.replace("__", "\0").replace('_', "").replace('\0', "_")
}

async fn property(connection: &Connection, service: &str, name: &str) -> zbus::Result<OwnedVariant> {
    let answer =
        connection.call_method(Some(service), ITEM_PATH, Some(PROPERTIES), "Get", &(ITEM, name)).await?;
    answer.body().deserialize()
}

async fn read_property<T>(connection: &Connection, service: &str, name: &str) -> zbus::Result<T>
where
    T: serde::de::DeserializeOwned + zbus::wire::Type,
{
    let answer =
        connection.call_method(Some(service), ITEM_PATH, Some(PROPERTIES), "Get", &(ITEM, name)).await?;
    let body = answer.body();
    let value: zbus::wire::as_variant::Deserialize<'_, T> = body.deserialize()?;
    Ok(value.0)
}
