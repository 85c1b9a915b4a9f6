//! The catalogue of one language.

use std::fmt;

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle};

use crate::Language;

/// One file of words for each program and one for what stands in its way, by language.
macro_rules! files {
    ($language:literal) => {
        [
            include_str!(concat!($language, "/windows.ftl")),
            include_str!(concat!($language, "/agent.ftl")),
            include_str!(concat!($language, "/cli.ftl")),
            include_str!(concat!($language, "/demo.ftl")),
            include_str!(concat!($language, "/administration.ftl")),
            include_str!(concat!($language, "/problems.ftl")),
            include_str!(concat!($language, "/system.ftl")),
            include_str!(concat!($language, "/arguments.ftl")),
            include_str!(concat!($language, "/server.ftl")),
        ]
    };
}

/// What a sentence is told to fill in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Value<'a> {
    /// Words. Those that other people wrote go through [`crate::isolate`] first.
    Text(&'a str),
    /// A number; it also picks the plural form.
    Number(u64),
}

/// All words of one language. Shared by `Arc`: making it reads the whole catalogue, about 1 ms.
pub struct Words {
    language: Language,
    bundle: FluentBundle<FluentResource>,
}

impl Words {
    /// The catalogue of this language.
    pub fn new(language: Language) -> Self {
        let mut bundle = FluentBundle::new_concurrent(vec![language.identifier()]);
        // Our own words need no isolation, and marks around each number would reach `--json`, the tray
        // and the tests. Other people's words are isolated where they are filled in.
        bundle.set_use_isolating(false);
        for source in sources(language).into_iter().chain([help(language)]) {
            // What does not parse or stands twice is left out here and told by the tests.
            let resource =
                FluentResource::try_new(source.to_owned()).unwrap_or_else(|(resource, _)| resource);
            let _ = bundle.add_resource(resource);
        }
        Self { language, bundle }
    }

    /// Whose words these are.
    pub fn language(&self) -> Language {
        self.language
    }

    /// The words of this key; the key itself where there are none, so that a gap shows and nothing fails.
    pub fn text(&self, key: &str) -> String {
        self.with(key, &[])
    }

    /// The words of this key with these values filled in.
    pub fn with(&self, key: &str, values: &[(&str, Value<'_>)]) -> String {
        self.find(key, values).unwrap_or_else(|| key.to_owned())
    }

    /// The same where the key is put together at run time; `None` where there are no such words.
    pub fn find(&self, key: &str, values: &[(&str, Value<'_>)]) -> Option<String> {
        let pattern = self.bundle.get_message(key)?.value()?;
        let arguments: FluentArgs<'_> = values.iter().map(|(name, value)| (*name, fluent(*value))).collect();
        // A variable that is missing shows by its name in braces; the tests compare both languages.
        let mut errors = Vec::new();
        Some(self.bundle.format_pattern(pattern, Some(&arguments), &mut errors).into_owned())
    }

    /// The words of a part of what this key names; `None` where there are none.
    pub(crate) fn part(&self, key: &str, part: &str) -> Option<String> {
        let pattern = self.bundle.get_message(key)?.get_attribute(part)?.value();
        Some(self.bundle.format_pattern(pattern, None, &mut Vec::new()).into_owned())
    }
}

impl fmt::Debug for Words {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Words").field("language", &self.language).finish_non_exhaustive()
    }
}

fn sources(language: Language) -> [&'static str; 9] {
    match language {
        Language::English => files!("en"),
        Language::Russian => files!("ru"),
    }
}

/// The words for what can be typed. A grammar is written in English: that language needs none.
pub(crate) fn help(language: Language) -> &'static str {
    match language {
        Language::English => "",
        Language::Russian => include_str!("ru/help.ftl"),
    }
}

fn fluent(value: Value<'_>) -> FluentValue<'_> {
    match value {
        Value::Text(text) => text.into(),
        Value::Number(number) => number.into(),
    }
}

#[cfg(test)]
mod tests;
