//! The thread on which the icon and its menu live.

use std::{io, sync::Arc};

use restante_engine::{effect::TrayFace, event::TrayItem};
use restante_l10n::Words;
use restante_local_api::{Connection, Mode};
use restante_model::Clock;
use tokio::sync::mpsc;
use tray_icon::{
    Icon, MouseButton, TrayIcon, TrayIconBuilder, TrayIconEvent,
    menu::{CheckMenuItem, Menu, MenuEvent, MenuItem, PredefinedMenuItem},
};

use super::{
    Picked, Slot,
    text::{self, Said, label},
};
use crate::badge;

/// Twice the 24 pixels of most panels: they halve it exactly, and those of dense screens take it whole.
const SIZE: u32 = 48;

/// The menu's items, each with the id by which a click on it is known.
const ITEMS: [(&str, TrayItem); 6] = [
    ("check-now", TrayItem::CheckNow),
    ("open-mail", TrayItem::OpenMail),
    ("write", TrayItem::Write),
    ("offline-mode", TrayItem::OfflineMode),
    ("settings", TrayItem::Settings),
    ("quit", TrayItem::Quit),
];

/// Before the name of another account's agent: the item that opens its mailbox.
const OF_OTHER: &str = "open-mail-of ";

/// Starts the thread. It is never joined.
pub(super) fn start(
    slot: Arc<Slot>,
    words: Arc<Words>,
    clock: Arc<dyn Clock>,
    picks: &mpsc::UnboundedSender<Picked>,
) -> io::Result<()> {
    send_picks(picks, &slot);
    std::thread::Builder::new().name("tray".into()).spawn(move || run(&slot, &words, &*clock)).map(drop)
}

/// The handlers run on threads of the tray's crate: they only pass on what was picked.
fn send_picks(picks: &mpsc::UnboundedSender<Picked>, slot: &Arc<Slot>) {
    let (clicks, flipped) = (picks.clone(), slot.clone());
    MenuEvent::set_event_handler(Some(move |event: MenuEvent| {
        if let Some(agent) = event.id().as_ref().strip_prefix(OF_OTHER) {
            let _ = clicks.send(Picked::OpenMailOf(agent.to_owned()));
            return;
        }
        let Some((_, item)) = ITEMS.iter().find(|(id, _)| event.id() == id) else { return };
        if *item == TrayItem::OfflineMode {
            // The mark flipped by itself, but whether the mode changes is decided elsewhere.
            flipped.renew();
        }
        let _ = clicks.send(Picked::Item(*item));
    }));
    let picks = picks.clone();
    TrayIconEvent::set_event_handler(Some(move |event| {
        if let TrayIconEvent::Click { button: MouseButton::Left, .. } = event {
            let _ = picks.send(Picked::Item(TrayItem::Icon));
        }
    }));
}

fn run(slot: &Slot, words: &Words, clock: &dyn Clock) {
    let mut shown: Option<Shown> = None;
    while let Some((face, others)) = slot.next(shown.is_some()) {
        let said = text::of(&face, &others, words, clock.now());
        match &mut shown {
            Some(shown) => shown.update(&face, said, words),
            None => match Shown::new(&face, said, words) {
                Ok(new) => shown = Some(new),
                // A host that refuses today may be replaced: its coming renews the wish.
                Err(error) => tracing::warn!(%error, "the tray icon could not be made"),
            },
        }
    }
}

/// The icon as the host has it.
struct Shown {
    icon: TrayIcon,
    items: Items,
    look: Look,
    said: Said,
}

/// The items of the menu that change.
struct Items {
    open_mail: MenuItem,
    of_others: Vec<MenuItem>,
    offline_mode: CheckMenuItem,
    interval: MenuItem,
    answers: MenuItem,
}

/// All that the picture depends on.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Look {
    unread: u64,
    offline: bool,
    alarm: bool,
}

impl Look {
    fn of(face: &TrayFace, said: &Said) -> Self {
        let offline = face.mode == Mode::Offline;
        let alarm = match face.connection {
            Connection::Ok | Connection::Untried => false,
            Connection::Unreachable
            | Connection::SignedOut
            | Connection::OfficeUnavailable
            | Connection::ClientTooOld => !offline,
        };
        Self { unread: said.unread.min(badge::MORE), offline, alarm }
    }

    fn draw(self) -> Result<Icon, tray_icon::BadIcon> {
        Icon::from_rgba(badge::draw(self.unread, self.offline, self.alarm, SIZE), SIZE, SIZE)
    }
}

/// Why there is no icon.
#[derive(Debug, thiserror::Error)]
enum IconError {
    #[error(transparent)]
    Menu(#[from] tray_icon::menu::Error),
    #[error(transparent)]
    Picture(#[from] tray_icon::BadIcon),
    #[error(transparent)]
    Tray(#[from] tray_icon::Error),
}

impl Items {
    /// A new menu, with an item for each of the other accounts.
    fn new(face: &TrayFace, said: &Said, words: &Words) -> Result<(Self, Menu), IconError> {
        let item =
            |index: usize, key: &str| MenuItem::with_id(ITEMS[index].0, label(&words.text(key)), true, None);
        let check_now = item(0, "tray-check-now");
        let open_mail = MenuItem::with_id(ITEMS[1].0, &said.open_mail, true, None);
        let of_others: Vec<MenuItem> = said
            .open_mail_of
            .iter()
            .map(|(agent, text)| MenuItem::with_id(format!("{OF_OTHER}{agent}"), text, true, None))
            .collect();
        let write = item(2, "tray-write");
        let offline = face.mode == Mode::Offline;
        let offline_mode =
            CheckMenuItem::with_id(ITEMS[3].0, label(&words.text("tray-offline-mode")), true, offline, None);
        let interval = MenuItem::with_id("interval", &said.interval, false, None);
        let answers = MenuItem::with_id("answers", &said.answers, false, None);
        let settings = item(4, "tray-settings");
        let quit = item(5, "tray-quit");
        let line = PredefinedMenuItem::separator;
        let menu = Menu::new();
        menu.append_items(&[&check_now, &open_mail])?;
        for of_other in &of_others {
            menu.append(of_other)?;
        }
        menu.append_items(&[&write, &line(), &offline_mode, &interval, &answers, &line(), &settings, &quit])?;
        Ok((Self { open_mail, of_others, offline_mode, interval, answers }, menu))
    }
}

impl Shown {
    fn new(face: &TrayFace, said: Said, words: &Words) -> Result<Self, IconError> {
        let (items, menu) = Items::new(face, &said, words)?;
        let look = Look::of(face, &said);
        let icon = TrayIconBuilder::new()
            .with_id("restante")
            .with_title(words.text("agent-name"))
            .with_tooltip(&said.tooltip)
            .with_icon(look.draw()?)
            .with_menu(Box::new(menu))
            .build()?;
        Ok(Self { icon, items, look, said })
    }

    /// Tells the host what changed, and nothing else.
    fn update(&mut self, face: &TrayFace, said: Said, words: &Words) {
        let look = Look::of(face, &said);
        if look != self.look {
            match look.draw().map_err(IconError::from).and_then(|icon| Ok(self.icon.set_icon(Some(icon))?)) {
                Ok(()) => self.look = look,
                Err(error) => tracing::warn!(%error, "the tray icon could not be changed"),
            }
        }
        if said.tooltip != self.said.tooltip
            && let Err(error) = self.icon.set_tooltip(Some(&said.tooltip))
        {
            tracing::warn!(%error, "the tray's tooltip could not be changed");
        }
        if said.agents() == self.said.agents() {
            self.update_items(face, &said);
        } else {
            match Items::new(face, &said, words) {
                Ok((items, menu)) => {
                    self.icon.set_menu(Some(Box::new(menu)));
                    self.items = items;
                }
                Err(error) => {
                    tracing::warn!(%error, "the tray's menu could not be changed");
                    return;
                }
            }
        }
        self.said = said;
    }

    fn update_items(&self, face: &TrayFace, said: &Said) {
        if said.open_mail != self.said.open_mail {
            self.items.open_mail.set_text(&said.open_mail);
        }
        for (item, ((_, text), (_, before))) in
            self.items.of_others.iter().zip(said.open_mail_of.iter().zip(&self.said.open_mail_of))
        {
            if text != before {
                item.set_text(text);
            }
        }
        if said.interval != self.said.interval {
            self.items.interval.set_text(&said.interval);
        }
        if said.answers != self.said.answers {
            self.items.answers.set_text(&said.answers);
        }
        let offline = face.mode == Mode::Offline;
        if self.items.offline_mode.is_checked() != offline {
            self.items.offline_mode.set_checked(offline);
        }
    }
}
