//! How long a popup stays, by a clock that the test moves.

use std::cell::Cell;

use i_slint_backend_testing::{ElementHandle, init_no_event_loop, mock_elapsed_time};
use restante_l10n::Language;
use slint::{LogicalPosition, platform::WindowEvent};

use super::*;

fn popup(important: bool) -> (ui::Popup, Rc<Cell<u32>>) {
    init_no_event_loop();
    let popup = ui::Popup::new().unwrap();
    prepare(&popup, &Words::new(Language::Russian));
    let card = PopupCard {
        id: 1,
        title: "Борис Иванов".into(),
        text: "Обед".into(),
        note: "Входящие, 16:05".into(),
        important,
    };
    fill(&popup, &card);
    let closed = Rc::new(Cell::new(0));
    let counter = closed.clone();
    popup.on_dismiss(move || counter.set(counter.get() + 1));
    popup.show().unwrap();
    (popup, closed)
}

fn pointer(popup: &ui::Popup, x: f32, y: f32) {
    popup.window().dispatch_event(WindowEvent::PointerMoved { position: LogicalPosition::new(x, y) });
}

#[test]
fn an_ordinary_one_goes_by_itself_once() {
    let (_popup, closed) = popup(false);
    mock_elapsed_time(STAYS.saturating_sub(Duration::from_millis(100)));
    assert_eq!(closed.get(), 0);
    mock_elapsed_time(Duration::from_millis(200));
    assert_eq!(closed.get(), 1);
}

#[test]
fn the_pointer_holds_it() {
    let (popup, closed) = popup(false);
    pointer(&popup, 100.0, 40.0);
    mock_elapsed_time(STAYS * 3);
    assert_eq!(closed.get(), 0);
    popup.window().dispatch_event(WindowEvent::PointerExited);
    mock_elapsed_time(STAYS + Duration::from_millis(100));
    assert_eq!(closed.get(), 1);
}

#[test]
fn an_important_one_stays() {
    let (_popup, closed) = popup(true);
    mock_elapsed_time(STAYS * 100);
    assert_eq!(closed.get(), 0);
}

#[test]
fn a_screen_reader_is_told_sender_and_subject() {
    let (popup, _closed) = popup(false);
    assert!(ElementHandle::find_by_accessible_label(&popup, "Борис Иванов, Обед").next().is_some());
}
