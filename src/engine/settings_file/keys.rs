//! Every key of the settings file: its default, and how its value is read.
//!
//! WHEN ADDING A KEY: a row in [`KEYS`], a field in `SettingsFile`, a line in config.example.toml; a test
//! holds the three together.

use restante_local_api::Undo;
use restante_model::Seconds;
use toml_edit::{Document, Item, Value};

use super::{
    BadValue, Carrier, ImportantCarrier, InQuietHours, LogLevel, MarkReadAfter, OverFullScreen, Preview,
    Proxy, Rhythm, SettingsFault, SettingsFile, SettingsProblem, Sound, Speech, TokenStorage, UndoWindow,
    values::{duration_within, hook, number_up_to, one_of, quiet_hours, seconds, switch, text, url},
};

/// One key of the settings file.
#[derive(Debug)]
pub struct Key {
    /// Its table and name, `table.name`.
    pub path: &'static str,
    /// Its default as TOML; `None` where absent means something of its own.
    pub default: Option<&'static str>,
    read: fn(&mut SettingsFile, &Value) -> Result<(), BadValue>,
}

const fn key(
    path: &'static str,
    default: Option<&'static str>,
    read: fn(&mut SettingsFile, &Value) -> Result<(), BadValue>,
) -> Key {
    Key { path, default, read }
}

/// Every key there is.
pub const KEYS: &[Key] = &[
    key("server", None, |file, value| url(value).map(|it| file.server = Some(it))),
    key("organisation", None, |file, value| text(value).map(|it| file.organisation = Some(it))),
    key("user", None, |file, value| text(value).map(|it| file.user = Some(it))),
    key("check_interval", None, |file, value| seconds(value).map(|it| file.check_interval = Some(it))),
    key("notifications.ordinary", Some("\"desktop\""), |file, value| {
        let words = [("desktop", Carrier::Desktop), ("window", Carrier::Window), ("off", Carrier::Off)];
        one_of(value, &words).map(|it| file.ordinary = it)
    }),
    key("notifications.important", Some("\"modal\""), |file, value| {
        let words = [("modal", ImportantCarrier::Modal), ("desktop", ImportantCarrier::Desktop)];
        one_of(value, &words).map(|it| file.important = it)
    }),
    key("notifications.important_repeat_every", Some("\"5m\""), |file, value| {
        duration_within(value, Rhythm::EVERY).map(|it| file.important_rhythm.every = it)
    }),
    key("notifications.important_repeat_for", Some("\"30m\""), |file, value| {
        duration_within(value, 0..=Rhythm::LONGEST_SECONDS).map(|it| file.important_rhythm.lasting = it)
    }),
    key("notifications.preview", Some("true"), |file, value| {
        let shown = switch(value)?;
        file.preview = if shown { Preview::Shown } else { Preview::Hidden };
        Ok(())
    }),
    key("notifications.quiet_hours", None, |file, value| {
        quiet_hours(value).map(|it| file.quiet_hours = Some(it))
    }),
    key("notifications.important_in_quiet_hours", Some("true"), |file, value| {
        let announced = switch(value)?;
        file.important_in_quiet_hours = if announced { InQuietHours::Announced } else { InQuietHours::Held };
        Ok(())
    }),
    key("notifications.sound", Some("false"), |file, value| {
        file.sound = match value.as_bool() {
            Some(true) => Sound::NewMail,
            Some(false) => Sound::Off,
            None => Sound::Named(text(value).map_err(|_| BadValue::NoSound)?),
        };
        Ok(())
    }),
    key("notifications.respect_full_screen", Some("true"), |file, value| {
        let respected = switch(value)?;
        file.over_full_screen = if respected { OverFullScreen::GivesWay } else { OverFullScreen::Shown };
        Ok(())
    }),
    key("notifications.speak_important", Some("false"), |file, value| {
        let spoken = switch(value)?;
        file.speech = if spoken { Speech::Important } else { Speech::Off };
        Ok(())
    }),
    key("notifications.hook", None, |file, value| hook(value).map(|it| file.hook = Some(it))),
    key("mail.mark_read_after_seconds", Some("2"), |file, value| {
        number_up_to(value, 3_600).map(|it| file.mark_read_after = MarkReadAfter(it))
    }),
    key("mail.undo_seconds", Some("10"), |file, value| {
        number_up_to(value, Undo::MAX_SECONDS).map(|it| file.undo = UndoWindow(Seconds::new(it)))
    }),
    key("network.proxy", Some("\"system\""), |file, value| {
        file.proxy = match text(value)?.as_str() {
            "system" => Proxy::System,
            "none" => Proxy::None,
            _ => Proxy::Url(url(value)?),
        };
        Ok(())
    }),
    key("network.extra_ca_file", None, |file, value| {
        text(value).map(|it| file.extra_ca_file = Some(it.into()))
    }),
    key("storage.token", Some("\"keyring\""), |file, value| {
        let words = [("keyring", TokenStorage::Keyring), ("file", TokenStorage::File)];
        one_of(value, &words).map(|it| file.token = it)
    }),
    key("log.level", Some("\"info\""), |file, value| {
        let words = [
            ("error", LogLevel::Error),
            ("warn", LogLevel::Warn),
            ("info", LogLevel::Info),
            ("debug", LogLevel::Debug),
            ("trace", LogLevel::Trace),
        ];
        one_of(value, &words).map(|it| file.log_level = it)
    }),
];

/// A value as a person says it where text needs no quotes. What is no text by its default is written as
/// it is in the file.
pub(super) fn value_said(key: &Key, said: &str) -> Value {
    let plain = key.default.is_some_and(|default| !default.starts_with('"'));
    let mut value = match said.trim().parse::<Value>() {
        Ok(value) if plain => value,
        Ok(_) | Err(_) => Value::from(said),
    };
    value.decor_mut().clear();
    value
}

/// Why the key does not take this value.
pub(super) fn try_value(key: &Key, value: &Value) -> Result<(), BadValue> {
    (key.read)(&mut SettingsFile::default(), value)
}

/// Reads the text of the settings file. A file that is not TOML is refused whole, with the place; an
/// unknown key or a bad value is named in `problems`, and every other key is in force.
pub fn parse(text: &str, file: &str) -> Result<SettingsFile, SettingsProblem> {
    let mut settings = SettingsFile::default();
    read_into(&mut settings, text, file, |_, _, _| {})?;
    Ok(settings)
}

/// The same on top of settings that another file said. Each key that is taken is told, with its value as
/// TOML and its line.
pub(super) fn read_into(
    settings: &mut SettingsFile,
    text: &str,
    file: &str,
    mut taken: impl FnMut(&'static str, String, usize),
) -> Result<(), SettingsProblem> {
    let problem = |span: Option<std::ops::Range<usize>>, fault: SettingsFault| {
        let (line, column) = place(text, span.map_or(0, |span| span.start));
        SettingsProblem { file: file.to_owned(), line, column, fault }
    };
    let document = Document::parse(text).map_err(|error| problem(error.span(), error.into()))?;
    for (table, name, item, span) in entries(&document) {
        let path = if table.is_empty() { name.clone() } else { format!("{table}.{name}") };
        let Some(key) = KEYS.iter().find(|key| key.path == path) else {
            settings.problems.push(problem(span, SettingsFault::UnknownKey(path)));
            continue;
        };
        let outcome = match item.as_value() {
            Some(value) => (key.read)(settings, value).map(|()| value).map_err(|why| (item.span(), why)),
            None => Err((span.clone(), BadValue::Table)),
        };
        match outcome {
            Ok(value) => {
                let line = place(text, span.map_or(0, |span| span.start)).0;
                taken(key.path, value.to_string().trim().to_owned(), line);
            }
            Err((span, why)) => {
                settings.problems.push(problem(span, SettingsFault::Value { key: key.path, why }));
            }
        }
    }
    Ok(())
}

type Entry<'a> = (String, String, &'a Item, Option<std::ops::Range<usize>>);

/// The keys of the file with the table each stands in; a table that we know of is looked into.
fn entries<'a>(document: &'a Document<&str>) -> Vec<Entry<'a>> {
    let mut found = Vec::new();
    for (name, item) in document.iter() {
        let span = document.key(name).and_then(toml_edit::Key::span);
        let known = KEYS.iter().any(|key| key.path.split_once('.').is_some_and(|(table, _)| table == name));
        match item.as_table_like().filter(|_| known) {
            Some(table) => found.extend(table.iter().map(|(inner, item)| {
                let span = table.key(inner).and_then(toml_edit::Key::span);
                (name.to_owned(), inner.to_owned(), item, span)
            })),
            None => found.push((String::new(), name.to_owned(), item, span)),
        }
    }
    found
}

/// Line and column, both from 1, of a byte offset.
fn place(text: &str, offset: usize) -> (usize, usize) {
    let mut offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    let before = &text[..offset];
    let line_start = before.rfind('\n').map_or(0, |end| end + 1);
    (before.matches('\n').count() + 1, before[line_start..].chars().count() + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings_file::QuietHours;

    fn read(text: &str) -> SettingsFile {
        parse(text, "config.toml").unwrap()
    }

    #[test]
    fn an_empty_file_says_the_defaults() {
        assert_eq!(read(""), SettingsFile::default());
    }

    #[test]
    fn text_that_is_no_toml_is_refused_with_its_place() {
        let problem = parse("server = \"https://mail\"\ncheck_interval = 5m\n", "config.toml").unwrap_err();
        assert_eq!((problem.line, problem.column), (2, 18), "{problem}");
    }

    #[test]
    fn a_bad_value_is_named_and_the_rest_is_in_force() {
        let settings = read("check_interval = \"5\"\nuser = \"anna\"\n[notifications]\n  preview = \"no\"\n");
        assert_eq!(settings.user.as_deref(), Some("anna"));
        assert_eq!(settings.check_interval, None);
        let places: Vec<_> = settings.problems.iter().map(|it| (it.line, it.column)).collect();
        assert_eq!(places, [(1, 18), (4, 13)]);
    }

    #[test]
    fn an_unknown_key_is_named() {
        let settings = read("check_intervall = \"5m\"\n[mail]\nmark_read = 1\n[colour]\nred = 1\n");
        let faults: Vec<_> = settings.problems.into_iter().map(|it| it.fault).collect();
        let unknown = ["check_intervall", "mail.mark_read", "colour"];
        assert_eq!(faults, unknown.map(|key| SettingsFault::UnknownKey(key.into())));
    }

    #[test]
    fn quiet_hours_may_go_over_midnight() {
        let settings = read("[notifications]\nquiet_hours = \"22:00-07:30\"");
        assert_eq!(settings.quiet_hours, Some(QuietHours { from_minute: 1320, to_minute: 450 }));
    }

    #[test]
    fn a_hook_is_a_program_with_its_arguments_and_never_a_line_for_a_shell() {
        let settings = read("[notifications]\nhook = [\"/usr/bin/play\", \"-q\", \"new mail.ogg\"]");
        assert_eq!(settings.hook.unwrap(), ["/usr/bin/play", "-q", "new mail.ogg"]);
        for bad in ["\"play -q\"", "[]", "[\"\"]", "[\"play\", 1]"] {
            let settings = read(&format!("[notifications]\nhook = {bad}"));
            assert_eq!((settings.hook, settings.problems.len()), (None, 1), "{bad}");
        }
    }

    #[test]
    fn the_rhythm_of_important_mail_keeps_to_its_range() {
        let rhythm = |keys: &str| read(&format!("[notifications]\n{keys}"));
        let said = rhythm("important_repeat_every = \"1m\"\nimportant_repeat_for = \"0s\"").important_rhythm;
        assert_eq!((said.every.get(), said.lasting.get()), (60, 0));
        for bad in ["every = \"9s\"", "every = \"0s\"", "every = \"25h\"", "for = \"8d\"", "for = 30"] {
            let settings = rhythm(&format!("important_repeat_{bad}"));
            assert_eq!(settings.important_rhythm, Rhythm::default(), "{bad}");
            assert_eq!(settings.problems.len(), 1, "{bad}");
        }
        let settings = rhythm("important_repeat_every = \"9s\"");
        let said = settings.problems[0].fault.to_string();
        assert!(said.ends_with("must be from \"10s\" to \"1d\", not \"9s\""), "{said}");
    }

    #[test]
    fn a_sound_is_the_desktops_a_named_one_or_none() {
        let sound = |value| read(&format!("[notifications]\nsound = {value}")).sound;
        assert_eq!(sound("true"), Sound::NewMail);
        assert_eq!(sound("\"bell\""), Sound::Named("bell".into()));
        assert_eq!(sound("3"), Sound::Off);
    }

    #[test]
    fn quiet_hours_of_no_length_are_refused() {
        let settings = read("[notifications]\nquiet_hours = \"22:00-22:00\"");
        assert_eq!((settings.quiet_hours, settings.problems.len()), (None, 1));
    }

    #[test]
    fn the_example_file_holds_every_key_with_its_default() {
        let example = include_str!("../../../config.example.toml");
        // Keys are written as `# key = value`, prose as `# Prose.`: uncommented, it is a settings file.
        let uncommented: String = example
            .lines()
            .map(|line| {
                line.strip_prefix("# ").filter(|it| it.contains(" = ")).unwrap_or(line).to_owned() + "\n"
            })
            .collect();
        let document = Document::parse(uncommented.as_str()).unwrap();
        for key in KEYS {
            let item = key.path.split('.').try_fold(document.as_item(), |item, name| item.get(name));
            let value = item.and_then(Item::as_value).unwrap_or_else(|| panic!("{} is missing", key.path));
            if let Some(default) = key.default {
                assert_eq!(value.to_string().trim(), default, "{}", key.path);
            }
        }
        assert_eq!(entries(&document).len(), KEYS.len());
        assert_eq!(parse(&uncommented, "config.example.toml").unwrap().problems, []);
        assert_eq!(parse(example, "config.example.toml").unwrap(), SettingsFile::default());
        let defaults: String = KEYS
            .iter()
            .filter_map(|key| key.default.map(|default| format!("{} = {default}\n", key.path)))
            .collect();
        assert_eq!(read(&defaults), SettingsFile::default());
    }
}
