//! The check interval: from the server, from the file, and how the two meet (rows S13 to S15, B1).

use restante_local_api::model::IntervalFrom;
use restante_tests::{Agent, Desktop, Office, OfficeOptions};

#[tokio::test(flavor = "multi_thread")]
async fn the_interval_comes_from_the_server_at_the_start() {
    let office =
        Office::with(OfficeOptions { check_interval: "7m", interval_range: "30s..2h", lifetime: "7d" }).await;
    let desktop = Desktop::log_in().await;
    let mut anna = Agent::signed_in(&desktop.bus, &office, "anna").await;

    let status = anna.until("the sync", |status| status.interval.synced_at.is_some()).await;
    assert_eq!((status.interval.seconds, status.interval.from), (420, IntervalFrom::Office));
    assert_eq!((status.interval.min_seconds, status.interval.max_seconds), (Some(30), Some(7_200)));
    assert_eq!(anna.client().jobs().await.unwrap()[0].interval_seconds, 420);

    // Changed while the agent is away: its next start brings it.
    anna.stop().await;
    drop(office.command(&["office", "set", "main", "check-interval", "9m"], "").await.done());
    anna.start().await;
    anna.until("the new interval", |status| status.interval.seconds == 540).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interval_edited_in_the_file_reschedules_at_once_and_is_saved_on_the_server() {
    let office = Office::open().await;
    let desktop = Desktop::log_in().await;
    let anna = Agent::signed_in(&desktop.bus, &office, "anna").await;
    let same_user = office.sign_in("anna").await;
    assert_eq!(same_user.settings().await["check_interval_from"], "office");

    edit_interval(&anna, Some("11m"));
    let is_so = |status: &restante_local_api::Status| {
        status.interval.seconds == 660
            && status.interval.from == IntervalFrom::User
            && !status.interval.pending
    };
    anna.until("the edited interval", is_so).await;
    let settings = same_user.settings().await;
    assert_eq!(settings["check_interval_seconds"], 660, "{settings}");
    assert_eq!(settings["check_interval_from"], "user", "{settings}");
    assert_eq!(anna.client().jobs().await.unwrap()[0].interval_seconds, 660);

    // Taken out of the file again: back to the office's.
    edit_interval(&anna, None);
    let is_so = |status: &restante_local_api::Status| {
        status.interval.from == IntervalFrom::Office && !status.interval.pending
    };
    anna.until("the office's interval", is_so).await;
    assert_eq!(same_user.settings().await["check_interval_from"], "office");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interval_outside_the_range_is_clamped_and_says_so() {
    let options = OfficeOptions { check_interval: "5m", interval_range: "1m..1h", lifetime: "7d" };
    let office = Office::with(options).await;
    let desktop = Desktop::log_in().await;
    let anna = Agent::signed_in(&desktop.bus, &office, "anna").await;

    edit_interval(&anna, Some("5s"));
    let status = anna
        .until("the clamped interval", |status| status.interval.seconds == 60 && !status.interval.pending)
        .await;
    assert_eq!(status.interval.wished_seconds, Some(5));
    assert_eq!((status.interval.min_seconds, status.interval.max_seconds), (Some(60), Some(3_600)));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interval_edited_offline_is_pending_until_the_agent_is_online() {
    let office = Office::open().await;
    let desktop = Desktop::log_in().await;
    let anna = Agent::signed_in(&desktop.bus, &office, "anna").await;
    let same_user = office.sign_in("anna").await;

    drop(anna.cli.run(&["offline", "on"]).await.done());
    edit_interval(&anna, Some("13m"));
    anna.until("the wish", |status| status.interval.pending && status.interval.seconds == 780).await;
    assert_eq!(same_user.settings().await["check_interval_from"], "office");

    drop(anna.cli.run(&["offline", "off"]).await.done());
    anna.until("the push", |status| !status.interval.pending && status.interval.seconds == 780).await;
    assert_eq!(same_user.settings().await["check_interval_seconds"], 780);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_line_writes_the_same_file_and_keeps_what_else_is_in_it() {
    let office = Office::open().await;
    let desktop = Desktop::log_in().await;
    let anna = Agent::signed_in(&desktop.bus, &office, "anna").await;
    let comment = "# my own words\n";
    let before = std::fs::read_to_string(anna.settings_file()).unwrap_or_default();
    std::fs::write(anna.settings_file(), format!("{comment}{before}")).unwrap();

    let told = anna.cli.run(&["interval", "15m", "--json"]).await.done().json();
    assert_eq!((&told["seconds"], &told["pending"]), (&900.into(), &false.into()), "{told}");
    let file = std::fs::read_to_string(anna.settings_file()).unwrap();
    assert!(file.contains("15m") && file.starts_with(comment), "{file}");

    drop(anna.cli.run(&["interval", "default"]).await.done());
    anna.until("the office's", |status| status.interval.from == IntervalFrom::Office).await;
    let file = std::fs::read_to_string(anna.settings_file()).unwrap();
    assert!(!file.contains("15m") && file.starts_with(comment), "{file}");
}

/// What a person does in an editor: the line is there, or it is not; the rest stays.
fn edit_interval(agent: &Agent, interval: Option<&str>) {
    let file = agent.settings_file();
    let before = std::fs::read_to_string(&file).unwrap_or_default();
    let kept = before.lines().filter(|line| !line.starts_with("check_interval"));
    // A key stands before the first table.
    let mut lines: Vec<String> =
        interval.map(|text| format!("check_interval = \"{text}\"")).into_iter().collect();
    lines.extend(kept.map(ToOwned::to_owned));
    std::fs::write(&file, lines.join("\n") + "\n").expect("the settings file can be written");
}
