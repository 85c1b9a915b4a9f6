//! What is wrong with what was typed, in the reader's words.

use std::{error::Error, num::ParseIntError};

use clap::error::{ContextKind, ContextValue, ErrorKind};

use super::{Reason, grammar::usage_in_words};
use crate::{Value, Words};

/// The mistake, what comes near to what was typed, how the command is used, and where to read more.
pub(super) fn told(said: &clap::Error, words: &Words, reason: Reason) -> String {
    // A mistake that none of our grammars can make has the parser's own words.
    let Some(what) = sentence(said, words, reason) else { return said.render().to_string() };
    let mut parts = vec![words.with("arguments-mistake", &[("what", Value::Text(&what))])];
    let tips = tips(said, words);
    if !tips.is_empty() {
        parts.push(tips.join("\n"));
    }
    if let Some(ContextValue::StyledStr(usage)) = said.get(ContextKind::Usage) {
        parts.push(usage_in_words(&usage.to_string(), words));
    }
    parts.push(words.text("arguments-more"));
    parts.join("\n\n")
}

fn sentence(said: &clap::Error, words: &Words, reason: Reason) -> Option<String> {
    let context = Context(said);
    let argument = context.text(ContextKind::InvalidArg);
    let command = context.text(ContextKind::InvalidSubcommand);
    let value = context.text(ContextKind::InvalidValue);
    match said.kind() {
        ErrorKind::MissingRequiredArgument => {
            let missing = context.texts(ContextKind::InvalidArg);
            (!missing.is_empty()).then(|| below(words.text("arguments-missing"), missing))
        }
        ErrorKind::MissingSubcommand => {
            let missing = words.with("arguments-command-missing", &[("command", Value::Text(command?))]);
            Some(listed(
                missing,
                "arguments-possible-commands",
                context.texts(ContextKind::ValidSubcommand),
                words,
            ))
        }
        ErrorKind::UnknownArgument => {
            Some(words.with("arguments-unknown", &[("argument", Value::Text(argument?))]))
        }
        ErrorKind::InvalidSubcommand => {
            Some(words.with("arguments-unknown-command", &[("command", Value::Text(command?))]))
        }
        ErrorKind::InvalidValue => {
            let wrong = match value? {
                "" => words.with("arguments-no-value", &[("argument", Value::Text(argument?))]),
                value => bad_value(argument?, value, words),
            };
            Some(listed(wrong, "arguments-possible-values", context.texts(ContextKind::ValidValue), words))
        }
        ErrorKind::ValueValidation => {
            let value = value?;
            let wrong = bad_value(argument?, value, words);
            let why = said.source().map(|source| why(source, value, words, reason));
            Some(why.map_or_else(|| wrong.clone(), |why| format!("{wrong}: {why}")))
        }
        ErrorKind::TooManyValues => {
            let values = [("value", Value::Text(value?)), ("argument", Value::Text(argument?))];
            Some(words.with("arguments-too-many-values", &values))
        }
        ErrorKind::ArgumentConflict => conflict(&context, words),
        _ => None,
    }
}

fn bad_value(argument: &str, value: &str, words: &Words) -> String {
    words.with("arguments-bad-value", &[("value", Value::Text(value)), ("argument", Value::Text(argument))])
}

fn conflict(context: &Context<'_>, words: &Words) -> Option<String> {
    let argument = context.text(ContextKind::InvalidArg)?;
    let others = context.texts(ContextKind::PriorArg);
    let said = |key: &str, other: &str| {
        words.with(key, &[("argument", Value::Text(argument)), ("other", Value::Text(other))])
    };
    match others[..] {
        [] => None,
        [other] if other == argument => Some(said("arguments-twice", other)),
        [other] => Some(said("arguments-conflict", other)),
        _ => Some(below(said("arguments-conflicts", ""), others)),
    }
}

/// Why a value was not taken: in the program's words, in ours, or in those of who did not take it.
fn why(source: &(dyn Error + 'static), value: &str, words: &Words, reason: Reason) -> String {
    let said = |key: &str| words.with(key, &[("value", Value::Text(value))]);
    if let Some(key) = reason(source) {
        return said(key);
    }
    if source.is::<ParseIntError>() {
        return said("arguments-not-a-number");
    }
    let own = source.to_string();
    // The parser of numbers has no type for it.
    match own.split_once(" is not in ") {
        Some((number, range)) if number == value => {
            let values = [("value", Value::Text(value)), ("range", Value::Text(range))];
            words.with("arguments-not-in-range", &values)
        }
        _ => own,
    }
}

// === What comes near to it ===

fn tips(said: &clap::Error, words: &Words) -> Vec<String> {
    let context = Context(said);
    let near = [
        (ContextKind::SuggestedSubcommand, "arguments-near-command"),
        (ContextKind::SuggestedArg, "arguments-near-argument"),
        (ContextKind::SuggestedValue, "arguments-near-value"),
    ];
    let near = near.into_iter().filter_map(|(kind, key)| {
        let names = context.texts(kind);
        let quoted = |name: &&str| words.with("arguments-quoted", &[("name", Value::Text(name))]);
        let quoted = names.iter().map(quoted).collect::<Vec<_>>().join(", ");
        let values = [("count", Value::Number(names.len() as u64)), ("names", Value::Text(&quoted))];
        (!names.is_empty()).then(|| words.with(key, &values))
    });
    let others = match said.get(ContextKind::Suggested) {
        Some(ContextValue::StyledStrs(others)) => &others[..],
        _ => &[],
    };
    let others = others.iter().map(|other| other_tip(&other.to_string(), words));
    near.chain(others)
        .map(|tip| format!("  {}", words.with("arguments-tip", &[("tip", Value::Text(&tip))])))
        .collect()
}

/// A tip that the parser gives as a sentence.
fn other_tip(english: &str, words: &Words) -> String {
    match english.split('\'').collect::<Vec<_>>()[..] {
        ["to pass ", value, " as a value, use ", line, ""] => {
            words.with("arguments-as-value", &[("value", Value::Text(value)), ("line", Value::Text(line))])
        }
        ["", line, " exists"] => words.with("arguments-elsewhere", &[("line", Value::Text(line))]),
        ["subcommand ", command, " exists; to use it, remove the ", "--", " before it"] => {
            words.with("arguments-no-dashes", &[("command", Value::Text(command))])
        }
        _ => english.to_owned(),
    }
}

// === Its parts ===

/// What the parser knows of a mistake.
struct Context<'a>(&'a clap::Error);

impl<'a> Context<'a> {
    fn text(&self, kind: ContextKind) -> Option<&'a str> {
        match self.0.get(kind)? {
            ContextValue::String(text) => Some(text),
            _ => None,
        }
    }

    fn texts(&self, kind: ContextKind) -> Vec<&'a str> {
        match self.0.get(kind) {
            Some(ContextValue::Strings(texts)) => texts.iter().map(String::as_str).collect(),
            Some(ContextValue::String(text)) => vec![text],
            _ => Vec::new(),
        }
    }
}

/// Each on a line of its own.
fn below(sentence: String, lines: Vec<&str>) -> String {
    [sentence]
        .into_iter()
        .chain(lines.into_iter().map(|line| format!("  {line}")))
        .collect::<Vec<_>>()
        .join("\n")
}

/// All in brackets below the sentence, where there are any.
fn listed(sentence: String, key: &str, names: Vec<&str>, words: &Words) -> String {
    if names.is_empty() {
        return sentence;
    }
    let quoted =
        |name: &str| if name.contains(char::is_whitespace) { format!("{name:?}") } else { name.to_owned() };
    let names = names.into_iter().map(quoted).collect::<Vec<_>>().join(", ");
    below(sentence, vec![&words.with(key, &[("what", Value::Text(&names))])])
}
