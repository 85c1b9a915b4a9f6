//! The notifier against a notification service that the test plays, on a bus of its own.

use std::sync::Mutex;

use restante_engine::effect::{PopupCarrier, PopupContent};
use restante_l10n::Language;
use restante_model::{MessageId, Person};

use super::{
    service::{PATH, SERVICE},
    *,
};
use crate::private_bus::{Answer, Played, Session, in_session, next, reply, silence};

type Events = mpsc::UnboundedReceiver<Event>;

fn start() -> (Notifier, Events) {
    let (sender, events) = mpsc::unbounded_channel();
    (Notifier::start(sender, Arc::new(Words::new(Language::English))), events)
}

fn popup(id: u64, subject: &str) -> Popup {
    Popup {
        id: PopupId(id),
        content: PopupContent::Message {
            id: "01936a70-1b3c-7000-8000-000000000001".parse::<MessageId>().unwrap(),
            from: Some(Person { login: "boris".parse().unwrap(), name: "Boris & Sons".into() }),
            subject: Some(subject.to_owned()),
            important: false,
        },
        carrier: PopupCarrier::Desktop,
        sound: None,
        over_full_screen: OverFullScreen::GivesWay,
    }
}

/// A service with these abilities that gives each popup the next number.
fn answers(abilities: &'static [&'static str]) -> impl Fn(&zbus::Connection, &zbus::Message) -> Answer {
    let shown = Mutex::new(40_u32);
    move |bus, call| match call.header().member().map(std::string::ToString::to_string).as_deref() {
        Some("GetCapabilities") => reply(bus, call, abilities.to_vec()),
        Some("Notify") => {
            let mut shown = shown.lock().unwrap();
            *shown += 1;
            reply(bus, call, *shown)
        }
        Some("CloseNotification" | "GetServerInformation") => reply(bus, call, ()),
        _ => silence(),
    }
}

fn hints(call: &zbus::Message) -> HashMap<String, zbus::OwnedVariant> {
    type Notify =
        (String, u32, String, String, String, Vec<String>, HashMap<String, zbus::OwnedVariant>, i32);
    let (_, _, _, _, _, _, hints, _): Notify = call.body().deserialize().unwrap();
    hints
}

/// What a call of `Notify` asks for: summary, body, actions.
fn asked(call: &zbus::Message) -> (String, String, Vec<String>) {
    type Notify =
        (String, u32, String, String, String, Vec<String>, HashMap<String, zbus::OwnedVariant>, i32);
    let (app, _, icon, summary, body, actions, hints, _): Notify = call.body().deserialize().unwrap();
    assert_eq!((app.as_str(), icon.as_str()), ("Restante", "mail-unread"));
    assert!(hints.contains_key("category") && hints.contains_key("urgency"), "{hints:?}");
    (summary, body, actions)
}

async fn shown(events: &mut Events) -> (PopupId, Result<(), NotShown>) {
    next(events, |event| match event {
        Event::PopupShown { popup, outcome } => Some((*popup, outcome.clone().map(drop))),
        _ => None,
    })
    .await
}

async fn ended(events: &mut Events) -> (PopupId, PopupAction) {
    next(events, |event| match event {
        Event::PopupEnded { popup, action } => Some((*popup, *action)),
        _ => None,
    })
    .await
}

async fn state(events: &mut Events) -> NotificationsState {
    next(events, |event| match event {
        Event::NotificationsChanged(state) => Some(*state),
        _ => None,
    })
    .await
}

async fn signal<B>(service: &Played, to: Option<&str>, name: &'static str, body: &B)
where
    B: serde::Serialize + zbus::zvariant::DynamicType,
{
    service.bus.emit_signal(to, PATH, SERVICE, name, body).await.unwrap();
}

#[test]
fn without_a_bus_nothing_is_shown_and_nothing_waits() {
    let test = "notifier::tests::without_a_bus_nothing_is_shown_and_nothing_waits";
    in_session(Session::Nothing, test, async {
        let (notifier, mut events) = start();
        assert_eq!(state(&mut events).await, NotificationsState::Absent);
        notifier.show(popup(1, "Lunch"));
        assert_eq!(shown(&mut events).await, (PopupId(1), Err(NotShown::Absent)));
    });
}

#[test]
fn a_service_with_markup_and_actions_gets_both() {
    let test = "notifier::tests::a_service_with_markup_and_actions_gets_both";
    in_session(Session::Bus, test, async {
        let mut service = Played::start(SERVICE, answers(&["body", "body-markup", "actions"])).await;
        let (notifier, mut events) = start();
        assert_eq!(state(&mut events).await, NotificationsState::Ok);
        notifier.show(popup(1, "Profit & Loss <report@x.org>"));
        let (summary, body, actions) = asked(&service.call("Notify").await);
        assert_eq!(summary, "Boris & Sons");
        assert_eq!(body, "Profit &amp; Loss &lt;report@x.org&gt;");
        assert_eq!(actions, ["default", "Open", "read", "Mark read", "later", "Remind in 10 minutes"]);
        assert_eq!(shown(&mut events).await, (PopupId(1), Ok(())));
    });
}

#[test]
fn a_service_without_markup_or_actions_gets_neither() {
    let test = "notifier::tests::a_service_without_markup_or_actions_gets_neither";
    in_session(Session::Bus, test, async {
        let mut service = Played::start(SERVICE, answers(&["body"])).await;
        let (notifier, _events) = start();
        notifier.show(popup(1, "Profit & Loss"));
        let (_, body, actions) = asked(&service.call("Notify").await);
        assert_eq!((body.as_str(), actions.len()), ("Profit & Loss", 0));
    });
}

#[test]
fn an_action_said_to_everybody_ends_the_popup_even_at_once() {
    let test = "notifier::tests::an_action_said_to_everybody_ends_the_popup_even_at_once";
    in_session(Session::Bus, test, async {
        let mut service = Played::start(SERVICE, answers(&["actions"])).await;
        let (notifier, mut events) = start();
        let actions = [
            (1, "default", PopupAction::Open),
            (2, "read", PopupAction::MarkRead),
            (3, "later", PopupAction::Later),
        ];
        for (id, name, action) in actions {
            notifier.show(popup(id, "Lunch"));
            service.call("Notify").await;
            let number = 40 + u32::try_from(id).unwrap();
            signal(&service, None, "ActionInvoked", &(number, name)).await;
            signal(&service, None, "NotificationClosed", &(number, 2_u32)).await;
            assert_eq!(shown(&mut events).await, (PopupId(id), Ok(())));
            assert_eq!(ended(&mut events).await, (PopupId(id), action));
        }
    });
}

/// As dunst does.
#[test]
fn an_action_said_only_to_the_one_who_asked_ends_the_popup() {
    let test = "notifier::tests::an_action_said_only_to_the_one_who_asked_ends_the_popup";
    in_session(Session::Bus, test, async {
        let mut service = Played::start(SERVICE, answers(&["actions"])).await;
        let (notifier, mut events) = start();
        notifier.show(popup(1, "Lunch"));
        let call = service.call("Notify").await;
        let who = call.header().sender().unwrap().to_string();
        assert_eq!(shown(&mut events).await, (PopupId(1), Ok(())));
        // The waiter may still be on its way to the bus; a person takes longer than it does.
        let acts = async {
            loop {
                signal(&service, Some(&who), "ActionInvoked", &(41_u32, "default")).await;
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            ended = ended(&mut events) => assert_eq!(ended, (PopupId(1), PopupAction::Open)),
            () = acts => {}
        }
    });
}

#[test]
fn a_popup_that_goes_by_itself_is_closed() {
    let test = "notifier::tests::a_popup_that_goes_by_itself_is_closed";
    in_session(Session::Bus, test, async {
        let service = Played::start(SERVICE, answers(&["actions"])).await;
        let (notifier, mut events) = start();
        notifier.show(popup(1, "Lunch"));
        assert_eq!(shown(&mut events).await, (PopupId(1), Ok(())));
        signal(&service, None, "NotificationClosed", &(41_u32, 1_u32)).await;
        assert_eq!(ended(&mut events).await, (PopupId(1), PopupAction::Closed));
    });
}

#[test]
fn a_popup_that_is_withdrawn_goes_from_the_screen() {
    let test = "notifier::tests::a_popup_that_is_withdrawn_goes_from_the_screen";
    in_session(Session::Bus, test, async {
        let mut service = Played::start(SERVICE, answers(&["actions"])).await;
        let (notifier, mut events) = start();
        notifier.show(popup(1, "Lunch"));
        notifier.withdraw(PopupId(1));
        assert_eq!(shown(&mut events).await, (PopupId(1), Ok(())));
        assert_eq!(ended(&mut events).await, (PopupId(1), PopupAction::Closed));
        let closed: u32 = service.call("CloseNotification").await.body().deserialize().unwrap();
        assert_eq!(closed, 41);
    });
}

#[test]
fn a_popup_of_a_process_before_is_acted_on_and_withdrawn_while_its_service_runs() {
    let test =
        "notifier::tests::a_popup_of_a_process_before_is_acted_on_and_withdrawn_while_its_service_runs";
    in_session(Session::Bus, test, async {
        let mut service = Played::start(SERVICE, answers(&["actions"])).await;
        let (notifier, mut events) = start();
        let name = next(&mut events, |event| match event {
            Event::NotificationOwnerChanged(owner) => owner.clone(),
            _ => None,
        })
        .await;
        let at = |service: &str, number| ServicePopup { service: service.to_owned(), number };
        notifier.adopt(PopupId(1), at("another bus :1.7", 7));
        assert_eq!(ended(&mut events).await, (PopupId(1), PopupAction::Closed));
        notifier.adopt(PopupId(2), at(&name, 8));
        notifier.adopt(PopupId(3), at(&name, 9));
        notifier.withdraw(PopupId(3));
        assert_eq!(ended(&mut events).await, (PopupId(3), PopupAction::Closed));
        let closed: u32 = service.call("CloseNotification").await.body().deserialize().unwrap();
        assert_eq!(closed, 9);
        signal(&service, None, "ActionInvoked", &(8_u32, "read")).await;
        assert_eq!(ended(&mut events).await, (PopupId(2), PopupAction::MarkRead));
    });
}

#[test]
fn a_popup_shown_again_takes_the_place_of_the_first() {
    let test = "notifier::tests::a_popup_shown_again_takes_the_place_of_the_first";
    in_session(Session::Bus, test, async {
        let mut service = Played::start(SERVICE, answers(&["actions"])).await;
        let (notifier, mut events) = start();
        notifier.show(popup(1, "Lunch"));
        notifier.show(popup(1, "Dinner"));
        service.call("Notify").await;
        let second = service.call("Notify").await;
        let body = second.body();
        let replaced: zbus::Structure<'_> = body.deserialize().unwrap();
        assert_eq!(format!("{:?}", replaced.fields()[1]), format!("{:?}", zbus::Variant::U32(41)));
        for _ in 0..2 {
            assert_eq!(shown(&mut events).await, (PopupId(1), Ok(())));
        }
    });
}

#[test]
fn a_service_that_comes_later_or_again_is_asked_anew() {
    let test = "notifier::tests::a_service_that_comes_later_or_again_is_asked_anew";
    in_session(Session::Bus, test, async {
        let (notifier, mut events) = start();
        assert_eq!(state(&mut events).await, NotificationsState::Absent);
        notifier.show(popup(1, "Lunch"));
        assert_eq!(shown(&mut events).await, (PopupId(1), Err(NotShown::Absent)));

        let mut service = Played::start(SERVICE, answers(&["body-markup"])).await;
        assert_eq!(state(&mut events).await, NotificationsState::Ok);
        notifier.show(popup(2, "a & b"));
        assert_eq!(asked(&service.call("Notify").await).1, "a &amp; b");
        assert_eq!(shown(&mut events).await, (PopupId(2), Ok(())));

        // It dies: its popups are gone, and nobody waits for them.
        service.stop().await;
        assert_eq!(ended(&mut events).await, (PopupId(2), PopupAction::Closed));
        assert_eq!(state(&mut events).await, NotificationsState::Absent);

        // Another takes its name, with other abilities.
        let mut service = Played::start(SERVICE, answers(&[])).await;
        assert_eq!(state(&mut events).await, NotificationsState::Ok);
        notifier.show(popup(3, "a & b"));
        assert_eq!(asked(&service.call("Notify").await).1, "a & b");
    });
}

#[test]
fn a_hung_service_holds_nobody_and_is_heard_of_when_it_wakes() {
    let test = "notifier::tests::a_hung_service_holds_nobody_and_is_heard_of_when_it_wakes";
    in_session(Session::Bus, test, async {
        // It takes what is asked of it and says nothing, but for its abilities.
        let mut service = Played::start(SERVICE, |bus, call| {
            match call.header().member().map(std::string::ToString::to_string).as_deref() {
                Some("GetCapabilities") => reply(bus, call, vec!["actions"]),
                _ => silence(),
            }
        })
        .await;
        let (notifier, mut events) = start();
        assert_eq!(state(&mut events).await, NotificationsState::Ok);
        notifier.show(popup(1, "Lunch"));
        let late = service.call("Notify").await;
        assert_eq!(shown(&mut events).await, (PopupId(1), Err(NotShown::Hung)));
        assert_eq!(state(&mut events).await, NotificationsState::Hung);
        // The next one does not wait at all: the service hears nothing of it.
        notifier.show(popup(2, "Dinner"));
        assert_eq!(shown(&mut events).await, (PopupId(2), Err(NotShown::Absent)));

        // It wakes: the popup came after all, and the state is good again.
        let question = service.call("GetServerInformation").await;
        service.bus.reply(&late.header(), &77_u32).await.unwrap();
        service.bus.reply(&question.header(), &()).await.unwrap();
        let mut told = (None, None);
        while told.0.is_none() || told.1.is_none() {
            match events.recv().await.unwrap() {
                Event::PopupShown { popup, outcome } => told.0 = Some((popup, outcome.map(drop))),
                Event::NotificationsChanged(state) => told.1 = Some(state),
                _ => {}
            }
        }
        assert_eq!(told, (Some((PopupId(1), Ok(()))), Some(NotificationsState::Ok)));
    });
}

#[test]
fn a_popup_withdrawn_while_the_service_hangs_does_not_stay_when_it_wakes() {
    let test = "notifier::tests::a_popup_withdrawn_while_the_service_hangs_does_not_stay_when_it_wakes";
    in_session(Session::Bus, test, async {
        let mut service = Played::start(SERVICE, |bus, call| {
            match call.header().member().map(std::string::ToString::to_string).as_deref() {
                Some("GetCapabilities") => reply(bus, call, vec!["actions"]),
                _ => silence(),
            }
        })
        .await;
        let (notifier, mut events) = start();
        notifier.show(popup(1, "Lunch"));
        let late = service.call("Notify").await;
        assert_eq!(shown(&mut events).await, (PopupId(1), Err(NotShown::Hung)));
        notifier.withdraw(PopupId(1));
        // The order to withdraw is carried out before the one that follows it is answered.
        notifier.show(popup(2, "Dinner"));
        assert_eq!(shown(&mut events).await, (PopupId(2), Err(NotShown::Absent)));
        service.bus.reply(&late.header(), &77_u32).await.unwrap();
        let closed: u32 = service.call("CloseNotification").await.body().deserialize().unwrap();
        assert_eq!(closed, 77);
    });
}

#[test]
fn who_the_service_is_is_told_before_what_it_was_asked_for() {
    let test = "notifier::tests::who_the_service_is_is_told_before_what_it_was_asked_for";
    in_session(Session::Bus, test, async {
        let service = Played::start(SERVICE, answers(&[])).await;
        let (notifier, mut events) = start();
        notifier.show(popup(1, "Lunch"));
        let own = service.bus.unique_name().unwrap();
        let name = Some(format!("{} {own}", service.bus.server_guid()));
        let mut owners = Vec::new();
        loop {
            match events.recv().await.unwrap() {
                Event::NotificationOwnerChanged(owner) => owners.push(owner),
                Event::PopupShown { .. } => break,
                _ => {}
            }
        }
        assert_eq!(owners, [name]);
    });
}

#[test]
fn a_sound_is_asked_for_by_name_or_not_at_all() {
    let test = "notifier::tests::a_sound_is_asked_for_by_name_or_not_at_all";
    in_session(Session::Bus, test, async {
        let mut service = Played::start(SERVICE, answers(&[])).await;
        let (notifier, _events) = start();
        for (sound, hint) in [(None, "suppress-sound"), (Some("bell".to_owned()), "sound-name")] {
            notifier.show(Popup { sound, ..popup(1, "Lunch") });
            let call = service.call("Notify").await;
            assert!(hints(&call).contains_key(hint), "{:?}", hints(&call));
        }
    });
}

#[test]
fn a_service_that_dies_as_it_starts_is_started_less_and_less() {
    let test = "notifier::tests::a_service_that_dies_as_it_starts_is_started_less_and_less";
    in_session(Session::DyingService, test, async {
        let starts = || {
            let file = std::env::home_dir().unwrap().join("starts");
            std::fs::read_to_string(file).unwrap_or_default().lines().count()
        };
        let (notifier, mut events) = start();
        assert_eq!(state(&mut events).await, NotificationsState::Ok, "the bus would start one");
        for number in 1..=3 {
            notifier.show(popup(number, "Lunch"));
            assert_eq!(shown(&mut events).await, (PopupId(number), Err(NotShown::Absent)));
        }
        assert_eq!(starts(), 1, "three popups of one moment");
        for _ in 0..10 {
            notifier.ask(OverFullScreen::Shown);
            let answered = next(&mut events, |event| match event {
                Event::CarrierAnswered { outcome, .. } => Some(*outcome),
                _ => None,
            });
            assert_eq!(answered.await, Err(NotShown::Absent));
        }
        assert_eq!(starts(), 1 + 3, "at the first check of ten, the third and the seventh");
    });
}
