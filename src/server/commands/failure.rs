//! How a command says that it could not do what was asked.

use restante_l10n::{Value, Words};
use restante_process::Exit;
use restante_store::{StoreError, Unavailable};

use super::answers::text;
use crate::problem::chain;

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
}

impl Failure {
    pub(super) fn new(exit: Exit, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { exit, what: What::Told(message.into()), hint: hint.into() }
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

/// What an administrator can do something about in words of his, and else as the system says it.
fn of_store(error: &StoreError, words: &Words) -> String {
    match error {
        StoreError::NameTaken { what, name } => {
            text(words, "server-name-taken", &[("what", &thing(what, words)), ("name", name)])
        }
        StoreError::Unknown { what, name } => {
            text(words, "server-unknown", &[("what", &thing(what, words)), ("name", name)])
        }
        StoreError::Served { folder, process } => {
            let folder = folder.display();
            match process {
                Some(process) => {
                    text(words, "server-served-by", &[("folder", &folder), ("process", process)])
                }
                None => text(words, "server-served", &[("folder", &folder)]),
            }
        }
        StoreError::Unavailable { organisation, why } => {
            let why = unavailable(why, words);
            text(words, "server-unavailable", &[("organisation", organisation), ("why", &why)])
        }
        error => chain(error),
    }
}

/// Why an organisation cannot have its mail for now.
pub(super) fn unavailable(why: &Unavailable, words: &Words) -> String {
    match why {
        Unavailable::NoneAttached => words.text("server-none-attached"),
        Unavailable::UpgradeNeeded { part, found, needed } => {
            let part = thing(part, words);
            text(words, "server-upgrade-needed", &[("part", &part), ("found", found), ("needed", needed)])
        }
        Unavailable::ServerTooOld { part, found, known } => {
            let part = thing(part, words);
            text(words, "server-too-old", &[("part", &part), ("found", found), ("known", known)])
        }
        Unavailable::LogLost { location } => text(words, "server-log-lost", &[("location", location)]),
        Unavailable::Unreachable { location, reason } => {
            text(words, "server-unreachable", &[("location", location), ("reason", reason)])
        }
    }
}

/// The word for what the store names in English.
pub(super) fn thing(what: &str, words: &Words) -> String {
    match what {
        "organisation" => words.text("server-thing-organisation"),
        "post office" => words.text("server-thing-office"),
        "user" => words.text("server-thing-user"),
        "administrator" => words.text("server-thing-administrator"),
        other => other.to_owned(),
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

    #[test]
    fn in_english_the_store_has_its_own_words() {
        let words = Words::new(Language::English);
        let part = "organisation";
        let unavailable = [
            Unavailable::NoneAttached,
            Unavailable::UpgradeNeeded { part, found: 1, needed: 4 },
            Unavailable::ServerTooOld { part, found: 9, known: 4 },
            Unavailable::LogLost { location: "x.db".to_owned() },
            Unavailable::Unreachable { location: "x.db".to_owned(), reason: "no".to_owned() },
        ];
        let unavailable =
            unavailable.map(|why| StoreError::Unavailable { organisation: "hall".to_owned(), why });
        let others = [
            StoreError::NameTaken { what: "user", name: "anna".to_owned() },
            StoreError::Unknown { what: "administrator", name: "anna".to_owned() },
            StoreError::Served { folder: "/srv".into(), process: Some("12".to_owned()) },
            StoreError::Served { folder: "/srv".into(), process: None },
        ];
        for error in unavailable.iter().chain(&others) {
            assert_eq!(of_store(error, &words), error.to_string());
        }
    }
}
