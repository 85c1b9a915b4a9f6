//! Checks that go on: a server away and back, an agent stalled for longer than its interval (rows
//! S12, S17, B3).

use restante_local_api::{CheckOutcome, Connection, Trigger};
use restante_tests::{Agent, Desktop, Office, OfficeOptions, OtherProgram};

#[tokio::test(flavor = "multi_thread")]
async fn the_job_runs_by_itself_at_the_servers_interval() {
    let office = Office::with(OfficeOptions { check_interval: "1s", ..OfficeOptions::default() }).await;
    let mut desktop = Desktop::log_in().await;
    let anna = Agent::signed_in(&desktop.bus, &office, "anna").await;
    let boris = office.sign_in("boris").await;

    let by_schedule = |check: &restante_local_api::LastCheck| check.trigger == Trigger::Schedule;
    anna.until("a run", |status| status.last_check.as_ref().is_some_and(by_schedule)).await;
    boris.send(&["anna"], "Fetched by the job", "normal").await;
    let popup = desktop.popups.next("the mail that nobody asked for").await;
    assert!(format!("{} {}", popup.summary, popup.body).contains("Fetched by the job"), "{popup:?}");
    let jobs = anna.client().jobs().await.unwrap();
    let job = jobs.iter().find(|job| job.name == "check mail").expect("the job has its name");
    assert_eq!((job.interval_seconds, job.last_outcome), (1, Some(CheckOutcome::Ok)));
    assert!(job.runs >= 1 && job.next_run_at.is_some(), "{job:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_job_survives_a_stall_longer_than_its_interval() {
    let office = Office::with(OfficeOptions { check_interval: "1s", ..OfficeOptions::default() }).await;
    let mut desktop = Desktop::log_in().await;
    let anna = Agent::signed_in(&desktop.bus, &office, "anna").await;
    let boris = office.sign_in("boris").await;
    let by_schedule = |check: &restante_local_api::LastCheck| check.trigger == Trigger::Schedule;
    anna.until("a run", |status| status.last_check.as_ref().is_some_and(by_schedule)).await;

    anna.freeze();
    boris.send(&["anna"], "Meanwhile", "normal").await;
    // What measures the stall is another agent's job with the same interval.
    let other = Desktop::log_in().await;
    let clara = Agent::signed_in(&other.bus, &office, "clara").await;
    let mut runs = 0;
    let mut last = None;
    clara
        .until("five runs of another agent's job", |status| {
            let run =
                status.last_check.as_ref().filter(|check| by_schedule(check)).map(|check| check.started_at);
            runs += u32::from(run != last);
            last = run;
            runs >= 5
        })
        .await;
    let stalled_at = last.expect("it ran");
    anna.resume();

    let popup = desktop.popups.next("the mail of meanwhile").await;
    assert!(format!("{} {}", popup.summary, popup.body).contains("Meanwhile"), "{popup:?}");
    let mut seen = Vec::new();
    anna.until("three regular runs after the stall", |status| {
        if let Some(check) = status.last_check.as_ref().filter(|check| check.started_at > stalled_at)
            && seen.last() != Some(&check.started_at)
        {
            seen.push(check.started_at);
        }
        seen.len() >= 4
    })
    .await;
    // One run on resume, then regular ones: no burst that makes up for the missed ones.
    let (first, last) = (seen[1], seen[3]);
    assert!(last.ms_since(first) >= 1_000, "a burst: {seen:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_goes_away_and_comes_back_loses_nothing_and_repeats_no_alert() {
    let mut office = Office::open().await;
    let mut desktop = Desktop::log_in().await;
    let anna = Agent::signed_in(&desktop.bus, &office, "anna").await;
    let boris = office.sign_in("boris").await;
    boris.send(&["anna"], "Before", "normal").await;
    anna.cli.check().await;
    desktop.popups.next("the mail before").await;

    office.stop().await;
    let check = anna.cli.run(&["check", "--wait"]).await.ended_with(4);
    check.says("server");
    let status = anna.until("unreachable", |status| status.connection == Connection::Unreachable).await;
    assert_eq!(status.unread, 1, "a failed check must not look like an empty mailbox");
    assert_eq!(status.last_check.expect("it ended").outcome, CheckOutcome::Unreachable);
    let sent = anna.cli.with_input(&["send", "--to", "boris", "--subject", "Still here?"], "Hello.\n").await;
    drop(sent.done());

    // Something else answers on the port meanwhile: 200, but not ours.
    let other = OtherProgram::start(office.port()).await;
    drop(anna.cli.run(&["check", "--wait"]).await.ended_with(4));
    drop(other);

    office.start().await;
    boris.send(&["anna"], "After", "normal").await;
    anna.cli.check().await;
    let popup = desktop.popups.next("the mail after").await;
    assert!(format!("{} {}", popup.summary, popup.body).contains("After"), "{popup:?}");
    assert_eq!(desktop.popups.shown().len(), 2, "{:?}", desktop.popups.shown());
    let status = anna.until("the server again", |status| status.connection == Connection::Ok).await;
    assert_eq!((status.unread, status.outbox.waiting), (2, 0));
    assert_eq!(boris.received().await, ["Still here?"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_server_restart_the_agent_returns_by_itself() {
    let mut office = Office::with(OfficeOptions { check_interval: "1s", ..OfficeOptions::default() }).await;
    let mut desktop = Desktop::log_in().await;
    let anna = Agent::signed_in(&desktop.bus, &office, "anna").await;
    office.stop().await;
    anna.until("unreachable", |status| status.connection == Connection::Unreachable).await;
    office.start().await;
    anna.until("the server again", |status| status.connection == Connection::Ok).await;
    let boris = office.sign_in("boris").await;
    boris.send(&["anna"], "Welcome back", "normal").await;
    desktop.popups.next("the mail").await;
}
