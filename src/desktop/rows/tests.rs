//! The list as the toolkit asks for it, page after page.

use std::{
    cell::Cell,
    rc::Rc,
    task::{Context, Poll, Waker},
};

use slint::{
    ComponentHandle, ModelRc,
    platform::{Key, WindowEvent},
};

use super::*;
use crate::ui;

fn id(number: usize) -> MessageId {
    format!("01936a70-1b3c-7000-8000-{number:012}").parse().unwrap()
}

fn entries(numbers: Range<usize>) -> Vec<Entry> {
    let row = |number: usize| {
        let text = slint::SharedString::from(number.to_string());
        Row { loaded: true, subject: text.clone(), spoken: text, ..Row::default() }
    };
    numbers.map(|number| Entry { id: id(number), row: row(number) }).collect()
}

fn page(first: usize, numbers: Range<usize>) -> Page {
    Page { first, entries: entries(numbers) }
}

fn needed(rows: &Rows) -> bool {
    let mut waiting = std::pin::pin!(rows.needed());
    matches!(waiting.as_mut().poll(&mut Context::from_waker(Waker::noop())), Poll::Ready(()))
}

/// What an agent answers whose folder holds the numbers from zero on: each page that is wanted.
fn feed(rows: &Rows, total: usize) -> Vec<usize> {
    let mut asked = Vec::new();
    while let Some(wanted) = rows.next_page() {
        asked.push(wanted.first);
        let numbers = wanted.first..total.min(wanted.first + PAGE);
        assert!(rows.add(wanted, page(wanted.first, numbers), total));
    }
    asked
}

fn held(rows: &Rows) -> usize {
    rows.pages.borrow().iter().map(|page| page.entries.len()).sum()
}

/// The whole list as it is shown, row by row.
fn shown(rows: &Rows) -> Vec<String> {
    (0..rows.row_count()).map(|index| rows.row_data(index).unwrap().subject.to_string()).collect()
}

#[test]
fn the_list_is_as_long_as_the_folder_and_loads_what_is_looked_at() {
    let rows = Rows::default();
    rows.replace(vec![page(0, 0..200)], 1000);
    assert_eq!(rows.row_count(), 1000);
    assert_eq!(rows.row_data(20).unwrap().subject, "20");
    assert!(!needed(&rows), "what is loaded is not asked for again");
    assert_eq!(rows.next_page(), None);

    assert!(!rows.row_data(650).unwrap().loaded);
    assert!(needed(&rows));
    assert_eq!(feed(&rows, 1000), [600, 400], "the pages between are passed over, the next one above is not");
    assert_eq!(rows.row_data(650).unwrap().subject, "650");
    assert_eq!(rows.next_page(), None, "the rows that were asked for are all there");
    assert_eq!(rows.row_data(1000), None);
}

#[test]
fn the_next_screen_is_loaded_before_it_is_looked_at() {
    let rows = Rows::default();
    rows.replace(vec![page(0, 0..200)], 1000);
    assert!(rows.row_data(199 - ROWS_AHEAD).unwrap().loaded);
    assert_eq!(rows.next_page(), None);
    assert!(rows.row_data(200 - ROWS_AHEAD).unwrap().loaded);
    assert_eq!(feed(&rows, 1000), [200]);
}

#[test]
fn rows_far_from_what_is_looked_at_are_given_up_and_what_is_dragged_past_is_not_read() {
    let rows = Rows::default();
    rows.replace(vec![page(0, 0..200)], 100_000);
    for index in (0..60_000).step_by(30) {
        rows.row_data(index);
        feed(&rows, 100_000);
        assert_eq!(rows.row_data(index).unwrap().subject, index.to_string());
        assert!(held(&rows) <= 2_000, "{} rows at {index}", held(&rows));
    }
    assert_eq!(rows.id(0), None);
    for index in (60_000..100_000).step_by(1_000) {
        rows.row_data(index);
    }
    assert!(rows.wanted.borrow().len() <= PAGES_WANTED);
    assert_eq!(feed(&rows, 100_000).first(), Some(&99_000), "the newest wish first");
    assert!(rows.row_data(0).is_some_and(|row| !row.loaded));
    assert_eq!(feed(&rows, 100_000).first(), Some(&0), "what was given up is read again");
}

#[test]
fn the_last_row_of_a_list_that_goes_on_leads_to_the_rows_behind_it() {
    let rows = Rows::default();
    rows.replace(vec![page(0, 0..200)], 401);
    assert!(!rows.row_data(400).unwrap().loaded);
    let wanted = rows.next_page().unwrap();
    assert_eq!(wanted.first, 400);
    assert!(rows.add(wanted, page(400, 400..600), 601));
    assert_eq!((rows.row_count(), rows.row_data(400).unwrap().subject.as_str()), (601, "400"));
    rows.row_data(600);
    assert_eq!(rows.next_page().unwrap().first, 600);
    assert!(rows.add(rows.next_page().unwrap(), page(600, 600..603), 603));
    assert_eq!((rows.row_count(), rows.row_data(602).unwrap().subject.as_str()), (603, "602"));
}

#[test]
fn a_page_of_another_list_is_not_taken() {
    let rows = Rows::default();
    rows.replace(vec![page(0, 0..200)], 1000);
    rows.row_data(999);
    let wanted = rows.next_page().unwrap();
    rows.replace(vec![page(0, 5000..5003)], 3);
    assert!(!rows.add(wanted, page(800, 800..1000), 1000));
    assert_eq!(shown(&rows), ["5000", "5001", "5002"]);
    assert_eq!(rows.next_page(), None, "nor is it asked for again");
}

#[test]
fn the_list_grows_and_shrinks_with_what_a_page_says() {
    let rows = Rows::default();
    rows.replace(vec![page(0, 0..200)], 1000);
    rows.row_data(700);
    let wanted = rows.next_page().unwrap();
    assert!(rows.add(wanted, page(600, 600..650), 650));
    assert_eq!(rows.row_count(), 650);
    assert_eq!(rows.row_data(649).unwrap().subject, "649");
    assert_eq!(rows.row_data(650), None);
}

#[test]
fn a_message_is_found_again_after_new_mail() {
    let rows = Rows::default();
    rows.replace(vec![page(400, 10..15)], 405);
    assert_eq!(rows.index_of(id(12)), Some(402));
    rows.replace(vec![page(400, 8..15)], 407);
    assert_eq!(rows.index_of(id(12)), Some(404));
    assert_eq!(rows.id(404), Some(id(12)));
    assert_eq!(rows.index_of(id(99)), None);
}

fn window(rows: &Rc<Rows>) -> ui::Mailbox {
    i_slint_backend_testing::init_no_event_loop();
    let window = ui::Mailbox::new().unwrap();
    window.set_rows(ModelRc::from(rows.clone()));
    window.show().unwrap();
    window
}

fn on_screen(window: &ui::Mailbox) -> Vec<String> {
    i_slint_backend_testing::ElementHandle::find_by_element_id(window, "MessageList::line")
        .map(|row| row.accessible_label().unwrap().to_string())
        .collect()
}

/// What the toolkit draws after each step must be what is there: it follows the model by its
/// notifications only.
#[test]
fn the_toolkit_follows_every_change() {
    let rows = Rc::new(Rows::default());
    let window = window(&rows);
    let first = |numbers: Range<usize>| numbers.map(|number| number.to_string()).collect::<Vec<_>>();
    let replace = |page: Page| {
        let total = page.entries.len();
        rows.replace(vec![page], total);
    };

    replace(page(0, 10..14));
    assert_eq!(on_screen(&window), first(10..14));
    replace(page(0, 8..14));
    assert_eq!(on_screen(&window), first(8..14), "new mail on top");
    let mut read = page(0, 8..14);
    read.entries[3].row.spoken = "read".into();
    replace(read);
    assert_eq!(on_screen(&window)[3], "read");
    replace(page(0, 9..12));
    assert_eq!(on_screen(&window), first(9..12), "some are gone");
    replace(page(0, 0..0));
    assert_eq!(on_screen(&window), Vec::<String>::new());
}

#[test]
fn of_a_hundred_thousand_rows_the_last_one_is_one_key_away() {
    const TOTAL: usize = 100_000;
    let rows = Rc::new(Rows::default());
    let window = window(&rows);
    rows.replace(vec![page(0, 0..PAGE)], TOTAL);
    let picked = Rc::new(Cell::new(-1));
    let told = picked.clone();
    window.on_picked(move |index| told.set(index));
    window.invoke_focus_list();
    let read = Cell::new(0);
    let press = |key: Key| {
        for event in
            [WindowEvent::KeyPressed { text: key.into() }, WindowEvent::KeyReleased { text: key.into() }]
        {
            window.window().dispatch_event(event);
        }
        // Drawn, loaded, and the timer after a long jump over.
        for _ in 0..3 {
            drop(on_screen(&window));
            read.set(read.get() + feed(&rows, TOTAL).len());
            i_slint_backend_testing::mock_elapsed_time(std::time::Duration::from_millis(20));
        }
        (on_screen(&window), usize::try_from(picked.get()).unwrap())
    };

    let (shown, chosen) = press(Key::End);
    assert_eq!((chosen, window.get_current()), (TOTAL - 1, 99_999));
    assert_eq!(shown.last().map(String::as_str), Some("99999"), "{shown:?}");
    assert!(read.get() <= 2, "{} pages were read on the way", read.get());
    let (shown, above) = press(Key::PageUp);
    assert!(above < TOTAL - 2 && shown.contains(&above.to_string()), "{above}: {shown:?}");
    let (shown, chosen) = press(Key::Home);
    assert_eq!((chosen, shown.first().map(String::as_str)), (0, Some("0")), "{shown:?}");
    assert!(held(&rows) <= PAGES_HELD * PAGE);
}
