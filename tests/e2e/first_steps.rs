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

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_reads_russian_and_scripts_read_what_they_always_read() {
    let folder = tempfile::tempdir().unwrap();
    let in_language = async |language: &str, arguments: &[&str]| {
        let mut command = Command::new(Program::Server.path());
        command.env("RESTANTE_LANGUAGE", language).env("RESTANTE_DATA", folder.path()).args(arguments);
        run(&mut command, "").await
    };
    let told = in_language("ru", &["organisation", "create", "hall"]).await.done();
    assert_eq!(told.stdout, "организация hall создана\n");
    let again = in_language("ru", &["organisation", "create", "hall"]).await.ended_with(5);
    assert_eq!(
        again.stderr,
        "ошибка: организация «hall» уже есть\nсовет: выберите другое имя; ничего не изменено\n"
    );
    drop(in_language("ru", &["office", "create", "main"]).await.done());
    let nowhere = in_language("ru", &["office", "attach", "main", "--to", "nowhere"]).await.ended_with(5);
    assert!(nowhere.stderr.starts_with("ошибка: не найдено: организация «nowhere»\n"), "{}", nowhere.stderr);
    let doctor = in_language("ru", &["doctor"]).await;
    assert!(doctor.stdout.contains("hall: сервер сообщений не присоединён"), "{}", doctor.stdout);
    assert!(doctor.stdout.contains("совет: restante-server office attach"), "{}", doctor.stdout);
    for command in
        [&["doctor", "--json"][..], &["organisation", "list", "--json"], &["config", "show", "--json"]]
    {
        let [english, russian] = [in_language("en", command).await, in_language("ru", command).await];
        let text = |told: &str| told.lines().map(without_the_time).collect::<Vec<_>>();
        assert_eq!(text(&russian.stdout), text(&english.stdout));
    }
}

/// The doctor says what the clock shows.
fn without_the_time(line: &str) -> String {
    line.split('"').filter(|part| !part.starts_with("it is 20") && !part.contains("MiB are free")).collect()
}
