//! How failures are told.

use restante_l10n::Language;
use restante_process::Exit;
use serde_json::json;

use super::{
    Caller, SCRIPT,
    agent::{Agent, ID},
};

#[tokio::test]
async fn without_an_agent_the_socket_is_named_and_what_to_do() {
    let agent = Agent::start();
    let ran = SCRIPT.types(&agent, &["--socket", "/nowhere/agent.sock", "status"]).await;
    assert_eq!(ran.exit, Exit::Usage, "an option given twice");
    std::fs::remove_file(agent.socket()).unwrap();
    let ran = SCRIPT.types(&agent, &["status"]).await;
    assert_eq!(ran.exit, Exit::AgentNotRunning);
    let socket = agent.socket();
    assert!(ran.errors.contains(socket.to_str().unwrap()), "{}", ran.errors);
    assert!(ran.errors.contains("\nhint: start it: restante-agent\n"), "{}", ran.errors);
    let ran = SCRIPT.types(&agent, &["status", "--json"]).await;
    assert_eq!((ran.object()["code"].as_str(), ran.errors.as_str()), (Some("agent_not_running"), ""));
}

#[tokio::test]
async fn what_the_agent_refuses_is_told_in_its_words() {
    let problem = json!({"code": "wrong_credentials", "detail": "user and password do not fit", "hint": "ask \u{1b}[31mAnna"});
    let agent = Agent::start().refuses("GET /v1/status", 401, problem.clone());
    let ran = SCRIPT.types(&agent, &["status"]).await;
    assert_eq!(ran.exit, Exit::Refused);
    assert_eq!(ran.errors, "restante: user and password do not fit\nhint: ask [31mAnna\n");
    assert_eq!(SCRIPT.types(&agent, &["status", "--json"]).await.object(), problem);
}

#[tokio::test]
async fn a_message_that_is_not_there_is_a_no() {
    let problem = json!({"code": "not_found", "detail": "no such message"});
    let agent = Agent::start().refuses(&format!("GET /v1/messages/{ID}"), 404, problem);
    assert_eq!(SCRIPT.types(&agent, &["read", ID]).await.exit, Exit::No);
}

#[tokio::test]
async fn an_answer_that_is_none_of_ours_is_a_fault() {
    let agent = Agent::start().answers("GET /v1/status", "<html>");
    let ran = SCRIPT.types(&agent, &["status"]).await;
    assert_eq!(ran.exit, Exit::Bug);
    assert!(ran.errors.contains("hint: "), "{}", ran.errors);
}

#[tokio::test]
async fn help_and_version_are_answers_and_a_wrong_word_is_not() {
    let agent = Agent::start();
    let ran = SCRIPT.types(&agent, &["--help"]).await;
    assert_eq!(ran.exit, Exit::Done);
    assert!(ran.output.contains("Exit codes: 0 done"), "{}", ran.output);
    assert_eq!(SCRIPT.types(&agent, &["frobnicate"]).await.exit, Exit::Usage);
}

#[tokio::test]
async fn a_russian_reader_gets_help_mistakes_and_hints_in_russian() {
    let agent = Agent::start();
    let reader = Caller { language: Language::Russian, ..SCRIPT };
    let help = reader.types(&agent, &["send", "--help"]).await;
    assert!(help.output.starts_with("Отправить текст со стандартного ввода"), "{}", help.output);
    assert!(help.output.contains("\nИспользование: restante send [ПАРАМЕТРЫ]"), "{}", help.output);
    assert!(help.output.contains("\nПараметры всех команд:\n"), "{}", help.output);
    for (line, told) in [
        (&["list", "nowhere"][..], "«nowhere» для «[ПАПКА]»: папки «nowhere» нет"),
        (&["interval", "300"], "«300» для «[ВРЕМЯ|default]»: «300» — не целое число с единицей"),
        (&["list", "-n", "x"], "«x» для «--limit <ЧИСЛО>»: «x» — не целое число"),
        (&["list", "-n", "9999999999"], "«9999999999» вне пределов 0..=4294967295"),
        (&["send"], "не указаны обязательные аргументы:\n  --to <ЛОГИН>"),
        (&["open", "1", "--settings"], "«[НОМЕР]» нельзя указывать вместе с «--settings»"),
    ] {
        let ran = reader.types(&agent, line).await;
        assert_eq!(ran.exit, Exit::Usage);
        assert!(ran.errors.contains(told), "{line:?}: {}", ran.errors);
    }
    std::fs::remove_file(agent.socket()).unwrap();
    let ran = reader.types(&agent, &["status"]).await;
    assert!(ran.errors.ends_with("\nсовет: запустите его: restante-agent\n"), "{}", ran.errors);
}
