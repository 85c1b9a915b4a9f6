//! The settings as windows change them: by the agent, in the user's own file (rows S14, S19).

use restante_local_api::{ClientError, LocalProblemKind, PutSetting, SettingOrigin, model::IntervalFrom};
use restante_tests::{Agent, Office};

fn read(agent: &Agent) -> String {
    std::fs::read_to_string(agent.settings_file()).unwrap()
}

#[tokio::test]
async fn one_key_is_changed_and_everything_else_in_the_file_stays() {
    let office = Office::open().await;
    let mut anna = Agent::new(None);
    let text =
        "# Mine.\nfuture = 1\n\n[notifications]\n# Not at night.\nquiet_hours = \"22:00-07:00\" # long\n";
    std::fs::write(anna.settings_file(), text).unwrap();
    anna.start().await;
    anna.sign_in(&office, "anna").await;
    let client = anna.client();
    let wish = |text: &str| PutSetting { text: Some(text.to_owned()) };

    let report = client.set_setting("notifications.quiet_hours", &wish("21:30-06:00")).await.unwrap();
    let setting = report.settings.iter().find(|it| it.key == "notifications.quiet_hours").unwrap();
    assert_eq!((setting.text.as_deref(), setting.origin), (Some("21:30-06:00"), SettingOrigin::UserFile));
    assert_eq!(read(&anna), text.replace("22:00-07:00", "21:30-06:00"));

    // The interval goes the same way, and on to the server.
    client.set_setting("check_interval", &wish("11m")).await.unwrap();
    anna.until("the interval", |status| status.interval.seconds == 660 && !status.interval.pending).await;
    client.set_setting("check_interval", &PutSetting { text: None }).await.unwrap();
    anna.until("the office's interval", |status| status.interval.from == IntervalFrom::Office).await;

    let written = read(&anna);
    for (key, text, code) in [
        ("notifications.quiet_hours", "22:00-22:00", LocalProblemKind::Invalid),
        ("mail.undo_seconds", "soon", LocalProblemKind::Invalid),
        ("mail.colour", "red", LocalProblemKind::NotFound),
    ] {
        match client.set_setting(key, &wish(text)).await {
            Err(ClientError::Refused(problem)) => assert_eq!(problem.code, code, "{key}"),
            other => panic!("{key} = {text} was not refused: {other:?}"),
        }
    }
    assert_eq!(read(&anna), written, "a bad wish changes nothing");

    std::fs::write(anna.settings_file(), "server = ").unwrap();
    match client.set_setting("mail.undo_seconds", &wish("5")).await {
        Err(ClientError::Refused(problem)) => assert_eq!(problem.code, LocalProblemKind::SettingsBroken),
        other => panic!("a broken file was written: {other:?}"),
    }
    assert_eq!(read(&anna), "server = ", "what cannot be read is not written");
}

#[tokio::test]
async fn the_settings_window_is_opened_by_the_command_line() {
    let mut anna = Agent::new(None);
    anna.start().await;
    drop(anna.cli.run(&["open", "--settings"]).await.done());
    let opened = anna.next_window().await;
    assert!(opened.ends_with(" settings"), "{opened}");
}
