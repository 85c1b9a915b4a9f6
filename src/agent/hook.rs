//! The person's own command for new mail: started without a shell, told of the message in its environment
//! and on its input, bounded in time and in number.

use std::{process::Stdio, sync::Arc, time::Duration};

use restante_engine::effect::NewMail;
use restante_l10n::one_line;
use tokio::{
    io::AsyncWriteExt,
    process::{Child, Command},
    sync::Semaphore,
    time::timeout,
};

/// More at once would be felt on a desktop; the others wait for their turn.
const MAX_AT_ONCE: usize = 2;
/// Long enough for a sound or a message to a telephone; one that takes longer hangs.
const TIME_LIMIT: Duration = Duration::from_secs(30);

/// Starts the commands.
pub(crate) struct Hooks {
    turns: Arc<Semaphore>,
    time_limit: Duration,
}

impl Hooks {
    pub(crate) fn new() -> Self {
        Self { turns: Arc::new(Semaphore::new(MAX_AT_ONCE)), time_limit: TIME_LIMIT }
    }

    /// Runs the command for a message when it is its turn. Must be called inside the runtime.
    pub(crate) fn run(&self, command: Vec<String>, about: NewMail) {
        let (turns, time_limit) = (self.turns.clone(), self.time_limit);
        tokio::spawn(async move {
            // Nobody closes the turns.
            let _turn = turns.acquire().await;
            let id = about.id;
            match timeout(time_limit, run(&command, &about)).await {
                Ok(Ok(status)) if status.success() => {}
                Ok(Ok(status)) => tracing::warn!(%id, %status, "the hook for new mail failed"),
                Ok(Err(error)) => tracing::warn!(%id, %error, "the hook for new mail could not be run"),
                Err(_) => tracing::warn!(%id, ?time_limit, "the hook for new mail hung and was ended"),
            }
        });
    }
}

/// The program with all that it started, ended with this value.
struct Group(Child);

impl Drop for Group {
    fn drop(&mut self) {
        #[cfg(unix)]
        if let Some(id) = self.0.id().and_then(|id| i32::try_from(id).ok())
            && let Some(group) = rustix::process::Pid::from_raw(id)
        {
            // It was not waited for yet, so the number cannot be another's.
            let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
        }
    }
}

async fn run(command: &[String], about: &NewMail) -> std::io::Result<std::process::ExitStatus> {
    let (program, arguments) = command.split_first().ok_or(std::io::ErrorKind::InvalidInput)?;
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env("RESTANTE_MESSAGE_ID", about.id.to_string())
        .env("RESTANTE_FROM", about.from.login.as_str())
        .env("RESTANTE_FROM_NAME", one_line(&about.from.name))
        .env("RESTANTE_SUBJECT", one_line(&about.subject))
        .env("RESTANTE_IMPORTANCE", about.importance.as_str())
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    #[cfg(unix)]
    command.process_group(0);
    let mut child = Group(command.spawn()?);
    let told = serde_json::json!({
        "id": about.id, "from": about.from, "subject": about.subject, "importance": about.importance,
    });
    if let Some(mut input) = child.0.stdin.take() {
        // A command that does not read its input is none the worse for it.
        let _ = input.write_all(format!("{told}\n").as_bytes()).await;
    }
    child.0.wait().await
}

#[cfg(test)]
mod tests {
    use restante_model::{Importance, Person};

    use super::*;

    fn mail(subject: &str) -> NewMail {
        NewMail {
            id: "01936a70-1b3c-7000-8000-000000000001".parse().unwrap(),
            from: Person { login: "boris".parse().unwrap(), name: "Boris".into() },
            subject: subject.into(),
            importance: Importance::High,
        }
    }

    fn shell(script: &str) -> Vec<String> {
        ["/bin/sh", "-c", script].map(str::to_owned).to_vec()
    }

    #[tokio::test]
    async fn the_message_is_told_in_the_environment_and_on_the_input() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("told").display().to_string();
        let script = "cat > \"$0\"; echo \"$RESTANTE_FROM $RESTANTE_IMPORTANCE $RESTANTE_SUBJECT\" >> \"$0\"";
        let mut command = shell(script);
        command.push(file.clone());
        let subject = "$(touch /tmp/never) `id` \"; rm -rf /";
        assert!(run(&command, &mail(subject)).await.unwrap().success());
        let told = std::fs::read_to_string(file).unwrap();
        let (input, environment) = told.split_once('\n').unwrap();
        let input: serde_json::Value = serde_json::from_str(input).unwrap();
        assert_eq!(input["subject"], subject);
        assert_eq!(input["from"]["name"], "Boris");
        assert_eq!(environment.trim_end(), format!("boris high {subject}"));
    }

    #[tokio::test]
    async fn a_command_that_hangs_is_ended_with_all_that_it_started() {
        // The pipe ends when the last process that holds it has ended.
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("held");
        rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rustix::fs::Mode::RWXU).unwrap();
        let mut hung = shell("exec > \"$0\"; echo started; sleep 1000 & sleep 1000");
        hung.push(pipe.display().to_string());
        let hooks = Hooks { time_limit: Duration::from_millis(200), ..Hooks::new() };
        hooks.run(hung, mail("x"));
        let held = tokio::task::spawn_blocking(move || std::fs::read_to_string(pipe)).await.unwrap();
        assert_eq!(held.unwrap(), "started\n");
    }

    #[tokio::test]
    async fn a_command_that_is_not_there_is_an_error_and_no_more() {
        assert!(run(&["/nonexistent/program".to_owned()], &mail("x")).await.is_err());
    }
}
