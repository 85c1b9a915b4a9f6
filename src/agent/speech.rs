//! Important mail said aloud, by speech-dispatcher's `spd-say`: started without a shell, one at a time, ended where
//! it takes too long. It is asked for nothing but to speak; a machine without it is silent, and says so once in the
//! log and in `restante doctor`.

use std::{env, ffi::OsString, process::Stdio, sync::Arc, time::Duration};

use restante_engine::effect::PopupContent;
use restante_l10n::{Value, Words};
use tokio::{process::Command, sync::Semaphore, time::timeout};

use crate::notifier::words_of;

/// The program that speaks.
const PROGRAM: &str = "spd-say";
/// Long enough for what is said of three messages; one that takes longer hangs.
const TIME_LIMIT: Duration = Duration::from_secs(30);
/// Of more than this at once only the number is said.
const MAX_MESSAGES: usize = 3;

/// Speaks.
pub(crate) struct Speech {
    words: Arc<Words>,
    /// Where programs are looked for.
    path: Option<OsString>,
    turn: Arc<Semaphore>,
    time_limit: Duration,
}

impl Speech {
    pub(crate) fn new(words: Arc<Words>) -> Self {
        Self { words, path: env::var_os("PATH"), turn: Arc::new(Semaphore::new(1)), time_limit: TIME_LIMIT }
    }

    /// Says this when what was said before has ended. Must be called inside the runtime.
    pub(crate) fn say(&self, messages: &[PopupContent]) {
        let mut command = self.command(messages);
        let (turn, time_limit) = (self.turn.clone(), self.time_limit);
        tokio::spawn(async move {
            // Nobody closes it.
            let _turn = turn.acquire().await;
            match timeout(time_limit, command.status()).await {
                Ok(Ok(status)) if status.success() => {}
                Ok(Ok(status)) => tracing::warn!(%status, "{PROGRAM} did not speak"),
                Ok(Err(error)) => tracing::warn!(%error, "important mail is not spoken: no {PROGRAM}"),
                Err(_) => tracing::warn!(?time_limit, "{PROGRAM} hung and was ended"),
            }
        });
    }

    fn command(&self, messages: &[PopupContent]) -> Command {
        let mut command = Command::new(PROGRAM);
        command
            .args([
                "--application-name",
                "restante",
                "--language",
                self.words.language().code(),
                "--wait",
                "--",
            ])
            .arg(self.text(messages))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .kill_on_drop(true);
        if let Some(path) = &self.path {
            // With a search path of its own the program is looked for in it.
            command.env("PATH", path);
        }
        command
    }

    fn text(&self, messages: &[PopupContent]) -> String {
        if messages.len() > MAX_MESSAGES {
            let count = Value::Number(messages.len() as u64);
            return self.words.with("speech-important", &[("count", count)]);
        }
        let said = messages.iter().map(|message| {
            let said = words_of(message, &self.words);
            if said.body.is_empty() { said.summary } else { format!("{}. {}", said.summary, said.body) }
        });
        said.collect::<Vec<_>>().join(". ")
    }
}

/// Whether the program is to be found.
pub(crate) fn is_there() -> bool {
    env::var_os("PATH")
        .is_some_and(|path| env::split_paths(&path).any(|folder| folder.join(PROGRAM).is_file()))
}

#[cfg(test)]
mod tests {
    use std::{fs, os::unix::fs::PermissionsExt, path::Path};

    use restante_l10n::Language;
    use restante_model::Person;

    use super::*;

    fn message(subject: &str) -> PopupContent {
        PopupContent::Message {
            id: "01936a70-1b3c-7000-8000-000000000001".parse().unwrap(),
            from: Some(Person { login: "boris".parse().unwrap(), name: "Boris".into() }),
            subject: Some(subject.into()),
            important: true,
        }
    }

    /// No machine of a test has a voice: a shell script stands on the path under the program's name.
    fn speech(folder: &Path, script: &str) -> Speech {
        let program = folder.join(PROGRAM);
        fs::write(&program, format!("#!/bin/sh\n{script}\n")).unwrap();
        fs::set_permissions(&program, fs::Permissions::from_mode(0o700)).unwrap();
        let mut path = folder.as_os_str().to_owned();
        path.push(":/bin:/usr/bin");
        Speech { path: Some(path), ..Speech::new(Arc::new(Words::new(Language::Russian))) }
    }

    #[tokio::test]
    async fn sender_and_subject_are_one_argument_in_the_language_of_the_person() {
        let folder = tempfile::tempdir().unwrap();
        let told = folder.path().join("told");
        let script = format!("printf '%s\\n' \"$@\" > {}", told.display());
        let speech = speech(folder.path(), &script);
        assert!(speech.command(&[message("$(reboot) -o --help")]).status().await.unwrap().success());
        let told = fs::read_to_string(told).unwrap();
        let told: Vec<&str> = told.lines().collect();
        assert_eq!(told[..6], ["--application-name", "restante", "--language", "ru", "--wait", "--"]);
        assert_eq!(told.len(), 7, "{told:?}");
        assert!(told[6].contains("Boris") && told[6].ends_with(". $(reboot) -o --help"), "{told:?}");
        assert!(speech.text(&vec![message("x"); 5]).contains('5'), "a flood is a number");
    }

    #[tokio::test]
    async fn a_voice_that_hangs_is_ended_and_the_next_is_heard() {
        let folder = tempfile::tempdir().unwrap();
        let pipe = folder.path().join("held");
        rustix::fs::mkfifoat(rustix::fs::CWD, &pipe, rustix::fs::Mode::RWXU).unwrap();
        let script = format!("exec > {}; echo spoken; exec sleep 1000", pipe.display());
        let speech = Speech { time_limit: Duration::from_millis(200), ..speech(folder.path(), &script) };
        for _ in 0..2 {
            speech.say(&[message("x")]);
            let pipe = pipe.clone();
            // It ends when the program that holds it has ended.
            let held = tokio::task::spawn_blocking(move || fs::read_to_string(pipe)).await.unwrap();
            assert_eq!(held.unwrap(), "spoken\n");
        }
    }

    #[tokio::test]
    async fn a_machine_without_the_program_is_silent() {
        let folder = tempfile::tempdir().unwrap();
        let words = Arc::new(Words::new(Language::English));
        let speech = Speech { path: Some(folder.path().into()), ..Speech::new(words) };
        assert!(speech.command(&[message("x")]).status().await.is_err());
    }
}
