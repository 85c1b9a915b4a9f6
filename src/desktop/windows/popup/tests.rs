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
        one_message: true,
    };
    fill(&popup, &card);
    let closed = Rc::new(Cell::new(0));
    let counter = closed.clone();
    popup.on_dismiss(move || counter.set(counter.get() + 1));
    popup.show().unwrap();
    (popup, closed)
}

#[test]
fn its_message_is_marked_read_or_put_off_where_it_is_of_one() {
    let (popup, closed) = popup(false);
    let (read, later) = (Rc::new(Cell::new(0)), Rc::new(Cell::new(0)));
    let (reads, laters) = (read.clone(), later.clone());
    popup.on_mark_read(move || reads.set(reads.get() + 1));
    popup.on_later(move || laters.set(laters.get() + 1));
    let button = |label: &str| ElementHandle::find_by_accessible_label(&popup, label).next();
    button("Отметить прочитанным").unwrap().invoke_accessible_default_action();
    button("Напомнить через 10 минут").unwrap().invoke_accessible_default_action();
    assert_eq!((read.get(), later.get(), closed.get()), (1, 1, 0));
    popup.set_one_message(false);
    assert!(button("Отметить прочитанным").is_none() && button("Напомнить через 10 минут").is_none());
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
