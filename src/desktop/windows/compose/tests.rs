//! Who is meant, what a reply starts with, and a window that is really operated.

use i_slint_backend_testing::{ElementHandle, init_no_event_loop};
use restante_l10n::{Language, Words};
use restante_local_api::{
    LetterId, Message,
    model::{Clock, Person},
};

use super::{
    recipients::{Meant, meant},
    *,
};

fn person(login: &str, name: &str) -> Person {
    Person { login: login.parse().unwrap(), name: name.into() }
}

fn desk() -> Desk {
    Desk::new(
        std::path::Path::new("/nowhere/agent.sock"),
        &std::sync::Arc::new(Words::new(Language::English)),
    )
    .unwrap()
}

#[test]
fn a_login_or_a_whole_name_means_its_owner() {
    let people = [person("anna", "Anna K"), person("annabel", "Anna"), person("joanna", "Joanna")];
    assert_eq!(meant("ANNA", &people), Meant::One(&people[0]), "the login goes before the name");
    assert_eq!(meant("joanna", &people), Meant::One(&people[2]));
    assert_eq!(meant("ann", &people), Meant::Several);
    assert_eq!(meant("ann", &people[..1]), Meant::One(&people[0]));
    assert_eq!(meant("ann", &[]), Meant::Nobody);
    let twins = [person("ivan1", "Ivan"), person("ivan2", "Ivan")];
    assert_eq!(meant("ivan", &twins), Meant::Several);
}

#[test]
fn a_letter_to_nobody_is_refused_at_its_field() {
    init_no_event_loop();
    let compose = make(&desk(), Sheet::empty(), Box::new(|| ())).unwrap();
    compose.window.show().unwrap();
    assert_eq!(compose.window.get_to_problem(), "");

    assert!(!compose.good(&compose.letter()));
    let said = "Nobody to send it to: add a recipient";
    assert_eq!(compose.window.get_to_problem(), said);
    assert!(
        ElementHandle::find_by_accessible_label(&compose.window, said).next().is_some(),
        "it is on the screen"
    );
    assert_eq!((compose.window.get_subject_problem(), compose.window.get_body_problem()), Default::default());

    compose.take(chip(&person("anna", "Anna")));
    assert_eq!(compose.window.get_to_problem(), "", "and no longer once it is mended");
    assert!(compose.good(&compose.letter()));
}

#[test]
fn what_is_too_long_is_said_at_its_own_field() {
    init_no_event_loop();
    let sheet = Sheet {
        to: vec![person("anna", "Anna")],
        subject: "x".repeat(999),
        body: "a\u{1b}b".into(),
        ..Sheet::empty()
    };
    let compose = make(&desk(), sheet, Box::new(|| ())).unwrap();
    assert!(!compose.good(&compose.letter()));
    assert_eq!(compose.window.get_to_problem(), "");
    assert_eq!(compose.window.get_subject_problem(), "The subject is too long");
    assert_eq!(compose.window.get_body_problem(), "The text holds a character that cannot be sent");
}

#[test]
fn people_are_added_once_and_taken_away() {
    init_no_event_loop();
    let compose = make(&desk(), Sheet::empty(), Box::new(|| ())).unwrap();
    compose.window.show().unwrap();
    compose.found.set_vec(vec![chip(&person("anna", "Anna")), chip(&person("boris", "Boris"))]);
    compose.window.invoke_add(1);
    compose.found.set_vec(vec![chip(&person("boris", "Boris"))]);
    compose.window.invoke_add(0);
    assert_eq!(compose.letter().to, ["boris"]);

    let boris = ElementHandle::find_by_accessible_label(&compose.window, "Boris").next().unwrap();
    boris.invoke_accessible_default_action();
    assert_eq!(compose.letter().to, Vec::<String>::new());
}

#[test]
fn a_name_leaves_the_field_at_once_and_comes_back_where_nobody_is_meant() {
    init_no_event_loop();
    let compose = make(&desk(), Sheet::empty(), Box::new(|| ())).unwrap();
    compose.window.set_typed(" bors ".into());
    assert_eq!(compose.take_out(), "bors");
    assert_eq!(compose.window.get_typed(), "", "what is typed on is another name");
    compose.window.set_typed("cl".into());
    compose.put_back("bors", "nobody is called so");
    assert_eq!(compose.window.get_typed(), "bors, cl");
    assert_eq!(compose.window.get_to_problem(), "nobody is called so");
}

#[test]
fn a_key_takes_nobody_who_was_offered_for_less_than_is_typed_by_now() {
    init_no_event_loop();
    let compose = make(&desk(), Sheet::empty(), Box::new(|| ())).unwrap();
    let offered = || vec![person("ann", "Ann"), person("anna", "Anna")];
    compose.window.set_typed("ann".into());
    compose.offer("ann", offered());
    compose.window.set_typed("annabel".into());
    compose.window.invoke_add_by_key(0);
    assert_eq!(compose.letter().to, Vec::<String>::new(), "it is not known yet who annabel is");

    compose.window.set_typed("ann ".into());
    compose.offer("ann", offered());
    compose.window.invoke_add_by_key(1);
    assert_eq!(compose.letter().to, ["anna"], "what was offered for what stands there");
    compose.window.set_typed("an".into());
    compose.offer("an", offered());
    compose.window.set_typed("anno".into());
    compose.window.invoke_add(0);
    assert_eq!(compose.letter().to, ["anna", "ann"], "what is pointed at is what is seen");
}

#[test]
fn whoever_is_called_as_typed_is_offered_first() {
    init_no_event_loop();
    let compose = make(&desk(), Sheet::empty(), Box::new(|| ())).unwrap();
    compose.offer("ann", vec![person("anna", "A"), person("joann", "B"), person("ann", "Zoe")]);
    let offered: Vec<_> = compose.found.iter().map(|chip| chip.login.to_string()).collect();
    assert_eq!(offered, ["ann", "anna", "joann"]);
}

#[test]
fn a_reply_goes_to_the_sender_and_quotes_him() {
    let words = Words::new(Language::English);
    let at = Timestamp::parse("2026-11-24T09:05:00Z").unwrap();
    let message: Message = serde_json::from_value(serde_json::json!({
        "id": "01936a70-1b3c-7000-8000-000000000001",
        "from": {"login": "anna", "name": "Anna"}, "to": [], "subject": "Minutes", "importance": "high",
        "sent_at": at.to_string(), "state": "read", "bold": false, "not_delivered": [],
        "direction": "received", "body": "One\n\nTwo\n", "recipients": [],
    }))
    .unwrap();
    let reply = Sheet::reply(&words, at, &message);
    assert_eq!(reply.to, [person("anna", "Anna")]);
    assert_eq!(reply.subject, "Re: Minutes");
    assert_eq!(reply.importance, Importance::Normal);
    assert!(
        reply.body.starts_with("\n\nAnna wrote on ") && reply.body.ends_with(":\n> One\n> \n> Two\n"),
        "{}",
        reply.body
    );
    assert!(!reply.saved && reply.id != message.row.id);

    let again = Message {
        row: restante_local_api::MessageRow { subject: "RE: Minutes".into(), ..message.row.clone() },
        ..message
    };
    assert_eq!(Sheet::reply(&words, at, &again).subject, "RE: Minutes");
}

/// A clock that the test sets.
struct SetClock(std::sync::atomic::AtomicI64);

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_ms(self.0.load(std::sync::atomic::Ordering::Relaxed))
    }
}

#[test]
fn a_letter_that_was_sent_counts_down_unchangeable_and_then_its_window_is_gone() {
    init_no_event_loop();
    let clock = std::sync::Arc::new(SetClock(5_000.into()));
    let desk = Desk { clock: clock.clone(), ..desk() };
    let sheet = Sheet { to: vec![person("anna", "Anna")], subject: "S".into(), ..Sheet::empty() };
    let (id, closed) = (sheet.id, Rc::new(Cell::new(false)));
    let told = closed.clone();
    let compose = make(&desk, sheet, Box::new(move || told.set(true))).unwrap();
    compose.window.show().unwrap();
    compose.sent(LetterId { id, goes_out_at: Some(Timestamp::from_unix_ms(14_500)), version: None });

    let said = "Will be sent in 10 s";
    assert_eq!(compose.window.get_held(), said);
    assert!(ElementHandle::find_by_accessible_label(&compose.window, said).next().is_some());
    let button = |name| ElementHandle::find_by_accessible_label(&compose.window, name).next().unwrap();
    for button_name in ["Send", "Save draft", "High importance", "Discard"] {
        assert_eq!(button(button_name).accessible_enabled(), Some(false), "{button_name}");
    }
    assert_eq!(button("Undo").accessible_enabled(), Some(true));
    assert!(compose.is_sent());

    clock.0.store(14_400, std::sync::atomic::Ordering::Relaxed);
    compose.tell_seconds_left(Timestamp::from_unix_ms(14_500));
    assert_eq!(compose.window.get_held(), "Will be sent in 1 s");
    assert!(!closed.get());
    clock.0.store(14_500, std::sync::atomic::Ordering::Relaxed);
    compose.tell_seconds_left(Timestamp::from_unix_ms(14_500));
    assert!(closed.get());
}

#[test]
fn with_forty_recipients_there_is_room_for_the_letter_and_one_more() {
    init_no_event_loop();
    let to = (0..40).map(|number| person(&format!("user{number}"), "Somebody with a name of some length"));
    let compose = make(&desk(), Sheet { to: to.collect(), ..Sheet::empty() }, Box::new(|| ())).unwrap();
    compose.window.show().unwrap();
    compose.window.window().set_size(slint::LogicalSize::new(720.0, 560.0));
    i_slint_backend_testing::mock_elapsed_time(std::time::Duration::from_millis(20));
    let found = |label| {
        let found = ElementHandle::find_by_accessible_label(&compose.window, label).next();
        let found = found.unwrap_or_else(|| panic!("{label} is not there"));
        (found.absolute_position().y, found.size().height)
    };
    let (text, height) = found("Text");
    assert!(text > 100.0 && height >= 200.0 && text + height <= 560.0, "it is at {text}, {height} high");
    let (entry, height) = found("To");
    assert!(entry + height < text, "where one more is typed: {entry}, {height} high");
    assert!(entry > 40.0, "it is not under the toolbar: {entry}");
}
