//! Stories of damaged files and a full disk: nothing wrong is shown, nothing is announced twice, and what
//! can be saved is.

mod large;

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use restante_garbage::Random;
use restante_local_api::{CacheState, Direction, DiskState, FolderOrder};

use super::*;

/// An agent whose databases lie in a folder of their own.
struct Desk {
    folder: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    fn ledger(&self) -> PathBuf {
        self.folder.path().join("ledger.sqlite")
    }

    fn cache(&self) -> PathBuf {
        self.folder.path().join("cache.sqlite")
    }

    fn open(&self) -> Engine {
        Engine::open(Some(&self.ledger()), Some(&self.cache())).unwrap()
    }

    /// The same agent after its program was started again: the story goes on.
    fn starts_again(&self, mut story: Story) -> Story {
        story.engine = Engine::open(None, None).unwrap();
        self.with_files_closed(story)
    }

    fn with_files_closed(&self, mut story: Story) -> Story {
        story.engine = self.open();
        story.done.clear();
        story.happens(Event::Started { settings: Ok(SettingsFile::default()) });
        story.happens(Event::TokenFound(TokenFound::Found(restante_local_api::KeyringState::Ok)));
        story
    }

    /// What the folder shows and what each message says.
    fn texts(engine: &mut Engine) -> Vec<(String, String)> {
        let ask = Ask::Folder {
            folder: restante_model::Folder::Inbox,
            order: FolderOrder::default(),
            start: PageStart::Row(0),
            limit: 500,
            unread: false,
        };
        let effects = engine.apply(Event::Asked { call: CallId(50), ask }, at(9));
        let Some(Effect::Answer { answer: Ok(Answer::Folder(page)), .. }) = effects.first() else {
            return Vec::new();
        };
        let ids: Vec<_> = page.messages.iter().map(|row| (row.id, row.subject.clone())).collect();
        ids.into_iter()
            .filter_map(|(id, subject)| {
                let event = Event::Asked { call: CallId(51), ask: Ask::Message(id) };
                match engine.apply(event, at(9)).into_iter().next() {
                    Some(Effect::Answer { answer: Ok(Answer::Message(message)), .. }) => {
                        Some((subject, message.body))
                    }
                    _ => None,
                }
            })
            .collect()
    }
}

/// A mailbox large enough that every kind of page is in the file.
fn mailbox() -> Vec<Change> {
    (1..=40).map(|number| about(number, &format!("приказ {number}"), &"text of it ".repeat(100))).collect()
}

fn with_mail(desk: &Desk) -> Story {
    let mut story = Story::with(desk.open());
    story.waiting = mailbox();
    story.due();
    assert_eq!((story.popups(), story.unread()), (1, 40));
    story
}

fn expected() -> Vec<(String, String)> {
    (1..=40).rev().map(|number| (format!("приказ {number}"), "text of it ".repeat(100))).collect()
}

/// Whatever was done to the cache's files, the mail is there again, right, and without one alert.
fn is_rebuilt(desk: &Desk, story: Story) {
    let mut story = desk.starts_again(story);
    // Reading meets what opening did not look at; the story's server answers what follows.
    for _ in 0..2 {
        let ask = Ask::Folder {
            folder: restante_model::Folder::Inbox,
            order: FolderOrder::default(),
            start: PageStart::Row(0),
            limit: 500,
            unread: false,
        };
        story.happens(Event::Asked { call: CallId(50), ask });
        for number in 1..=40 {
            story.happens(Event::Asked { call: CallId(51), ask: Ask::Message(id(number)) });
        }
        story.due();
    }
    let texts = Desk::texts(&mut story.engine);
    assert_eq!(texts, expected());
    assert_eq!(story.unread(), 40);
    assert_eq!(story.popups(), 0, "mail was announced again");
    assert_eq!(story.found("приказы", None, 500).0.len(), 40);
    let storage = story.engine.status().unwrap().storage;
    assert_ne!(storage.cache, CacheState::Rebuilding);
}

#[test]
fn a_cache_that_is_no_database_is_fetched_again_and_the_person_is_told() {
    let desk = Desk::new();
    let mut story = with_mail(&desk);
    story.engine = Engine::open(None, None).unwrap();
    fs::write(desk.cache(), "this was a database").unwrap();
    story.reachable = false;
    let mut story = desk.starts_again(story);
    let storage = |story: &Story| story.engine.status().unwrap().storage;
    assert_eq!((storage(&story).cache, story.unread()), (CacheState::Rebuilding, 0));
    story.reachable = true;
    story.due();
    assert_eq!((storage(&story).cache, story.unread(), story.popups()), (CacheState::Rebuilt, 40, 0));
    assert!(desk.folder.path().join("cache.sqlite.damaged").exists());
}

#[test]
fn a_cut_cache_a_zeroed_one_and_one_with_the_log_of_another_are_fetched_again() {
    type Harm = fn(&Path);
    let harms: [Harm; 4] = [
        |cache| fs::write(cache, &fs::read(cache).unwrap()[..8_192]).unwrap(),
        |cache| fs::write(cache, []).unwrap(),
        |cache| {
            let mut bytes = fs::read(cache).unwrap();
            bytes[4_096 * 3..4_096 * 9].fill(0);
            fs::write(cache, bytes).unwrap();
        },
        |cache| {
            let other = Desk::new();
            let open = with_mail(&other);
            let log = fs::read(other.folder.path().join("cache.sqlite-wal")).unwrap();
            drop(open);
            fs::write(cache.with_extension("sqlite-wal"), log).unwrap();
        },
    ];
    for harm in harms {
        let desk = Desk::new();
        let mut story = with_mail(&desk);
        story.engine = Engine::open(None, None).unwrap();
        harm(&desk.cache());
        is_rebuilt(&desk, story);
    }
}

/// The files of an agent that ended in order, or was killed, as they are to be harmed.
struct Left {
    files: Vec<(&'static str, Vec<u8>)>,
}

const FILES: [&str; 4] = ["ledger.sqlite", "ledger.sqlite-wal", "cache.sqlite", "cache.sqlite-wal"];

impl Left {
    fn in_folder(folder: &Path) -> Self {
        let read = |name: &'static str| Some((name, fs::read(folder.join(name)).ok()?));
        Self { files: FILES.into_iter().filter_map(read).collect() }
    }

    fn put_into(&self, folder: &Path) {
        for (name, bytes) in &self.files {
            fs::write(folder.join(name), bytes).unwrap();
        }
    }

    fn file(&mut self, name: &str) -> Option<&mut Vec<u8>> {
        self.files.iter_mut().find(|(file, _)| *file == name).map(|(_, bytes)| bytes)
    }

    /// Does one kind of harm to one of them; says to which, and which. `others` are the files of another agent.
    fn harm(&mut self, others: &mut Self, random: &mut Random) -> (&'static str, &'static str) {
        let name = FILES[random.below(FILES.len())];
        let log = name.ends_with("-wal");
        let kind = random.below(if log { 5 } else { 3 });
        if log && kind == 3 {
            self.files.retain(|(file, _)| *file != name);
            return (name, "lost");
        }
        if log && kind == 4 {
            let foreign = others.file(name).cloned().unwrap_or_default();
            self.files.retain(|(file, _)| *file != name);
            self.files.push((name, foreign));
            return (name, "of another");
        }
        let Some(bytes) = self.file(name).filter(|bytes| !bytes.is_empty()) else { return (name, "none") };
        let kind = match kind {
            0 => {
                for _ in 0..=random.below(8) {
                    let place = random.below(bytes.len());
                    // What a flipped version of the schema says, a newer program would say too: it is refused.
                    if !(60..64).contains(&place) {
                        bytes[place] ^= 1 << random.below(8);
                    }
                }
                "flips"
            }
            1 => {
                // An empty file is one of an agent that never ran.
                bytes.truncate(1 + random.below(bytes.len() - 1));
                "cut"
            }
            _ => {
                let from = random.below(bytes.len());
                let to = (from + 1 + random.below(8_192)).min(bytes.len());
                // Without its header's words it is no database: that has a test of its own.
                bytes[from.max(100).min(to)..to].fill(0);
                "zeros"
            }
        };
        (name, kind)
    }
}

/// What an agent left that was killed, and what it left that ended in order then.
fn left_by(letters: impl Fn(u128) -> Letter, body: &str) -> [Left; 2] {
    let desk = Desk::new();
    let mut story = Story::with(desk.open());
    story.waiting = (1..=12).map(|number| about(number, &format!("приказ {number}"), body)).collect();
    story.due();
    story.happens(Event::Asked { call: CallId(1), ask: Ask::SetMode(Mode::Offline) });
    for number in 101..=106 {
        let ask = Ask::Send { id: id(number), letter: letters(number), undo: Undo::AtOnce };
        story.happens(Event::Asked { call: CallId(2), ask });
    }
    let killed = Left::in_folder(desk.folder.path());
    story.engine = Engine::open(None, None).unwrap();
    [killed, Left::in_folder(desk.folder.path())]
}

#[test]
fn whatever_is_damaged_nothing_wrong_is_shown_or_sent() {
    // Sums over long texts take most of the time where nothing is optimised.
    let body = "text of it ".repeat(20);
    let own_letter = |number| Letter { body: format!("letter {number} ").repeat(20), ..letter() };
    let left = left_by(own_letter, &body);
    let others_letter = |number| Letter { body: format!("another's {number} ").repeat(20), ..letter() };
    let mut others = left_by(others_letter, "of another");
    let others = &mut others[0];
    let mut kinds: BTreeMap<(&str, &str), (u32, u32)> = BTreeMap::new();
    for seed in 0..restante_garbage::cases(1_000) {
        let mut random = Random(seed);
        let mut harmed = Left { files: left[random.below(2)].files.clone() };
        let (file, kind) = harmed.harm(others, &mut random);
        let case = format!("case {seed}, {file}, {kind}");
        // In memory where that can be had: what is looked at is what is read.
        let desk =
            Desk { folder: tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap() };
        harmed.put_into(desk.folder.path());
        let opened = Engine::open(Some(&desk.ledger()), Some(&desk.cache()));
        let mut engine = opened.unwrap_or_else(|error| panic!("{case}: {error}"));
        let letters = engine.ledger.outbox().unwrap_or_else(|error| panic!("{case}: {error}"));
        for waiting in &letters {
            let number = waiting.written.id.uuid().as_u128();
            // A whole log of another agent is all that that one wrote, and SQLite goes by it.
            let whole = waiting.written.letter == own_letter(number)
                || kind == "of another" && waiting.written.letter == others_letter(number);
            assert!(whole, "{case}: {}", waiting.written.letter.subject);
        }
        let storage = engine.status().unwrap_or_else(|error| panic!("{case}: {error}")).storage;
        // What is gone is said. The end of a log may be gone in silence: so it is after a power cut.
        let said = storage.ledger_set_aside.is_some();
        assert!(letters.len() == 6 || said || file != "ledger.sqlite", "{case}: {} letters", letters.len());
        let (times, noticed) = kinds.entry((file, kind)).or_default();
        *times += 1;
        *noticed += u32::from(said || storage.cache == CacheState::Rebuilding);
        for row in engine
            .cache
            .rows_from(Direction::Received, FolderOrder::default(), 0, 500, false)
            .map(|(rows, _)| rows)
            .unwrap_or_default()
        {
            let Ok(Some(message)) = engine.cache.message(row.id) else { continue };
            let whole = message.body == body || kind == "of another" && message.body == "of another";
            assert!(row.subject.starts_with("приказ ") && whole, "{case}: {}", row.subject);
        }
        let started = engine.apply(Event::Started { settings: Ok(SettingsFile::default()) }, at(9));
        let announced = started.iter().any(|effect| matches!(effect, Effect::ShowPopup(_)));
        // With the end of its log went what was announced last.
        assert!(!announced || file == "ledger.sqlite-wal", "{case}: announced again");
    }
    let noticed = |file, kind| kinds.get(&(file, kind)).map_or(0, |(_, noticed)| *noticed);
    // What is changed within the cache shows when it is read, and most flips meet nothing that is read.
    let told = [("cache.sqlite", "cut"), ("ledger.sqlite", "cut"), ("ledger.sqlite", "zeros")];
    for (file, kind) in told {
        assert!(noticed(file, kind) > 5, "{file}, {kind}: {kinds:?}");
    }
}

fn long_letter(number: u128) -> Letter {
    Letter { body: format!("letter {number} ").repeat(200), ..letter() }
}

/// Twenty letters wait, one is being written, forty messages were announced.
fn with_letters(desk: &Desk) -> Story {
    let mut story = with_mail(desk);
    story.happens(Event::Asked { call: CallId(1), ask: Ask::SetMode(Mode::Offline) });
    for number in 101..=120 {
        let ask = Ask::Send { id: id(number), letter: long_letter(number), undo: Undo::AtOnce };
        story.happens(Event::Asked { call: CallId(2), ask });
    }
    story.happens(Event::Asked {
        call: CallId(3),
        ask: Ask::SaveDraft { id: id(200), letter: letter(), base_version: None },
    });
    assert_eq!(story.engine.status().unwrap().outbox.waiting, 20);
    story
}

#[test]
fn of_a_damaged_ledger_all_that_can_be_read_is_kept_and_it_is_said() {
    let desk = Desk::new();
    let mut story = with_letters(&desk);
    story.engine = Engine::open(None, None).unwrap();
    // The page of one letter: of the others none is lost.
    let mut bytes = fs::read(desk.ledger()).unwrap();
    let text = b"letter 110 letter 110 letter 110";
    let place = bytes.windows(text.len()).position(|window| window == text).unwrap();
    bytes[place] = b'L';
    fs::write(desk.ledger(), bytes).unwrap();

    let mut story = desk.starts_again(story);
    let status = story.engine.status().unwrap();
    let aside = desk.folder.path().join("ledger.sqlite.damaged").display().to_string();
    assert_eq!(status.storage.ledger_set_aside, Some(aside));
    assert_eq!((status.outbox.waiting, status.drafts), (19, 1));
    assert_eq!((status.mode, status.account.unwrap().user.as_str()), (Mode::Offline, "boris"));
    story.happens(Event::Asked { call: CallId(9), ask: Ask::SetMode(Mode::Online) });
    assert_eq!((story.posted.len(), story.popups()), (19, 0));
    assert!(!story.posted.contains(&id(110)));
}

#[test]
fn of_a_ledger_that_is_no_database_nothing_is_kept_and_the_agent_runs() {
    let desk = Desk::new();
    let story = with_letters(&desk);
    drop(story);
    fs::write(desk.ledger(), vec![7; 50_000]).unwrap();
    let engine = desk.open();
    let status = engine.status().unwrap();
    assert!(status.storage.ledger_set_aside.is_some());
    assert_eq!((status.account, status.outbox.waiting), (None, 0));
}

#[test]
fn a_full_disk_is_said_and_tried_again_and_nothing_is_half_written() {
    let mut story = Story::signed_in();
    story.due();
    story.engine.cache.leave_room_for(4).unwrap();
    story.waiting = mailbox();
    story.due();
    let status = story.engine.status().unwrap();
    assert_eq!((status.storage.disk, status.unread), (DiskState::Full, 0));
    assert_eq!(status.last_check.unwrap().outcome, CheckOutcome::Failed);
    assert_eq!(story.engine.cache.cursor().unwrap().map_or(0, |cursor| cursor.modseq), 0);
    assert_eq!(story.popups(), 0);

    story.engine.cache.leave_room_for(100_000).unwrap();
    // The server still has what could not be kept.
    story.waiting = std::mem::take(&mut story.kept);
    story.due();
    let status = story.engine.status().unwrap();
    assert_eq!((status.storage.disk, status.unread, story.popups()), (DiskState::Ok, 40, 1));
}

#[test]
fn an_agent_that_can_note_no_alert_at_its_start_checks_all_the_same_and_shows_what_was_on_its_way_later() {
    let desk = Desk::new();
    let mut story = Story::with(desk.open());
    story.waiting = vec![received(1, Importance::High, DeliveryState::Waiting)];
    story.due();
    // Killed while the window was on its way to the screen; the disk is full when the agent starts.
    let ledger = story.engine.ledger.connection();
    ledger.execute("UPDATE alert SET state = 'showing'", []).unwrap();
    let full = "SELECT RAISE(ABORT, 'database or disk is full')";
    ledger.execute_batch(&format!("CREATE TRIGGER full BEFORE UPDATE ON alert BEGIN {full}; END")).unwrap();
    let mut story = desk.starts_again(story);
    assert!(story.done.iter().any(|effect| matches!(effect, Effect::Schedule { .. })), "{:?}", story.done);
    let opened = |story: &Story| {
        story.done.iter().filter(|effect| matches!(effect, Effect::OpenImportant { .. })).count()
    };
    assert_eq!(opened(&story), 0);

    story.engine.ledger.connection().execute_batch("DROP TRIGGER full").unwrap();
    story.due();
    assert_eq!(opened(&story), 1);
}
