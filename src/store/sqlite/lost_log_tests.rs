//! A server that is killed with -9, and what becomes of its databases with their logs and without (reliability.md 2,
//! "lost WAL").

use std::{
    env, fs,
    io::{BufRead, BufReader},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{Arc, mpsc},
    thread,
};

use restante_garbage::Random;
use restante_model::{Letter, SystemClock};

use super::log_note;
use crate::{
    Posted, SqlStore, Store, StoreError, Unavailable,
    story::town::{Town, account, id, letter, owner, since_then},
};

/// Set to the data folder where this program is the server that is killed.
const INSIDE: &str = "RESTANTE_TEST_SERVES";
/// The number of its first letter.
const FIRST: &str = "RESTANTE_TEST_FIRST_LETTER";
const OFFICE: &str = "offices/main/office.db";
/// Letters that are posted at once.
const SENDERS: u128 = 4;

async fn opened(folder: &Path) -> Result<SqlStore, StoreError> {
    let store = SqlStore::open(folder, Arc::new(SystemClock)).await?;
    store.begin_serving().await?;
    Ok(store)
}

/// Every third is so long that some dozens of letters fill the log.
fn letter_of(number: u128) -> Letter {
    let mut letter = letter(&["boris"], &format!("letter {number}"));
    if number.is_multiple_of(3) {
        letter.body = "Long. ".repeat(10_000);
    }
    letter
}

/// Takes letters until it is killed, and says the number of each that it accepted.
fn serve(folder: &Path, first: u128) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    runtime.block_on(async {
        let store = Arc::new(opened(folder).await.unwrap());
        let senders = (0..SENDERS).map(|sender| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                for number in (first + sender..).step_by(SENDERS as usize) {
                    let posted =
                        store.deliver(&account("town", "anna"), id(number), &letter_of(number)).await;
                    assert!(matches!(posted, Ok(Posted::Accepted(..))), "{posted:?}");
                    println!("accepted {number}");
                }
            })
        });
        for sender in senders.collect::<Vec<_>>() {
            sender.await.unwrap();
        }
    });
}

fn start(folder: &Path, first: u128) -> Child {
    let test = "sqlite::lost_log_tests::a_log_that_is_lost_after_a_kill_is_always_named_and_no_other_ever";
    Command::new(env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture", "--test-threads=1"])
        .env(INSIDE, folder)
        .env(FIRST, first.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Serves until so many letters were accepted, and is killed then, whatever it is at, or as soon as it copies the log;
/// the letters.
fn killed_after(accepted: usize, folder: &Path, first: u128, copying: bool) -> Vec<u128> {
    let mut server = start(folder, first);
    let lines = BufReader::new(server.stdout.take().unwrap()).lines();
    let (said, heard) = mpsc::channel();
    let listener = thread::spawn(move || {
        for line in lines.map_while(Result::ok) {
            if let Some(number) = line.strip_prefix("accepted ").and_then(|number| number.parse().ok()) {
                said.send(number).unwrap();
            }
        }
    });
    let mut numbers: Vec<u128> = heard.iter().take(accepted).collect();
    assert_eq!(numbers.len(), accepted, "it ended by itself");
    let database = folder.join(OFFICE);
    while copying && !log_note::look(&database).unwrap().is_some_and(|note| note.copying) {
        assert_eq!(server.try_wait().unwrap(), None, "it ended by itself");
        numbers.extend(heard.try_iter());
        assert!(numbers.len() < 5_000, "it never copies its log");
    }
    server.kill().unwrap();
    server.wait().unwrap();
    listener.join().unwrap();
    // What it said before it was dead counts as well.
    numbers.extend(heard);
    numbers
}

/// Which of the letters is not there.
async fn missing(store: &SqlStore, accepted: &[u128]) -> Result<Option<u128>, StoreError> {
    for number in accepted {
        if store.message(&owner("boris"), id(*number)).await?.is_none() {
            return Ok(Some(*number));
        }
    }
    Ok(None)
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap().map(Result::unwrap) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy(&entry.path(), &target);
        } else if !entry.path().to_string_lossy().ends_with("-shm") {
            fs::copy(entry.path(), target).unwrap();
        }
    }
}

/// In memory where that can be had: what is looked at is what a kill leaves, not what a disk does.
fn folder() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

#[test]
fn a_log_that_is_lost_after_a_kill_is_always_named_and_no_other_ever() {
    if let Some(folder) = env::var_os(INSIDE) {
        return serve(Path::new(&folder), env::var(FIRST).unwrap().parse().unwrap());
    }
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let begun = folder();
    runtime.block_on(async {
        let town = Town::on_sqlite().await;
        town.store.organisations().await.unwrap();
        copy(town.folder.path(), begun.path());
    });
    let (mut next, mut named, mut copying) = (1, 0, 0);
    let kills = restante_garbage::cases(200);
    let mut kept = begun;
    for seed in 0..kills {
        let mut random = Random(seed);
        let accepted = killed_after(1 + random.below(40), kept.path(), next, seed.is_multiple_of(10));
        next = accepted.iter().max().unwrap() + 100;
        let database = kept.path().join(OFFICE);
        copying += u32::from(log_note::look(&database).unwrap().unwrap().copying);
        let (without, with) = (folder(), folder());
        copy(kept.path(), without.path());
        copy(kept.path(), with.path());
        let lost = log_note::log(&without.path().join(OFFICE));
        let was_there = fs::remove_file(&lost).is_ok();
        runtime.block_on(async {
            let store = opened(with.path()).await.unwrap();
            assert_eq!(
                missing(&store, &accepted).await.unwrap(),
                None,
                "seed {seed}: with its log all is there"
            );
            let store = opened(without.path()).await.unwrap();
            match missing(&store, &accepted).await {
                Ok(missing) => assert_eq!(missing, None, "seed {seed}: nobody is told"),
                Err(StoreError::Unavailable { why: Unavailable::LogLost { location }, .. }) => {
                    assert!(was_there && Path::new(&location) == without.path().join(OFFICE), "seed {seed}");
                    named += 1;
                    // Those whose mail does not lie there have theirs.
                    assert_eq!(store.directory(&crate::story::town::name("town")).await.unwrap().len(), 3);
                }
                Err(error) => panic!("seed {seed}: {error}"),
            }
        });
        kept = with;
    }
    eprintln!("{named} of {kills} named, {copying} of them killed while copying");
    assert!(named > kills / 2, "{named} of {kills}");
}

/// A data folder with this in the place of its office's database, which has no log there.
fn put_back(database: &[u8], data: &tempfile::TempDir) -> tempfile::TempDir {
    let with = folder();
    copy(data.path(), with.path());
    let place = with.path().join(OFFICE);
    fs::remove_file(log_note::log(&place)).unwrap();
    fs::write(place, database).unwrap();
    with
}

/// Another start of a server takes a letter.
async fn post(data: &tempfile::TempDir, number: u128) {
    let store = opened(data.path()).await.unwrap();
    let posted = store.deliver(&account("town", "anna"), id(number), &letter_of(number)).await;
    assert!(matches!(posted, Ok(Posted::Accepted(..))), "{posted:?}");
}

/// Whether another start of a server says that the log is lost.
async fn lost(data: &tempfile::TempDir) -> bool {
    let store = opened(data.path()).await.unwrap();
    match store.changes(&owner("boris"), &since_then(None)).await {
        Ok(_) => false,
        Err(StoreError::Unavailable { why: Unavailable::LogLost { .. }, .. }) => true,
        Err(error) => panic!("{error}"),
    }
}

#[tokio::test]
async fn a_copy_that_is_put_back_is_taken_without_its_note_and_where_it_is_older_than_any_log() {
    let data = folder();
    copy(Town::on_sqlite().await.folder.path(), data.path());
    // What SQLite does as the last connection closes.
    let settled = async |data: &tempfile::TempDir| {
        let database = data.path().join(OFFICE);
        super::tests::sql(&database, "PRAGMA wal_checkpoint(TRUNCATE)").await.unwrap();
        fs::read(&database).unwrap()
    };
    post(&data, 1).await;
    let older = settled(&data).await;
    post(&data, 2).await;
    let last = settled(&data).await;
    post(&data, 3).await;

    let data = put_back(&last, &data);
    assert!(lost(&data).await, "it is the file without its log, byte for byte");
    assert!(lost(&data).await, "and is so at the next start");
    fs::remove_file(log_note::path(&data.path().join(OFFICE))).unwrap();
    assert!(!lost(&data).await, "without the note it is taken as it is");
    post(&data, 4).await;
    // Nothing but a copy is so old.
    let data = put_back(&older, &data);
    post(&data, 5).await;
    let data = put_back(&older, &data);
    assert!(lost(&data).await, "what was written since it was put back is missing");
}
