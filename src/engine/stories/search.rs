//! What is looked for in the mailbox is found, offline too (row B31).

use super::*;

impl Story {
    /// The numbers of the messages found, and what to ask for the page that follows.
    pub(super) fn found(
        &mut self,
        words: &str,
        before: Option<&str>,
        limit: u32,
    ) -> (Vec<u128>, Option<String>) {
        let ask = Ask::Search { words: words.into(), before: before.map(Into::into), limit };
        let effects = self.engine.apply(Event::Asked { call: CallId(90), ask }, self.now);
        let page = effects.iter().find_map(|effect| match effect {
            Effect::Answer { answer: Ok(Answer::Found(page)), .. } => Some(page.clone()),
            _ => None,
        });
        let page = page.unwrap_or_else(|| panic!("{words:?}: {effects:?}"));
        (page.messages.iter().map(|it| it.row.id.uuid().as_u128()).collect(), page.next_before)
    }
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
    story.happens(Event::Asked { call: CallId(1), ask: Ask::SetMode(Mode::Offline) });
    let about = |subject: &str| Letter { subject: subject.into(), ..letter() };
    story.happens(Event::Asked {
        call: CallId(2),
        ask: Ask::Send { id: id(7), letter: about("Заявки"), undo: Undo::AtOnce },
    });
    story.happens(Event::Asked {
        call: CallId(3),
        ask: Ask::SaveDraft {
            id: id(8), letter: about("Заявка на отпуск"), base_version: None
        },
    });
    assert_eq!(story.found("заявок", None, 50).0, [8, 7]);
    assert_eq!(story.found("заявок", Some("1"), 50).0, []);
}
