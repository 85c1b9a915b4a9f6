//! What a person does by hand with mail that is here: sorts it, counts it as unread again, removes it.

use restante_local_api::{FolderOrder, LocalProblemKind, SortBy};
use restante_model::Folder;

use super::*;
use crate::effect::Mark;

impl Story {
    fn unread_rows(&mut self) -> usize {
        let order = FolderOrder::default();
        let ask =
            Ask::Folder { folder: Folder::Inbox, order, start: PageStart::Row(0), limit: 100, unread: true };
        match self.asks(ask) {
            Ok(Answer::Folder(page)) => page.messages.len(),
            other => panic!("no page: {other:?}"),
        }
    }

    /// The subjects of the whole inbox, asked for in pages of two.
    fn in_order(&mut self, order: FolderOrder) -> Vec<String> {
        let (mut subjects, mut start) = (Vec::new(), PageStart::Row(0));
        loop {
            let ask = Ask::Folder { folder: Folder::Inbox, order, start, limit: 2, unread: false };
            let Ok(Answer::Folder(page)) = self.asks(ask) else { panic!("no page") };
            subjects.extend(page.messages.into_iter().map(|row| row.subject));
            match page.next_before {
                Some(before) => start = PageStart::Behind(before),
                None => return subjects,
            }
        }
    }

    fn position(&mut self, number: u128, order: FolderOrder, unread: bool) -> Option<u64> {
        let ask = Ask::Position { id: id(number), folder: Folder::Inbox, order, unread };
        match self.asks(ask) {
            Ok(Answer::Position(found)) => Some(found.position),
            Err(LocalProblemKind::NotFound) => None,
            other => panic!("no position: {other:?}"),
        }
    }

    /// One message, unread, has come.
    fn with_one_message() -> Self {
        let mut story = Self::signed_in();
        story.waiting = vec![received(1, Importance::High, DeliveryState::Waiting)];
        story.due();
        story
    }
}

fn mail(number: u128, from: &str, subject: &str, importance: Importance) -> Change {
    let Change::Message { mut message, state } = received(number, importance, DeliveryState::Waiting) else {
        unreachable!("it is a message")
    };
    message.from.name = from.to_owned();
    message.subject = subject.to_owned();
    message.sent_at = at(i64::try_from(number).unwrap());
    Change::Message { message, state }
}

#[test]
fn a_folder_is_read_in_the_order_of_any_column_page_by_page() {
    let mut story = Story::signed_in();
    story.waiting = vec![
        mail(1, "Яков", "ёлка", Importance::Normal),
        mail(2, "анна", "Жук", Importance::High),
        mail(3, "Борис", "«Ель»", Importance::Normal),
        mail(4, "Анна", "жук", Importance::Normal),
        mail(5, "Борис", "Zebra. 2", Importance::High),
    ];
    story.due();
    for (sort, ascending) in [
        (SortBy::Time, ["ёлка", "Жук", "«Ель»", "жук", "Zebra. 2"]),
        (SortBy::Subject, ["Zebra. 2", "ёлка", "«Ель»", "Жук", "жук"]),
        (SortBy::Who, ["Жук", "жук", "«Ель»", "Zebra. 2", "ёлка"]),
        (SortBy::Importance, ["ёлка", "«Ель»", "жук", "Жук", "Zebra. 2"]),
    ] {
        assert_eq!(story.in_order(FolderOrder { sort, ascending: true }), ascending, "{sort:?}");
        let mut descending = ascending;
        descending.reverse();
        assert_eq!(story.in_order(FolderOrder { sort, ascending: false }), descending, "{sort:?}");
    }
    let order = FolderOrder { sort: SortBy::Subject, ascending: true };
    let start = PageStart::Behind(format!("5.{}", id(5)));
    let ask = Ask::Folder { folder: Folder::Inbox, order, start, limit: 2, unread: false };
    assert_eq!(story.asks(ask), Err(LocalProblemKind::Invalid), "a place of another order");
}

#[test]
fn rows_are_read_from_any_number_on_and_counted() {
    let mut story = Story::signed_in();
    let importance = |number| if number % 3 == 0 { Importance::High } else { Importance::Normal };
    let name = |number| ["Борис", "анна"][usize::from(number % 2 == 0)];
    story.waiting = (1..=9)
        .map(|number| mail(number, name(number), &format!("no. {number}"), importance(number)))
        .collect();
    story.due();
    story.asks(Ask::MarkRead(id(4))).unwrap();
    for sort in [SortBy::Time, SortBy::Subject, SortBy::Who, SortBy::Importance] {
        for (ascending, unread) in [(false, false), (true, false), (false, true), (true, true)] {
            let order = FolderOrder { sort, ascending };
            let mut read = |from, limit| {
                let start = PageStart::Row(from);
                let ask = Ask::Folder { folder: Folder::Inbox, order, start, limit, unread };
                let Ok(Answer::Folder(page)) = story.asks(ask) else { panic!("no page") };
                let subjects: Vec<_> = page.messages.into_iter().map(|row| row.subject).collect();
                (subjects, page.count)
            };
            let (whole, count) = read(0, 100);
            assert_eq!((count, whole.len()), (Some(whole.len() as u64), if unread { 8 } else { 9 }));
            for from in 0..=10 {
                for limit in 1..=4 {
                    let expected: Vec<_> = whole.iter().skip(from).take(limit).cloned().collect();
                    let read = read(from as u64, u32::try_from(limit).unwrap());
                    assert_eq!(read, (expected, count), "{limit} from {from} in {order:?}, unread: {unread}");
                }
            }
        }
    }
}

#[test]
fn a_message_stands_where_its_row_is_in_any_order() {
    let mut story = Story::signed_in();
    story.waiting = (1..=5)
        .map(|number| {
            let importance = if number % 2 == 0 { Importance::High } else { Importance::Normal };
            mail(number, ["Борис", "анна"][usize::from(number > 2)], "same subject", importance)
        })
        .collect();
    story.due();
    for sort in [SortBy::Time, SortBy::Subject, SortBy::Who, SortBy::Importance] {
        for ascending in [false, true] {
            let order = FolderOrder { sort, ascending };
            let ask = Ask::Folder {
                folder: Folder::Inbox,
                order,
                start: PageStart::Row(0),
                limit: 10,
                unread: false,
            };
            let Ok(Answer::Folder(page)) = story.asks(ask) else { panic!("no page") };
            for number in 1..=5 {
                let row = page.messages.iter().position(|row| row.id == id(number)).map(|row| row as u64);
                assert_eq!(story.position(number, order, false), row, "{number} in {order:?}");
            }
        }
    }
    story.asks(Ask::MarkRead(id(4))).unwrap();
    let newest_first = FolderOrder::default();
    assert_eq!(story.position(3, newest_first, true), Some(1), "the one that was read is not counted");
    assert_eq!(story.position(4, newest_first, true), None, "nor is it among the unread");
    assert_eq!(story.position(6, newest_first, false), None, "there is no such message");

    let draft = Ask::SaveDraft { id: id(7), letter: letter(), base_version: None };
    story.asks(draft).unwrap();
    let ask = Ask::Position { id: id(7), folder: Folder::Drafts, order: newest_first, unread: false };
    assert!(matches!(story.asks(ask), Ok(Answer::Position(found)) if found.position == 0));
}

#[test]
fn what_is_marked_unread_stays_so_here_and_is_not_announced_again() {
    let mut story = Story::with_one_message();
    story.asks(Ask::MarkRead(id(1))).unwrap();
    assert_eq!(story.unread(), 0);
    story.asks(Ask::MarkUnread(id(1))).unwrap();
    assert_eq!((story.unread(), story.unread_rows()), (1, 1));
    let announced = story.done.iter().filter(|it| matches!(it, Effect::OpenImportant { .. })).count();

    // The server tells of the read mark, as it does to every device, and then the whole mailbox anew.
    story.waiting = vec![
        Change::Delivery {
            message_id: id(1),
            user: person("boris").login,
            state: DeliveryState::Read,
            at: at(9),
            acknowledged_at: None,
        },
        received(1, Importance::High, DeliveryState::Read),
    ];
    story.due();
    assert_eq!(story.unread(), 1);
    story.engine.cache.clear().unwrap();
    story.waiting = vec![received(1, Importance::High, DeliveryState::Read)];
    story.due();
    assert_eq!(story.unread(), 1, "a cache that was lost does not lose it");
    let again = story.done.iter().filter(|it| matches!(it, Effect::OpenImportant { .. })).count();
    assert_eq!(again, announced);

    story.asks(Ask::MarkRead(id(1))).unwrap();
    story.waiting = vec![received(1, Importance::High, DeliveryState::Read)];
    story.due();
    assert_eq!((story.unread(), story.unread_rows()), (0, 0));
    assert_eq!(story.asks(Ask::MarkUnread(id(2))), Err(LocalProblemKind::NotFound));
}

#[test]
fn a_deleted_message_is_gone_at_once_and_from_the_server_when_it_answers() {
    let mut story = Story::with_one_message();
    story.reachable = false;
    story.asks(Ask::DeleteMessage(id(1))).unwrap();
    assert_eq!((story.unread(), story.unread_rows()), (0, 0));
    assert_eq!(story.asks(Ask::Message(id(1))), Err(LocalProblemKind::NotFound));
    assert_eq!(story.asks(Ask::DeleteMessage(id(1))), Err(LocalProblemKind::NotFound));

    // Until the server has heard, what it says of the message brings it not back.
    story.reachable = true;
    story.refusal = None;
    assert_eq!(story.engine.ledger.pending_marks(Mark::Deleted, 9).unwrap(), [id(1)]);
    story.silent_server = true;
    story.happens(Event::Asked { call: CallId(1), ask: Ask::Check { wait: false } });
    assert!(story.engine.ledger.pending_marks(Mark::Deleted, 9).unwrap().is_empty(), "the server has heard");
    let deletions =
        story.asked.iter().filter(|it| matches!(it, Effect::ReportMarks { mark: Mark::Deleted, .. }));
    assert_eq!(deletions.count(), 2, "once in vain, once heard");
}

#[test]
fn a_page_that_was_under_way_does_not_bring_a_deleted_message_back() {
    let mut story = Story::with_one_message();
    story.reachable = false;
    story.asks(Ask::DeleteMessage(id(1))).unwrap();
    let page = ChangesPage {
        cursor: Cursor { epoch: "e".into(), generation: "g".into(), modseq: 9 },
        more: false,
        unread: 1,
        settings_revision: 1,
        next_check_in_seconds: None,
        server_time: at(5),
        changes: vec![received(1, Importance::High, DeliveryState::Delivered)],
    };
    story.engine.take_page(&page, at(6)).unwrap();
    assert_eq!((story.unread(), story.unread_rows()), (0, 0));
}
