//! What is wrong with the settings, and why one of them was not written.

use restante_engine::settings_file::{
    BadValue, SettingNotWritten, SettingsFault, SettingsProblem, SystemError, quoted,
};
use restante_l10n::{Value, Words, system_error, toml_error};

/// All that is wrong, each with its place; `None` where nothing is.
pub(crate) fn of_settings(problems: &[SettingsProblem], words: &Words) -> Option<String> {
    let said: Vec<_> = problems.iter().map(|problem| of_setting(problem, words)).collect();
    (!said.is_empty()).then(|| said.join("; "))
}

/// What is wrong, with its place.
pub(crate) fn of_setting(problem: &SettingsProblem, words: &Words) -> String {
    let SettingsProblem { file, line, column, fault } = problem;
    format!("{file}:{line}:{column}: {}", of_fault(fault, words))
}

/// What is wrong at a place that is said elsewhere.
pub(crate) fn of_fault(fault: &SettingsFault, words: &Words) -> String {
    let system = |key: &str, error: &SystemError| {
        words.with(key, &[("why", Value::Text(&system_error(error.kind, &error.said, words)))])
    };
    match fault {
        SettingsFault::UnknownKey(key) => words.with("settings-no-such-key", &[("key", Value::Text(key))]),
        SettingsFault::Value { key, why } => {
            let why = of_value(why, words);
            words.with("settings-bad-value", &[("key", Value::Text(key)), ("why", Value::Text(&why))])
        }
        SettingsFault::NotATable(name) => words.with("settings-no-table", &[("name", Value::Text(name))]),
        SettingsFault::Toml(said) => toml_error(said, words),
        SettingsFault::NotUtf8 => words.text("settings-not-utf-eight"),
        SettingsFault::TooLarge { most_bytes } => {
            words.with("settings-too-large", &[("limit", Value::Number(*most_bytes))])
        }
        SettingsFault::Unreadable(error) => system("settings-unreadable", error),
        SettingsFault::Unwritten(error) => system("settings-unwritten", error),
    }
}

/// Why a value is not taken, its key left out.
fn of_value(why: &BadValue, words: &Words) -> String {
    match why {
        BadValue::Table => words.text("settings-value-table"),
        BadValue::NoText => words.text("settings-value-no-text"),
        BadValue::EmptyOrControl => words.text("settings-value-empty"),
        BadValue::NoUrl(given) => words.with("settings-value-no-url", &[("given", Value::Text(given))]),
        BadValue::NoTextOfDuration => words.text("settings-value-no-text-of-duration"),
        BadValue::NoDuration(given) => {
            words.with("settings-value-no-duration", &[("given", Value::Text(given))])
        }
        BadValue::DurationOutside { least, most, given } => {
            let [least, most, given] = [least, most, given].map(ToString::to_string);
            let values = [("least", &least), ("most", &most), ("given", &given)];
            words.with(
                "settings-value-duration-outside",
                &values.map(|(name, text)| (name, Value::Text(text))),
            )
        }
        BadValue::NoLength => words.text("settings-value-no-length"),
        BadValue::NoNumber { most } => {
            words.with("settings-value-no-number", &[("most", Value::Text(&most.to_string()))])
        }
        BadValue::NoSwitch => words.text("settings-value-no-switch"),
        BadValue::NoSound => words.text("settings-value-no-sound"),
        BadValue::NoTimesOfDay => words.text("settings-value-no-times-of-day"),
        BadValue::NoProgram => words.text("settings-value-no-program"),
        BadValue::NoneOf(possible) => {
            words.with("settings-value-none-of", &[("possible", Value::Text(&quoted(possible)))])
        }
    }
}

/// Why a setting was not written, and the words for what to do about it.
pub(super) fn not_written(why: &SettingNotWritten, words: &Words) -> (String, Option<&'static str>) {
    match why {
        SettingNotWritten::UnknownKey(key) => (
            words.with("ask-no-such-setting", &[("key", Value::Text(key))]),
            Some("ask-no-such-setting-hint"),
        ),
        SettingNotWritten::BadValue(why) => (of_value(why, words), None),
        SettingNotWritten::Overruled { key, place } => {
            let values = [("key", Value::Text(key)), ("place", Value::Text(place))];
            (words.with("ask-setting-overruled", &values), Some("ask-setting-overruled-hint"))
        }
        SettingNotWritten::File(problem) => {
            let why = of_setting(problem, words);
            (
                words.with("ask-settings-broken", &[("why", Value::Text(&why))]),
                Some("ask-settings-broken-hint"),
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use restante_engine::settings_file::{parse, value_of};
    use restante_l10n::{Language, foreign_words};

    use super::*;

    fn russian() -> Words {
        Words::new(Language::Russian)
    }

    /// A file for each thing that can be wrong in one.
    const WRONG: [&str; 22] = [
        "colour = 1",
        "user = { name = \"anna\" }",
        "user = 1",
        "user = \"\"",
        "server = \"mail\"",
        "check_interval = 5",
        "check_interval = \"5 minutes\"",
        "check_interval = \"0s\"",
        "notifications.important_repeat_every = \"9s\"",
        "mail.undo_seconds = 3601",
        "notifications.preview = \"no\"",
        "notifications.sound = 1",
        "notifications.quiet_hours = \"22:00\"",
        "notifications.hook = \"play\"",
        "notifications.ordinary = \"loud\"",
        "user = анна",
        "user",
        "user = \"anna",
        "user = \"a\"\nuser = \"b\"",
        "= 1",
        "user = \"C:\\Users\"",
        "]",
    ];

    #[test]
    fn whatever_is_wrong_in_the_file_is_told_in_russian() {
        let words = russian();
        for text in WRONG {
            let problem =
                parse(text, "config.toml").map_or_else(Some, |file| file.problems.into_iter().next());
            let problem = problem.unwrap_or_else(|| panic!("{text} is taken"));
            let said = of_setting(&problem, &words);
            let names = ["user", "server", "true", "false", "colour"];
            assert_eq!(foreign_words(&said, &names), [""; 0], "{text}: {said}");
        }
        let system = |kind| SystemError { kind, said: "in English (os error 1)".into() };
        for fault in [
            SettingsFault::NotATable("mail".into()),
            SettingsFault::NotUtf8,
            SettingsFault::TooLarge { most_bytes: 1 },
            SettingsFault::Unreadable(system(std::io::ErrorKind::PermissionDenied)),
            SettingsFault::Unwritten(system(std::io::ErrorKind::Other)),
        ] {
            let said = of_fault(&fault, &words);
            assert_eq!(foreign_words(&said, &["mail"]), [""; 0], "{fault:?}: {said}");
        }
    }

    #[test]
    fn a_value_that_a_person_types_is_refused_in_russian() {
        let told = |key: &str, said: &str| not_written(&value_of(key, said).unwrap_err(), &russian()).0;
        assert_eq!(told("mail.undo_seconds", "скоро"), "нужно целое число секунд от 0 до 3600");
        assert_eq!(
            told("notifications.important_repeat_every", "9s"),
            "нужно от \"10s\" до \"1d\", а не \"9s\""
        );
        assert_eq!(told("mail.colour", "red"), "настройки mail.colour нет");
    }

    #[test]
    fn what_people_forget_most_in_the_file_is_told_apart() {
        let (quotes, equals) = ("нет значения, или текст стоит без кавычек", "у настройки нет значения");
        let (open, twice) = ("не закрыта кавычка или скобка", "это уже есть в файле выше");
        for (text, expected) in [
            ("check_interval = 5m", quotes),
            ("user = анна", quotes),
            ("user = ", quotes),
            ("user", equals),
            ("user: \"anna\"", equals),
            ("user = \"anna", open),
            ("user = 'anna", open),
            ("[mail", open),
            ("a = [1", open),
            ("[mail]\n[mail]", twice),
            ("user = \"a\"\nuser = \"b\"", twice),
            ("= 1", "файл записан не по правилам TOML"),
        ] {
            let said = of_fault(&parse(text, "config.toml").unwrap_err().fault, &russian());
            assert!(said.starts_with(expected), "{text}: {said}");
        }
    }

    #[test]
    fn a_forgotten_quote_is_named_with_its_place() {
        let problem = parse("server = \"https://mail\"\ncheck_interval = 5m\n", "config.toml").unwrap_err();
        assert_eq!(
            of_setting(&problem, &Words::new(Language::English)),
            "config.toml:2:18: a value is missing, or text stands without quotes: \"5m\""
        );
        assert_eq!(
            of_setting(&problem, &russian()),
            "config.toml:2:18: нет значения, или текст стоит без кавычек; нужно так: \"5m\""
        );
    }
}
