//! The first second of the window, by a clock that the test moves.

use std::time::Duration;

use i_slint_backend_testing::{ElementHandle, init_no_event_loop, mock_elapsed_time};
use restante_l10n::Language;
use slint::{SharedString, platform::WindowEvent};

use super::*;

fn window(words: &Words) -> ui::Important {
    init_no_event_loop();
    let window = ui::Important::new().unwrap();
    prepare(&window, words);
    window.show().unwrap();
    window
}

fn enabled(window: &ui::Important, label: &str) -> bool {
    let button = ElementHandle::find_by_accessible_label(window, label).next().unwrap();
    button.accessible_enabled().unwrap()
}

fn press(window: &ui::Important, key: impl Into<SharedString>) {
    let text = key.into();
    window.window().dispatch_event(WindowEvent::KeyPressed { text: text.clone() });
    window.window().dispatch_event(WindowEvent::KeyReleased { text });
}

/// Counts how often the window answered.
fn answers(window: &ui::Important) -> Rc<Cell<u32>> {
    let count = Rc::new(Cell::new(0));
    let counter = count.clone();
    window.on_open(move || counter.set(counter.get() + 1));
    let counter = count.clone();
    window.on_later(move || counter.set(counter.get() + 1));
    count
}

#[test]
fn the_buttons_wait_for_a_second() {
    let words = Words::new(Language::English);
    let window = window(&words);
    assert!(!enabled(&window, "Open") && !enabled(&window, "Later"));
    mock_elapsed_time(Duration::from_millis(900));
    assert!(!enabled(&window, "Open") && !enabled(&window, "Later"));
    mock_elapsed_time(Duration::from_millis(200));
    assert!(enabled(&window, "Open") && enabled(&window, "Later"));
}

#[test]
fn keys_meant_for_another_window_do_not_answer_this_one() {
    let words = Words::new(Language::English);
    let window = window(&words);
    let count = answers(&window);
    for key in [slint::platform::Key::Return, slint::platform::Key::Escape, slint::platform::Key::Space] {
        press(&window, key);
    }
    assert_eq!(count.get(), 0);

    // Whoever goes on typing has not seen it yet: the second starts anew with each key.
    mock_elapsed_time(Duration::from_millis(900));
    press(&window, slint::platform::Key::Escape);
    mock_elapsed_time(Duration::from_millis(900));
    assert!(!enabled(&window, "Later"));
    mock_elapsed_time(Duration::from_millis(200));
    assert!(enabled(&window, "Later"));

    // Nothing is chosen beforehand: Return and Space answer nothing, Escape puts it off.
    press(&window, slint::platform::Key::Return);
    press(&window, slint::platform::Key::Space);
    assert_eq!(count.get(), 0);
    press(&window, slint::platform::Key::Escape);
    assert_eq!(count.get(), 1);
}

#[test]
fn several_messages_are_told_together() {
    let words = Words::new(Language::Russian);
    let window = window(&words);
    let at = Timestamp::parse("2026-11-24T09:05:00Z").unwrap();
    let message = |number: u32| -> Message {
        serde_json::from_value(serde_json::json!({
            "id": format!("01936a70-1b3c-7000-8000-{number:012}"),
            "from": {"login": "anna", "name": "Анна"}, "to": [], "subject": format!("Дело {number}"),
            "importance": "high", "sent_at": at.to_string(), "state": "delivered", "bold": true,
            "not_delivered": [], "direction": "received", "body": "", "recipients": [],
        }))
        .unwrap()
    };
    fill(&window, &words, at, 1, &[message(1)]);
    assert_eq!((window.get_heading().as_str(), window.get_more().as_str()), ("Важное сообщение", ""));
    let newest: Vec<_> = (1..6).map(message).collect();
    fill(&window, &words, at, 7, &newest);
    assert_eq!(window.get_heading(), "7 важных сообщений");
    assert_eq!(window.get_subject(), "Дело 1");
    assert_eq!(slint::Model::row_count(&window.get_others()), OTHERS_NAMED);
    assert_eq!(window.get_more(), "и ещё 2 важных сообщения");
}

#[test]
fn the_ids_of_a_flood_are_read_from_the_input() {
    let ids: Vec<MessageId> =
        (0..5_000).map(|number| format!("01936a70-1b3c-7000-8000-{number:012}").parse().unwrap()).collect();
    let input = ids.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    assert_eq!(ids_from(input.as_bytes()), ids);
}

#[test]
fn a_subject_in_one_word_leaves_the_buttons_in_the_window() {
    let words = Words::new(Language::English);
    let window = window(&words);
    window.set_subject("W".repeat(900).into());
    let button = ElementHandle::find_by_accessible_label(&window, "Open").next().unwrap();
    let (at, size) = (button.absolute_position(), button.size());
    let inside = (at.x + size.width, at.y + size.height);
    let (width, height) = (window.get_shown_width(), window.get_shown_height());
    assert!(inside.0 <= width && inside.1 <= height, "it ends at {inside:?}");
}
