//! Harm to a server's own files, by chance: it refuses or answers with what is wrong, and never hands out a letter
//! that was not written so, or to somebody else (reliability.md 2, "damaged files").

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    sync::Arc,
};

use restante_garbage::Random;
use restante_model::Timestamp;

use super::tests::sql;
use crate::{
    Account, Change, ChangesReply, Direction, Message, Owner, Posted, SqlStore, Store, StoreError,
    story::town::{HandClock, Town, account, id, letter, name, owner, since_then},
};

/// Letters between people of the town, each with who wrote it and for whom.
const LETTERS: [(u128, &str, &[&str]); 12] = [
    (1, "anna", &["boris"]),
    (2, "anna", &["boris", "clara"]),
    (3, "boris", &["anna"]),
    (4, "clara", &["clara"]),
    (5, "anna", &["clara"]),
    (6, "boris", &["clara", "anna"]),
    (7, "clara", &["boris"]),
    (8, "anna", &["boris"]),
    (9, "boris", &["anna"]),
    (10, "anna", &["clara", "boris"]),
    (11, "clara", &["anna"]),
    (12, "boris", &["boris", "anna"]),
];

/// Who looks into his mailbox, in which organisation.
const PEOPLE: [(&str, &str); 5] =
    [("town", "anna"), ("town", "boris"), ("town", "clara"), ("village", "anna"), ("village", "dora")];

/// What is harmed: the registry, an organisation's users, and everybody's mail, the file and its log.
const DATABASES: [&str; 3] = ["restante.db", "organisations/town.db", "offices/main/office.db"];

/// Every file of a data folder, as a server left it that was killed, or that ended in order.
#[derive(Clone)]
struct Files(BTreeMap<PathBuf, Vec<u8>>);

impl Files {
    fn of(folder: &Path) -> Self {
        let mut files = BTreeMap::new();
        let mut waiting = vec![folder.to_owned()];
        while let Some(path) = waiting.pop() {
            if path.is_dir() {
                waiting.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            } else if !path.to_string_lossy().ends_with("-shm") {
                // An index that is made anew by whoever opens the database.
                files.insert(path.strip_prefix(folder).unwrap().to_owned(), std::fs::read(&path).unwrap());
            }
        }
        Self(files)
    }

    fn put_into(&self, folder: &Path) {
        for (name, bytes) in &self.0 {
            let path = folder.join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, bytes).unwrap();
        }
    }

    /// Does one kind of harm to one of them; says to which, and which. `others` are the files of another installation.
    fn harm(&mut self, others: &Self, random: &mut Random) -> Harm {
        let database = DATABASES[random.below(DATABASES.len())];
        let log = PathBuf::from(format!("{database}-wal"));
        let file = if self.0.contains_key(&log) && random.below(2) == 0 { log } else { database.into() };
        let in_log = file.to_string_lossy().ends_with("-wal");
        let bytes = self.0.get_mut(&file).unwrap();
        let kind = match random.below(5) {
            0 => {
                for _ in 0..=random.below(8) {
                    let place = random.below(bytes.len());
                    bytes[place] ^= 1 << random.below(8);
                }
                "flips"
            }
            1 => {
                bytes.truncate(random.below(bytes.len()));
                "cut"
            }
            2 => {
                let from = random.below(bytes.len());
                let to = (from + 1 + random.below(16_384)).min(bytes.len());
                bytes[from..to].fill(0);
                "zeros"
            }
            3 => {
                self.0.remove(&file);
                "lost"
            }
            _ => {
                *bytes = others.0.get(&file).cloned().unwrap_or_default();
                "of another"
            }
        };
        Harm { database, in_log, kind }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Harm {
    database: &'static str,
    in_log: bool,
    kind: &'static str,
}

/// A town whose letters say whose they are, half of them fetched and some read.
async fn lived_in(words: &str) -> Town {
    let town = Town::on_sqlite().await;
    let half = LETTERS.len() / 2;
    for (number, (id, from, to)) in LETTERS.into_iter().enumerate() {
        let posted = town.post(from, id, &letter(to, &subject(words, id))).await;
        assert!(matches!(posted, Posted::Accepted(..)), "{posted:?}");
        if number == half {
            for person in ["anna", "boris", "clara"] {
                town.fetch(person).await;
            }
        }
    }
    let village = Account { organisation: name("village"), ..account("village", "dora") };
    let posted = town.store.deliver(&village, id(40), &letter(&["anna"], &subject(words, 40))).await;
    assert!(matches!(posted, Ok(Posted::Accepted(..))), "{posted:?}");
    town.store.save_draft(&account("town", "anna"), id(50), None, &letter(&[], words)).await.unwrap();
    town
}

fn subject(words: &str, number: u128) -> String {
    format!("{words} {number}")
}

/// Both states of its files.
async fn left_by(town: &Town) -> [Files; 2] {
    let killed = Files::of(town.folder.path());
    for database in DATABASES.into_iter().chain(["organisations/village.db"]) {
        sql(&town.folder.path().join(database), "PRAGMA wal_checkpoint(TRUNCATE)").await.unwrap();
    }
    let mut ended = Files::of(town.folder.path());
    ended.0.retain(|name, _| !name.to_string_lossy().ends_with("-wal"));
    [killed, ended]
}

/// What came of a start on harmed files.
#[derive(Default)]
struct Outcome {
    /// What went wrong, as the server's log has it.
    errors: Vec<String>,
    /// Letters of all people that were shown.
    shown: usize,
    /// Whether `doctor` finds anything.
    doctor: bool,
    /// Whether an error stopped the server.
    stopped: bool,
}

impl Outcome {
    fn note<T>(&mut self, result: Result<T, StoreError>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                self.stopped |= error.fatal();
                self.errors.push(error.to_string());
                None
            }
        }
    }
}

/// Whoever looks sees only what was written to him or by him, word for word.
fn is_right(message: &Message, words: &[&str], seen_by: &Owner) {
    let number = message.id.uuid().as_u128() & 0xffff_ffff_ffff;
    let told = format!("{seen_by:?} sees {message:?}");
    assert!(words.iter().any(|words| message.subject == subject(words, number)), "{told}");
    assert_eq!(message.body, letter(&[], &message.subject).body, "{told}");
    let (from, to): (&str, &[&str]) = match number {
        40 => ("dora", &["anna"]),
        99 => ("anna", &["boris"]),
        _ => LETTERS.iter().find(|(id, ..)| *id == number).map(|(_, from, to)| (*from, *to)).expect(&told),
    };
    assert_eq!(message.from.login.as_str(), from, "{told}");
    let copies: Vec<&str> = message.copies.iter().map(|copy| copy.person.login.as_str()).collect();
    assert_eq!(copies, to, "{told}");
    let login = seen_by.login.as_str();
    assert_eq!(seen_by.organisation.as_str(), if number == 40 { "village" } else { "town" }, "{told}");
    match message.direction {
        Direction::Received(_) => assert!(to.contains(&login), "{told}"),
        Direction::Sent => assert_eq!(login, from, "{told}"),
    }
}

/// A server's day on these files: everybody looks, a letter is sent, mail expires; then `doctor`.
async fn day_on(folder: &Path, words: &[&str]) -> Outcome {
    let mut outcome = Outcome::default();
    let clock = HandClock::set(Timestamp::from_unix_ms(1_790_000_000_000));
    let Some(store) = outcome.note(SqlStore::open(folder, Arc::clone(&clock) as _).await) else {
        outcome.doctor = true;
        return outcome;
    };
    outcome.note(store.begin_serving().await);
    let (anna, last) = (account("town", "anna"), letter(&["boris"], &subject(words[0], 99)));
    if let Some(Posted::Accepted(..)) = outcome.note(store.deliver(&anna, id(99), &last).await) {
        let there = store.message(&owner("boris"), id(99)).await;
        let message = outcome.note(there).expect("what was accepted can be read");
        is_right(&message.expect("what was accepted is there"), words, &owner("boris"));
    }
    for (organisation, login) in PEOPLE {
        let owner = Owner { organisation: name(organisation), ..owner(login) };
        let Some(checked) = outcome.note(store.changes(&owner, &since_then(None)).await) else { continue };
        let ChangesReply::Page(page) = checked.reply else { continue };
        for change in page.changes {
            if let Change::Message(message) = change {
                is_right(&message, words, &owner);
                outcome.shown += usize::from(message.id != id(99));
            }
        }
    }
    outcome.note(store.expire().await);
    let examined = outcome.note(store.examine().await);
    let listed = outcome.note(store.organisations().await);
    let unnamed = outcome.note(store.unnamed().await);
    outcome.doctor = examined.is_none_or(|all| all.iter().any(|database| database.problem.is_some()))
        || unnamed.is_none_or(|all| !all.is_empty())
        || listed.is_none_or(|all| all.iter().any(|one| one.unavailable.is_some()));
    outcome
}

#[tokio::test]
async fn whatever_is_damaged_nobody_gets_wrong_mail_and_the_doctor_says_what_is_wrong() {
    let left = left_by(&lived_in("letter").await).await;
    let others = left_by(&lived_in("another's").await).await;
    let mut kinds: BTreeMap<Harm, (u32, u32)> = BTreeMap::new();
    let whole = {
        let folder = tempfile::tempdir().unwrap();
        left[0].put_into(folder.path());
        let outcome = day_on(folder.path(), &["letter"]).await;
        assert_eq!((outcome.errors.len(), outcome.doctor), (0, false), "{:?}", outcome.errors);
        outcome.shown
    };
    for seed in 0..restante_garbage::cases(1_000) {
        let mut random = Random(seed);
        let state = random.below(2);
        let mut harmed = left[state].clone();
        let harm = harmed.harm(&others[state], &mut random);
        // In memory where that can be had: what is looked at is what is read.
        let folder = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        harmed.put_into(folder.path());
        eprintln!("case {seed}, state {state}, {harm:?}");
        let words: &[&str] = if harm.kind == "of another" { &["letter", "another's"] } else { &["letter"] };
        let outcome = day_on(folder.path(), words).await;
        let told = format!("{} of {whole} shown, {:?}", outcome.shown, outcome.errors);
        // A server that ends is started again, and would end at the same page.
        assert!(!outcome.stopped, "{told}");
        assert!(outcome.errors.is_empty() || outcome.doctor, "the doctor finds nothing: {told}");
        // The end of a log may be gone in silence, as after a power cut; so may what another's file takes the place of. A
        // log that is not there is missed.
        let silent = harm.kind == "of another" || (harm.in_log && harm.kind != "lost");
        assert!(outcome.shown == whole || !outcome.errors.is_empty() || silent, "nobody is told: {told}");
        let (times, noticed) = kinds.entry(harm).or_default();
        *times += 1;
        *noticed += u32::from(!outcome.errors.is_empty());
    }
    eprintln!("{kinds:?}");
    for database in DATABASES {
        let (times, noticed) = kinds[&Harm { database, in_log: true, kind: "lost" }];
        assert_eq!(times, noticed, "{database}: a log was lost and nobody told");
        for kind in ["flips", "cut", "zeros", "lost"] {
            let (times, noticed) = kinds[&Harm { database, in_log: false, kind }];
            // Most flips meet nothing that is read: of the small files nearly all is empty.
            assert!(times > 20 && noticed > 2, "{database}, {kind}: {noticed} of {times} noticed");
        }
    }
}
