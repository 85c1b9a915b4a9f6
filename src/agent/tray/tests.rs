//! The tray against a tray host that the test plays, on a bus of its own.

use std::collections::HashMap;

use restante_engine::event::TrayItem;
use restante_l10n::Language;
use restante_local_api::{Connection, IntervalStatus, Mode};
use restante_model::{IntervalFrom, SystemClock, Timestamp};
use zbus::OwnedVariant;

use super::*;
use crate::private_bus::{LONG, Played, Session, in_session, next, reply, silence};

type Events = mpsc::UnboundedReceiver<Event>;

const ITEM: &str = "org.kde.StatusNotifierItem";
const MENU: &str = "com.canonical.dbusmenu";

fn start() -> (Tray, Events) {
    let (sender, events) = mpsc::unbounded_channel();
    (Tray::start(sender, Arc::new(Words::new(Language::English)), Arc::new(SystemClock), None), events)
}

pub(super) fn face(unread: u64) -> TrayFace {
    TrayFace {
        unread,
        unread_high: 0,
        mode: Mode::Online,
        connection: Connection::Ok,
        last_good_at: Some(Timestamp::parse("2026-11-24T09:30:00Z").unwrap()),
        next_check_at: Some(Timestamp::parse("2026-11-24T09:35:00Z").unwrap()),
        interval: IntervalStatus {
            seconds: 300,
            from: IntervalFrom::Office,
            locked_by: None,
            wished_seconds: None,
            pending: false,
            min_seconds: Some(30),
            max_seconds: Some(86_400),
            synced_at: None,
        },
    }
}

async fn state(events: &mut Events) -> TrayState {
    next(events, |event| match event {
        Event::TrayChanged(state) => Some(*state),
        _ => None,
    })
    .await
}

async fn picked(events: &mut Events) -> TrayItem {
    next(events, |event| match event {
        Event::TrayPicked(item) => Some(*item),
        _ => None,
    })
    .await
}

/// A tray host, and the name under which our icon registered there.
struct Host {
    watcher: Played,
    item: String,
}

impl Host {
    async fn start() -> Played {
        Played::start(WATCHER, |bus, call| {
            let method = call.header().member().map(std::string::ToString::to_string);
            if method.as_deref() == Some("RegisterStatusNotifierItem") {
                reply(bus, call, ())
            } else {
                silence()
            }
        })
        .await
    }

    async fn with_item(mut watcher: Played) -> Self {
        let item = watcher.call("RegisterStatusNotifierItem").await.body().deserialize().unwrap();
        Self { watcher, item }
    }

    async fn property(&self, name: &str) -> OwnedVariant {
        let asked = (ITEM, name);
        let call = self.watcher.bus.call_method(
            Some(self.item.as_str()),
            "/StatusNotifierItem",
            Some("org.freedesktop.DBus.Properties"),
            "Get",
            &asked,
        );
        call.await.unwrap().body().deserialize().unwrap()
    }

    /// The picture: its width and its bytes.
    async fn picture(&self) -> (i32, Vec<u8>) {
        let pictures: Vec<(i32, i32, Vec<u8>)> = self.property("IconPixmap").await.try_into().unwrap();
        let [(width, _, bytes)] = <[_; 1]>::try_from(pictures).unwrap();
        (width, bytes)
    }

    /// The labels of the menu, each with its number and whether its mark is set.
    async fn menu(&self) -> Vec<(i32, String, bool)> {
        type Item = (i32, HashMap<String, OwnedVariant>, Vec<OwnedVariant>);
        let asked = (0_i32, -1_i32, Vec::<String>::new());
        let call = self.watcher.bus.call_method(
            Some(self.item.as_str()),
            "/MenuBar",
            Some(MENU),
            "GetLayout",
            &asked,
        );
        let (_, (_, _, items)): (u32, Item) = call.await.unwrap().body().deserialize().unwrap();
        let mut menu = Vec::new();
        for item in items {
            let (number, properties, _): Item = item.try_into().unwrap();
            let label = properties.get("label").map(|label| format!("{label:?}")).unwrap_or_default();
            let label = label.split('"').nth(1).unwrap_or_default().to_owned();
            let mark = properties.get("toggle-state").is_some_and(|mark| format!("{mark:?}").contains('1'));
            menu.push((number, label, mark));
        }
        menu
    }

    async fn press(&self, label: &str) {
        let menu = self.menu().await;
        let (number, ..) = menu.iter().find(|(_, text, _)| text == label).expect(label);
        let click = (*number, "clicked", zbus::Variant::from(0_i32), 0_u32);
        let call =
            self.watcher.bus.call_method(Some(self.item.as_str()), "/MenuBar", Some(MENU), "Event", &click);
        call.await.unwrap();
    }

    /// Asks again until the icon is as it should be: it changes on a thread of its own.
    async fn until<T>(&self, look: impl AsyncFn() -> T, wanted: impl Fn(&T) -> bool) -> T {
        let looks = async {
            loop {
                let seen = look().await;
                if wanted(&seen) {
                    return seen;
                }
            }
        };
        tokio::time::timeout(LONG, looks).await.expect("the tray changes")
    }
}

#[test]
fn without_a_bus_there_is_no_tray_and_no_harm() {
    let test = "tray::tests::without_a_bus_there_is_no_tray_and_no_harm";
    in_session(Session::Nothing, test, async {
        let (tray, mut events) = start();
        tray.set(face(1));
        assert_eq!(state(&mut events).await, TrayState::NoBus);
    });
}

#[test]
fn the_icon_shows_the_count_and_the_menu_what_can_be_done() {
    let test = "tray::tests::the_icon_shows_the_count_and_the_menu_what_can_be_done";
    in_session(Session::Bus, test, async {
        let watcher = Host::start().await;
        let (tray, mut events) = start();
        tray.set(face(0));
        assert_eq!(state(&mut events).await, TrayState::Shown);
        let host = Host::with_item(watcher).await;
        let empty = host.picture().await;
        assert_eq!((empty.0, empty.1.len()), (48, 48 * 48 * 4));
        let labels: Vec<_> = host.menu().await.into_iter().map(|(_, label, _)| label).collect();
        assert_eq!(labels[..3], ["Check mail now", "Open mail", "Write"]);
        assert!(labels[5].starts_with("Checks every 5 min (set by the post office); "), "{labels:?}");
        assert!(labels[6].starts_with("Last answer ") && labels[6].contains("; next check "), "{labels:?}");
        assert_eq!(labels[8..], ["Settings", "Quit"]);

        tray.set(face(12));
        host.until(async || host.picture().await, |picture| *picture != empty).await;
        let opens = host.until(async || host.menu().await, |menu| menu[1].1 != "Open mail").await;
        assert_eq!(opens[1].1, "Open mail (12)");
        let tooltip = format!("{:?}", host.property("ToolTip").await);
        assert!(tooltip.contains("12 unread messages"));
    });
}

#[test]
fn what_the_person_picks_is_told() {
    let test = "tray::tests::what_the_person_picks_is_told";
    in_session(Session::Bus, test, async {
        let watcher = Host::start().await;
        let (tray, mut events) = start();
        tray.set(face(0));
        let host = Host::with_item(watcher).await;
        for (label, item) in [
            ("Check mail now", TrayItem::CheckNow),
            ("Open mail", TrayItem::OpenMail),
            ("Write", TrayItem::Write),
            ("Offline mode", TrayItem::OfflineMode),
            ("Settings", TrayItem::Settings),
            ("Quit", TrayItem::Quit),
        ] {
            host.press(label).await;
            assert_eq!(picked(&mut events).await, item);
        }
        let click = (10_i32, 10_i32);
        let item = Some(host.item.as_str());
        let call = host.watcher.bus.call_method(item, "/StatusNotifierItem", Some(ITEM), "Activate", &click);
        call.await.unwrap();
        assert_eq!(picked(&mut events).await, TrayItem::Icon);
    });
}

#[test]
fn offline_mode_is_marked_when_it_is_so_and_not_when_it_is_wished() {
    let test = "tray::tests::offline_mode_is_marked_when_it_is_so_and_not_when_it_is_wished";
    in_session(Session::Bus, test, async {
        let watcher = Host::start().await;
        let (tray, mut events) = start();
        tray.set(face(0));
        let host = Host::with_item(watcher).await;
        host.press("Offline mode").await;
        assert_eq!(picked(&mut events).await, TrayItem::OfflineMode);
        // Nobody followed the wish: the mark goes back.
        host.until(async || host.menu().await, |menu| !menu[4].2).await;
        tray.set(TrayFace { mode: Mode::Offline, ..face(0) });
        host.until(async || host.menu().await, |menu| menu[4].2).await;
    });
}

#[test]
fn a_host_that_comes_later_or_again_gets_the_icon_as_it_is_then() {
    let test = "tray::tests::a_host_that_comes_later_or_again_gets_the_icon_as_it_is_then";
    in_session(Session::Bus, test, async {
        let (tray, mut events) = start();
        tray.set(face(3));
        assert_eq!(state(&mut events).await, TrayState::NoHost);
        for unread in [3, 4] {
            tray.set(face(unread));
            let host = Host::with_item(Host::start().await).await;
            assert_eq!(state(&mut events).await, TrayState::Shown);
            let shows = async |unread| {
                let label = format!("Open mail ({unread})");
                host.until(
                    async || host.menu().await,
                    |menu| menu.get(1).is_some_and(|item| item.1 == label),
                )
                .await;
            };
            shows(unread).await;
            // Who is told of a change has all behind it that belongs to the making, and hears of other hosts.
            tray.set(face(unread + 10));
            shows(unread + 10).await;
            host.watcher.stop().await;
            assert_eq!(state(&mut events).await, TrayState::NoHost);
        }
    });
}

#[test]
fn a_hung_host_holds_nobody_and_the_latest_face_is_shown_when_it_wakes() {
    let test = "tray::tests::a_hung_host_holds_nobody_and_the_latest_face_is_shown_when_it_wakes";
    in_session(Session::Bus, test, async {
        let mut watcher = Played::start(WATCHER, |_, _| silence()).await;
        let (tray, mut events) = start();
        tray.set(face(1));
        assert_eq!(state(&mut events).await, TrayState::Shown);
        let asked = watcher.call("RegisterStatusNotifierItem").await;
        // The thread hangs in the host's hands; these come back at once all the same.
        for unread in 2..1000 {
            tray.set(face(unread));
        }
        watcher.bus.reply(&asked.header(), &()).await.unwrap();
        let host = Host { watcher, item: asked.body().deserialize().unwrap() };
        host.until(
            async || host.menu().await,
            |menu| menu.get(1).is_some_and(|item| item.1 == "Open mail (999)"),
        )
        .await;
        drop(tray);
    });
}
