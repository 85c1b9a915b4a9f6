//! The list as the toolkit asks for it, page after page.

use std::{
    rc::Rc,
    task::{Context, Poll, Waker},
};

use slint::{ComponentHandle, ModelRc};

use super::*;
use crate::ui;

fn id(number: usize) -> MessageId {
    format!("01936a70-1b3c-7000-8000-{number:012}").parse().unwrap()
}

fn entries(numbers: std::ops::Range<usize>) -> Vec<Entry> {
    let row = |number: usize| Row { loaded: true, subject: number.to_string().into(), ..Row::default() };
    numbers.map(|number| Entry { id: id(number), row: row(number) }).collect()
}

fn needed(rows: &Rows) -> bool {
    let mut waiting = std::pin::pin!(rows.needed());
    matches!(waiting.as_mut().poll(&mut Context::from_waker(Waker::noop())), Poll::Ready(()))
}

/// The whole folder as it is shown, row by row.
fn shown(rows: &Rows) -> Vec<String> {
    (0..rows.row_count()).map(|index| rows.row_data(index).unwrap().subject.to_string()).collect()
}

#[test]
fn the_list_is_as_long_as_the_folder_and_loads_what_is_looked_at() {
    let rows = Rows::default();
    rows.replace(entries(0..200), Some("200".into()), 1000);
    assert_eq!(rows.row_count(), 1000);
    assert_eq!(rows.row_data(199).unwrap().subject, "199");
    assert!(!needed(&rows), "what is loaded is not asked for again");
    assert_eq!(rows.next_page(), None);

    assert!(!rows.row_data(350).unwrap().loaded);
    assert!(needed(&rows));
    let (generation, before) = rows.next_page().unwrap();
    assert_eq!(before, "200");
    assert!(rows.append(generation, entries(200..400), Some("400".into())));
    assert_eq!(rows.row_data(350).unwrap().subject, "350");
    assert_eq!(rows.next_page(), None, "the rows that were asked for are all there");
    assert_eq!(rows.row_data(1000), None);
}

#[test]
fn a_page_of_another_list_is_not_taken() {
    let rows = Rows::default();
    rows.replace(entries(0..200), Some("200".into()), 1000);
    rows.row_data(999);
    let (generation, _) = rows.next_page().unwrap();
    rows.replace(entries(5000..5003), None, 3);
    assert!(!rows.append(generation, entries(200..400), None));
    assert_eq!(shown(&rows), ["5000", "5001", "5002"]);
}

#[test]
fn the_count_gives_way_to_what_is_really_there() {
    let rows = Rows::default();
    rows.replace(entries(0..200), Some("200".into()), 1000);
    assert!(rows.append(1, entries(200..250), None));
    assert_eq!(rows.row_count(), 250);
    rows.replace(entries(0..200), Some("200".into()), 100);
    assert_eq!(rows.row_count(), 200, "a count from before the newest messages");
    rows.replace(entries(0..5), None, 7);
    assert_eq!(rows.row_count(), 5);
}

#[test]
fn a_message_is_found_again_after_new_mail() {
    let rows = Rows::default();
    rows.replace(entries(10..15), None, 5);
    assert_eq!(rows.index_of(id(12)), Some(2));
    rows.replace(entries(8..15), None, 7);
    assert_eq!(rows.index_of(id(12)), Some(4));
    assert_eq!(rows.id(4), Some(id(12)));
    assert_eq!(rows.index_of(id(99)), None);
}

/// What the toolkit draws after each step must be what is there: it follows the model by its
/// notifications only.
#[test]
fn the_toolkit_follows_every_change() {
    i_slint_backend_testing::init_no_event_loop();
    let window = ui::Mailbox::new().unwrap();
    let rows = Rc::new(Rows::default());
    window.set_rows(ModelRc::from(rows.clone()));
    window.show().unwrap();
    let on_screen = || -> Vec<String> {
        i_slint_backend_testing::ElementHandle::find_by_element_id(&window, "MessageList::line")
            .map(|row| row.accessible_label().unwrap().to_string())
            .collect()
    };
    let spoken = |mut entries: Vec<Entry>| {
        for entry in &mut entries {
            entry.row.spoken = entry.row.subject.clone();
        }
        entries
    };
    let first =
        |numbers: std::ops::Range<usize>| numbers.map(|number| number.to_string()).collect::<Vec<_>>();

    rows.replace(spoken(entries(10..14)), None, 4);
    assert_eq!(on_screen(), first(10..14));
    rows.replace(spoken(entries(8..14)), None, 6);
    assert_eq!(on_screen(), first(8..14), "new mail on top");
    let mut read = spoken(entries(8..14));
    read[3].row.spoken = "read".into();
    rows.replace(read, None, 6);
    assert_eq!(on_screen()[3], "read");
    rows.replace(spoken(entries(9..12)), None, 3);
    assert_eq!(on_screen(), first(9..12), "some are gone");
    rows.replace(Vec::new(), None, 0);
    assert_eq!(on_screen(), Vec::<String>::new());
}
