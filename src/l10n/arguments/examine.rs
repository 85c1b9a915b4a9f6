//! Whether a language has the words of a grammar: for the tests of whoever has one.

use std::collections::BTreeSet;

use clap::{Arg, Command};

use super::grammar::{HELP, fixed_in_words, in_words, part, root, value_key};
use crate::{Language, Words, words::help};

/// Names of things, which stand in every language as they are.
const NAMES: &[&str] = &[
    "restante",
    "API",
    "root",
    "unix",
    "URL",
    "JSON",
    "CSV",
    "HTTP",
    "HTTPS",
    "PEM",
    "PostgreSQL",
    "Prometheus",
    "Unix",
    "RFC",
    "chmod",
];

/// What is wrong with a language's words for a grammar that is written in English, a line each: words that are
/// missing, words for what is no more, and words of another language in the help.
pub fn examine(mut grammar: Command, words: &Words) -> Vec<String> {
    grammar.build();
    let root = root(&grammar);
    let mut wanted = BTreeSet::new();
    want(&grammar, &root, &root, &mut wanted);
    let ours = |key: &&str| {
        let rest = key.strip_prefix(&root);
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(['-', '.']))
    };
    let there = keys(words.language());
    let missing = wanted.iter().filter(|key| !there.contains(*key)).map(|key| format!("{key} is missing"));
    let more = there.iter().map(String::as_str).filter(ours).filter(|key| !wanted.contains(*key));
    let more = more.map(|key| format!("{key} is of nothing that can be typed"));
    let mut wrong: Vec<String> = missing.chain(more).collect();
    let mut typed = NAMES.iter().map(|name| (*name).to_owned()).collect();
    to_type(&grammar, &mut typed);
    long(&grammar, &mut wrong);
    foreign(in_words(grammar, words), words, &typed, &mut wrong);
    wrong
}

/// Help of more than one paragraph, of which `-h` shows the first alone: other languages have words for one.
fn long(grammar: &Command, wrong: &mut Vec<String>) {
    let arguments = grammar.get_arguments().filter(|argument| argument.get_long_help().is_some());
    let arguments = arguments.map(|argument| argument.get_id().as_str());
    let own = grammar.get_long_about().map(|_| grammar.get_name());
    wrong.extend(own.into_iter().chain(arguments).map(|name| format!("{name} has a second paragraph")));
    grammar.get_subcommands().for_each(|sub| long(sub, wrong));
}

/// The keys of the language's words for grammars, those below a key behind a dot.
fn keys(language: Language) -> BTreeSet<String> {
    let mut keys = BTreeSet::new();
    let mut command = "";
    for line in help(language).lines() {
        let Some((name, _)) = line.split_once(" =") else { continue };
        if let Some(part) = name.strip_prefix("    .") {
            keys.insert(format!("{command}.{part}"));
        } else if name.starts_with(char::is_alphabetic) {
            command = name;
            keys.insert(name.to_owned());
        }
    }
    keys
}

/// The keys that the grammar asks for.
fn want(grammar: &Command, root: &str, key: &str, wanted: &mut BTreeSet<String>) {
    wanted.insert(key.to_owned());
    if grammar.get_after_help().is_some() {
        wanted.insert(format!("{key}.after-help"));
    }
    for argument in grammar.get_arguments().filter(|argument| !of_parser(argument)) {
        let key = if argument.is_global_set() { root } else { key };
        if argument.get_help().is_some() {
            wanted.insert(format!("{key}.{}", part(argument)));
        }
        let names = argument.get_value_names().filter(|_| argument.get_action().takes_values());
        wanted.extend(names.unwrap_or_default().iter().filter_map(|name| value_key(name)));
    }
    for sub in grammar.get_subcommands().filter(|sub| sub.get_name() != HELP) {
        want(sub, root, &format!("{key}-{}", sub.get_name()), wanted);
    }
}

fn of_parser(argument: &Arg) -> bool {
    ["help", "version"].contains(&argument.get_id().as_str())
}

/// Words that are typed as they stand: names of commands and values.
fn to_type(grammar: &Command, typed: &mut BTreeSet<String>) {
    typed.insert(grammar.get_name().to_owned());
    for argument in grammar.get_arguments() {
        let values = argument.get_possible_values();
        typed.extend(values.iter().map(|value| value.get_name().to_owned()));
        typed.extend(argument.get_default_values().iter().map(|value| value.to_string_lossy().into_owned()));
    }
    grammar.get_subcommands().for_each(|sub| to_type(sub, typed));
}

/// Words in the help of each command that are of Latin letters alone and are neither names nor typed.
fn foreign(mut grammar: Command, words: &Words, typed: &BTreeSet<String>, wrong: &mut Vec<String>) {
    let help = fixed_in_words(&grammar.render_help().to_string(), words);
    // Between such marks, and in examples, is what one types.
    let help: String = help.split('`').step_by(2).collect();
    for line in help.lines().filter(|line| !line.starts_with("  restante") && !line.starts_with("  echo")) {
        for word in line.split_whitespace() {
            let word = word.trim_matches(|letter: char| !letter.is_alphanumeric() && letter != '-');
            let latin = word.len() > 1 && word.chars().all(|letter| letter.is_ascii_alphabetic());
            if latin && !typed.contains(word) {
                wrong.push(format!("{}: {word:?} in {:?}", grammar.get_name(), line.trim()));
            }
        }
    }
    for sub in grammar.get_subcommands() {
        foreign(sub.clone(), words, typed, wrong);
    }
}
