//! How a command says that it could not do what was asked.

use restante_l10n::{Value, Words};
use restante_process::Exit;
use restante_store::{StoreError, Unavailable};

use crate::problem::chain;

/// A message, what to do about it, and the exit code.
pub(super) struct Failure {
    exit: Exit,
    message: String,
    hint: String,
}

impl Failure {
    pub(super) fn new(exit: Exit, message: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { exit, message: message.into(), hint: hint.into() }
    }

    /// The same with this to do about it, unless it says something already.
    pub(super) fn or_hint(mut self, hint: &str) -> Self {
        if self.hint.is_empty() {
            hint.clone_into(&mut self.hint);
        }
        self
    }

    #[expect(clippy::print_stderr, reason = "words for people go to stderr")]
    pub(super) fn say(self, words: &Words) -> Exit {
        eprintln!("{}", words.with("arguments-mistake", &[("what", Value::Text(&self.message))]));
        if !self.hint.is_empty() {
            eprintln!("{}", words.with("hint", &[("hint", Value::Text(&self.hint))]));
        }
        self.exit
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let hint = match &error {
            StoreError::NameTaken { .. } => "choose another name; nothing was changed",
            StoreError::Unknown { what: "organisation", .. } => {
                "`restante-server organisation list` shows what there is"
            }
            StoreError::Unknown { what: "post office", .. } => {
                "`restante-server office list` shows what there is"
            }
            StoreError::Unknown { .. } => "`restante-server user list ORG` shows who there is",
            StoreError::Folder { .. } => {
                "choose a folder that this user may write: --data DIR or RESTANTE_DATA"
            }
            StoreError::Unavailable { organisation, why: Unavailable::UpgradeNeeded { .. } } => {
                &format!("`restante-server organisation upgrade {organisation}` upgrades it, after a copy")
            }
            StoreError::Served { .. } => "stop it, or name another data folder with --data DIR",
            StoreError::Busy { .. } => "try again in a moment",
            StoreError::Away { .. } => "see whether PostgreSQL runs there and lets this role in",
            StoreError::Malformed { .. } => {
                "`restante-server doctor` looks for the damage, `restore` brings a backup back"
            }
            StoreError::DiskFull { .. } => "make room on the disk",
            _ => "",
        };
        let exit = if error.fatal() { Exit::Bug } else { Exit::Refused };
        Self::new(exit, chain(&error), hint)
    }
}
