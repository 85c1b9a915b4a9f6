//! What is typed after a program's name, and what is answered in place of running: help, version, or what
//! is wrong with it.
//!
//! A grammar is written in English beside the code that it calls, and from there come the completions, which a package
//! brings once for all languages, and the man pages. Another language has its words for it in
//! `help.ftl`: so each sentence stands once in each language, and [`examine`] says where one is missing or
//! speaks of what is no more. What the parser itself says is in `arguments.ftl` of every language.

mod examine;
mod grammar;
mod mistake;
#[cfg(test)]
mod tests;

use std::{error::Error, ffi::OsString, io::Write};

use clap::{Parser, error::ErrorKind};

pub use examine::examine;
pub use grammar::described;

use crate::Words;

/// The key of the words for why a value was not taken, where the program knows the error of its own parser; they
/// may use `$value`. `None`: the error's own words.
pub type Reason = fn(&(dyn Error + 'static)) -> Option<&'static str>;

/// What a program says in place of running.
#[derive(Debug)]
pub struct Answer {
    text: String,
    mistake: bool,
}

/// Reads what was typed, the program's own name first.
///
/// # Errors
///
/// What to say in place of running, which is also help and version.
pub fn read<A: Parser>(
    typed: impl IntoIterator<Item = OsString>,
    words: &Words,
    reason: Reason,
) -> Result<A, Answer> {
    let mut grammar = grammar::in_words(A::command(), words);
    let read = grammar.try_get_matches_from_mut(typed).and_then(|mut found| {
        A::from_arg_matches_mut(&mut found).map_err(|error| error.format(&mut grammar))
    });
    read.map_err(|said| Answer {
        text: match said.kind() {
            ErrorKind::DisplayHelp
            | ErrorKind::DisplayVersion
            | ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand => {
                grammar::fixed_in_words(&said.render().to_string(), words)
            }
            _ => mistake::told(&said, words, reason),
        },
        mistake: said.use_stderr(),
    })
}

impl Answer {
    /// Whether what was typed is wrong; else this is what was asked for.
    pub fn mistake(&self) -> bool {
        self.mistake
    }

    /// Says it where it belongs: what was asked for is output, a mistake is not.
    pub fn say<'a>(&self, output: &'a mut dyn Write, errors: &'a mut dyn Write) {
        let stream = if self.mistake { errors } else { output };
        // Where nobody reads, there is nobody to tell.
        let _ = writeln!(stream, "{}", self.text.trim_end()).and_then(|()| stream.flush());
    }
}
