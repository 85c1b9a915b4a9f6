//! `user import`: the users of a CSV file, all or none.

use std::{
    collections::HashSet,
    fmt::Display,
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    thread,
};

use rand::seq::IndexedRandom;
use restante_l10n::{Words, io_error};
use restante_model::{Login, Name, Person};
use restante_process::Exit;
use restante_store::{NewUser, Store};
use serde_json::json;

use super::{
    answers::{Answers, text},
    called,
    failure::Failure,
    password::not_taken,
    print_json,
};
use crate::passwords::hash_password;

/// Letters and digits that nobody takes for each other; 20 of them are 98 bits.
const ALPHABET: &[u8] = b"abcdefghjkmnpqrstuvwxyz23456789";

/// A line that can be a user.
#[derive(Debug, PartialEq, Eq)]
struct Row {
    line: u64,
    person: Person,
    /// Absent: one is made.
    password: Option<String>,
}

/// A line that cannot.
#[derive(Debug, PartialEq, Eq)]
struct BadLine {
    line: u64,
    reason: String,
}

pub(super) async fn import(
    store: &dyn Store,
    organisation: &Name,
    file: &Path,
    passwords_to: Option<PathBuf>,
    answers: Answers<'_>,
) -> Result<(), Failure> {
    let bytes = std::fs::read(file).map_err(|error| {
        let values: [(&str, &dyn Display); 2] =
            [("file", &file.display()), ("why", &io_error(&error, answers.words))];
        Failure::new(Exit::Refused, answers.text("server-import-reading", &values), "")
    })?;
    let there: HashSet<Login> =
        store.users(organisation).await?.into_iter().map(|user| user.person.login).collect();
    let (rows, mut bad) = rows(&bytes, &there, answers.words)?;
    let rows: Vec<_> =
        rows.into_iter().map(|row| (row.password.clone().unwrap_or_else(generated), row)).collect();
    let (users, refused) = hashed(organisation, &rows, answers.words);
    bad.extend(refused);
    bad.sort_by_key(|bad| bad.line);
    if !bad.is_empty() {
        let line =
            |bad: &BadLine| answers.text("server-import-line", &[("line", &bad.line), ("why", &bad.reason)]);
        let lines: Vec<_> = bad.iter().map(line).collect();
        let message = answers.text("server-import-none", &[("file", &file.display())]);
        let message = format!("{message}\n{}", lines.join("\n"));
        return Err(Failure::new(Exit::Refused, message, answers.text("server-hint-import-lines", &[])));
    }
    let made: Vec<_> = rows.iter().filter(|(_, row)| row.password.is_none()).collect();
    // Written first: a user whose password nobody knows would be of no use.
    let kept_in = if made.is_empty() {
        None
    } else {
        let path = passwords_to.unwrap_or_else(|| file.with_extension("passwords.csv"));
        let mut lines = vec!["login,password".to_owned()];
        lines.extend(made.iter().map(|(password, row)| format!("{},{password}", row.person.login)));
        keep(&path, &(lines.join("\n") + "\n")).map_err(|error| {
            let values: [(&str, &dyn Display); 2] =
                [("file", &path.display()), ("why", &io_error(&error, answers.words))];
            let message = answers.text("server-import-passwords", &values);
            Failure::new(Exit::Refused, message, answers.text("server-hint-import-passwords", &[]))
        })?;
        Some(path)
    };
    if let Err(error) = store.add_users(organisation, &users).await {
        // An error is not "not stored", so the passwords stay where somebody can find them.
        return Err(error.into());
    }
    if answers.json {
        print_json(&json!({"imported": users.len(), "passwords_made": made.len(), "passwords_in": kept_in}));
    } else {
        answers.say("server-imported", &[("count", &users.len()), ("organisation", organisation)]);
        if let Some(path) = kept_in {
            answers.say("server-import-made", &[("count", &made.len()), ("file", &path.display())]);
        }
    }
    Ok(())
}

/// What the file says, line by line; the first names the columns.
fn rows(bytes: &[u8], there: &HashSet<Login>, words: &Words) -> Result<(Vec<Row>, Vec<BadLine>), Failure> {
    // What Excel writes: a mark before the text, and semicolons in half of Europe.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    // Windows' line ends would be counted one too late.
    let bytes = &*bytes
        .split(|byte| *byte == b'\n')
        .map(|line| line.strip_suffix(b"\r").unwrap_or(line))
        .collect::<Vec<_>>()
        .join(&b'\n');
    let first = bytes.split(|byte| *byte == b'\n').next().unwrap_or_default();
    let delimiter = if first.contains(&b';') { b';' } else { b',' };
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).trim(csv::Trim::All).from_reader(bytes);
    let header = reader.byte_headers().cloned().unwrap_or_default();
    let column = |name: &str| header.iter().position(|field| field.eq_ignore_ascii_case(name.as_bytes()));
    let (Some(login), Some(name)) = (column("login"), column("name")) else {
        let message = words.text("server-import-columns");
        return Err(Failure::new(Exit::Refused, message, words.text("server-hint-import-columns")));
    };
    let columns = Columns { count: header.len(), login, name, password: column("password") };
    let (mut rows, mut bad, mut seen) = (Vec::new(), Vec::new(), HashSet::new());
    for record in reader.byte_records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = error.position().map_or(0, csv::Position::line);
                bad.push(BadLine { line, reason: error.to_string() });
                continue;
            }
        };
        let line = record.position().map_or(0, csv::Position::line);
        if record.iter().all(<[u8]>::is_empty) {
            continue;
        }
        match row(line, &record, &columns, words) {
            Ok(row) if there.contains(&row.person.login) => {
                let reason = text(words, "server-import-there", &[("login", &row.person.login)]);
                bad.push(BadLine { line, reason });
            }
            Ok(row) if !seen.insert(row.person.login.clone()) => {
                let reason = text(words, "server-import-twice", &[("login", &row.person.login)]);
                bad.push(BadLine { line, reason });
            }
            Ok(row) => rows.push(row),
            Err(reason) => bad.push(BadLine { line, reason }),
        }
    }
    if rows.is_empty() && bad.is_empty() {
        let hint = words.text("server-hint-import-nobody");
        return Err(Failure::new(Exit::Refused, words.text("server-import-nobody"), hint));
    }
    Ok((rows, bad))
}

/// Where the first line has what.
struct Columns {
    count: usize,
    login: usize,
    name: usize,
    password: Option<usize>,
}

fn row(line: u64, record: &csv::ByteRecord, columns: &Columns, words: &Words) -> Result<Row, String> {
    if record.len() != columns.count {
        let values: [(&str, &dyn Display); 2] = [("fields", &record.len()), ("columns", &columns.count)];
        return Err(text(words, "server-import-fields", &values));
    }
    let field = |index: usize| {
        let bytes = record.get(index).unwrap_or_default();
        std::str::from_utf8(bytes).map_err(|_| words.text("server-import-not-utf-eight"))
    };
    let login = field(columns.login)?;
    let login: Login = login.parse().map_err(|_| text(words, "server-import-login", &[("value", &login)]))?;
    let name = called(field(columns.name)?).map_err(|_| {
        let why = words.text("arguments-not-one-line");
        text(words, "server-import-name", &[("why", &why)])
    })?;
    let password = columns.password.map(field).transpose()?.filter(|password| !password.is_empty());
    Ok(Row { line, person: Person { login, name }, password: password.map(str::to_owned) })
}

/// Each with its password's hash: slow by intent, so on all cores.
fn hashed(organisation: &Name, rows: &[(String, Row)], words: &Words) -> (Vec<NewUser>, Vec<BadLine>) {
    let cores = thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let hash = |(password, row): &(String, Row)| {
        let about = [row.person.login.as_str(), &row.person.name, organisation.as_str()];
        let hash = hash_password(password, &about);
        hash.map(|password_hash| NewUser { person: row.person.clone(), password_hash })
            .map_err(|problem| BadLine { line: row.line, reason: not_taken(problem, words) })
    };
    let (mut users, mut bad) = (Vec::new(), Vec::new());
    thread::scope(|scope| {
        let parts: Vec<_> = rows
            .chunks(rows.len().div_ceil(cores).max(1))
            .map(|part| scope.spawn(move || part.iter().map(hash).collect::<Vec<_>>()))
            .collect();
        for outcome in parts
            .into_iter()
            .flat_map(|part| part.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
        {
            match outcome {
                Ok(user) => users.push(user),
                Err(line) => bad.push(line),
            }
        }
    });
    (users, bad)
}

/// Four groups of five.
fn generated() -> String {
    let mut chance = rand::rng();
    let mut group = || {
        (0..5).filter_map(|_| ALPHABET.choose(&mut chance)).map(|byte| char::from(*byte)).collect::<String>()
    };
    [group(), group(), group(), group()].join("-")
}

/// A new file for its owner alone, on disk when this comes back.
fn keep(path: &Path, text: &str) -> std::io::Result<()> {
    let mut file = std::fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use restante_l10n::Language;

    use super::*;

    fn english() -> Words {
        Words::new(Language::English)
    }

    fn read(bytes: &[u8]) -> (Vec<Row>, Vec<BadLine>) {
        let there = HashSet::from(["anna".parse().unwrap()]);
        rows(bytes, &there, &english()).map_err(|_| "refused as a whole").unwrap()
    }

    fn row(line: u64, login: &str, name: &str, password: Option<&str>) -> Row {
        let person = Person { login: login.parse().unwrap(), name: name.to_owned() };
        Row { line, person, password: password.map(str::to_owned) }
    }

    #[test]
    fn what_offices_export_is_read() {
        let boris = || row(2, "boris", "Boris Ivanov", Some("a long pass; word"));
        let (rows, bad) = read(b"login,name,password\nboris,Boris Ivanov,a long pass; word\n");
        assert_eq!((rows, bad), (vec![boris()], vec![]));
        let (rows, bad) = read(
            b"\xef\xbb\xbfName;Login;Password\r\n\"Boris Ivanov\";boris;\"a long pass; word\"\r\n;;\r\n",
        );
        assert_eq!((rows, bad), (vec![boris()], vec![]));
        let (rows, bad) = read("login;name\nборис;Борис \"Боб\" Иванов\n".as_bytes());
        assert_eq!((rows, bad), (vec![row(2, "борис", "Борис \"Боб\" Иванов", None)], vec![]));
    }

    #[test]
    fn each_bad_line_is_named() {
        let text = b"login,name\nanna,Anna\nboris,Boris\nBORIS,Boris\n-,Dash\nclara,\nd,D,more\negor,\xff\nfedor,Fedor\n";
        let (rows, bad) = read(text);
        assert_eq!(rows.iter().map(|row| row.line).collect::<Vec<_>>(), [3, 9]);
        let told: Vec<_> = bad.iter().map(|bad| (bad.line, bad.reason.split(' ').next().unwrap())).collect();
        assert_eq!(
            told,
            [(2, "anna"), (4, "boris"), (5, "login"), (6, "name:"), (7, "3"), (8, "not")],
            "{bad:?}"
        );
    }

    #[test]
    fn a_file_of_something_else_is_refused_whole() {
        for text in [&b""[..], b"anna,Anna\n", b"login,name\n", b"\0\0\0"] {
            assert!(rows(text, &HashSet::new(), &english()).is_err(), "{text:?}");
        }
    }

    #[test]
    fn of_garbage_each_line_is_a_user_or_named() {
        let good: [&[u8]; 3] = [
            b"login,name,password\nboris,Boris Ivanov,a long pass; word\nclara,\"Clara \"\"C\"\" Smith\",\n",
            b"\xef\xbb\xbfName;Login\r\n\"Boris\r\nIvanov\";boris\r\n;;\r\n",
            "login;name\nборис;Борис Иванов\n".as_bytes(),
        ];
        let there = HashSet::from(["anna".parse().unwrap()]);
        let words = english();
        restante_garbage::each(&good, |bytes| {
            let Ok((rows, bad)) = rows(bytes, &there, &words) else { return };
            assert!(!rows.is_empty() || !bad.is_empty());
            let lines = bytes.split(|byte| *byte == b'\n').count() as u64;
            let named = rows.iter().map(|row| row.line).chain(bad.iter().map(|bad| bad.line));
            for line in named {
                // A lone return ends a line for the reader, and none for the editor that shows its number.
                assert!((1..=lines).contains(&line), "line {line} of {lines}");
            }
            let logins: HashSet<_> = rows.iter().map(|row| &row.person.login).collect();
            assert_eq!(logins.len(), rows.len(), "nobody twice");
        });
    }

    #[test]
    fn passwords_that_are_made_are_good_and_each_another() {
        let (one, other) = (generated(), generated());
        assert_ne!(one, other);
        assert_eq!(one.len(), 23);
        assert!(hash_password(&one, &["anna"]).is_ok());
    }
}
