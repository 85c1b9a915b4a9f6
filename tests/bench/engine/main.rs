//! What the engine's pages cost with 100,000 messages cached: run by `tests/bench/agent`.
//!
//! Long runs are measured in this thread's CPU time, which says the same on a busy machine, with the time on
//! the wall behind it; short ones by the quickest of many runs, with the median behind it. Texts are made of 30,000
//! Russian and English words.

#![expect(clippy::expect_used, reason = "a measurement that cannot go on says why")]
#![expect(
    clippy::cast_precision_loss,
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "figures for people, rounded as they are printed, and counts far below the limits of their types"
)]

mod vocabulary;

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use restante_engine::{
    Effect, Engine, Event,
    effect::Answer,
    event::{Ask, CallId, Checked, PageStart},
    settings_file::SettingsFile,
};
use restante_local_api::{FolderOrder, FolderPage, SortBy};
use restante_model::{
    CheckInterval, Cursor, DeliveryState, Folder, Importance, IntervalFrom, MessageId, Person, Seconds,
    Timestamp,
};
use restante_server_api::{
    Change, ChangesPage, Device, Direction, Directory, Message, Organisation, Session, Settings,
};

use self::vocabulary::Vocabulary;

const MESSAGES: u64 = 100_000;
const PAGE: u64 = 500;
/// What a folder is asked for at once.
const ROWS: u32 = 100;

fn main() {
    // cargo gives `--bench`; any other number is that of the messages.
    let messages = std::env::args().skip(1).find_map(|it| it.parse().ok()).unwrap_or(MESSAGES);
    let own = tempfile::tempdir().expect("a folder for the databases");
    // Whoever goes on with the databases says where they are to be left.
    let left_in = std::env::var_os("RESTANTE_BENCH_FOLDER").map(PathBuf::from);
    let folder = left_in.as_deref().unwrap_or(own.path());
    let (ledger, cache) = (folder.join("ledger.sqlite"), folder.join("cache.sqlite"));
    let words = Vocabulary::new();
    println!("{:<46} {:>12} {:>14}  wall or median", "figure", "goal", "measured");
    let mut agent = Agent::signed_in(&ledger, &cache);
    let before_kib = resident_kib("VmRSS");
    first_sync(&mut agent, &words, messages);
    row("memory at its peak meanwhile", "40 MB", &format!("{:.1} MB", mb(resident_kib("VmHWM"))), "");
    row("  of it before", "", &format!("{:.1} MB", mb(before_kib)), "");
    let size = fs::metadata(&cache).map_or(0, |file| file.len());
    row("the cache's file", "", &format!("{:.0} MB", size as f64 / 1e6), "");
    pages(&mut agent);
    searches(&mut agent, &words);
    checks(&mut agent);
    drop(agent);
    start(&ledger, &cache);
}

// === Figures ===

fn first_sync(agent: &mut Agent, words: &Vocabulary, messages: u64) {
    let (mut cpu_ns, mut wall_ns) = (0, 0);
    let mut effects = agent.take(Event::CheckDue { stalled: false });
    let mut sent = 0;
    while sent < messages {
        assert!(effects.iter().any(|it| matches!(it, Effect::Check { .. })), "{effects:?}");
        let page = page(words, sent, messages);
        sent += page.changes.len() as u64;
        let (cpu, wall) = (cpu_now_ns(), Instant::now());
        effects = agent.take(Event::Checked(Ok(Checked::Page(Box::new(page)))));
        cpu_ns += cpu_now_ns() - cpu;
        wall_ns += wall.elapsed().as_nanos() as u64;
    }
    agent.settle(effects);
    let per_second = |ns: u64| messages as f64 / (ns as f64 / 1e9);
    let wall = format!("{:.0}/s", per_second(wall_ns));
    row("first sync", "15000 msg/s", &format!("{:.0} msg/s", per_second(cpu_ns)), &wall);
}

fn pages(agent: &mut Agent) {
    let page =
        |order, start, unread| Ask::Folder { folder: Folder::Inbox, order, start, limit: ROWS, unread };
    let newest_first = FolderOrder::default();
    let first = PageStart::Row(0);
    quickest("folder page, newest", "1 ms", || drop(agent.ask(page(newest_first, first.clone(), false))));
    quickest("folder page, unread only", "1 ms", || drop(agent.ask(page(newest_first, first.clone(), true))));
    let Answer::Folder(FolderPage { count: Some(count), .. }) =
        agent.ask(page(newest_first, first.clone(), false))
    else {
        panic!("a count")
    };
    for (what, from) in [("in the middle", count / 2), ("at its end", count - u64::from(ROWS))] {
        for (by, sort) in
            [("", SortBy::Time), (", by subject", SortBy::Subject), (", important", SortBy::Importance)]
        {
            let order = FolderOrder { sort, ascending: false };
            let ask = || page(order, PageStart::Row(from), false);
            quickest(&format!("folder page, {what}{by}"), "5 ms", || drop(agent.ask(ask())));
        }
    }
    let Answer::Folder(FolderPage { next_before: Some(before), .. }) =
        agent.ask(page(newest_first, PageStart::Row(count * 4 / 5), false))
    else {
        panic!("a page")
    };
    let ask = || page(newest_first, PageStart::Behind(before.clone()), false);
    quickest("folder page, behind another four fifths down", "1 ms", || drop(agent.ask(ask())));
    for (what, sort, ascending) in [
        ("folder page, by subject", SortBy::Subject, true),
        ("folder page, by sender", SortBy::Who, false),
        ("folder page, important first", SortBy::Importance, false),
    ] {
        let order = FolderOrder { sort, ascending };
        // Its index is made then.
        let begun = Instant::now();
        agent.ask(page(order, PageStart::Row(0), false));
        row(
            &format!("{what}, the first time"),
            "",
            &format!("{:.0} ms", begun.elapsed().as_secs_f64() * 1e3),
            "",
        );
        for unread in [false, true] {
            let what = format!("{what}{}", if unread { ", unread only" } else { "" });
            let ask = || page(order, PageStart::Row(600), unread);
            quickest(&what, "1 ms", || drop(agent.ask(ask())));
        }
    }
    quickest("folders with their counts", "5 ms", || drop(agent.ask(Ask::Folders)));
    quickest("state of the agent", "1 ms", || drop(agent.ask(Ask::Status)));
    let id = id(77);
    quickest("one message", "1 ms", || drop(agent.ask(Ask::Message(id))));
}

fn searches(agent: &mut Agent, words: &Vocabulary) {
    let frequent = words.word(3);
    let middle = words.word(800);
    let rare = words.word(25_000);
    let cut = |word: &str, letters| word.chars().take(letters).collect::<String>();
    for (what, question) in [
        ("search, frequent word", frequent.clone()),
        ("search, word in the middle", middle.clone()),
        ("search, rare word", rare.clone()),
        ("search, two frequent words", format!("{frequent} {}", words.word(5))),
        ("search, rare and frequent word", format!("{rare} {frequent}")),
        ("search, three letters", cut(&middle, 3)),
        ("search, five letters", cut(&middle, 5)),
        ("search, nothing found", "ненайдётся".to_owned()),
        ("search, name of a sender", "кузнецова".to_owned()),
    ] {
        let mut found = 0;
        quickest(what, "5 ms", || {
            let ask = Ask::Search { words: question.clone(), start: PageStart::Row(0), limit: ROWS };
            if let Answer::Found(page) = agent.ask(ask) {
                found = page.messages.len();
            }
        });
        assert_eq!(found == 0, what.ends_with("nothing found"), "{what}: {question} found {found}");
    }
    for from in [50_000, 90_000] {
        quickest(&format!("search, frequent word, from row {from} on"), "5 ms", || {
            let ask = Ask::Search { words: frequent.clone(), start: PageStart::Row(from), limit: ROWS };
            drop(agent.ask(ask));
        });
    }
}

fn checks(agent: &mut Agent) {
    // What the first sync left to tell the server goes out first, so many in each check.
    loop {
        let effects = agent.take(Event::CheckDue { stalled: false });
        let all_told = !effects.iter().any(|it| matches!(it, Effect::ReportMarks { .. }));
        agent.settle(effects);
        if all_told {
            break;
        }
    }
    quickest("a check that brings nothing, the engine's part", "1 ms", || {
        let effects = agent.take(Event::CheckDue { stalled: false });
        assert!(effects.iter().any(|it| matches!(it, Effect::Check { .. })), "{effects:?}");
        let effects = agent.take(Event::Checked(Ok(Checked::Unchanged { settings_revision: None })));
        agent.settle(effects);
    });
    quickest("the same, after something was written", "5 ms", || {
        let effects = agent.take(Event::Asked { call: CallId(1), ask: Ask::MarkRead(id(5)) });
        agent.settle(effects);
        let effects = agent.take(Event::CheckDue { stalled: false });
        agent.settle(effects);
    });
}

fn start(ledger: &Path, cache: &Path) {
    let mut before = None;
    quickest_of("start, to the first state", "50 ms", || {
        // The one before ends outside of the time that is taken.
        drop(before.take());
        let begun = Instant::now();
        let mut engine = Engine::open(Some(ledger), Some(cache)).expect("the databases open");
        engine.apply(Event::Started { settings: Ok(SettingsFile::default()) }, now());
        engine.status().expect("a state");
        let taken = begun.elapsed();
        before = Some(engine);
        taken
    });
    drop(before);
    // As if it had been killed: the log is left, and the whole file is looked through.
    let copy = tempfile::tempdir().expect("a folder");
    let killed = Engine::open(Some(ledger), Some(cache)).expect("the databases open");
    for file in ["ledger.sqlite", "ledger.sqlite-wal", "cache.sqlite", "cache.sqlite-wal"] {
        fs::copy(ledger.with_file_name(file), copy.path().join(file)).expect("a copy");
    }
    drop(killed);
    let (cpu, wall) = (cpu_now_ns(), Instant::now());
    let engine =
        Engine::open(Some(&copy.path().join("ledger.sqlite")), Some(&copy.path().join("cache.sqlite")));
    engine.expect("the databases open").status().expect("a state");
    let cpu_ms = (cpu_now_ns() - cpu) as f64 / 1e6;
    let wall = format!("{:.0} ms", wall.elapsed().as_secs_f64() * 1e3);
    row("start after kill -9, all looked through", "", &format!("{cpu_ms:.0} ms"), &wall);
}

// === Measuring ===

fn row(figure: &str, goal: &str, measured: &str, wall: &str) {
    println!("{figure:<46} {goal:>12} {measured:>14}  {wall}");
}

/// The quickest of many runs, which nothing else held up, and the median.
fn quickest(figure: &str, goal: &str, mut run: impl FnMut()) {
    quickest_of(figure, goal, || {
        let begun = Instant::now();
        run();
        begun.elapsed()
    });
}

/// The same where a run says itself how long it took.
fn quickest_of(figure: &str, goal: &str, mut run: impl FnMut() -> Duration) {
    const RUNS: usize = 41;
    let mut times: Vec<_> = (0..RUNS).map(|_| run().as_secs_f64() * 1e3).collect();
    times.sort_unstable_by(f64::total_cmp);
    row(figure, goal, &format!("{:.2} ms", times[0]), &format!("{:.2} ms", times[RUNS / 2]));
}

/// The first of the numbers is nanoseconds on a processor; the kernel counts it without ticks.
fn cpu_now_ns() -> u64 {
    let text = fs::read_to_string("/proc/thread-self/schedstat").expect("Linux counts time");
    text.split(' ').next().and_then(|ns| ns.parse().ok()).expect("a number")
}

fn resident_kib(field: &str) -> u64 {
    let text = fs::read_to_string("/proc/self/status").expect("Linux counts memory");
    let line = text.lines().find(|line| line.starts_with(field)).expect("the field");
    line.split_whitespace().nth(1).and_then(|kib| kib.parse().ok()).expect("a number")
}

fn mb(kib: u64) -> f64 {
    kib as f64 / 1024.0
}

// === An agent and its mail ===

struct Agent {
    engine: Engine,
}

impl Agent {
    fn signed_in(ledger: &Path, cache: &Path) -> Self {
        let engine = Engine::open(Some(ledger), Some(cache)).expect("the databases open");
        let mut agent = Self { engine };
        agent.take(Event::Started { settings: Ok(SettingsFile::default()) });
        let session = Session {
            token: "secret".into(),
            device: Device {
                id: "d1".into(),
                name: "pc".into(),
                created_at: None,
                last_seen_at: None,
                current: true,
            },
            user: person(0),
            organisation: Organisation { name: "hall".parse().expect("a name"), title: "Hall".into() },
            server_time: now(),
        };
        let server = "http://127.0.0.1:1".to_owned();
        let effects = agent.take(Event::SignedIn { call: CallId(0), server, outcome: Ok(Box::new(session)) });
        agent.settle(effects);
        agent
    }

    fn take(&mut self, event: Event) -> Vec<Effect> {
        self.engine.apply(event, now())
    }

    fn ask(&mut self, ask: Ask) -> Answer {
        let effects = self.take(Event::Asked { call: CallId(1), ask });
        let answer = effects.into_iter().find_map(|effect| match effect {
            Effect::Answer { answer: Ok(answer), .. } => Some(answer),
            _ => None,
        });
        answer.expect("an answer")
    }

    /// Answers all that the agent asks of its server, with nothing new.
    fn settle(&mut self, effects: Vec<Effect>) {
        let mut waiting = effects;
        while let Some(effect) = waiting.pop() {
            let event = match effect {
                Effect::Check { .. } => Event::Checked(Ok(Checked::Unchanged { settings_revision: None })),
                Effect::ReportDelivered { cursor } => Event::DeliveredReported { cursor, outcome: Ok(()) },
                Effect::ReportMarks { mark, ids } => Event::MarksReported { mark, ids, outcome: Ok(()) },
                Effect::PullSettings => Event::SettingsPulled(Ok(settings())),
                Effect::PullDirectory { .. } => Event::DirectoryPulled(Ok(Some((
                    Directory { users: (0..500).map(person).collect() },
                    "tag".into(),
                )))),
                Effect::ShowPopup(popup) => Event::PopupShown { popup: popup.id, outcome: Ok(None) },
                Effect::OpenImportant { ids } => Event::ImportantOpened { ids, outcome: Ok(()) },
                _ => continue,
            };
            waiting.extend(self.take(event));
        }
    }
}

fn settings() -> Settings {
    Settings {
        check_interval_seconds: CheckInterval::from_seconds(300),
        check_interval_from: IntervalFrom::Office,
        locked: false,
        check_interval_min_seconds: CheckInterval::from_seconds(30),
        check_interval_max_seconds: CheckInterval::from_seconds(3_600),
        message_lifetime_seconds: Seconds::new(604_800),
        revision: 1,
        wished_seconds: None,
        clamped: None,
    }
}

fn now() -> Timestamp {
    Timestamp::from_unix_ms(1_790_000_000_000)
}

fn id(number: u64) -> MessageId {
    // The first half grows with time, as in UUIDv7; the second is as good as random.
    let random = u128::from(number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    MessageId::from_uuid(uuid::Uuid::from_u128((u128::from(number) << 80) | (0x7000 << 64) | random))
}

fn person(number: u64) -> Person {
    const NAMES: [&str; 5] =
        ["Анна Смирнова", "Борис Орлов", "Мария Кузнецова", "Пётр Соколов", "Ольга Лебедева"];
    Person {
        login: format!("user{number}").parse().expect("a login"),
        name: NAMES[number as usize % NAMES.len()].to_owned(),
    }
}

fn page(words: &Vocabulary, from: u64, messages: u64) -> ChangesPage {
    let to = (from + PAGE).min(messages);
    let changes = (from..to).map(|number| {
        let message = Message {
            id: id(number),
            from: person(number % 500),
            to: vec![person(0)],
            subject: words.text(number, 5),
            body: words.text(number + messages, 150),
            importance: if number % 50 == 0 { Importance::High } else { Importance::Normal },
            sent_at: Timestamp::from_unix_ms(1_780_000_000_000 + number as i64 * 1_000),
            expires_at: Timestamp::from_unix_ms(1_800_000_000_000),
            text_removed_at: None,
            direction: Direction::Received { state: DeliveryState::Waiting },
        };
        Change::Message { message: Box::new(message), state: Some(DeliveryState::Waiting) }
    });
    ChangesPage {
        changes: changes.collect(),
        cursor: Cursor { epoch: "e".into(), generation: "g".into(), modseq: to },
        more: to < messages,
        unread: to,
        settings_revision: 1,
        next_check_in_seconds: None,
        server_time: now(),
    }
}
