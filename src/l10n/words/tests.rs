//! Both languages say the same things, and say all that the programs ask for.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use super::*;

const NAMES: [&str; 9] = [
    "windows.ftl",
    "agent.ftl",
    "cli.ftl",
    "demo.ftl",
    "administration.ftl",
    "problems.ftl",
    "system.ftl",
    "arguments.ftl",
    "server.ftl",
];

/// The keys of one file, each with the variables that its words use.
fn keys(source: &str) -> BTreeMap<&str, BTreeSet<&str>> {
    let mut keys: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut key = "";
    for line in source.lines().filter(|line| !line.starts_with('#')) {
        if let Some((name, _)) = line.split_once(" =").filter(|_| line.starts_with(char::is_alphabetic)) {
            key = name;
            assert!(keys.insert(key, BTreeSet::new()).is_none(), "{key} stands twice in one file");
        }
        let variables = line.split('$').skip(1).filter_map(|rest| {
            rest.split(|letter: char| !letter.is_alphanumeric() && !"-_".contains(letter)).next()
        });
        keys.entry(key).or_default().extend(variables);
    }
    keys.remove("");
    keys
}

#[test]
fn both_languages_have_the_same_keys_and_variables() {
    for ((name, english), russian) in
        NAMES.iter().zip(sources(Language::English)).zip(sources(Language::Russian))
    {
        let (english, russian) = (keys(english), keys(russian));
        assert!(!english.is_empty(), "{name} is empty");
        for (key, variables) in &english {
            assert_eq!(Some(variables), russian.get(key), "{name}: {key} in en and ru");
        }
        let more: Vec<_> = russian.keys().filter(|key| !english.contains_key(*key)).collect();
        assert!(more.is_empty(), "{name}: only in ru: {more:?}");
    }
}

#[test]
fn every_file_parses_and_no_key_stands_in_two() {
    for language in Language::ALL {
        let mut bundle = FluentBundle::new_concurrent(vec![language.identifier()]);
        let named = NAMES.iter().zip(sources(language)).chain([(&"help.ftl", help(language))]);
        for (name, source) in named {
            let resource = FluentResource::try_new(source.to_owned())
                .unwrap_or_else(|(_, errors)| panic!("{language:?} {name}: {errors:?}"));
            bundle
                .add_resource(resource)
                .unwrap_or_else(|errors| panic!("{language:?} {name} repeats a key: {errors:?}"));
        }
    }
}

/// Whoever copies an English line and forgets to put it into Russian.
#[test]
fn what_is_said_in_russian_has_russian_letters() {
    // By custom, and a name.
    let in_latin = ["demo-answer-subject", "reply-subject", "forward-subject", "doctor-name-postgresql"];
    for (name, source) in NAMES.iter().zip(sources(Language::Russian)) {
        for line in source.lines().filter(|line| !line.starts_with('#') && !line.ends_with("->")) {
            let (key, text) = line.split_once(" = ").unwrap_or(("", line));
            // Behind each variable and the name of each form.
            let parts = text.split(['{', '[']).enumerate();
            let said: String = parts
                .map(
                    |(at, part)| {
                        if at == 0 { part } else { part.split_once(['}', ']']).unwrap_or_default().1 }
                    },
                )
                .collect();
            let russian =
                said.chars().any(|letter| ('а'..='я').contains(&letter) || ('А'..='Я').contains(&letter));
            let latin = said.chars().any(|letter| letter.is_ascii_alphabetic());
            assert!(russian || !latin || in_latin.contains(&key), "{name}: {line}");
        }
    }
}

#[test]
fn every_word_resolves_with_numbers_and_texts() {
    for language in Language::ALL {
        let words = Words::new(language);
        for source in sources(language) {
            for (key, variables) in keys(source) {
                for value in [Value::Number(3), Value::Text("x")] {
                    let values: Vec<_> = variables.iter().map(|name| (*name, value)).collect();
                    let pattern = words.bundle.get_message(key).unwrap().value().unwrap();
                    let arguments: FluentArgs<'_> =
                        values.iter().map(|(name, value)| (*name, fluent(*value))).collect();
                    let mut errors = Vec::new();
                    let said = words.bundle.format_pattern(pattern, Some(&arguments), &mut errors);
                    assert!(errors.is_empty() && !said.is_empty(), "{language:?} {key}: {errors:?}");
                }
            }
        }
    }
}

/// Finds the words asked for by a literal key in every source of ours.
#[test]
fn every_key_that_code_asks_for_is_there() {
    let words = Words::new(Language::English);
    let mut asked = 0;
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let source = fs::read_to_string(&path).unwrap();
                for call in [".text(", ".with(", ".say("] {
                    let calls = source.split(call).skip(1);
                    for literal in calls.filter_map(|call| call.trim_start().strip_prefix('"')) {
                        let key = literal.split('"').next().unwrap();
                        let kebab = |letter: char| letter.is_ascii_lowercase() || letter == '-';
                        if key.is_empty() || !key.chars().all(kebab) {
                            continue; // another `with`, or this very test
                        }
                        asked += 1;
                        assert!(words.find(key, &[]).is_some(), "{} asks for {key:?}", path.display());
                    }
                }
            }
        }
    }
    assert!(asked > 5, "found only {asked} questions: is the pattern still right?");
}

#[test]
fn russian_counts_as_russians_do() {
    let words = Words::new(Language::Russian);
    let said = |count| words.with("messages-count", &[("count", Value::Number(count))]);
    for (count, form) in [
        (0, "0 писем"),
        (1, "1 письмо"),
        (2, "2 письма"),
        (5, "5 писем"),
        (11, "11 писем"),
        (21, "21 письмо"),
        (101, "101 письмо"),
    ] {
        assert_eq!(said(count), form);
    }
}

#[test]
fn english_counts_as_the_english_do() {
    let words = Words::new(Language::English);
    let said = |count| words.with("messages-count", &[("count", Value::Number(count))]);
    assert_eq!([said(0), said(1), said(21)], ["0 messages", "1 message", "21 messages"]);
}

#[test]
fn no_mark_surrounds_what_is_filled_in() {
    let words = Words::new(Language::English);
    let said = words.with("moment", &[("date", Value::Text("24.11.2026")), ("time", Value::Text("16:05"))]);
    assert_eq!(said, "24.11.2026 at 16:05");
}

#[test]
fn a_gap_shows_as_its_key() {
    assert_eq!(Words::new(Language::English).text(concat!("no", "-such-key")), "no-such-key");
}
