//! What is looked for in the mailbox is found, offline too (row B31).

use restante_local_api::{LocalProblemKind, SearchPage};

use super::*;

impl Story {
    /// The numbers of the messages found, and what to ask for the page that follows.
    pub(super) fn found(
        &mut self,
        words: &str,
        before: Option<&str>,
        limit: u32,
    ) -> (Vec<u128>, Option<String>) {
        let start = before.map_or(PageStart::Row(0), |before| PageStart::Behind(before.into()));
        let page = self.looks_for(words, start, limit);
        (numbers(&page), page.next_before)
    }

    /// The numbers of the messages found from this row on, how many there are, and whether that is not all.
    pub(super) fn found_from(&mut self, words: &str, from: u64, limit: u32) -> (Vec<u128>, u64, bool) {
        let page = self.looks_for(words, PageStart::Row(from), limit);
        (numbers(&page), page.count.unwrap(), page.more_than_count)
    }

    fn looks_for(&mut self, words: &str, start: PageStart, limit: u32) -> SearchPage {
        match self.asks(Ask::Search { words: words.into(), start, limit }) {
            Ok(Answer::Found(page)) => page,
            other => panic!("{words:?}: {other:?}"),
        }
    }

    fn found_position(&mut self, number: u128, words: &str) -> Option<u64> {
        match self.asks(Ask::FoundPosition { id: id(number), words: words.into() }) {
            Ok(Answer::Position(found)) => Some(found.position),
            Err(LocalProblemKind::NotFound) => None,
            other => panic!("no position: {other:?}"),
        }
    }

    /// A draft and a letter that waits, both of which are found by "заявка".
    fn writes_letters(&mut self) {
        self.happens(Event::Asked { call: CallId(1), ask: Ask::SetMode(Mode::Offline) });
        let about = |subject: &str| Letter { subject: subject.into(), ..letter() };
        self.happens(Event::Asked {
            call: CallId(2),
            ask: Ask::Send { id: id(7), letter: about("Заявки"), undo: Undo::AtOnce },
        });
        self.happens(Event::Asked {
            call: CallId(3),
            ask: Ask::SaveDraft {
                id: id(8), letter: about("Заявка на отпуск"), base_version: None
            },
        });
    }

    /// The same letters, and mail: that of 11 to 15 is found by it, too.
    fn with_mail_and_letters() -> Self {
        let mut story = Self::signed_in();
        story.waiting = (11..=15).map(|number| about(number, "О заявках", "text")).collect();
        story.waiting.push(about(16, "Приказ", "text"));
        story.due();
        story.writes_letters();
        story
    }
}

fn numbers(page: &SearchPage) -> Vec<u128> {
    page.messages.iter().map(|it| it.row.id.uuid().as_u128()).collect()
}

#[test]
fn mail_is_found_offline_by_any_form_of_its_words_and_by_its_sender() {
    let mut story = Story::signed_in();
    story.waiting = vec![
        about(1, "Отчёты за квартал", "Прошу прислать деньги."),
        about(2, "Minutes of the meeting", "Пришлите письмо по foo-bar, C++ и т.е. \u{ab}ёлку\u{bb}"),
        about(3, "Отчет", "Без денег"),
    ];
    story.due();
    story.happens(Event::Asked { call: CallId(1), ask: Ask::SetMode(Mode::Offline) });
    for (words, expected) in [
        ("отчёт", &[3, 1][..]),
        ("ОТЧЕТОВ", &[3, 1]),
        ("денег", &[3, 1]),
        ("писем", &[2]),
        ("meetings", &[2]),
        ("мееting", &[]),
        ("ёлка", &[2]),
        ("foo-bar", &[2]),
        ("c++", &[2]),
        ("т.е.", &[2]),
        ("отчет за ква", &[1]),
        ("кузнецовой", &[3, 2, 1]),
        ("anna", &[3, 2, 1]),
        ("\"", &[]),
        ("*", &[]),
        ("отчет AND", &[]),
        ("отчет)", &[3, 1]),
    ] {
        assert_eq!(story.found(words, None, 50).0, expected, "{words:?}");
    }
}

#[test]
fn what_is_found_comes_in_pages_and_what_is_removed_is_found_no_more() {
    let mut story = Story::signed_in();
    story.waiting = (1..=5).map(|number| about(number, "Приказ", "text")).collect();
    story.due();
    let (first, next) = story.found("приказы", None, 2);
    let (second, next) = story.found("приказы", next.as_deref(), 2);
    let (third, next) = story.found("приказы", next.as_deref(), 2);
    assert_eq!((first, second, third, next), (vec![5, 4], vec![3, 2], vec![1], None));
    let reason = restante_server_api::RemovedReason::Deleted;
    story.waiting = vec![Change::Removed { message_id: id(3), reason }];
    story.due();
    assert_eq!(story.found("приказ", None, 50).0, [5, 4, 2, 1]);
}

#[test]
fn what_is_still_written_or_waits_to_go_out_is_found_too() {
    let mut story = Story::signed_in();
    story.writes_letters();
    assert_eq!(story.found("заявок", None, 50).0, [8, 7]);
    assert_eq!(story.found("заявок", Some("1"), 50).0, []);
}

#[test]
fn what_is_found_is_read_from_any_row_on_and_counted() {
    let mut story = Story::with_mail_and_letters();
    let whole = [8, 7, 15, 14, 13, 12, 11];
    for from in 0..=9 {
        for limit in 1..=9 {
            let (found, count, more) = story.found_from("заявок", from, limit);
            let from = usize::try_from(from).unwrap();
            let few = usize::try_from(limit).unwrap().max(2_usize.saturating_sub(from));
            let expected: Vec<_> = whole.iter().skip(from).take(few).copied().collect();
            assert_eq!((found, count, more), (expected, 7, false), "{limit} from {from}");
        }
    }
    assert_eq!(story.found_from("нигде", 0, 5), (vec![], 0, false));
    assert_eq!(story.found_from("...", 0, 5), (vec![], 0, false));
    // By pages, each behind the one before.
    let (mut all, mut before) = (Vec::new(), None);
    loop {
        let (found, next) = story.found("заявок", before.as_deref(), 2);
        all.extend(found);
        match next {
            Some(next) => before = Some(next),
            None => break,
        }
    }
    assert_eq!(all, whole);
}

#[test]
fn a_message_that_was_found_stands_where_its_row_is() {
    let mut story = Story::with_mail_and_letters();
    for (row, number) in [8, 7, 15, 14, 13, 12, 11].into_iter().enumerate() {
        assert_eq!(story.found_position(number, "заявки"), Some(row as u64), "{number}");
    }
    assert_eq!(story.found_position(16, "заявки"), None, "it is here and not found");
    assert_eq!(story.found_position(99, "заявки"), None);
    assert_eq!(story.found_position(11, "..."), None);
}

#[test]
fn of_very_many_found_some_are_counted_and_the_others_are_said_to_be_there() {
    let mut story = Story::signed_in();
    story.waiting = (1..=10_300).map(|number| about(number, "Приказ", "text")).collect();
    story.due();
    let (found, count, more) = story.found_from("приказ", 0, 200);
    assert_eq!((found[0], found[199], count, more), (10_300, 10_101, 10_200, true));
    let (found, count, more) = story.found_from("приказ", 200, 200);
    assert_eq!((found[0], count, more), (10_100, 10_300, false));
    assert_eq!(story.found_from("приказ", 10_200, 200).0.len(), 100);
    assert_eq!(story.found_from("приказ", 20_000, 200), (vec![], 10_300, false), "behind the end");
}
