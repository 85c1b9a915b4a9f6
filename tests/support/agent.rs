//! A real agent with an account of its own.

use std::{
    ffi::{OsStr, OsString},
    fs::Permissions,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Stdio,
    sync::Arc,
};

use restante_local_api::{Client, Events, Status};
use rustix::process::Signal;
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    net::unix::pipe,
    process::{Child, Command},
};

use crate::{
    Bus, Cli, Office, Output, PASSWORD, Program, account::Account, appearance::Appearance, run,
    target_folder, within,
};

/// An agent, from before its first start on.
pub struct Agent {
    /// The command line of the same account.
    pub cli: Cli,
    account: Account,
    folder: Arc<TempDir>,
    programs: TempDir,
    variables: Vec<(&'static str, OsString)>,
    windows: pipe::Receiver,
    // Windows stay open as long as somebody could still write to this pipe.
    _close_windows: pipe::Sender,
    process: Option<Child>,
}

/// Stands where the agent finds `restante-desktop` and tells the test what it was started with. Like
/// a window it stays until it is closed.
const RECORDER: &str = "#!/bin/sh\nprintf '%s\\n' \"$*\" > 'FOLDER/opened'\nread -r _ < 'FOLDER/close'\n";

impl Agent {
    /// An account on a desktop with this bus, or on one without.
    ///
    /// # Panics
    /// When its folders cannot be made.
    pub fn new(bus: Option<&Bus>) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let home = folder.path().to_owned();
        for name in ["state", "cache", "data"] {
            std::fs::create_dir_all(home.join(name)).expect("a folder of the account");
        }
        let bus = bus.map(|bus| bus.address().to_owned());
        Self::of(Account { home, profile: None, bus, display: None }, Arc::new(folder))
    }

    /// The agent of another account of the same person, in the same session.
    ///
    /// # Panics
    /// As [`Agent::new`].
    #[must_use]
    pub fn with_profile(&self, name: &str) -> Self {
        let account = Account { profile: Some(name.to_owned()), ..self.account.clone() };
        Self::of(account, Arc::clone(&self.folder))
    }

    fn of(account: Account, folder: Arc<TempDir>) -> Self {
        let runtime = account.folder("run");
        for name in [&account.folder("config"), &runtime] {
            std::fs::create_dir_all(name).expect("a folder of the account");
        }
        for name in runtime.ancestors().take_while(|name| **name != account.home) {
            std::fs::set_permissions(name, Permissions::from_mode(0o700)).expect("mode 0700");
        }
        // A link, not a symbolic one: the agent looks beside the file that it was started as.
        let programs = tempfile::tempdir_in(target_folder()).expect("a folder beside the programs");
        let agent = programs.path().join(Program::Agent.name());
        std::fs::hard_link(Program::Agent.path(), agent).expect("the agent can be linked to");
        let desktop = programs.path().join(Program::Desktop.name());
        let script = RECORDER.replace("FOLDER", &programs.path().display().to_string());
        std::fs::write(&desktop, script).expect("the recorder can be written");
        std::fs::set_permissions(&desktop, Permissions::from_mode(0o755)).expect("mode 0755");
        let windows = open_pipe(&programs.path().join("opened"), |options, path| options.open_receiver(path));
        let close_windows =
            open_pipe(&programs.path().join("close"), |options, path| options.open_sender(path));
        let cli = Cli(account.clone());
        let variables = Vec::new();
        Self {
            cli,
            account,
            folder,
            programs,
            variables,
            windows,
            _close_windows: close_windows,
            process: None,
        }
    }

    /// The same with the real windows on this display.
    ///
    /// # Panics
    /// As [`Agent::new`].
    pub fn with_windows(bus: &Bus, display: &str) -> Self {
        let mut agent = Self::new(Some(bus));
        let desktop = agent.programs.path().join(Program::Desktop.name());
        std::fs::remove_file(&desktop).expect("the recorder can be removed");
        std::fs::hard_link(Program::Desktop.path(), desktop).expect("the windows can be linked to");
        agent.account.display = Some(display.to_owned());
        agent.cli = Cli(agent.account.clone());
        agent
    }

    /// Gives its program one more environment variable, from the next start on.
    pub fn set_variable(&mut self, name: &'static str, value: impl Into<OsString>) {
        self.variables.push((name, value.into()));
    }

    /// Starts the agent and signs this user in.
    ///
    /// # Panics
    /// When either fails.
    pub async fn signed_in(bus: &Bus, office: &Office, user: &str) -> Self {
        let mut agent = Self::new(Some(bus));
        agent.start().await;
        agent.sign_in(office, user).await;
        agent
    }

    /// Signs this user in by the command line.
    ///
    /// # Panics
    /// When it is refused.
    pub async fn sign_in(&self, office: &Office, user: &str) {
        let login = self.cli.login(&office.url(), office.organisation(), user, PASSWORD).await;
        drop(login.done());
        // The first sync is a check of its own; what follows must not be taken for it.
        self.until("the first check after the sign-in", |status| status.last_good_at.is_some()).await;
    }

    /// Starts the agent; back when it answers on its socket.
    ///
    /// # Panics
    /// When it ends instead.
    pub async fn start(&mut self) {
        assert!(self.process.is_none(), "one agent at a time");
        let socket = self.socket();
        let mut appeared = Appearance::of(&socket);
        let mut process = self.command().spawn().expect("the agent starts");
        tokio::select! {
            () = within("the agent's socket", appeared.answers(&socket)) => {}
            status = process.wait() => panic!("the agent ended with {status:?}:\n{}", self.log()),
        }
        self.process = Some(process);
    }

    /// Starts the agent and comes back at once, however far it gets.
    ///
    /// # Panics
    /// When its program cannot be started.
    pub fn begin(&mut self) {
        assert!(self.process.is_none(), "one agent at a time");
        self.process = Some(self.command().spawn().expect("the agent starts"));
    }

    /// Runs the agent where it must refuse to go on.
    ///
    /// # Panics
    /// When it does not end.
    pub async fn run_to_end(&self) -> Output {
        let mut command = self.account.command(&self.programs.path().join(Program::Agent.name()));
        run(&mut command, "").await
    }

    /// The same as [`Agent::run_to_end`] with one more environment variable.
    ///
    /// # Panics
    /// When it does not end.
    pub async fn run_to_end_with(&self, name: &str, value: impl AsRef<OsStr>) -> Output {
        let mut command = self.account.command(&self.programs.path().join(Program::Agent.name()));
        run(command.env(name, value), "").await
    }

    fn command(&self) -> Command {
        let log = std::fs::OpenOptions::new().create(true).append(true).open(self.log_file());
        let mut command = self.account.command(&self.programs.path().join(Program::Agent.name()));
        command.stdout(Stdio::null()).stderr(log.expect("the log can be opened"));
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    /// Ends it as the system does, with SIGTERM; it must end well.
    ///
    /// # Panics
    /// When it does not end with 0.
    pub async fn stop(&mut self) {
        self.signal(Signal::TERM);
        let mut process = self.process.take().expect("the agent runs");
        let status = within("the agent to end", process.wait()).await.expect("it can be waited for");
        assert_eq!(status.code(), Some(0), "{}", self.log());
    }

    /// Ends it as a crash does.
    ///
    /// # Panics
    /// When it does not run.
    pub async fn kill(&mut self) {
        let mut process = self.process.take().expect("the agent runs");
        process.kill().await.expect("it can be killed");
    }

    /// Waits until it has ended by itself; gives the exit code.
    ///
    /// # Panics
    /// When it goes on.
    pub async fn ended(&mut self) -> Option<i32> {
        let mut process = self.process.take().expect("the agent runs");
        within("the agent to end", process.wait()).await.expect("it can be waited for").code()
    }

    /// Stops all its threads, as a suspend does, until [`Agent::resume`].
    ///
    /// # Panics
    /// When it does not run.
    pub fn freeze(&self) {
        self.signal(Signal::STOP);
    }

    /// Lets it go on.
    ///
    /// # Panics
    /// When it does not run.
    pub fn resume(&self) {
        self.signal(Signal::CONT);
    }

    fn signal(&self, signal: Signal) {
        let id = self.process.as_ref().and_then(Child::id).expect("the agent runs");
        crate::command::signal(id, signal);
    }

    /// A client of its local API.
    pub fn client(&self) -> Client {
        Client::new(&self.socket())
    }

    /// The stream of its states.
    ///
    /// # Panics
    /// When it does not answer.
    pub async fn events(&self) -> Events {
        within("the stream of states", self.client().events()).await.expect("the agent answers")
    }

    /// Waits until its state is so; gives it.
    ///
    /// # Panics
    /// When it never is, with the last one.
    pub async fn until(&self, what: &str, mut is_so: impl FnMut(&Status) -> bool) -> Status {
        let mut events = self.events().await;
        let mut last = None;
        let found = tokio::time::timeout(crate::TIME_LIMIT, async {
            while let Some(status) = events.next().await {
                if is_so(&status) {
                    return status;
                }
                last = Some(status);
            }
            panic!("the agent ended before {what}:\n{}", self.log());
        })
        .await;
        found.unwrap_or_else(|_| panic!("waited in vain for {what}; the last state is {last:#?}"))
    }

    /// The next window that the agent opened: the arguments of `restante-desktop`.
    ///
    /// # Panics
    /// When it opens none.
    pub async fn next_window(&mut self) -> String {
        let mut line = String::new();
        let mut lines = BufReader::with_capacity(1, &mut self.windows);
        within("a window to be opened", lines.read_line(&mut line)).await.expect("the pipe can be read");
        line.trim_end().to_owned()
    }

    /// Windows opened and not asked for yet.
    pub fn unseen_windows(&mut self) -> String {
        let mut bytes = vec![0; 64 * 1024];
        let count = self.windows.try_read(&mut bytes).unwrap_or(0);
        String::from_utf8_lossy(&bytes[..count]).into_owned()
    }

    /// The settings file.
    pub fn settings_file(&self) -> PathBuf {
        self.account.folder("config").join("config.toml")
    }

    /// The folder of everything that the account has.
    pub fn home(&self) -> &Path {
        self.folder.path()
    }

    /// The folder that its programs are in.
    pub fn programs(&self) -> &Path {
        self.programs.path()
    }

    /// The process's id.
    ///
    /// # Panics
    /// When it does not run.
    pub fn pid(&self) -> u32 {
        self.process.as_ref().and_then(Child::id).expect("the agent runs")
    }

    /// All that it has logged so far.
    pub fn log(&self) -> String {
        std::fs::read_to_string(self.log_file()).unwrap_or_default()
    }

    fn log_file(&self) -> PathBuf {
        self.account.folder("run").join("agent.log")
    }

    /// Where the agent answers front ends.
    pub fn socket(&self) -> PathBuf {
        self.account.folder("run").join("agent.sock")
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("=== the agent's log\n{}", self.log());
        }
    }
}

fn open_pipe<T>(path: &Path, open: impl FnOnce(&pipe::OpenOptions, &Path) -> std::io::Result<T>) -> T {
    rustix::fs::mkfifoat(rustix::fs::CWD, path, rustix::fs::Mode::RWXU).expect("a named pipe can be made");
    // Open for both ends, so that it neither waits for the other side nor ends with it.
    open(pipe::OpenOptions::new().read_write(true), path).expect("a named pipe can be opened")
}
