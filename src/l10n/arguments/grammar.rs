//! A grammar with its help in the reader's words.

use std::env;

use clap::{Arg, Command, builder::PossibleValue};

use crate::{Language, Value, Words};

/// What the parser writes itself and has no setting for: whole lines, and words of the usage.
const HEADINGS: [(&str, &str); 4] = [
    ("Commands:", "arguments-commands"),
    ("Arguments:", "arguments-arguments"),
    ("Options:", "arguments-options"),
    ("Options of every command:", "arguments-options-everywhere"),
];
const IN_USAGE: [(&str, &str); 3] = [
    ("[OPTIONS]", "arguments-usage-options"),
    ("[COMMAND]", "arguments-usage-command-optional"),
    ("<COMMAND>", "arguments-usage-command"),
];
const USAGE: &str = "Usage: ";
/// The command that the parser adds.
pub(super) const HELP: &str = "help";

/// A grammar for those who describe it, man pages say: in its own English, or with the words of another language.
pub fn described(grammar: Command, words: &Words) -> Command {
    let grammar = grammar.disable_help_subcommand(true);
    match words.language() {
        Language::English => grammar,
        Language::Russian => in_words(grammar, words),
    }
}

/// The grammar with the words of this language where there are some, and else its own.
pub(super) fn in_words(mut grammar: Command, words: &Words) -> Command {
    // The help of the help, and what every command takes, are there only once it is built.
    grammar.build();
    let root = root(&grammar);
    command(grammar, &root, &root, words)
}

/// The key of a program's own words: `help-restante`, `help-server`.
pub(super) fn root(grammar: &Command) -> String {
    let program = grammar.get_name();
    format!("help-{}", program.strip_prefix("restante-").unwrap_or(program))
}

/// The key of an argument's words in those of its command; one of every command has them at the `root`.
pub(super) fn part(argument: &Arg) -> String {
    argument.get_id().as_str().replace('_', "-")
}

/// The key of the words for a value's name; `None` where it is typed as it stands.
pub(super) fn value_key(name: &str) -> Option<String> {
    let plain = name.to_lowercase().replace(|letter: char| !letter.is_alphanumeric(), "-");
    name.contains(char::is_uppercase).then(|| format!("value-{plain}"))
}

/// The same text with the parser's own words in this language.
pub(super) fn fixed_in_words(text: &str, words: &Words) -> String {
    let line = |line: &str| {
        if let Some(usage) = line.strip_prefix(USAGE) {
            return usage_in_words(usage, words);
        }
        let heading = HEADINGS.iter().find(|(english, _)| *english == line);
        heading.map_or_else(|| line.to_owned(), |(_, key)| words.text(key))
    };
    text.lines().map(line).collect::<Vec<_>>().join("\n")
}

/// How a command is used, less the heading, under the heading of this language.
pub(super) fn usage_in_words(usage: &str, words: &Words) -> String {
    let usage = usage.strip_prefix(USAGE).unwrap_or(usage);
    let usage = IN_USAGE
        .iter()
        .fold(usage.to_owned(), |usage, (english, key)| usage.replace(english, &words.text(key)));
    words.with("arguments-usage", &[("usage", Value::Text(&usage))])
}

fn command(grammar: Command, root: &str, key: &str, words: &Words) -> Command {
    let mut grammar = grammar.mut_args(|argument| {
        let key = if argument.is_global_set() { root } else { key };
        in_words_of(argument, key, words)
    });
    if let Some(about) = words.find(key, &[]) {
        grammar = grammar.about(about).long_about(None);
    }
    if let Some(after) = words.part(key, "after-help") {
        grammar = grammar.after_help(after);
    }
    below(grammar, root, key, words)
}

/// The commands below one; those below `help` are once more those beside it.
fn below(grammar: Command, root: &str, key: &str, words: &Words) -> Command {
    grammar.mut_subcommands(|sub| match sub.get_name() {
        HELP => below(sub, root, key, words).about(words.text("arguments-help-command")),
        name => {
            let key = format!("{key}-{name}");
            command(sub, root, &key, words)
        }
    })
}

fn in_words_of(argument: Arg, key: &str, words: &Words) -> Arg {
    let help = match argument.get_id().as_str() {
        "help" => Some(words.text("arguments-help")),
        "version" => Some(words.text("arguments-version")),
        _ => words.part(key, &part(&argument)),
    };
    let help = help.or_else(|| argument.get_help().map(ToString::to_string)).into_iter();
    let help = help.chain(particulars(&argument, words)).collect::<Vec<_>>().join(" ");
    // The derived grammar names a value of switches too, which take none.
    let names = argument.get_value_names().filter(|_| argument.get_action().takes_values());
    let names: Vec<String> = names.unwrap_or_default().iter().map(|name| value_name(name, words)).collect();
    let argument = if names.is_empty() { argument } else { argument.value_names(names) };
    argument.help(help).hide_env(true).hide_default_value(true).hide_possible_values(true)
}

fn value_name(name: &str, words: &Words) -> String {
    value_key(name).and_then(|key| words.find(&key, &[])).unwrap_or_else(|| name.to_owned())
}

/// What the parser would add to an argument's help: its variable, its default, and what can be given.
fn particulars(argument: &Arg, words: &Words) -> Vec<String> {
    if !argument.get_action().takes_values() {
        return Vec::new();
    }
    let said = |key: &str, what: &str| words.with(key, &[("what", Value::Text(what))]);
    let mut particulars = Vec::new();
    if let Some(name) = argument.get_env().filter(|_| !argument.is_hide_env_set()) {
        let value = env::var_os(name).unwrap_or_default();
        let name = name.to_string_lossy();
        particulars.push(if argument.is_hide_env_values_set() {
            said("arguments-variable", &name)
        } else {
            said("arguments-variable", &format!("{name}={}", value.to_string_lossy()))
        });
    }
    let default: Vec<_> = argument.get_default_values().iter().map(|value| value.to_string_lossy()).collect();
    if !default.is_empty() && !argument.is_hide_default_value_set() {
        particulars.push(said("arguments-default", &default.join(" ")));
    }
    let possible: Vec<_> = argument.get_possible_values();
    let possible: Vec<_> =
        possible.iter().filter(|value| !value.is_hide_set()).map(PossibleValue::get_name).collect();
    if !possible.is_empty() && !argument.is_hide_possible_values_set() {
        particulars.push(said("arguments-possible-values", &possible.join(", ")));
    }
    particulars
}
