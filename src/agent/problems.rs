//! What stands in the way, in the words of the person at this desktop.

mod settings;
mod start;

use restante_engine::{
    AskError, StorageFault,
    event::{ServerError, TokenProblem},
};
use restante_l10n::{Value, Words, system_error};
use restante_local_api::LocalProblem;
use restante_model::{LetterProblem, MAX_BODY_BYTES, MAX_RECIPIENTS, MAX_SUBJECT_BYTES};
use restante_server_api::{PasswordFault, Problem, ProblemKind, UnavailableReason};

use settings::not_written;
pub(crate) use settings::{of_fault, of_setting, of_settings};
pub(crate) use start::of_client;

/// What a front end is told of an ask that is not done.
pub(crate) fn of_ask(error: &AskError, words: &Words) -> LocalProblem {
    let said = |detail: String, hint: Option<&str>| (detail, hint.map(|key| words.text(key)));
    let with = |key, name, value: &str| words.with(key, &[(name, Value::Text(value))]);
    let (detail, hint) = match error {
        AskError::NoSuchMessage(id) => {
            said(with("ask-no-such-message", "id", &id.to_string()), Some("ask-no-such-message-hint"))
        }
        AskError::IdReused(id) => said(with("ask-id-reused", "id", &id.to_string()), None),
        AskError::OnItsWay => said(words.text("ask-on-its-way"), Some("ask-on-its-way-hint")),
        AskError::Letter(problems) => {
            let why = problems.iter().map(|problem| letter(*problem, words)).collect::<Vec<_>>().join("; ");
            said(with("ask-letter", "why", &why), problems.first().map(|problem| letter_hint(*problem)))
        }
        AskError::NoSuchPage => said(words.text("ask-no-such-page"), None),
        AskError::NoInterval => said(words.text("ask-no-interval"), None),
        AskError::NoTimeOfPeace => said(words.text("ask-no-time-of-peace"), None),
        AskError::SignedOut => said(words.text("ask-signed-out"), Some("ask-signed-out-hint")),
        AskError::Token(problem) => {
            let (detail, hint) = token(problem, words);
            said(detail, Some(hint))
        }
        AskError::Offline => said(words.text("ask-offline"), Some("ask-offline-hint")),
        AskError::NoAddress(server) => {
            said(with("ask-no-address", "server", server), Some("ask-no-address-hint"))
        }
        AskError::Unencrypted(server) => {
            said(with("ask-unencrypted", "server", server), Some("ask-unencrypted-hint"))
        }
        AskError::Unsent { user, count } => {
            let values = [("user", Value::Text(user)), ("count", Value::Number(*count))];
            said(words.with("ask-unsent", &values), Some("ask-unsent-hint"))
        }
        AskError::SignIn { server, error: ServerError::Unreachable(why) } => {
            let values = [("url", Value::Text(server)), ("why", Value::Text(why))];
            said(words.with("doctor-server-unreachable", &values), Some("ask-server-hint"))
        }
        AskError::SignIn { error: ServerError::Refused(problem), .. } => {
            let hint = match problem.code {
                ProblemKind::WrongCredentials => "ask-wrong-credentials-hint",
                ProblemKind::Invalid => "ask-invalid-hint",
                _ => "ask-refused-hint",
            };
            (problem.detail.clone(), problem.hint.clone().or_else(|| Some(words.text(hint))))
        }
        AskError::Server(ServerError::Unreachable(why)) => said(why.clone(), Some("ask-later-hint")),
        AskError::Server(ServerError::Refused(problem)) => (problem.detail.clone(), problem.hint.clone()),
        AskError::Unanswered => said(words.text("ask-unanswered"), Some("ask-unanswered-hint")),
        AskError::Setting(why) => {
            let (detail, hint) = not_written(why, words);
            said(detail, hint)
        }
        AskError::Storage { fault, said: own } => {
            said(with("ask-storage", "why", &of_database(fault, own, words)), Some("ask-storage-hint"))
        }
    };
    LocalProblem { code: error.kind(), detail, hint }
}

fn token(problem: &TokenProblem, words: &Words) -> (String, &'static str) {
    match problem {
        TokenProblem::Locked => (words.text("keyring-locked"), "keyring-locked-hint"),
        TokenProblem::Absent => (words.text("keyring-absent"), "keyring-absent-hint"),
        TokenProblem::Silent => (words.text("keyring-silent"), "keyring-failed-hint"),
        TokenProblem::Failed(why) => {
            (words.with("keyring-failed", &[("why", Value::Text(why))]), "keyring-failed-hint")
        }
        TokenProblem::NoToken => (words.text("keyring-no-token"), "keyring-no-token-hint"),
        TokenProblem::File { file, error } => {
            let why = system_error(error.kind, &error.said, words);
            let values = [("file", Value::Text(file)), ("why", Value::Text(&why))];
            (words.with("token-file", &values), "token-file-hint")
        }
        TokenProblem::FileSpoilt { file, line, column } => {
            let values = [
                ("file", Value::Text(file)),
                ("line", Value::Number(*line as u64)),
                ("column", Value::Number(*column as u64)),
            ];
            (words.with("token-file-spoilt", &values), "token-file-spoilt-hint")
        }
    }
}

/// What is wrong with a database of the agent; what it says itself stands behind as a quotation.
pub(crate) fn of_database(fault: &StorageFault, said: &str, words: &Words) -> String {
    let quoting = |key| words.with(key, &[("said", Value::Text(said))]);
    match fault {
        StorageFault::DiskFull => words.text("database-disk-full"),
        StorageFault::Damaged => quoting("database-damaged"),
        StorageFault::Newer { path, found, known } => {
            let values = [
                ("path", Value::Text(&path.display().to_string())),
                ("found", Value::Number(u64::from(*found))),
                ("known", Value::Number(u64::from(*known))),
            ];
            words.with("database-newer", &values)
        }
        StorageFault::Closed => quoting("database-closed"),
        StorageFault::Busy => words.text("database-busy"),
        StorageFault::DiskBroken => quoting("database-disk-broken"),
        StorageFault::Other => quoting("database-other"),
    }
}

fn letter(problem: LetterProblem, words: &Words) -> String {
    let limit = |key, limit: usize| words.with(key, &[("limit", Value::Number(limit as u64))]);
    match problem {
        LetterProblem::NoRecipient => words.text("letter-no-recipient"),
        LetterProblem::TooManyRecipients => limit("letter-too-many-recipients", MAX_RECIPIENTS),
        LetterProblem::SubjectTooLong => limit("letter-subject-too-long", MAX_SUBJECT_BYTES),
        LetterProblem::SubjectControl => words.text("letter-subject-control"),
        LetterProblem::BodyTooLong => limit("letter-body-too-long", MAX_BODY_BYTES),
        LetterProblem::BodyControl => words.text("letter-body-control"),
    }
}

fn letter_hint(problem: LetterProblem) -> &'static str {
    match problem {
        LetterProblem::NoRecipient => "letter-no-recipient-hint",
        LetterProblem::TooManyRecipients | LetterProblem::SubjectTooLong | LetterProblem::BodyTooLong => {
            "letter-too-long-hint"
        }
        LetterProblem::SubjectControl | LetterProblem::BodyControl => "letter-control-hint",
    }
}

/// The server's refusal in our words: it says the kind and what belongs to it, and its own sentences are for
/// programs and logs.
pub(crate) fn of_server(problem: Problem, words: &Words) -> Problem {
    let with = |key, name, value: &str| words.with(key, &[(name, Value::Text(value))]);
    let (detail, hint) = match problem.code {
        ProblemKind::Unauthenticated => (words.text("server-unauthenticated"), None),
        ProblemKind::WrongCredentials => (words.text("server-wrong-credentials"), None),
        ProblemKind::NotFound => (words.text("server-not-found"), None),
        ProblemKind::Invalid => match problem.password {
            Some(fault) => (words.text(password(fault)), Some("new-password-hint")),
            None => (with("server-invalid", "why", &problem.detail), None),
        },
        ProblemKind::TooLarge => (with("server-too-large", "why", &problem.detail), None),
        ProblemKind::TooManyRequests => {
            let seconds = Value::Number(problem.retry_after_seconds.unwrap_or_default());
            (words.with("server-too-many-requests", &[("seconds", seconds)]), None)
        }
        ProblemKind::IdReused => (words.text("server-id-reused"), None),
        ProblemKind::UnknownRecipient => {
            (with("server-unknown-recipient", "names", &problem.unknown.join(", ")), None)
        }
        ProblemKind::IntervalLocked => (words.text("server-interval-locked"), None),
        ProblemKind::RevisionConflict => (words.text("server-revision-conflict"), None),
        ProblemKind::CursorReset => (words.text("server-cursor-reset"), None),
        ProblemKind::OfficeUnavailable => {
            let why = match (problem.why, problem.schema) {
                (Some(UnavailableReason::NoneAttached), _) => "server-no-office",
                (Some(UnavailableReason::UpgradeNeeded), Some(schema)) if schema.found > schema.needed => {
                    "server-office-is-newer"
                }
                (Some(UnavailableReason::UpgradeNeeded), _) => "server-office-is-older",
                (Some(UnavailableReason::Unreachable) | None, _) => "server-office-cannot-be-opened",
            };
            (with("server-office", "why", &words.text(why)), Some("server-office-hint"))
        }
        ProblemKind::ClientTooOld => {
            let needed = problem.needed_version.as_deref().unwrap_or_default();
            let values = [("version", Value::Text(restante_model::VERSION)), ("needed", Value::Text(needed))];
            (words.with("server-client-too-old", &values), Some("server-client-too-old-hint"))
        }
        ProblemKind::Busy => (words.text("server-busy"), None),
        ProblemKind::Internal => (words.text("server-internal"), None),
    };
    Problem { detail, hint: hint.map(|key| words.text(key)), ..problem }
}

fn password(fault: PasswordFault) -> &'static str {
    match fault {
        PasswordFault::TooShort => "new-password-too-short",
        PasswordFault::TooLong => "new-password-too-long",
        PasswordFault::Common => "new-password-common",
        PasswordFault::Same => "new-password-same",
    }
}

/// The same where the old password was given to get another one.
pub(crate) fn of_old_password(error: ServerError, words: &Words) -> ServerError {
    match error {
        ServerError::Refused(problem) if problem.code == ProblemKind::WrongCredentials => {
            let detail = words.text("server-wrong-old-password");
            let hint = Some(words.text("server-wrong-old-password-hint"));
            ServerError::Refused(Box::new(Problem { detail, hint, ..*problem }))
        }
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use restante_engine::settings_file::{BadValue, SettingNotWritten, SettingsFault, SettingsProblem};
    use restante_l10n::{Language, foreign_words};
    use restante_model::MessageId;

    use super::*;

    /// Whether a Russian reads it as his own.
    fn is_russian(text: &str) -> bool {
        let names = ["anna", "mail", "x", "true", "false"];
        text.chars().any(|letter| matches!(letter, 'а'..='я' | 'А'..='Я' | 'ё'))
            && foreign_words(text, &names).is_empty()
    }

    #[test]
    fn whatever_is_not_done_is_told_in_russian() {
        let words = Words::new(Language::Russian);
        let refused =
            |code| ServerError::Refused(Box::new(of_server(Problem::new(code, "in English"), &words)));
        let unreachable = || ServerError::Unreachable(words.text("server-no-answer-in-time"));
        let id: MessageId = "0193a1b2-0000-7000-8000-00000a11ce01".parse().unwrap();
        let server = || "https://mail.example.org".to_owned();
        let denied = std::io::Error::from(std::io::ErrorKind::PermissionDenied);
        let file = SettingsProblem::of_file("config.toml", SettingsFault::NotUtf8);
        let errors = [
            AskError::NoSuchMessage(id),
            AskError::IdReused(id),
            AskError::OnItsWay,
            AskError::Letter(vec![LetterProblem::NoRecipient, LetterProblem::BodyTooLong]),
            AskError::Letter(vec![LetterProblem::SubjectControl]),
            AskError::NoSuchPage,
            AskError::NoInterval,
            AskError::NoTimeOfPeace,
            AskError::SignedOut,
            AskError::Token(TokenProblem::Locked),
            AskError::Token(TokenProblem::Absent),
            AskError::Token(TokenProblem::Silent),
            AskError::Token(TokenProblem::Failed("in English".into())),
            AskError::Token(TokenProblem::NoToken),
            AskError::Token(TokenProblem::File { file: "/x/token".into(), error: denied.into() }),
            AskError::Token(TokenProblem::FileSpoilt { file: "/x/token".into(), line: 1, column: 1 }),
            AskError::Offline,
            AskError::NoAddress("mail".into()),
            AskError::Unencrypted(server()),
            AskError::Unsent { user: "anna".into(), count: 2 },
            AskError::SignIn { server: server(), error: unreachable() },
            AskError::SignIn { server: server(), error: refused(ProblemKind::WrongCredentials) },
            AskError::SignIn { server: server(), error: refused(ProblemKind::Invalid) },
            AskError::SignIn { server: server(), error: refused(ProblemKind::TooManyRequests) },
            AskError::Server(unreachable()),
            AskError::Server(refused(ProblemKind::Busy)),
            AskError::Unanswered,
            AskError::Setting(SettingNotWritten::UnknownKey("x".into())),
            AskError::Setting(SettingNotWritten::BadValue(BadValue::NoSwitch)),
            AskError::Setting(SettingNotWritten::Overruled { key: "log.level", place: "x".into() }),
            AskError::Setting(SettingNotWritten::File(file)),
            AskError::Storage { fault: StorageFault::DiskFull, said: "in English".into() },
            AskError::Storage { fault: StorageFault::Damaged, said: "in English".into() },
            AskError::Storage { fault: StorageFault::Closed, said: "in English".into() },
            AskError::Storage { fault: StorageFault::Busy, said: "in English".into() },
            AskError::Storage { fault: StorageFault::DiskBroken, said: "in English".into() },
            AskError::Storage { fault: StorageFault::Other, said: "in English".into() },
        ];
        for error in errors {
            let LocalProblem { detail, hint, .. } = of_ask(&error, &words);
            assert!(is_russian(&detail), "{error:?}: {detail}");
            assert!(hint.iter().all(|hint| is_russian(hint)), "{error:?}: {hint:?}");
        }
    }

    #[test]
    fn each_refusal_of_the_server_is_told_in_russian_with_what_belongs_to_it() {
        let words = Words::new(Language::Russian);
        for code in ProblemKind::ALL {
            let problem = of_server(Problem::new(code, "in English"), &words);
            assert!(is_russian(&problem.detail), "{code:?}: {}", problem.detail);
        }
        let told = |problem| of_server(problem, &words).detail;
        let unknown = Problem {
            unknown: vec!["xenia".into()],
            ..Problem::new(ProblemKind::UnknownRecipient, "in English")
        };
        assert_eq!(told(unknown), "здесь нет никого с именем xenia");
        let old = Problem {
            why: Some(UnavailableReason::UpgradeNeeded),
            ..Problem::new(ProblemKind::OfficeUnavailable, "in English")
        };
        assert_eq!(told(old), "Сервер сообщений не доступен: обновите базу данных");
        for password in
            [PasswordFault::TooShort, PasswordFault::TooLong, PasswordFault::Common, PasswordFault::Same]
        {
            let problem =
                Problem { password: Some(password), ..Problem::new(ProblemKind::Invalid, "in English") };
            assert!(!told(problem).contains("English"), "{password:?}");
        }
        let wrong = ServerError::Refused(Box::new(Problem::new(ProblemKind::WrongCredentials, "in English")));
        assert_eq!(of_old_password(wrong, &words).to_string(), "прежний пароль — другой");
    }
}
