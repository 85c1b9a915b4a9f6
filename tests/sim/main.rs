//! The simulated office: real engines and the real server in one thread, on one clock, by one seed, with
//! everything going wrong that can go wrong. `tests/run sim` runs it for longer, and replays a seed.

#![expect(clippy::expect_used, reason = "a test that cannot go on says why")]

mod agenda;
mod backups;
mod carry_out;
mod case;
mod chance;
mod checks;
mod device;
mod exchange;
mod knowledge;
mod last_look;
mod machine;
mod marks;
mod network;
mod office;
mod people;
mod planted;
mod post_office;
mod trouble;
mod words;

use std::path::Path;

use case::Case;
use marks::Marks;
use office::{Office, Outcome};

/// So many seeds in an ordinary run: about a minute.
const SEEDS: u64 = 24;
/// In which something was found once.
const KEPT: &str = include_str!("../seeds");

/// What `tests/run sim` gave.
fn given<T: std::str::FromStr<Err: std::fmt::Display>>(name: &str) -> Option<T> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|error| panic!("{name} is {text:?}: {error}")))
}

/// Those that were kept, then a seed each.
fn cases() -> Vec<Case> {
    let kept = KEPT.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let kept = kept.map(|line| line.parse().unwrap_or_else(|error| panic!("tests/seeds, {line}: {error}")));
    let days: Option<i64> = given("RESTANTE_SIM_DAYS");
    let seeds = 1..=given("RESTANTE_SIM_SEEDS").unwrap_or(SEEDS);
    let of_seed = |seed| match (Case::of_seed(seed), days) {
        (case, Some(days)) => Case { hours: days * 24, ..case },
        (case, None) => case,
    };
    kept.chain(seeds.map(of_seed)).collect()
}

/// Where the databases are made: in memory, where the system has such a folder.
fn folder() -> tempfile::TempDir {
    let shared = Path::new("/dev/shm");
    let folder = if shared.is_dir() { tempfile::tempdir_in(shared) } else { tempfile::tempdir() };
    folder.expect("a folder can be made")
}

fn http() -> reqwest::Client {
    // Another test of this program may have installed it already; it is the same one.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::new()
}

fn run(case: &Case, http: &reqwest::Client, told: bool) -> Outcome {
    let folder = folder();
    Office::open(case, folder.path(), http, told).run(case.hours)
}

/// Says what was found, and the simplest case in which something is.
fn told(case: &Case, what: &str, http: &reqwest::Client) -> String {
    println!("seed {}: {what}", case.seed);
    // Whoever only asks whether anything is found does not wait for it.
    let simplest = match given::<u64>("RESTANTE_SIM_AS_FOUND") {
        Some(_) => case.clone(),
        None => case.clone().shrunk(|case| run(case, http, false).found.is_some()),
    };
    format!(
        "seed {}: {what}\n    replay: tests/run sim {case}\n    simplest: tests/run sim {simplest}",
        case.seed
    )
}

#[test]
fn the_office_keeps_its_promises() {
    let http = http();
    if let Some(case) = given::<Case>("RESTANTE_SIM_CASE") {
        let found = run(&case, &http, true).found;
        return assert_eq!(found, None, "tests/run sim {case}");
    }
    let mut marks = Marks::default();
    for case in cases() {
        let outcome = run(&case, &http, false);
        marks.add(&outcome.marks);
        if let Some(what) = &outcome.found {
            panic!("{}", told(&case, what, &http));
        }
        if case.seed % 20 == 0 {
            let again = run(&case, &http, false).sum;
            assert_eq!(again, outcome.sum, "tests/run sim {case} tells two stories");
        }
    }
    println!("{}", marks.told());
    assert!(marks.missing().is_empty(), "never happened: {:#?}", marks.missing());
}
