//! What the store says, in the administrator's language: for the commands and for the administrators' pages.

use std::{error::Error, fmt::Display};

use restante_l10n::{Value, Words, io_error};
use restante_store::{NotOpened, Refusal, StoreError, Unavailable};

/// The words of this key with these values filled in.
pub(crate) fn text(words: &Words, key: &str, values: &[(&str, &dyn Display)]) -> String {
    let values: Vec<_> = values.iter().map(|(name, value)| (*name, value.to_string())).collect();
    let values: Vec<_> = values.iter().map(|(name, value)| (*name, Value::Text(value))).collect();
    words.with(key, &values)
}

/// What went wrong; what the database says itself stands behind it as a quotation.
pub(crate) fn of_store(error: &StoreError, words: &Words) -> String {
    let of_database = |key: &str, database: &String| text(words, key, &[("database", database)]);
    let with_why = |key: &str, database: &String, source: &(dyn Error + 'static)| {
        text(words, key, &[("database", database), ("why", &innermost(source, words))])
    };
    match error {
        StoreError::NameTaken { what, name } => {
            text(words, "server-name-taken", &[("what", &thing(what, words)), ("name", name)])
        }
        StoreError::Unknown { what, name } => {
            text(words, "server-unknown", &[("what", &thing(what, words)), ("name", name)])
        }
        StoreError::Refused(refusal) => refused(refusal, words),
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
        StoreError::Gate { database, why } => {
            let why = unavailable(why, words);
            text(words, "server-database-gate", &[("database", database), ("why", &why)])
        }
        StoreError::Corrupt { database, table, row, what } => {
            let values: [(&str, &dyn Display); 4] =
                [("database", database), ("table", table), ("row", row), ("said", what)];
            text(words, "server-database-corrupt", &values)
        }
        StoreError::Busy { database, .. } => of_database("server-database-busy", database),
        StoreError::DiskFull { database, .. } => of_database("server-database-disk-full", database),
        StoreError::Away { database, source, .. } => with_why("server-database-away", database, &**source),
        StoreError::Malformed { database, source, .. } => {
            with_why("server-database-malformed", database, &**source)
        }
        StoreError::Damaged { database, source, .. } => {
            with_why("server-database-disk-broken", database, &**source)
        }
        StoreError::Database { database, source, .. } => {
            with_why("server-database-fails", database, &**source)
        }
        StoreError::Folder { path, source, .. } => {
            let why = io_error(source, words);
            text(words, "server-path", &[("path", &path.display()), ("why", &why)])
        }
    }
}

/// The last cause says what happened, the ones above it only where. Other words than the system's are quoted.
fn innermost(error: &(dyn Error + 'static), words: &Words) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    match cause.downcast_ref() {
        Some(error) => io_error(error, words),
        None => text(words, "server-said", &[("said", &cause)]),
    }
}

/// Why an organisation cannot have its mail for now.
pub(crate) fn unavailable(why: &Unavailable, words: &Words) -> String {
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
            let reason = match reason {
                NotOpened::NoFile => words.text("server-no-file"),
                NotOpened::OfAnother => words.text("server-file-of-another"),
                NotOpened::Said(said) => text(words, "server-said", &[("said", said)]),
            };
            text(words, "server-unreachable", &[("location", location), ("reason", &reason)])
        }
    }
}

/// The word for what the store names in English.
pub(crate) fn thing(what: &str, words: &Words) -> String {
    match what {
        "organisation" => words.text("server-thing-organisation"),
        "post office" | "office" => words.text("server-thing-office"),
        "user" => words.text("server-thing-user"),
        "administrator" => words.text("server-thing-administrator"),
        "registry" => words.text("server-thing-registry"),
        other => other.to_owned(),
    }
}

fn refused(refusal: &Refusal, words: &Words) -> String {
    let with = |key: &str, values: &[(&str, &dyn Display)]| text(words, key, values);
    match refusal {
        Refusal::OnPostgresAlready => words.text("server-refused-on-postgresql"),
        Refusal::DatabaseNotEmpty { database } => {
            with("server-refused-database-not-empty", &[("database", database)])
        }
        Refusal::NotMoved { table, database, rows, expected } => with(
            "server-refused-not-moved",
            &[("table", table), ("database", database), ("rows", rows), ("expected", expected)],
        ),
        Refusal::BackupOfPostgres => words.text("server-refused-backup-of-postgresql"),
        Refusal::BackupOfOfficeElsewhere { name } => {
            with("server-refused-backup-of-office", &[("name", name)])
        }
        Refusal::BackupThere { path } => with("server-refused-backup-there", &[("path", &path.display())]),
        Refusal::NoAddressOfPostgres => words.text("server-refused-no-address"),
        Refusal::BadAddressOfPostgres { said } => with("server-refused-bad-address", &[("said", said)]),
        Refusal::DatabaseTaken { database, office } => {
            with("server-refused-database-taken", &[("database", database), ("office", office)])
        }
        Refusal::FolderBesidePostgres => words.text("server-refused-folder"),
        Refusal::PathNotUtf8 { path } => with("server-refused-path", &[("path", &path.display())]),
        Refusal::RegistryGone { folder } => {
            with("server-refused-registry-gone", &[("folder", &folder.display())])
        }
        Refusal::DatabaseOfOthers { database } => {
            with("server-refused-database-of-others", &[("database", database)])
        }
        Refusal::OfficeUnavailable { office, why } => {
            let why = unavailable(why, words);
            with("server-refused-office-unavailable", &[("office", office), ("why", &why)])
        }
        Refusal::MayNotCreate { role, database } => {
            with("server-refused-may-not-create", &[("role", role), ("database", database)])
        }
        Refusal::ConnectionsLent { database } => with("server-refused-lent", &[("database", database)]),
        Refusal::FolderNotEmpty { folder } => {
            with("server-refused-folder-not-empty", &[("folder", &folder.display())])
        }
        Refusal::ThereAlready { path } => with("server-refused-there", &[("path", &path.display())]),
        Refusal::NoWholeBackup { archive, what } => {
            with("server-refused-no-whole-backup", &[("archive", &archive.display()), ("said", what)])
        }
        Refusal::BackupOfOtherForm { archive, form, known, made_by } => with(
            "server-refused-backup-form",
            &[("archive", &archive.display()), ("form", form), ("known", known), ("program", made_by)],
        ),
    }
}

#[cfg(test)]
mod tests {
    use std::{io, sync::Arc};

    use restante_l10n::{Language, foreign_words};
    use restante_model::SystemClock;
    use restante_store::{SqlStore, Time};

    use super::*;

    fn refusals() -> Vec<Refusal> {
        let path = || "/srv/x".into();
        let database = || "/srv/x.db".to_owned();
        vec![
            Refusal::OnPostgresAlready,
            Refusal::DatabaseNotEmpty { database: database() },
            Refusal::NotMoved { table: "users".into(), database: database(), rows: 1, expected: 2 },
            Refusal::BackupOfPostgres,
            Refusal::BackupOfOfficeElsewhere { name: "x1".into() },
            Refusal::BackupThere { path: path() },
            Refusal::NoAddressOfPostgres,
            Refusal::BadAddressOfPostgres { said: "empty host".into() },
            Refusal::DatabaseTaken { database: database(), office: "x1".into() },
            Refusal::FolderBesidePostgres,
            Refusal::PathNotUtf8 { path: path() },
            Refusal::RegistryGone { folder: path() },
            Refusal::DatabaseOfOthers { database: database() },
            Refusal::OfficeUnavailable { office: "x1".into(), why: Unavailable::NoneAttached },
            Refusal::MayNotCreate { role: "x1".into(), database: "x2".into() },
            Refusal::ConnectionsLent { database: database() },
            Refusal::FolderNotEmpty { folder: path() },
            Refusal::ThereAlready { path: path() },
            Refusal::NoWholeBackup { archive: path(), what: "it is empty".into() },
            Refusal::BackupOfOtherForm { archive: path(), form: 9, known: 1, made_by: "restante 9".into() },
        ]
    }

    fn errors() -> Vec<StoreError> {
        let part = "organisation";
        let unavailable = |why| StoreError::Unavailable { organisation: "hall".to_owned(), why };
        let unreachable =
            |reason| unavailable(Unavailable::Unreachable { location: "/srv/x.db".to_owned(), reason });
        let mut errors: Vec<_> = refusals().into_iter().map(StoreError::Refused).collect();
        errors.extend([
            unavailable(Unavailable::NoneAttached),
            unavailable(Unavailable::UpgradeNeeded { part, found: 1, needed: 4 }),
            unavailable(Unavailable::ServerTooOld { part, found: 9, known: 4 }),
            unreachable(NotOpened::NoFile),
            unreachable(NotOpened::OfAnother),
            StoreError::NameTaken { what: "user", name: "anna".to_owned() },
            StoreError::Unknown { what: "administrator", name: "anna".to_owned() },
            StoreError::Served { folder: "/srv".into(), process: Some("12".to_owned()) },
            StoreError::Served { folder: "/srv".into(), process: None },
        ]);
        errors
    }

    #[tokio::test]
    async fn whatever_the_store_says_is_told_in_russian() {
        let (doing, database) = ("in English", || "/srv/x.db".to_owned());
        let denied = Arc::new(io::Error::from(io::ErrorKind::PermissionDenied));
        let reason = NotOpened::Said("no".into());
        let why = Unavailable::Unreachable { location: database(), reason };
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("restante.db"), [7; 4096]).unwrap();
        let no_database = SqlStore::open(folder.path(), Arc::new(SystemClock)).await.err().unwrap();
        let nobody = SqlStore::connect("postgres://127.0.0.1:1/x", Time::Database).await.err().unwrap();
        assert!(matches!(no_database, StoreError::Malformed { .. }), "{no_database:?}");
        assert!(matches!(nobody, StoreError::Away { .. }), "{nobody:?}");
        let corrupt = |what: &str| StoreError::Corrupt {
            database: database(),
            table: "users",
            row: "7".into(),
            what: what.to_owned(),
        };
        let more = [
            StoreError::Unavailable { organisation: "hall".into(), why },
            StoreError::Gate { database: database(), why: Unavailable::NoneAttached },
            corrupt("no name"),
            StoreError::Busy { doing, database: database() },
            StoreError::DiskFull { doing, database: database() },
            StoreError::Folder { doing, path: "/srv/x".into(), source: denied },
            no_database,
            nobody,
        ];
        let words = Words::new(Language::Russian);
        for error in errors().into_iter().chain(more) {
            let said = of_store(&error, &words);
            let names = ["PostgreSQL", "PgBouncer", "current"];
            assert_eq!(foreign_words(&said, &names), [""; 0], "{error:?}: {said}");
            assert!(!said.contains('{') && said.contains(|letter| ('а'..='я').contains(&letter)), "{said}");
        }
    }

    #[test]
    fn in_english_a_refusal_has_the_words_of_the_log() {
        let words = Words::new(Language::English);
        for error in errors() {
            let said = of_store(&error, &words);
            assert_eq!(said.replace(['“', '”'], "\""), error.to_string());
        }
    }
}
