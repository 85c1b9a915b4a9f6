//! What is wrong in the settings file: a closed list. The agent has the words for it; those here are for the log.

use std::io;

use restante_model::Seconds;

/// Something wrong in the settings file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}:{line}:{column}: {fault}")]
pub struct SettingsProblem {
    /// The file's path.
    pub file: String,
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1, in characters.
    pub column: usize,
    /// What is wrong.
    pub fault: SettingsFault,
}

impl SettingsProblem {
    /// With the file as a whole.
    pub fn of_file(file: impl Into<String>, fault: SettingsFault) -> Self {
        Self { file: file.into(), line: 1, column: 1, fault }
    }

    /// The key of ours whose value is not taken.
    pub fn key(&self) -> Option<&'static str> {
        match &self.fault {
            SettingsFault::Value { key, .. } => Some(key),
            SettingsFault::UnknownKey(_)
            | SettingsFault::NotATable(_)
            | SettingsFault::Toml(_)
            | SettingsFault::NotUtf8
            | SettingsFault::TooLarge { .. }
            | SettingsFault::Unreadable(_)
            | SettingsFault::Unwritten(_) => None,
        }
    }
}

impl From<toml_edit::TomlError> for SettingsFault {
    fn from(error: toml_edit::TomlError) -> Self {
        Self::Toml(error.message().split_whitespace().collect::<Vec<_>>().join(" "))
    }
}

/// What is wrong at a place of the file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsFault {
    /// There is no such key.
    #[error("there is no key {0}")]
    UnknownKey(String),
    /// A key does not take its value.
    #[error("{key} {why}")]
    Value {
        /// `table.name`
        key: &'static str,
        /// Why not.
        why: BadValue,
    },
    /// A value stands where a table of ours should.
    #[error("{0} must be a table")]
    NotATable(String),
    /// The text is no TOML, as its parser says in one line.
    #[error("{0}")]
    Toml(String),
    /// The text is not in UTF-8.
    #[error("is not UTF-8 text")]
    NotUtf8,
    /// More than settings can be.
    #[error("is larger than {most_bytes} bytes")]
    TooLarge {
        /// What it may be.
        most_bytes: u64,
    },
    /// The system does not give it.
    #[error("could not be read: {0}")]
    Unreadable(SystemError),
    /// The system does not take it.
    #[error("could not be written: {0}")]
    Unwritten(SystemError),
}

/// Why the system did not do something.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{said}")]
pub struct SystemError {
    /// The kind, which the agent has words for.
    pub kind: io::ErrorKind,
    /// In the system's own words.
    pub said: String,
}

impl From<io::Error> for SystemError {
    fn from(error: io::Error) -> Self {
        Self { kind: error.kind(), said: error.to_string() }
    }
}

/// Why a key does not take a value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadValue {
    /// There is a table.
    #[error("must be a value, not a table")]
    Table,
    /// It is no text.
    #[error("must be text in quotes")]
    NoText,
    /// It is text that says nothing, or more than one line.
    #[error("must not be empty or hold control characters")]
    EmptyOrControl,
    /// It is no URL of a server.
    #[error("must begin with https:// or http://, not {0:?}")]
    NoUrl(String),
    /// It is no text, and a span of time is wanted.
    #[error("must be a duration in quotes, such as \"5m\"")]
    NoTextOfDuration,
    /// It is text that is no span of time.
    #[error("must be a whole number with a unit, such as \"300s\", \"5m\", \"24h\" or \"7d\", not {0:?}")]
    NoDuration(String),
    /// A span of time that is too short or too long.
    #[error("must be from {:?} to {:?}, not {:?}", .least.to_string(), .most.to_string(), .given.to_string())]
    DurationOutside {
        /// The shortest that is taken.
        least: Seconds,
        /// The longest.
        most: Seconds,
        /// What was given.
        given: Seconds,
    },
    /// A span of time of no length.
    #[error("must be at least \"1s\"")]
    NoLength,
    /// It is no whole number, or is outside of the range from zero.
    #[error("must be a whole number of seconds from 0 to {most}")]
    NoNumber {
        /// The largest that is taken.
        most: u64,
    },
    /// It is neither true nor false.
    #[error("must be true or false")]
    NoSwitch,
    /// It is neither true nor false nor the name of a sound.
    #[error("must be true, false or the name of a sound")]
    NoSound,
    /// They are no two different times of day.
    #[error("must be two different times of day, such as \"22:00-07:00\"")]
    NoTimesOfDay,
    /// It is no program with its arguments.
    #[error("must be a program and its arguments, such as [\"/usr/bin/play\", \"-q\"]")]
    NoProgram,
    /// It is none of these words.
    #[error("must be one of {}", quoted(.0))]
    NoneOf(Vec<&'static str>),
}

/// These words as they stand in a file.
pub fn quoted(words: &[&str]) -> String {
    words.iter().map(|word| format!("{word:?}")).collect::<Vec<_>>().join(", ")
}
