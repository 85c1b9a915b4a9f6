//! The mailbox's window, operated by keys and as a screen reader does, without an agent.

use i_slint_backend_testing::{AccessibleRole, ElementHandle, init_no_event_loop};
use restante_l10n::{Language, Words};
use slint::platform::{Key, WindowEvent};

use super::*;

fn window() -> ui::Mailbox {
    init_no_event_loop();
    let window = ui::Mailbox::new().unwrap();
    prepare(&window, &Words::new(Language::English));
    let row = |name: &str| ui::Row {
        loaded: true,
        important: true,
        spoken: format!("{name}, spoken").into(),
        who: name.into(),
        ..ui::Row::default()
    };
    window.set_rows(ModelRc::new(VecModel::from(vec![row("Anna"), row("Boris")])));
    window.show().unwrap();
    window.invoke_focus_list();
    window
}

fn press(window: &ui::Mailbox, modifiers: &[Key], key: impl Into<slint::SharedString>) {
    let key = key.into();
    let dispatch = |event| window.window().dispatch_event(event);
    for it in modifiers {
        dispatch(WindowEvent::KeyPressed { text: (*it).into() });
    }
    dispatch(WindowEvent::KeyPressed { text: key.clone() });
    dispatch(WindowEvent::KeyReleased { text: key });
    for it in modifiers {
        dispatch(WindowEvent::KeyReleased { text: (*it).into() });
    }
}

fn counted(listen: impl FnOnce(Box<dyn Fn()>)) -> Rc<Cell<u32>> {
    let count = Rc::new(Cell::new(0));
    let counter = count.clone();
    listen(Box::new(move || counter.set(counter.get() + 1)));
    count
}

#[test]
fn deleting_is_asked_about_once_and_escape_keeps_it() {
    let window = window();
    let deleted = counted(|count| window.on_delete(count));
    press(&window, &[], Key::Delete);
    press(&window, &[], Key::Delete);
    assert_eq!(deleted.get(), 0, "what cannot be deleted is not");
    window.set_can_delete(true);
    press(&window, &[], Key::Delete);
    press(&window, &[], Key::Escape);
    press(&window, &[], Key::Delete);
    assert_eq!(deleted.get(), 0);
    press(&window, &[], Key::Delete);
    assert_eq!(deleted.get(), 1);
}

#[test]
fn one_key_puts_the_reading_pane_to_the_right_and_back_and_another_hides_it() {
    let window = window();
    let switched = counted(|count| window.on_arranged(count));
    let press = |modifiers: &[Key]| {
        press(&window, modifiers, Key::F8);
        window.get_pane()
    };
    assert_eq!([press(&[]), press(&[]), press(&[])], [ui::Pane::Right, ui::Pane::Below, ui::Pane::Right]);
    assert_eq!(
        [press(&[Key::Shift]), press(&[Key::Shift])],
        [ui::Pane::Off, ui::Pane::Right],
        "where it was"
    );
    assert_eq!(
        [press(&[Key::Shift]), press(&[])],
        [ui::Pane::Off, ui::Pane::Below],
        "the one key shows it too"
    );
    assert_eq!(switched.get(), 7);
}

#[test]
fn control_f_searches_and_escape_goes_back() {
    let window = window();
    let typed = Rc::new(RefCell::new(Vec::new()));
    let told = typed.clone();
    window.on_search_typed(move |words| told.borrow_mut().push(words.to_string()));
    press(&window, &[Key::Control], "f");
    press(&window, &[], "k");
    press(&window, &[], "e");
    assert_eq!(window.get_search_text(), "ke");
    assert_eq!(*typed.borrow(), ["k", "ke"]);
    press(&window, &[], Key::Escape);
    assert_eq!(window.get_search_text(), "");
    assert_eq!(typed.borrow().last().unwrap(), "");
    let picked = counted(|count| window.on_picked(move |_| count()));
    press(&window, &[], Key::DownArrow);
    assert_eq!(picked.get(), 1, "the list has the keys again");
}

#[test]
fn answers_go_by_key_only_where_there_is_something_to_answer() {
    let window = window();
    let answers = [
        counted(|count| window.on_reply(count)),
        counted(|count| window.on_reply_all(count)),
        counted(|count| window.on_forward(count)),
    ];
    let press_all = || {
        press(&window, &[Key::Control], "r");
        press(&window, &[Key::Control, Key::Shift], "R");
        press(&window, &[Key::Control], "l");
    };
    press_all();
    assert_eq!(answers.each_ref().map(|count| count.get()), [0, 0, 0]);
    window.set_can_reply(true);
    press_all();
    assert_eq!(answers.each_ref().map(|count| count.get()), [1, 1, 1]);
}

#[test]
fn f1_lists_the_shortcuts_and_keys_do_nothing_else_meanwhile() {
    let window = window();
    let written = counted(|count| window.on_write(count));
    press(&window, &[], Key::F1);
    assert!(window.get_shortcuts_shown());
    press(&window, &[Key::Control], "n");
    assert_eq!(written.get(), 0);
    press(&window, &[], Key::Escape);
    assert!(!window.get_shortcuts_shown());
    press(&window, &[Key::Control], "n");
    assert_eq!(written.get(), 1);
}

#[test]
fn buttons_and_rows_are_named_and_their_parts_are_silent() {
    let window = window();
    for label in [
        "Write",
        "Reply",
        "Reply to all",
        "Forward",
        "Delete",
        "Mark unread",
        "Switch reading pane",
        "Menu",
        "Importance",
    ] {
        let button = ElementHandle::find_by_accessible_label(&window, label).next();
        let button = button.unwrap_or_else(|| panic!("{label} is not there"));
        assert_eq!(button.accessible_role(), Some(AccessibleRole::Button), "{label}");
    }
    let row = ElementHandle::find_by_accessible_label(&window, "Anna, spoken").next().unwrap();
    assert_eq!(row.accessible_role(), Some(AccessibleRole::ListItem));
    assert_eq!(row.accessible_item_index(), Some(0));
    assert!(
        ElementHandle::find_by_accessible_label(&window, "Anna").next().is_none(),
        "the cells of a row are spoken with it, not one by one"
    );
}

#[test]
fn a_column_is_sorted_by_its_head_and_says_which_way() {
    let window = window();
    let asked = Rc::new(RefCell::new(Vec::new()));
    let told = asked.clone();
    window.on_sort_by(move |column| told.borrow_mut().push(column));
    for head in ["From", "Subject", "Importance", "Date"] {
        let head = ElementHandle::find_by_accessible_label(&window, head).next().unwrap();
        assert_eq!(head.accessible_role(), Some(AccessibleRole::Button));
        head.invoke_accessible_default_action();
    }
    let expected = [ui::SortBy::Who, ui::SortBy::Subject, ui::SortBy::Importance, ui::SortBy::Time];
    assert_eq!(*asked.borrow(), expected);
    let said = |head| {
        let head = ElementHandle::find_by_accessible_label(&window, head).next().unwrap();
        head.accessible_description().unwrap_or_default().to_string()
    };
    assert_eq!((said("Date").as_str(), said("Subject").as_str()), ("sorted, descending", ""));
    window.set_sort(ui::SortBy::Subject);
    window.set_ascending(true);
    assert_eq!((said("Date").as_str(), said("Subject").as_str()), ("", "sorted, ascending"));
}

#[test]
fn control_m_marks_what_is_on_show_the_other_way() {
    let window = window();
    let marked = Rc::new(RefCell::new(Vec::new()));
    let told = marked.clone();
    window.on_mark(move |read| told.borrow_mut().push(read));
    press(&window, &[Key::Control], "m");
    assert!(marked.borrow().is_empty(), "nothing is on show");
    window.set_can_mark(true);
    window.set_reading_unread(true);
    press(&window, &[Key::Control], "m");
    window.set_reading_unread(false);
    press(&window, &[Key::Control], "m");
    assert_eq!(*marked.borrow(), [true, false]);
}

/// The element that a person looks at: where its lower right corner is.
fn corner(window: &ui::Mailbox, label: &str) -> (f32, f32) {
    let found = ElementHandle::find_by_accessible_label(window, label).next();
    let found = found.unwrap_or_else(|| panic!("{label} is not there"));
    let (at, size) = (found.absolute_position(), found.size());
    (at.x + size.width, at.y + size.height)
}

fn low_window() -> ui::Mailbox {
    let window = window();
    window.window().set_size(slint::LogicalSize::new(640.0, 400.0));
    window
}

#[test]
fn a_subject_in_one_word_stays_inside_the_window_and_leaves_room_for_the_text() {
    let window = low_window();
    let subject = "w".repeat(998);
    for pane in [ui::Pane::Below, ui::Pane::Right] {
        window.set_pane(pane);
        window.set_reading(ui::Reading {
            shown: true,
            subject: subject.as_str().into(),
            ..Default::default()
        });
        let (right, _) = corner(&window, &subject);
        assert!(right <= 640.0, "{pane:?}: it ends at {right}");
        let text = ElementHandle::find_by_accessible_label(&window, "Text").next().unwrap();
        assert!(text.size().height >= 36.0, "{pane:?}: the text has {:?}", text.size());
    }
}

#[test]
fn in_a_low_window_a_sent_letter_shows_its_text_and_can_be_taken_back() {
    let window = low_window();
    let recipient =
        |name: &str| ui::Recipient { name: name.into(), spoken: name.into(), ..ui::Recipient::default() };
    let recipients: Vec<_> = ["Boris", "Clara", "Dora", "Egor", "Fyodor", "Galina"].map(recipient).into();
    window.set_reading(ui::Reading {
        shown: true,
        subject: "Room 12".into(),
        action: "Take back".into(),
        recipients: ModelRc::new(VecModel::from(recipients)),
        ..Default::default()
    });
    let (_, action) = corner(&window, "Take back");
    let text = ElementHandle::find_by_accessible_label(&window, "Text").next().unwrap();
    let text = text.absolute_position().y;
    assert!(action < text && text + 40.0 < 400.0, "the button ends at {action}, the text begins at {text}");
}

#[test]
fn in_a_low_window_the_list_of_shortcuts_is_scrolled_and_closed_by_its_button() {
    let window = low_window();
    press(&window, &[], Key::F1);
    let (_, close) = corner(&window, "Close");
    assert!(close <= 400.0, "the button ends at {close}");
    let last = "F1: Keyboard shortcuts";
    let in_sight = ElementHandle::find_by_accessible_label(&window, last).next().is_some();
    assert!(!in_sight, "there is not room for all of them");
    press(&window, &[], Key::PageDown);
    press(&window, &[], Key::PageDown);
    let (_, last) = corner(&window, last);
    assert!(last < close, "it ends at {last}");
}

#[test]
fn the_chosen_row_stays_in_sight_when_the_list_becomes_lower_or_its_rows_higher() {
    let window = window();
    let row = |number: usize| ui::Row {
        loaded: true,
        spoken: format!("row {number}").into(),
        ..ui::Row::default()
    };
    window.set_rows(ModelRc::new(VecModel::from((0..500).map(row).collect::<Vec<_>>())));
    press(&window, &[], Key::End);
    let in_sight = |what: &str| {
        for _ in 0..2 {
            i_slint_backend_testing::mock_elapsed_time(Duration::from_millis(20));
        }
        let row = ElementHandle::find_by_accessible_label(&window, "row 499").next();
        let row = row.unwrap_or_else(|| panic!("{what}: it is not in sight"));
        let bottom = row.absolute_position().y + row.size().height;
        let height = window.window().size().height;
        assert!(bottom < f32::from(u16::try_from(height).unwrap()), "{what}: it ends at {bottom}");
    };
    in_sight("at first");
    window.window().set_size(slint::LogicalSize::new(700.0, 400.0));
    in_sight("in a low window");
    press(&window, &[], Key::F8);
    in_sight("with the pane on the right");
}

#[test]
fn an_edge_of_a_column_follows_the_pointer_and_is_kept_when_it_is_let_go() {
    let window = window();
    window.window().set_size(slint::LogicalSize::new(1080.0, 680.0));
    let kept = counted(|count| window.on_arranged(count));
    let head = ElementHandle::find_by_accessible_label(&window, "From").next().unwrap();
    let (at, size, width) = (head.absolute_position(), head.size(), window.get_who_width());
    let point = |by: f32| slint::LogicalPosition::new(at.x + size.width - 1.0 + by, at.y + size.height / 2.0);
    let button = slint::platform::PointerEventButton::Left;
    let happens = |event| {
        window.window().dispatch_event(event);
        i_slint_backend_testing::mock_elapsed_time(Duration::from_millis(1));
    };
    happens(WindowEvent::PointerMoved { position: point(0.0) });
    happens(WindowEvent::PointerPressed { position: point(0.0), button });
    for by in [10.0, 25.0, 40.0] {
        happens(WindowEvent::PointerMoved { position: point(by) });
    }
    assert_eq!((window.get_who_width(), kept.get()), (width + 40.0, 0));
    happens(WindowEvent::PointerReleased { position: point(40.0), button });
    assert_eq!((window.get_who_width(), kept.get()), (width + 40.0, 1));
}
