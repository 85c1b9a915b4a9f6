//! P7: polls while a million copies expire.

use std::time::Instant;

use super::{CONNECTIONS, ROUND, ROUNDS, median, nothing, serve};
use crate::{
    client::{self, milliseconds, percentile},
    office::Office,
    table::row,
};

/// Letters that are due when the server starts, and the recipients of each.
const LETTERS: usize = 100;
const RECIPIENTS: usize = 10_000;

pub(crate) async fn measure() {
    let office = Office::open(RECIPIENTS + 128).await;
    let last = office.fill_with_what_expires(LETTERS, RECIPIENTS).await;
    let server = serve(&office, None);
    let begun = Instant::now();
    // Of people whom nobody writes to.
    let requests = office.quiet_polls(&server.address, CONNECTIONS).await;
    let polls_p99 = async || {
        let times = client::latencies(&server.address, &requests, ROUND, nothing).await;
        milliseconds(percentile(&times, 99))
    };
    let mut busy = Vec::new();
    let seconds = loop {
        let p99 = polls_p99().await;
        // A round in which it came to its end was quiet in part.
        if office.expired(last).await {
            break begun.elapsed().as_secs();
        }
        busy.push(p99);
    };
    let mut quiet = Vec::new();
    for _ in 0..ROUNDS {
        quiet.push(polls_p99().await);
    }
    if busy.is_empty() {
        println!("| P7 | a million copies expired sooner than a round took: left out | | | | |");
        return;
    }
    let (busy, quiet) = (median(busy), median(quiet));
    let what = format!("polls' p99 while a million copies expire (within {seconds} s)");
    row("P7", &what, &format!("{busy:.2} ms"), &format!("quiet {quiet:.2} ms"), busy / quiet, "2");
}
