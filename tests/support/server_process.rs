//! `restante-server serve` as a service manager runs it: any options, any surroundings, signals, its log.

use std::{
    path::Path,
    process::Stdio,
    sync::{Arc, Mutex, PoisonError},
};

use rustix::process::Signal;
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, BufReader, Lines},
    process::{Child, ChildStdout, Command},
    sync::Notify,
};

use crate::{Program, within};

/// A server that runs until it is told to stop, or dropped.
pub struct ServerProcess {
    child: Child,
    lines: Lines<BufReader<ChildStdout>>,
    log: Arc<Log>,
}

#[derive(Default)]
struct Log {
    text: Mutex<String>,
    grew: Notify,
}

impl ServerProcess {
    /// Serves this data folder with these options and variables.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start(data: &Path, options: &[&str], variables: &[(&str, &str)]) -> Self {
        let mut command = Command::new(Program::Server.path());
        command.arg("--data").arg(data).arg("serve").args(options);
        command.envs(variables.iter().copied());
        Self::spawn(command)
    }

    /// The same by a command of the caller's.
    ///
    /// # Panics
    /// When it does not start.
    pub fn spawn(mut command: Command) -> Self {
        command.env("RESTANTE_LANGUAGE", "en");
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().expect("the server starts");
        let lines = BufReader::new(child.stdout.take().expect("stdout is piped")).lines();
        let log = Arc::new(Log::default());
        tokio::spawn(keep(child.stderr.take().expect("stderr is piped"), Arc::clone(&log)));
        Self { child, lines, log }
    }

    /// The address in its next line of this kind: `listening on` or `figures on`.
    ///
    /// # Panics
    /// When it says something else.
    pub async fn says(&mut self, what: &str) -> String {
        let line = within(&format!("the server to say {what:?}"), self.lines.next_line()).await;
        let line = line.expect("its output can be read").unwrap_or_default();
        let address = line.strip_prefix(what).map(|rest| rest.trim().to_owned());
        address.unwrap_or_else(|| panic!("the server says {line:?} in place of {what:?}\n{}", self.log()))
    }

    /// What it logged so far.
    pub fn log(&self) -> String {
        self.log.text.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Waits until it has logged this so many times.
    ///
    /// # Panics
    /// When it does not.
    pub async fn until_logged(&self, words: &str, times: usize) {
        let waited = async {
            loop {
                let grew = self.log.grew.notified();
                if self.log().matches(words).count() >= times {
                    return;
                }
                grew.await;
            }
        };
        let logged = tokio::time::timeout(crate::TIME_LIMIT, waited).await.is_ok();
        assert!(logged, "the server never logged {words:?} {times} times:\n{}", self.log());
    }

    /// Its process.
    ///
    /// # Panics
    /// When it has ended.
    pub fn id(&self) -> u32 {
        self.child.id().expect("it runs")
    }

    /// Sends it a signal.
    ///
    /// # Panics
    /// When it has ended.
    pub fn signal(&self, signal: Signal) {
        crate::command::signal(self.id(), signal);
    }

    /// Waits for its end; the exit code.
    ///
    /// # Panics
    /// When it does not end.
    pub async fn ended(&mut self) -> Option<i32> {
        within("the server to end", self.child.wait()).await.expect("it can be waited for").code()
    }

    /// Stops it as the system does; it must end well.
    ///
    /// # Panics
    /// When it does not.
    pub async fn stop(mut self) {
        self.signal(Signal::TERM);
        assert_eq!(self.ended().await, Some(0), "{}", self.log());
    }
}

async fn keep(from: impl AsyncRead + Unpin, log: Arc<Log>) {
    let mut lines = BufReader::new(from).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        let mut text = log.text.lock().unwrap_or_else(PoisonError::into_inner);
        text.push_str(&line);
        text.push('\n');
        drop(text);
        log.grew.notify_waiters();
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("=== the server's log\n{}", self.log());
        }
    }
}
