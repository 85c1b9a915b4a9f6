//! What is around the program: passed in, so that tests own it.

use std::{
    fmt,
    io::{BufRead, Write},
};

use restante_l10n::Words;
use restante_local_api::model::Clock;

/// Streams, words and the time.
pub struct Surroundings<'a> {
    /// Where letters and passwords come from.
    pub input: &'a mut dyn BufRead,
    /// Where data goes.
    pub output: &'a mut dyn Write,
    /// Where words about it go.
    pub errors: &'a mut dyn Write,
    /// Whether somebody sits at the input and can be asked.
    pub input_is_terminal: bool,
    /// The width of the terminal that the output goes to; `None` where it goes elsewhere.
    pub output_columns: Option<usize>,
    /// Asks for a password without showing it.
    pub ask_password: &'a mut dyn FnMut(&str) -> std::io::Result<String>,
    /// The words of the user's language.
    pub words: &'a Words,
    /// Where the time comes from.
    pub clock: &'a dyn Clock,
}

impl fmt::Debug for Surroundings<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Surroundings")
            .field("input_is_terminal", &self.input_is_terminal)
            .field("output_columns", &self.output_columns)
            .finish_non_exhaustive()
    }
}
