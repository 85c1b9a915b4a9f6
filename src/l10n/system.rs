//! Why the operating system did not do something, in the reader's words.

use std::{
    error::Error,
    io::{self, ErrorKind},
};

use crate::{Value, Words};

/// What an error of this kind means; of a kind without words of ours, what the system said, as its own words.
pub fn system_error(kind: ErrorKind, said: &str, words: &Words) -> String {
    match kind {
        ErrorKind::NotFound => words.text("system-not-found"),
        ErrorKind::PermissionDenied => words.text("system-permission-denied"),
        ErrorKind::AlreadyExists => words.text("system-already-there"),
        ErrorKind::NotADirectory => words.text("system-not-a-folder"),
        ErrorKind::IsADirectory => words.text("system-is-a-folder"),
        ErrorKind::ReadOnlyFilesystem => words.text("system-read-only"),
        ErrorKind::StorageFull => words.text("system-disk-full"),
        ErrorKind::QuotaExceeded => words.text("system-quota-exceeded"),
        ErrorKind::FileTooLarge => words.text("system-too-large"),
        ErrorKind::OutOfMemory => words.text("system-out-of-memory"),
        ErrorKind::AddrInUse => words.text("system-address-in-use"),
        ErrorKind::AddrNotAvailable => words.text("system-address-not-here"),
        ErrorKind::ConnectionRefused => words.text("server-refuses-connections"),
        ErrorKind::NetworkUnreachable | ErrorKind::HostUnreachable => words.text("server-no-way-to-it"),
        ErrorKind::ConnectionReset
        | ErrorKind::ConnectionAborted
        | ErrorKind::BrokenPipe
        | ErrorKind::UnexpectedEof => words.text("server-connection-cut"),
        ErrorKind::TimedOut => words.text("server-no-answer-in-time"),
        // The standard library adds kinds as it likes.
        _ => words.with("system-other", &[("said", Value::Text(said))]),
    }
}

/// What an error of the system means.
pub fn io_error(error: &io::Error, words: &Words) -> String {
    system_error(error.kind(), &error.to_string(), words)
}

/// An error that knows the key of its words and what belongs into them; what the system said below it is filled in
/// as `why`.
pub fn told(
    (key, values): (&str, Vec<(&'static str, String)>),
    error: &(dyn Error + 'static),
    words: &Words,
) -> String {
    let system = error.source().and_then(|source| source.downcast_ref::<io::Error>());
    let why = system.map(|error| io_error(error, words)).unwrap_or_default();
    let values = values.iter().map(|(name, text)| (*name, Value::Text(text)));
    words.with(key, &values.chain([("why", Value::Text(&why))]).collect::<Vec<_>>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Language, foreign_words};

    #[test]
    fn what_the_system_says_is_told_or_quoted() {
        let words = Words::new(Language::Russian);
        for kind in [
            ErrorKind::NotFound,
            ErrorKind::PermissionDenied,
            ErrorKind::AlreadyExists,
            ErrorKind::NotADirectory,
            ErrorKind::IsADirectory,
            ErrorKind::ReadOnlyFilesystem,
            ErrorKind::StorageFull,
            ErrorKind::QuotaExceeded,
            ErrorKind::FileTooLarge,
            ErrorKind::OutOfMemory,
            ErrorKind::AddrInUse,
            ErrorKind::AddrNotAvailable,
            ErrorKind::ConnectionRefused,
            ErrorKind::HostUnreachable,
            ErrorKind::ConnectionReset,
            ErrorKind::TimedOut,
            ErrorKind::Other,
        ] {
            let said = system_error(kind, "something odd (os error 99)", &words);
            assert_eq!(foreign_words(&said, &[]), [""; 0], "{kind:?}: {said}");
        }
        assert_eq!(system_error(ErrorKind::StorageFull, "", &words), "на диске нет места");
        let other = system_error(ErrorKind::Other, "something odd", &words);
        assert_eq!(other, "система сообщает: «something odd»");
    }
}
