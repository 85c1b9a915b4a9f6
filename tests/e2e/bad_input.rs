//! What bad input gets: a clear message with a hint, the right code, and nothing lost.

use restante_local_api::Connection;
use restante_tests::{Agent, Desktop, Office, OtherProgram, PASSWORD};
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_user_and_a_wrong_password_get_the_same_answer() {
    let office = Office::open().await;
    let desktop = Desktop::log_in().await;
    let mut anna = Agent::new(Some(&desktop.bus));
    anna.start().await;

    let unknown =
        anna.cli.login(&office.url(), office.organisation(), "nobody", PASSWORD).await.ended_with(5);
    unknown.says("password");
    let wrong =
        anna.cli.login(&office.url(), office.organisation(), "anna", "not her password").await.ended_with(5);
    wrong.says("password");
    assert_eq!(unknown.stderr.replace("nobody", "X"), wrong.stderr.replace("anna", "X"));
    assert_eq!(anna.client().status().await.unwrap().account, None);

    // The right one is taken afterwards.
    anna.sign_in(&office, "anna").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_tells_an_unknown_user_like_a_wrong_password() {
    let office = Office::open().await;
    let anna = office.sign_in("anna").await;
    for (user, password) in [("anna", "not her password"), ("nobody", PASSWORD)] {
        let call = json!({"organisation": "town", "user": user, "password": password, "device": "test"});
        let answer = anna.call(reqwest::Method::POST, "sessions", Some(call)).await;
        answer.is_problem("wrong_credentials");
    }
    let call = json!({"organisation": "elsewhere", "user": "anna", "password": PASSWORD, "device": "test"});
    anna.call(reqwest::Method::POST, "sessions", Some(call)).await.is_problem("wrong_credentials");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_is_down_is_said_to_be_unreachable() {
    let mut office = Office::open().await;
    office.stop().await;
    let desktop = Desktop::log_in().await;
    let mut anna = Agent::new(Some(&desktop.bus));
    anna.start().await;
    let login = anna.cli.login(&office.url(), office.organisation(), "anna", PASSWORD).await.ended_with(4);
    login.says(&format!("127.0.0.1:{}", office.port()));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_program_on_the_port_is_not_taken_for_the_server() {
    let office = Office::open().await;
    let other = OtherProgram::start(0).await;
    let desktop = Desktop::log_in().await;
    let mut anna = Agent::new(Some(&desktop.bus));
    anna.start().await;
    let login = anna.cli.login(other.url(), office.organisation(), "anna", PASSWORD).await.ended_with(4);
    login.says("not a restante server");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_on_a_taken_port_says_so() {
    let office = Office::open().await;
    let address = format!("127.0.0.1:{}", office.port());
    let second = office.command(&["serve", "--listen", &address], "").await;
    assert!(!matches!(second.code, None | Some(0 | 70)), "{second:?}");
    second.says(&address);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unwritable_data_folder_is_named() {
    // A folder below a file cannot be made by anyone, root included.
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, "").unwrap();

    let mut server = tokio::process::Command::new(restante_tests::Program::Server.path());
    server.arg("--data").arg(file.join("data")).args(["organisation", "create", "town"]);
    let refused = restante_tests::run(&mut server, "").await.ended_with(5);
    refused.says(&file.display().to_string());

    let agent = Agent::new(None);
    let refused = agent.run_to_end_with("XDG_STATE_HOME", file.join("state")).await.ended_with(5);
    refused.says(&file.display().to_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_agent_of_the_same_account_is_refused_and_the_first_goes_on() {
    let office = Office::open().await;
    let desktop = Desktop::log_in().await;
    let anna = Agent::signed_in(&desktop.bus, &office, "anna").await;
    let second = anna.run_to_end().await;
    assert_eq!(second.code, Some(5), "{second:?}");
    second.says("already running");
    anna.cli.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_settings_file_is_told_with_its_line_and_left_alone() {
    let office = Office::open().await;
    let desktop = Desktop::log_in().await;
    let anna = Agent::signed_in(&desktop.bus, &office, "anna").await;
    let before = anna.until("the sync", |status| status.interval.synced_at.is_some()).await;
    let good = std::fs::read_to_string(anna.settings_file()).unwrap_or_default();

    let broken = "# words\ncheck_interval = \"soon\n";
    std::fs::write(anna.settings_file(), broken).unwrap();
    let status = anna.until("the problem", |status| status.settings_problem.is_some()).await;
    let problem = status.settings_problem.unwrap();
    assert!(problem.contains("config.toml") && problem.contains('2'), "{problem}");
    assert_eq!(status.interval.seconds, before.interval.seconds);
    assert_eq!(std::fs::read_to_string(anna.settings_file()).unwrap(), broken, "the file is the user's");

    // A wish from elsewhere cannot be written into it, and says why.
    let refused = anna.cli.run(&["interval", "10m"]).await.ended_with(5);
    refused.says("config.toml");
    assert_eq!(std::fs::read_to_string(anna.settings_file()).unwrap(), broken);

    // One bad value: named, the rest in force.
    let key = "check_interval = \"soon\"\n\n[mail]\nmark_read_after_seconds = 5\n";
    std::fs::write(anna.settings_file(), key).unwrap();
    let named = |status: &restante_local_api::Status| {
        status.settings_problem.as_ref().is_some_and(|problem| problem.contains("check_interval"))
    };
    anna.until("the bad value to be named", named).await;

    std::fs::write(anna.settings_file(), good).unwrap();
    anna.until("no problem", |status| status.settings_problem.is_none()).await;
    anna.cli.check().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_to_nobody_is_refused_before_it_is_written_down() {
    let office = Office::open().await;
    let desktop = Desktop::log_in().await;
    let anna = Agent::signed_in(&desktop.bus, &office, "anna").await;

    let nobody = anna.cli.with_input(&["send", "--subject", "To nobody"], "Hello.\n").await;
    assert!(matches!(nobody.code, Some(2 | 5)), "{nobody:?}");
    let empty = anna.cli.with_input(&["send", "--to", "", "--subject", "To nobody"], "Hello.\n").await;
    assert!(matches!(empty.code, Some(2 | 5)), "{empty:?}");
    let status = anna.client().status().await.unwrap();
    assert_eq!((status.outbox.waiting, status.outbox.refused), (0, 0));

    let direct = office.sign_in("anna").await;
    let letter = json!({"to": [], "subject": "To nobody", "body": "Hello.", "importance": "normal"});
    let id = "01935b2e-0000-7000-8000-000000000001";
    let answer = direct.call(reqwest::Method::PUT, &format!("messages/{id}"), Some(letter)).await;
    answer.is_problem("invalid");
    assert_eq!(answer.body["errors"][0]["pointer"], "/to", "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_to_an_unknown_name_is_kept_says_why_and_holds_up_no_other() {
    let office = Office::open().await;
    let desktop = Desktop::log_in().await;
    let anna = Agent::signed_in(&desktop.bus, &office, "anna").await;
    let boris = office.sign_in("boris").await;

    let arguments = ["send", "--to", "boriss", "--subject", "Misspelt", "--wait"];
    let refused = anna.cli.with_input(&arguments, "Hello.\n").await.ended_with(5);
    refused.says("boriss");
    let sent = anna
        .cli
        .with_input(&["send", "--to", "boris", "--subject", "Well spelt", "--wait"], "Hello.\n")
        .await;
    drop(sent.done());
    assert_eq!(boris.received().await, ["Well spelt"]);

    // What was written is not lost.
    let outbox = anna.cli.json(&["list", "outbox"]).await;
    assert!(outbox.to_string().contains("Misspelt"), "{outbox}");
    let status = anna.until("the refusal", |status| status.outbox.refused == 1).await;
    assert_eq!((status.outbox.waiting, status.connection), (0, Connection::Ok));

    let letter = json!({"to": ["boriss"], "subject": "Misspelt", "body": "Hello.", "importance": "normal"});
    let id = "01935b2e-0000-7000-8000-000000000002";
    let answer = boris.call(reqwest::Method::PUT, &format!("messages/{id}"), Some(letter)).await;
    answer.is_problem("unknown_recipient");
    assert_eq!(answer.body["unknown"], json!(["boriss"]), "{answer:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_over_the_limit_is_refused_by_name() {
    let office = Office::open().await;
    let desktop = Desktop::log_in().await;
    let anna = Agent::signed_in(&desktop.bus, &office, "anna").await;
    let boris = office.sign_in("boris").await;
    let limit = 1024 * 1024;

    let exact = anna
        .cli
        .with_input(&["send", "--to", "boris", "--subject", "Just", "--wait"], &"x".repeat(limit))
        .await;
    drop(exact.done());
    let over =
        anna.cli.with_input(&["send", "--to", "boris", "--subject", "Over"], &"x".repeat(limit + 1)).await;
    over.ended_with(5).says("1048576");
    assert_eq!(boris.received().await, ["Just"]);

    for (body, code) in [("x".repeat(limit + 1), "too_large"), ("x".repeat(3 * limit), "too_large")] {
        let letter = json!({"to": ["boris"], "subject": "Over", "body": body, "importance": "normal"});
        let id = "01935b2e-0000-7000-8000-000000000003";
        let answer = boris.call(reqwest::Method::PUT, &format!("messages/{id}"), Some(letter)).await;
        answer.is_problem(code);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_an_agent_the_command_line_says_how_to_start_it() {
    let anna = Agent::new(None);
    let status = anna.cli.run(&["status"]).await.ended_with(3);
    status.says("agent is not running");
    drop(anna.cli.run(&["no-such-command"]).await.ended_with(2));
}
