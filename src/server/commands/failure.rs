//! How a command says that it could not do what was asked.

use restante_l10n::{Value, Words};
use restante_process::Exit;
use restante_store::{StoreError, Unavailable};

use super::answers::text;
use crate::store_words::of_store;

/// What went wrong, what to do about it, and the exit code.
pub(super) struct Failure {
    exit: Exit,
    what: What,
    hint: String,
}

enum What {
    /// In the administrator's words.
    Told(String),
    /// The words for it are found when it is said.
    Store(StoreError),
    /// The server ended itself.
    Damaged,
}

impl Failure {
    pub(super) fn new(exit: Exit, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { exit, what: What::Told(message.into()), hint: hint.into() }
    }

    /// The server ended rather than go on from a guess.
    pub(super) fn damaged() -> Self {
        Self { exit: Exit::Bug, what: What::Damaged, hint: String::new() }
    }

    /// The same with this to do about it, unless there is something better.
    pub(super) fn or_hint(mut self, hint: String) -> Self {
        if self.hint.is_empty() {
            self.hint = hint;
        }
        self
    }

    #[expect(clippy::print_stderr, reason = "words for people go to stderr")]
    pub(super) fn say(self, words: &Words) -> Exit {
        let (message, hint) = match self.what {
            What::Told(message) => (message, None),
            What::Store(error) => (of_store(&error, words), hint_of_store(&error, words)),
            What::Damaged => (words.text("server-ended-damaged"), Some(words.text("server-hint-doctor"))),
        };
        eprintln!("{}", words.with("arguments-mistake", &[("what", Value::Text(&message))]));
        let hint = hint.unwrap_or(self.hint);
        if !hint.is_empty() {
            eprintln!("{}", words.with("hint", &[("hint", Value::Text(&hint))]));
        }
        self.exit
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let exit = if error.fatal() { Exit::Bug } else { Exit::Refused };
        Self { exit, what: What::Store(error), hint: String::new() }
    }
}

fn hint_of_store(error: &StoreError, words: &Words) -> Option<String> {
    Some(match error {
        StoreError::NameTaken { .. } => words.text("server-hint-name-taken"),
        StoreError::Unknown { what: "organisation", .. } => words.text("server-hint-organisations"),
        StoreError::Unknown { what: "post office", .. } => words.text("server-hint-offices"),
        StoreError::Unknown { what: "administrator", .. } => words.text("server-hint-administrators"),
        StoreError::Unknown { .. } => words.text("server-hint-users"),
        StoreError::Folder { .. } => words.text("server-hint-folder"),
        StoreError::Unavailable { organisation, why: Unavailable::UpgradeNeeded { .. } } => {
            text(words, "server-hint-upgrade", &[("organisation", organisation)])
        }
        StoreError::Served { .. } => words.text("server-hint-served"),
        StoreError::Busy { .. } => words.text("server-hint-busy"),
        StoreError::Away { .. } => words.text("server-hint-away"),
        StoreError::Malformed { .. } => words.text("server-hint-malformed"),
        StoreError::DiskFull { .. } => words.text("server-hint-disk-full"),
        StoreError::Damaged { .. } | StoreError::Corrupt { .. } => words.text("server-hint-doctor"),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use restante_l10n::Language;

    use super::*;

    #[test]
    fn what_the_store_refuses_is_told_in_the_administrators_language() {
        let unknown = StoreError::Unknown { what: "post office", name: "main".to_owned() };
        let old = Unavailable::UpgradeNeeded { part: "organisation", found: 1, needed: 4 };
        let old = StoreError::Unavailable { organisation: "hall".to_owned(), why: old };
        let served = StoreError::Served { folder: "/srv".into(), process: Some("12".to_owned()) };
        let words = Words::new(Language::Russian);
        for (error, told) in [
            (&unknown, "не найдено: сервер сообщений «main»"),
            (
                &old,
                "организация «hall»: база данных (организация) имеет схему 1, этому серверу нужна 4: базу нужно обновить",
            ),
            (&served, "с папкой данных /srv работает другой сервер (процесс 12)"),
        ] {
            assert_eq!(of_store(error, &words), told);
        }
        let hint = hint_of_store(&old, &words);
        let hint = hint.unwrap_or_default();
        assert_eq!(hint, "обновит её, сделав копию, `restante-server organisation upgrade hall`");
    }
}
