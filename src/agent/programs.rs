//! The windows: programs of their own, started when they are needed and gone when they are closed.

use std::{
    env,
    ffi::OsString,
    path::Path,
    process::{ExitStatus, Stdio},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use restante_engine::Event;
use restante_local_api::ShowWhat;
use restante_model::MessageId;
use tokio::{
    io::AsyncWriteExt,
    process::{Child, Command},
    sync::mpsc,
};

/// The program that shows windows.
const PROGRAM: &str = if cfg!(windows) { "restante-desktop.exe" } else { "restante-desktop" };

/// More messages than this go to their window by its input: a command line has no room for a flood, and Windows none
/// for a thousand.
const MAX_IDS_AS_ARGUMENTS: usize = 100;

/// Starts windows, and knows the one for important mail.
pub(crate) struct Programs {
    command: Vec<OsString>,
    events: mpsc::UnboundedSender<Event>,
    important: Arc<Mutex<Important>>,
}

/// The window for important mail that is to be seen now.
#[derive(Default)]
struct Important {
    /// Grows with each window, so that the end of one is not taken for that of the next.
    number: u64,
    shown: Option<Shown>,
}

struct Shown {
    process_id: u32,
    ids: Vec<MessageId>,
}

impl Programs {
    /// Windows by the program beside this one, or where there is none by the one in `PATH`.
    pub(crate) fn beside_this_one(events: mpsc::UnboundedSender<Event>) -> Self {
        let beside = env::current_exe().ok().and_then(|own| Some(own.parent()?.join(PROGRAM)));
        let program = beside.filter(|path| path.is_file()).map_or_else(|| PROGRAM.into(), OsString::from);
        Self::with_command(vec![program], events)
    }

    /// Windows by this command, to which the arguments of `restante-desktop` are added.
    pub(crate) fn with_command(command: Vec<OsString>, events: mpsc::UnboundedSender<Event>) -> Self {
        Self { command, events, important: Arc::default() }
    }

    /// How windows are started.
    pub(crate) fn command(&self) -> &[OsString] {
        &self.command
    }

    /// Opens a window, on a message where one is named. Must be called inside the runtime.
    pub(crate) fn open_window(&self, what: ShowWhat, id: Option<MessageId>, socket: &Path) {
        let window = match what {
            ShowWhat::SignIn => "sign-in",
            ShowWhat::Settings => "settings",
            ShowWhat::Mailbox | ShowWhat::Write => "mailbox",
        };
        let mut arguments: Vec<OsString> = vec![window.into()];
        if let Some(id) = id {
            arguments.extend(["--id".into(), id.to_string().into()]);
        }
        match what {
            ShowWhat::Write => arguments.push("--write".into()),
            ShowWhat::Mailbox | ShowWhat::Settings | ShowWhat::SignIn => {}
        }
        match self.start(socket, arguments, false) {
            Ok(mut child) => {
                tokio::spawn(async move {
                    match child.wait().await {
                        Ok(status) if failed(status) => {
                            tracing::warn!(%status, "a window ended with a failure");
                        }
                        Ok(_) => {}
                        Err(error) => tracing::warn!(%error, "waiting for a window failed"),
                    }
                });
            }
            Err(reason) => tracing::error!(reason, "a window could not be started"),
        }
    }

    /// Opens the window for important mail in place of one that is open: [`Event::ImportantOpened`], later
    /// [`Event::ImportantClosed`], or `ImportantOpened` again with the failure where it could show nothing
    /// or broke down. Must be called inside the runtime.
    pub(crate) fn open_important(&self, ids: Vec<MessageId>, socket: &Path) {
        self.close_important();
        let mut arguments: Vec<OsString> = vec!["important".into()];
        let mut input = None;
        if ids.len() > MAX_IDS_AS_ARGUMENTS {
            arguments.push("--ids-from-input".into());
            input = Some(ids.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"));
        } else {
            for id in &ids {
                arguments.extend(["--id".into(), id.to_string().into()]);
            }
        }
        let started = self.start(socket, arguments, input.is_some());
        let outcome = match started {
            Ok(mut child) => {
                if let (Some(input), Some(mut pipe)) = (input, child.stdin.take()) {
                    // It may be more than the pipe holds. A window that ends without it says why by its exit code.
                    tokio::spawn(async move { pipe.write_all(input.as_bytes()).await });
                }
                let number = {
                    let mut important = lock(&self.important);
                    important.number += 1;
                    // Without an id it has ended already, and there is nothing to close.
                    important.shown = Some(Shown { process_id: child.id().unwrap_or(0), ids: ids.clone() });
                    important.number
                };
                let (events, important) = (self.events.clone(), self.important.clone());
                let shown = ids.clone();
                // On one thread this task runs only after the event below is sent; elsewhere the order of
                // the two is kept by the engine's own loop reading them from one channel.
                let _ = self.events.send(Event::ImportantOpened { ids, outcome: Ok(()) });
                tokio::spawn(wait_for_important(child, number, shown, important, events));
                return;
            }
            Err(reason) => Err(reason),
        };
        let _ = self.events.send(Event::ImportantOpened { ids, outcome });
    }

    /// Asks the window for important mail to close; [`Event::ImportantClosed`] follows.
    pub(crate) fn close_important(&self) {
        let important = lock(&self.important);
        if let Some(shown) = &important.shown {
            ask_to_end(shown.process_id);
        }
    }

    fn start(&self, socket: &Path, arguments: Vec<OsString>, reads: bool) -> Result<Child, String> {
        let (program, first) = self.command.split_first().ok_or("there is no command for windows")?;
        Command::new(program)
            .args(first)
            .arg("--socket")
            .arg(socket)
            .args(arguments)
            .stdin(if reads { Stdio::piped() } else { Stdio::null() })
            .stdout(Stdio::null())
            .spawn()
            .map_err(|error| format!("could not start {}: {error}", program.display()))
    }
}

async fn wait_for_important(
    mut child: Child,
    number: u64,
    ids: Vec<MessageId>,
    important: Arc<Mutex<Important>>,
    events: mpsc::UnboundedSender<Event>,
) {
    let ended = child.wait().await;
    let event = {
        let mut important = lock(&important);
        if important.number == number {
            important.shown = None;
            match ended {
                Ok(status) if failed(status) => {
                    Event::ImportantOpened { ids, outcome: Err(format!("the window ended with {status}")) }
                }
                Ok(_) | Err(_) => Event::ImportantClosed { ids },
            }
        } else {
            // Another took its place: what that one shows is not closed.
            let still_shown = important.shown.as_ref().map_or(&[][..], |shown| &shown.ids);
            let ids = ids.into_iter().filter(|id| !still_shown.contains(id)).collect();
            Event::ImportantClosed { ids }
        }
    };
    if !matches!(&event, Event::ImportantClosed { ids } if ids.is_empty()) {
        let _ = events.send(event);
    }
}

/// Whether a window broke down or could show nothing, rather than being closed by the person (0), left
/// for later (1) or ended by a signal that asks for it.
fn failed(status: ExitStatus) -> bool {
    match status.code() {
        Some(code) => !matches!(code, 0 | 1),
        None => !asked_to_end(status),
    }
}

#[cfg(unix)]
fn asked_to_end(status: ExitStatus) -> bool {
    use rustix::process::Signal;
    use std::os::unix::process::ExitStatusExt;
    let asking = [Signal::TERM, Signal::INT, Signal::HUP].map(Signal::as_raw);
    status.signal().is_some_and(|signal| asking.contains(&signal))
}

#[cfg(not(unix))]
fn asked_to_end(_: ExitStatus) -> bool {
    false
}

/// The process is our child and was not waited for yet, so its number cannot be another's.
#[cfg(unix)]
fn ask_to_end(process_id: u32) {
    use rustix::process::{Pid, Signal, kill_process};
    let id = i32::try_from(process_id).ok().and_then(Pid::from_raw);
    if let Some(id) = id
        && let Err(error) = kill_process(id, Signal::TERM)
    {
        tracing::debug!(%error, "the window for important mail had ended already");
    }
}

#[cfg(not(unix))]
fn ask_to_end(_: u32) {}

fn lock(important: &Mutex<Important>) -> MutexGuard<'_, Important> {
    // Nothing panics while it holds the lock.
    important.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use super::*;

    /// What a window started for so many messages is told, as the shell's words of it.
    async fn told(count: u64) -> (String, Vec<MessageId>) {
        let folder = tempfile::tempdir().unwrap();
        let heard = folder.path().join("heard");
        let script = format!("{{ echo \"$*\"; cat; }} > {}", heard.display());
        let (sender, mut events) = mpsc::unbounded_channel();
        let programs =
            Programs::with_command(["/bin/sh", "-c", &script, "window"].map(Into::into).to_vec(), sender);
        let ids: Vec<MessageId> = (0..count)
            .map(|number| format!("01936a70-1b3c-7000-8000-{number:012}").parse().unwrap())
            .collect();
        programs.open_important(ids.clone(), Path::new("/socket"));
        let opened = events.recv().await.unwrap();
        assert!(matches!(&opened, Event::ImportantOpened { ids: told, outcome: Ok(()) } if *told == ids));
        let closed = events.recv().await.unwrap();
        assert!(matches!(&closed, Event::ImportantClosed { ids: told } if *told == ids), "{closed:?}");
        (std::fs::read_to_string(heard).unwrap(), ids)
    }

    #[tokio::test]
    async fn the_window_for_a_flood_of_important_mail_reads_which_from_its_input() {
        let (heard, ids) = told(5_000).await;
        let mut lines = heard.lines();
        assert_eq!(lines.next(), Some("--socket /socket important --ids-from-input"));
        let read: Vec<MessageId> = lines.map(|line| line.parse().unwrap()).collect();
        assert_eq!(read, ids);
    }

    #[tokio::test]
    async fn the_window_for_a_few_important_messages_is_told_them_as_arguments() {
        let (heard, ids) = told(2).await;
        assert_eq!(heard, format!("--socket /socket important --id {} --id {}\n", ids[0], ids[1]));
    }
}
