//! How a command answers: in the administrator's language, or as JSON, which has none.

use std::fmt::Display;

use restante_l10n::Words;

use super::println;
pub(super) use crate::store_words::text;

/// What every command needs to answer.
#[derive(Clone, Copy)]
pub(super) struct Answers<'a> {
    pub(super) words: &'a Words,
    /// Whether a script reads the output.
    pub(super) json: bool,
}

impl Answers<'_> {
    /// A line of the output.
    pub(super) fn say(self, key: &str, values: &[(&str, &dyn Display)]) {
        println(&text(self.words, key, values));
    }

    /// Words for a failure or a table.
    pub(super) fn text(self, key: &str, values: &[(&str, &dyn Display)]) -> String {
        text(self.words, key, values)
    }
}
