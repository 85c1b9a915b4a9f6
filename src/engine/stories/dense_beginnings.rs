//! Stories of a search for the beginning of very many words: whichever way it is looked for, the same is found.

use super::*;

const MESSAGES: u128 = 1_200;

/// Every third message has a word that begins with "при", no two the same one; the oldest three hundred have one
/// that begins with "ста".
fn with_mail() -> Story {
    let mut story = Story::signed_in();
    let text = |number: u128| {
        let third = if number.is_multiple_of(3) { format!("при{number}") } else { String::new() };
        let old = if number <= 300 { format!("ста{number}") } else { String::new() };
        let rare = if number.is_multiple_of(100) { "редкое" } else { "" };
        format!("общее {third} {old} {rare}")
    };
    story.waiting = (1..=MESSAGES).map(|number| about(number, "Письмо", &text(number))).collect();
    story.due();
    story
}

/// All pages of an answer.
fn all(story: &mut Story, words: &str, limit: u32) -> Vec<u128> {
    let (mut all, mut before) = (Vec::new(), None);
    loop {
        let (found, next) = story.found(words, before.as_deref(), limit);
        all.extend(found);
        if next.is_none() {
            return all;
        }
        before = next;
    }
}

fn newest_first(is_meant: impl Fn(u128) -> bool) -> Vec<u128> {
    (1..=MESSAGES).rev().filter(|number| is_meant(*number)).collect()
}

#[test]
fn a_beginning_of_many_words_finds_each_message_once_and_the_newest_first() {
    let mut story = with_mail();
    for limit in [7, 50, 500] {
        assert_eq!(all(&mut story, "при", limit), newest_first(|it| it.is_multiple_of(3)), "{limit}");
        assert_eq!(all(&mut story, "ста", limit), newest_first(|it| it <= 300), "{limit}");
    }
    assert_eq!(all(&mut story, "мария", 500).len(), 1_200);
}

#[test]
fn beside_whole_words_it_finds_what_has_all_of_them() {
    let mut story = with_mail();
    assert_eq!(all(&mut story, "общие при", 50), newest_first(|it| it.is_multiple_of(3)));
    assert_eq!(all(&mut story, "редкая при", 50), newest_first(|it| it.is_multiple_of(300)));
    assert_eq!(all(&mut story, "редкая ста", 50), [300, 200, 100]);
    assert_eq!(all(&mut story, "нигде при", 50), []);
}

#[test]
fn from_any_row_on_it_finds_the_same() {
    let mut story = with_mail();
    for (words, whole) in [
        ("при", newest_first(|it| it.is_multiple_of(3))),
        ("ста", newest_first(|it| it <= 300)),
        ("редкая при", newest_first(|it| it.is_multiple_of(300))),
    ] {
        for (from, limit) in [(0, 50), (50, 50), (250, 100), (whole.len(), 10)] {
            let (found, count, more) = story.found_from(words, from as u64, limit);
            let limit = limit as usize;
            let expected: Vec<_> = whole.iter().skip(from).take(limit).copied().collect();
            assert_eq!(found, expected, "{words}: {limit} from {from}");
            let counted = (count, more) == (whole.len() as u64, false);
            // Where the texts were looked through, nothing behind the page was.
            assert!(counted || (from, count, more) == (0, limit as u64, true), "{words}: {count}, {more}");
        }
    }
}
