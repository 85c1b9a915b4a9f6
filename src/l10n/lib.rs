//! Every word for people, in English and Russian, from one Fluent catalogue; and what reads a command line, whose
//! help and mistakes are words too.
//!
//! WHEN ADDING A WORD: put it into the `.ftl` of your program in both `en/` and `ru/`. A key is unique
//! over all files, kebab-case, and stands at the start of its line; the tests hold both languages to the
//! same keys and variables, and every key that code asks for to the catalogue. The help of a command or an option
//! is its comment in the grammar, in English, and stands in `help.ftl` of the other languages alone.
//!
//! Invariant: imports none of ours. No number, date or plural is put together outside of this crate.

pub mod arguments;
mod foreign;
mod interval;
mod language;
mod system;
mod text;
mod toml;
mod when;
mod words;

pub use foreign::foreign_words;
pub use interval::{Interval, SetBy, answers, interval};
pub use language::Language;
pub use system::{io_error, system_error, told};
pub use text::{isolate, one_line};
pub use toml::toml_error;
pub use when::{clock_time, date_and_time, local, moment, span, when};
pub use words::{Value, Words};
