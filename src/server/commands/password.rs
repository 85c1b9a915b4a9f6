//! The new password of a user or an administrator: typed or from stdin, and why one is not taken.

use std::{
    fmt::Display,
    io::{IsTerminal, Read},
};

use restante_l10n::{Words, io_error};
use restante_process::Exit;

use super::{answers::text, failure::Failure};
use crate::passwords::{MAX_PASSWORD_BYTES, MIN_PASSWORD_CHARACTERS, PasswordProblem, hash_password};

/// Takes a new password and hashes it; `about` as [`hash_password`] has it.
pub(super) fn password_hash(from_stdin: bool, about: &[&str], words: &Words) -> Result<String, Failure> {
    let failed = |error: std::io::Error| {
        Failure::new(
            Exit::Refused,
            text(words, "server-password-reading", &[("why", &io_error(&error, words))]),
            "",
        )
    };
    let password = if from_stdin {
        let mut typed = String::new();
        std::io::stdin().take(65_536).read_to_string(&mut typed).map_err(failed)?;
        typed.trim_end_matches(['\r', '\n']).to_owned()
    } else if std::io::stdin().is_terminal() {
        rpassword::prompt_password(format!("{}: ", words.text("server-ask-password"))).map_err(failed)?
    } else {
        return Err(Failure::new(
            Exit::Usage,
            words.text("server-password-no-terminal"),
            words.text("server-hint-password-stdin"),
        ));
    };
    hash_password(&password, about).map_err(|problem| {
        Failure::new(Exit::Refused, not_taken(problem, words), words.text("server-hint-password"))
    })
}

/// Why a password is not taken.
pub(super) fn not_taken(problem: PasswordProblem, words: &Words) -> String {
    match problem {
        PasswordProblem::TooShort(characters) => {
            let values: [(&str, &dyn Display); 2] =
                [("characters", &characters), ("least", &MIN_PASSWORD_CHARACTERS)];
            text(words, "server-password-too-short", &values)
        }
        PasswordProblem::TooLong => text(words, "server-password-too-long", &[("most", &MAX_PASSWORD_BYTES)]),
        PasswordProblem::Common => words.text("server-password-common"),
        PasswordProblem::Hash => words.text("server-password-hash"),
    }
}
