//! What an administrator meets who has just installed the server, and makes his first mistakes.

use std::path::Path;

use restante_tests::{Output, Program, run};
use tokio::process::Command;

async fn server(data: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(Program::Server.path());
    run(command.env("RESTANTE_DATA", data).args(arguments), "").await
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_of_the_first_day_are_told_and_make_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let misspelt = folder.path().join("misspelt");
    for command in
        [&["organisation", "list"][..], &["user", "list", "hall"], &["agents", "list"], &["doctor"]]
    {
        let told = server(&misspelt, command).await.ended_with(5);
        told.says("misspelt");
        told.says("`restante-server organisation create NAME` makes a new one");
    }
    assert!(!misspelt.exists(), "a command that looks makes nothing");

    let data = folder.path().join("data");
    drop(server(&data, &["organisation", "create", "hall"]).await.done());
    let refused = server(&data, &["office", "create", "main", "--lifetime", "0s"]).await.ended_with(2);
    assert!(!refused.says("at least 1s").stderr.contains("warning"), "{}", refused.stderr);
    let from = folder.path().join("missing.tar").display().to_string();
    let refused = server(&folder.path().join("new"), &["restore", "--from", &from]).await.ended_with(5);
    refused.says("missing.tar").says("backup --to FILE");
    let shown = server(&data, &["config", "show", "--json"]).await.done().json();
    let row = shown.as_array().unwrap().iter().find(|row| row["key"] == "data").unwrap();
    assert_eq!(row["from"], "RESTANTE_DATA");
}
