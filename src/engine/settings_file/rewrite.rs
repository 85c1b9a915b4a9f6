//! Rewrites the check interval in the settings file; comments, order and unknown keys stay byte for byte.
//! The text is cut at the places that the parser names, and never put together from what was parsed.

use std::ops::Range;

use restante_model::{CheckInterval, Seconds};
use toml_edit::{Document, Item, Key, Value};

use super::{SettingsProblem, parse};

const KEY: &str = "check_interval";

/// The same text with `check_interval` set to the wish, or without the key. A file that is not TOML is
/// refused: what cannot be read is not written.
pub fn with_check_interval(
    text: &str,
    wish: Option<CheckInterval>,
    file: &str,
) -> Result<String, SettingsProblem> {
    parse(text, file)?;
    let document = Document::parse(text).map_err(|error: toml_edit::TomlError| SettingsProblem {
        file: file.to_owned(),
        line: 1,
        column: 1,
        reason: error.message().to_owned(),
    })?;
    let wished = wish.map(|interval| Value::from(Seconds::new(interval.seconds()).to_string()).to_string());
    let key = document.key(KEY).and_then(Key::span);
    let value = document.get(KEY).and_then(Item::span);
    Ok(match (key.zip(value), wished) {
        (Some((_, value)), Some(wished)) => replaced(text, value, &wished),
        (Some((key, value)), None) => {
            let start = text[..key.start].rfind('\n').map_or(0, |end| end + 1);
            replaced(text, start..line_end(text, value.end), "")
        }
        (None, Some(wished)) => with_line(text, &document, &format!("{KEY} = {wished}")),
        (None, None) => text.to_owned(),
    })
}

fn replaced(text: &str, place: Range<usize>, by: &str) -> String {
    format!("{}{by}{}", &text[..place.start], &text[place.end..])
}

/// The place behind the line that holds this one.
fn line_end(text: &str, place: usize) -> usize {
    text[place..].find('\n').map_or(text.len(), |end| place + end + 1)
}

/// The text with one more line: behind the last key that stands in no table. A file without such a key has
/// it in front of its tables; one of comments alone, behind them.
fn with_line(text: &str, document: &Document<&str>, line: &str) -> String {
    let newline = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let place = match document.iter().filter_map(|(_, item)| last_value(item)).max() {
        Some(end) => line_end(text, end),
        None if document.is_empty() => text.len(),
        // A byte order mark stays the first of all.
        None => text.len() - text.trim_start_matches('\u{feff}').len(),
    };
    let before = &text[..place];
    let unended = !before.is_empty() && !before.ends_with(['\n', '\u{feff}']);
    let ended = if unended { newline } else { "" };
    format!("{before}{ended}{line}{newline}{}", &text[place..])
}

/// Where the last value ends that belongs to this item and stands under no heading of its own.
fn last_value(item: &Item) -> Option<usize> {
    match item {
        Item::Value(value) => value.span().map(|span| span.end),
        Item::Table(table) if table.is_dotted() => {
            table.iter().filter_map(|(_, item)| last_value(item)).max()
        }
        Item::Table(_) | Item::ArrayOfTables(_) | Item::None => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FILE: &str = "# Anna's settings.\nserver = \"https://mail\"\n\n# Not too often.\ncheck_interval  =  \"5m\" # five\nfuture = 1\n\n[mail]\n# Slow reader.\nmark_read_after_seconds = 4\n";

    fn rewrite(text: &str, seconds: Option<u64>) -> String {
        with_check_interval(text, seconds.map(CheckInterval::from_seconds), "config.toml").unwrap()
    }

    #[test]
    fn only_the_value_changes() {
        assert_eq!(rewrite(FILE, Some(120)), FILE.replace("\"5m\"", "\"2m\""));
    }

    #[test]
    fn a_removed_key_leaves_everything_else() {
        assert_eq!(rewrite(FILE, None), FILE.replace("check_interval  =  \"5m\" # five\n", ""));
    }

    #[test]
    fn a_new_key_stands_before_the_tables() {
        let text = "# Mine.\n[mail]\nmark_read_after_seconds = 4\n";
        let written = rewrite(text, Some(60));
        assert_eq!(parse(&written, "").unwrap().check_interval, Some(Seconds::new(60)));
        assert!(written.contains("# Mine.") && written.contains("mark_read_after_seconds = 4"));
        assert_eq!(rewrite("# Mine.\n", Some(60)), "# Mine.\ncheck_interval = \"1m\"\n");
        assert_eq!(rewrite("", Some(60)), "check_interval = \"1m\"\n");
    }

    /// A line of a settings file, as people and editors write them.
    fn line() -> impl Strategy<Value = String> {
        prop_oneof![
            Just(String::new()),
            "[ \t]{0,3}",
            "#[ -~]{0,20}",
            "# check_interval = \"9m\" [a-z]{0,5}",
            "[ \t]{0,2}future_[a-z]{1,6}[ ]{0,3}=[ ]{0,3}[0-9]{1,5}([ ]{1,3}#[ -~]{0,10})?",
            "list_[a-z]{1,6} = \\[[ ]?1,[ ]{0,2}2[ ]?\\]",
            "text_[a-z]{1,6} = '[a-z \\[\\]=]{0,10}'",
        ]
    }

    fn key_line() -> impl Strategy<Value = String> {
        "[ \t]{0,2}(check_interval|\"check_interval\"|'check_interval')[ ]{0,3}=[ ]{0,3}(\"5m\"|'5m')([ \t]{0,3}#[ -~]{0,12})?"
    }

    /// Lines before the key, the key, lines after it, a table; the lines' end.
    fn file() -> impl Strategy<Value = (Vec<String>, Option<String>, Vec<String>, &'static str)> {
        let lines = || prop::collection::vec(line(), 0..5);
        let table = prop_oneof![
            Just(Vec::new()),
            (line(), line()).prop_map(|(one, other)| {
                vec![one, "[mail] # mine".into(), "check_interval = 3 # another's key".into(), other]
            }),
        ];
        let ends = prop_oneof![3 => Just("\n"), 1 => Just("\r\n")];
        (lines(), prop::option::of(key_line()), lines(), table, ends).prop_map(
            |(before, key, mut after, table, end)| {
                after.extend(table);
                (before, key, after, end)
            },
        )
    }

    fn text(lines: impl IntoIterator<Item = String>, end: &str) -> String {
        lines.into_iter().map(|line| line + end).collect()
    }

    proptest! {
        /// Whatever else stands in the file, a rewrite changes the value and not one byte more.
        #[test]
        fn all_but_the_value_stays_byte_for_byte(
            (before, key, after, end) in file(), seconds in 1_u64..100_000,
        ) {
            let old = text(before.iter().chain(&key).chain(&after).cloned(), end);
            prop_assume!(parse(&old, "").is_ok());
            let wished = Seconds::new(seconds).to_string();
            let written = rewrite(&old, Some(seconds));
            prop_assert_eq!(parse(&written, "").unwrap().check_interval, Some(Seconds::new(seconds)));
            let removed = rewrite(&old, None);
            let without = text(before.iter().chain(&after).cloned(), end);
            prop_assert_eq!(&removed, &without);
            if let Some(key) = key {
                let value = format!("{wished:?}");
                let key = key.replace("\"5m\"", &value).replace("'5m'", &value);
                let expected = text(before.iter().chain([&key]).chain(&after).cloned(), end);
                prop_assert_eq!(&written, &expected);
                // And back again, to the byte.
                prop_assert_eq!(rewrite(&written, Some(300)), rewrite(&old, Some(300)));
            } else {
                // Taken out again, a key that was put in leaves nothing behind.
                prop_assert_eq!(rewrite(&written, None), old);
            }
        }
    }

    #[test]
    fn a_file_that_cannot_be_read_is_not_rewritten() {
        assert!(with_check_interval("check_interval = ", None, "config.toml").is_err());
    }
}
