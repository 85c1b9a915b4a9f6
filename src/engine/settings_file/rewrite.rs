//! Rewrites one value of the settings file; comments, order and unknown keys stay byte for byte.
//! The text is cut at the places that the parser names, and never put together from what was parsed.

use std::ops::Range;

use restante_model::{CheckInterval, Seconds};
use toml_edit::{Document, Item, Key, TableLike, Value};

use super::{BadValue, KEYS, SettingsFault, SettingsProblem, keys, parse};

const CHECK_INTERVAL: &str = "check_interval";

/// Why a setting was not written. The file is as it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingNotWritten {
    /// There is no such key.
    #[error("there is no key {0}")]
    UnknownKey(String),
    /// The key does not take this value.
    #[error("{0}")]
    BadValue(BadValue),
    /// A stronger source says otherwise, at this place.
    #[error("{key} is set by {place}")]
    Overruled {
        /// `table.name`
        key: &'static str,
        /// File and line, or the variable.
        place: String,
    },
    /// What cannot be read is not written, and what the disk does not take is not there.
    #[error(transparent)]
    File(#[from] SettingsProblem),
}

/// The value as TOML, when the key takes it. Text needs no quotes, as in a variable of the environment.
pub fn value_of(path: &str, said: &str) -> Result<(&'static str, String), SettingNotWritten> {
    let key = KEYS.iter().find(|key| key.path == path);
    let key = key.ok_or_else(|| SettingNotWritten::UnknownKey(path.to_owned()))?;
    let value = keys::value_said(key, said);
    keys::try_value(key, &value).map_err(SettingNotWritten::BadValue)?;
    Ok((key.path, value.to_string().trim().to_owned()))
}

/// The same text with `check_interval` set to the wish, or without the key. A file that is not TOML is
/// refused: what cannot be read is not written.
pub fn with_check_interval(
    text: &str,
    wish: Option<CheckInterval>,
    file: &str,
) -> Result<String, SettingsProblem> {
    let wished = wish.map(|interval| Value::from(Seconds::new(interval.seconds()).to_string()).to_string());
    with_setting(text, CHECK_INTERVAL, wished.as_deref(), file)
}

/// The same text with one key, `table.name`, set to a value written as TOML, or without the key. A file
/// that is not TOML is refused, and so is one where the table is no table.
pub fn with_setting(
    text: &str,
    path: &str,
    value: Option<&str>,
    file: &str,
) -> Result<String, SettingsProblem> {
    parse(text, file)?;
    let refused = |fault: SettingsFault| SettingsProblem::of_file(file, fault);
    let document = Document::parse(text).map_err(|error| refused(error.into()))?;
    let (table_name, name) = path.split_once('.').map_or((None, path), |(table, name)| (Some(table), name));
    let table: Option<&dyn TableLike> = match table_name {
        None => Some(document.as_table()),
        Some(table_name) => match document.get(table_name) {
            None => None,
            Some(item) => Some(
                item.as_table_like()
                    .ok_or_else(|| refused(SettingsFault::NotATable(table_name.to_owned())))?,
            ),
        },
    };
    let found = table.and_then(|table| {
        let key = table.key(name).and_then(Key::span)?;
        Some((key, table.get(name).and_then(Item::span)?))
    });
    let heading = table_name.and_then(|table_name| document.get(table_name)).and_then(Item::as_table);
    // In `notifications = { preview = true }` and `notifications.preview = true` there are no lines of a
    // table: such a one is changed by its own rules.
    let inline = table_name.is_some() && table.is_some() && heading.is_none_or(toml_edit::Table::is_dotted);
    let written = match (found, value) {
        (Some((_, place)), Some(value)) => replaced(text, place, value),
        (Some(_), None) | (None, Some(_)) if inline => with_inline(text, path, value).map_err(refused)?,
        (Some((key, value)), None) => {
            let start = text[..key.start].rfind('\n').map_or(0, |end| end + 1);
            replaced(text, start..line_end(text, value.end), "")
        }
        (None, Some(value)) => {
            let line = format!("{name} = {value}");
            match (table_name, heading) {
                (None, _) => with_line(text, &document, &line),
                (Some(_), Some(table)) => with_line_in(text, table, &line),
                (Some(table_name), None) => with_table(text, table_name, &line),
            }
        }
        (None, None) => text.to_owned(),
    };
    // Cut at a wrong place, a file would be broken for good: one look more costs nothing.
    parse(&written, file)?;
    Ok(written)
}

fn replaced(text: &str, place: Range<usize>, by: &str) -> String {
    format!("{}{by}{}", &text[..place.start], &text[place.end..])
}

/// The place behind the line that holds this one.
fn line_end(text: &str, place: usize) -> usize {
    text[place..].find('\n').map_or(text.len(), |end| place + end + 1)
}

fn newline_of(text: &str) -> &'static str {
    if text.contains("\r\n") { "\r\n" } else { "\n" }
}

/// The text with one more line: behind the last key that stands in no table. A file without such a key has
/// it in front of its tables; one of comments alone, behind them.
fn with_line(text: &str, document: &Document<&str>, line: &str) -> String {
    let place = match document.iter().filter_map(|(_, item)| last_value(item)).max() {
        Some(end) => line_end(text, end),
        None if document.is_empty() => text.len(),
        // A byte order mark stays the first of all.
        None => text.len() - text.trim_start_matches('\u{feff}').len(),
    };
    inserted(text, place, line)
}

/// The text with one more line in this table: behind its last value, or behind its heading.
fn with_line_in(text: &str, table: &toml_edit::Table, line: &str) -> String {
    let last = table.iter().filter_map(|(_, item)| last_value(item)).max();
    let end = last.or_else(|| table.span().map(|span| span.end));
    inserted(text, end.map_or(text.len(), |end| line_end(text, end)), line)
}

/// The text with one more table at its end.
fn with_table(text: &str, table_name: &str, line: &str) -> String {
    let newline = newline_of(text);
    let gap = if text.trim_start_matches('\u{feff}').is_empty() { "" } else { newline };
    inserted(text, text.len(), &format!("{gap}[{table_name}]{newline}{line}"))
}

fn inserted(text: &str, place: usize, lines: &str) -> String {
    let newline = newline_of(text);
    let before = &text[..place];
    let unended = !before.is_empty() && !before.ends_with(['\n', '\u{feff}']);
    let ended = if unended { newline } else { "" };
    format!("{before}{ended}{lines}{newline}{}", &text[place..])
}

/// The text with a key of an inline or dotted table changed: those the editing parser writes again, with
/// the comments that stand around them.
fn with_inline(text: &str, path: &str, value: Option<&str>) -> Result<String, SettingsFault> {
    let mut document: toml_edit::DocumentMut = text.parse()?;
    let (table_name, name) = path.split_once('.').unwrap_or(("", path));
    let table = document.get_mut(table_name).and_then(Item::as_table_like_mut);
    let table = table.ok_or_else(|| SettingsFault::NotATable(table_name.to_owned()))?;
    match value {
        Some(value) => {
            let value: Value = value.parse()?;
            table.insert(name, Item::Value(value));
        }
        None => drop(table.remove(name)),
    }
    Ok(document.to_string())
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

    fn set(text: &str, path: &str, value: Option<&str>) -> String {
        with_setting(text, path, value, "config.toml").unwrap()
    }

    #[test]
    fn a_key_of_a_table_is_changed_added_and_taken_out_where_it_stands() {
        assert_eq!(set(FILE, "mail.mark_read_after_seconds", Some("9")), FILE.replace("= 4", "= 9"));
        assert_eq!(set(FILE, "mail.undo_seconds", Some("5")), format!("{FILE}undo_seconds = 5\n"));
        let out = set(FILE, "mail.mark_read_after_seconds", None);
        assert_eq!(out, FILE.replace("mark_read_after_seconds = 4\n", ""));
        assert_eq!(
            set(&out, "mail.mark_read_after_seconds", Some("4")),
            FILE.replace(
                "# Slow reader.\nmark_read_after_seconds = 4\n",
                "mark_read_after_seconds = 4\n# Slow reader.\n"
            )
        );
    }

    #[test]
    fn a_table_that_is_not_there_comes_last() {
        let out = set(FILE, "notifications.preview", Some("false"));
        assert_eq!(out, format!("{FILE}\n[notifications]\npreview = false\n"));
        assert_eq!(set("", "notifications.preview", Some("false")), "[notifications]\npreview = false\n");
        assert_eq!(set("a = 1", "log.level", Some("\"warn\"")), "a = 1\n\n[log]\nlevel = \"warn\"\n");
        assert_eq!(set("a = 1\r\n", "log.level", Some("1")), "a = 1\r\n\r\n[log]\r\nlevel = 1\r\n");
    }

    #[test]
    fn tables_in_one_line_and_dotted_keys_are_changed_too() {
        let inline = "mail = { undo_seconds = 5 } # mine\n";
        assert_eq!(set(inline, "mail.undo_seconds", Some("7")), inline.replace('5', "7"));
        let more = set(inline, "mail.mark_read_after_seconds", Some("3"));
        assert!(more.contains("# mine") && more.contains("undo_seconds = 5"), "{more}");
        assert_eq!(parse(&more, "").unwrap().mark_read_after.0, 3);
        let dotted = "# mine\nmail.undo_seconds = 5\nuser = \"anna\"\n";
        let more = set(dotted, "mail.mark_read_after_seconds", Some("3"));
        assert!(more.starts_with("# mine\n") && more.contains("user = \"anna\""), "{more}");
        assert_eq!(parse(&more, "").unwrap().mark_read_after.0, 3);
        assert_eq!(parse(&set(dotted, "mail.undo_seconds", None), "").unwrap().undo.0.get(), 10);
        assert!(with_setting("mail = 1\n", "mail.undo_seconds", Some("1"), "config.toml").is_err());
    }

    #[test]
    fn a_value_is_said_as_in_the_environment_and_a_bad_one_says_why() {
        let value = |key, said| value_of(key, said).map(|(_, value)| value).map_err(|why| why.to_string());
        assert_eq!(value("notifications.ordinary", "window").unwrap(), "\"window\"");
        assert_eq!(value("notifications.preview", "false").unwrap(), "false");
        assert_eq!(value("notifications.quiet_hours", "22:00-07:00").unwrap(), "\"22:00-07:00\"");
        assert_eq!(value("mail.undo_seconds", "30").unwrap(), "30");
        assert_eq!(
            value("mail.undo_seconds", "soon").unwrap_err(),
            "must be a whole number of seconds from 0 to 3600"
        );
        assert_eq!(value("mail.colour", "red").unwrap_err(), "there is no key mail.colour");
        // What a person types can never become a line of its own.
        let typed = value("user", "anna\"\nserver = \"https://evil");
        assert_eq!(typed.unwrap_err(), "must not be empty or hold control characters");
    }

    #[test]
    fn a_file_that_cannot_be_read_is_not_rewritten() {
        assert!(with_check_interval("check_interval = ", None, "config.toml").is_err());
    }
}
