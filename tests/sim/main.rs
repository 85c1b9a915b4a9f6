//! The simulated office: real engines and the real server in one thread, on one clock, by one seed, with
//! everything going wrong that can go wrong. `tests/run sim` runs it for longer, and replays a seed.

mod agenda;
mod carry_out;
mod chance;
mod checks;
mod device;
mod exchange;
mod knowledge;
mod marks;
mod office;
mod people;
mod planted;
mod post_office;
mod trouble;
mod words;

use std::path::Path;

use marks::Marks;
use office::{Office, Outcome};

/// So many seeds in an ordinary run: about a minute.
const SEEDS: u64 = 24;
/// How long the office is open in an ordinary run.
const HOURS: i64 = 6;

/// A number that `tests/run sim` gave.
fn given(name: &str) -> Option<u64> {
    let text = std::env::var(name).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{name} is {text:?}, which is no number")))
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

fn run(seed: u64, hours: i64, http: &reqwest::Client, told: bool) -> Outcome {
    let folder = folder();
    Office::open(seed, folder.path(), http, told).run(hours)
}

#[test]
fn the_office_keeps_its_promises() {
    let http = http();
    let only = given("RESTANTE_SIM_SEED");
    let hours = given("RESTANTE_SIM_DAYS").map_or(HOURS, |days| i64::try_from(days * 24).unwrap_or(HOURS));
    let seeds = match only {
        Some(seed) => seed..=seed,
        None => 1..=given("RESTANTE_SIM_SEEDS").unwrap_or(SEEDS),
    };
    let mut marks = Marks::default();
    let mut failed = Vec::new();
    for seed in seeds {
        let outcome = run(seed, hours, &http, only.is_some());
        marks.add(&outcome.marks);
        if let Some(what) = &outcome.found {
            let days = (outcome.office_hours + 23) / 24;
            let days = if hours % 24 == 0 { format!(" --days {days}") } else { String::new() };
            failed.push(format!("seed {seed}: {what}\n    replay: tests/run sim --seed {seed}{days}"));
            println!("{}", failed[failed.len() - 1]);
            break;
        }
        if seed % 20 == 0 && only.is_none() {
            assert_eq!(run(seed, hours, &http, false).sum, outcome.sum, "seed {seed} tells two stories");
        }
    }
    println!("{}", marks.told());
    assert!(failed.is_empty(), "{}", failed.join("\n"));
    if only.is_none() {
        assert!(marks.missing().is_empty(), "never happened: {:#?}", marks.missing());
    }
}
