//! The clock is set while the agent runs, by libfaketime (reliability.md 2, "clock jumps"): the next check comes
//! soon, none of those that were missed is made up for, and the agent is never silent.

use std::path::{Path, PathBuf};

use restante_local_api::Trigger;
use restante_tests::{Agent, Desktop, Office, OfficeOptions, run, within};
use tokio::process::Command;

/// The library, wherever this machine's architecture has it.
fn library() -> PathBuf {
    let folders = std::fs::read_dir("/usr/lib").expect("/usr/lib is there").flatten();
    let mut files = folders.map(|folder| folder.path().join("faketime/libfaketimeMT.so.1"));
    files.find(|file| file.exists()).expect("libfaketime is installed")
}

/// How the clock is set, as libfaketime reads it: so many seconds before or after what it is.
fn set(clock: &Path, seconds: i64) {
    // Renamed, so that nobody reads half of it.
    let new = clock.with_extension("new");
    std::fs::write(&new, format!("{seconds:+}")).expect("the clock can be set");
    std::fs::rename(new, clock).expect("the clock can be set");
}

/// Seconds from now to a moment that `date` knows.
async fn until(moment: &str) -> i64 {
    let seconds = async |moment: &str| -> i64 {
        let said = run(Command::new("date").args(["--date", moment, "+%s"]), "").await.done().stdout;
        said.trim().parse().expect("seconds")
    };
    seconds(moment).await - seconds("now").await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_is_set_makes_no_agent_silent_and_no_burst() {
    let office = Office::with(OfficeOptions { check_interval: "1s", ..OfficeOptions::default() }).await;
    let mut desktop = Desktop::log_in().await;
    let mut anna = Agent::new(Some(&desktop.bus));
    let clock = anna.home().join("clock");
    set(&clock, 0);
    anna.set_variable("LD_PRELOAD", library());
    anna.set_variable("FAKETIME_TIMESTAMP_FILE", &clock);
    anna.set_variable("FAKETIME_NO_CACHE", "1");
    // Setting a clock leaves the one alone that only counts.
    anna.set_variable("FAKETIME_DONT_FAKE_MONOTONIC", "1");
    anna.set_variable("TZ", "Europe/Berlin");
    anna.start().await;
    anna.sign_in(&office, "anna").await;
    // What measures the time is another agent's job with the same interval.
    let other = Desktop::log_in().await;
    let clara = Agent::signed_in(&other.bus, &office, "clara").await;
    let boris = office.sign_in("boris").await;
    let years = 10 * 365 * 86_400;
    let jumps = [
        ("an hour forward", 3_600),
        ("three hours back", -7_200),
        ("ten years forward", years),
        ("twenty years back", -years),
        ("to where summer time begins", until("2027-03-28 00:59:59 UTC").await),
        ("to where it ends", until("2027-10-31 00:59:59 UTC").await),
    ];

    for (jump, seconds) in jumps {
        let before = runs(&anna).await;
        set(&clock, seconds);
        boris.send(&["anna"], jump, "normal").await;
        two_intervals_of(&clara).await;
        let more = runs(&anna).await - before;
        // Two, and one for the jump; the rest is for a machine that is busy.
        assert!((1..=8).contains(&more), "{more} checks after the jump {jump}");
        while !desktop.popups.next(jump).await.summary_and_body().contains(jump) {}
    }
    let status = anna.client().status().await.unwrap();
    assert_eq!(status.unread, 6);
    let now = run(Command::new("date").args(["+%Y"]), "").await.done().stdout;
    let last = format!("{:?}", status.last_good_at);
    assert!(now.trim() != "2027" && last.contains("2027"), "the clock was never set: {last}");
}

async fn runs(agent: &Agent) -> u64 {
    let jobs = within("the jobs", agent.client().jobs()).await.expect("the agent answers");
    jobs.iter().find(|job| job.name == "check mail").expect("the job has its name").runs
}

async fn two_intervals_of(clara: &Agent) {
    let mut seen = Vec::new();
    clara
        .until("two runs of another agent's job", |status| {
            let run = status.last_check.as_ref().filter(|check| check.trigger == Trigger::Schedule);
            if let Some(run) = run
                && !seen.contains(&run.started_at)
            {
                seen.push(run.started_at);
            }
            seen.len() > 2
        })
        .await;
}
