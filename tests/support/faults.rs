//! A disk that fails: strace makes system calls of a running program fail, as a full or dying disk does.

use std::process::Stdio;

use rustix::process::{Pid, Signal, kill_process};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
};

use crate::within;

/// Faults in a running program, until [`Faults::end`].
pub struct Faults {
    strace: Child,
}

impl Faults {
    /// From now on these calls of this process fail as `inject` says (strace(1), "Tampering"):
    /// `pwrite64:error=ENOSPC:when=3+`.
    ///
    /// # Panics
    /// When strace cannot be started, or does not get hold of the process.
    pub async fn begin(pid: u32, inject: &str) -> Self {
        let mut command = Command::new("strace");
        command.args(["-f", "-o", "/dev/null", "-e", "signal=none", "-e", &format!("inject={inject}")]);
        command.args(["-p", &pid.to_string()]);
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut strace = command.spawn().expect("strace is installed");
        let mut lines = BufReader::new(strace.stderr.take().expect("stderr is piped")).lines();
        // It says so when it has all threads.
        let said = within("strace to get hold of the program", lines.next_line()).await;
        let said = said.expect("strace can be read").unwrap_or_default();
        assert!(said.contains("attached"), "{said}");
        Self { strace }
    }

    /// The disk is well again.
    ///
    /// # Panics
    /// When strace does not end.
    pub async fn end(mut self) {
        let id = self.strace.id().expect("strace runs");
        let pid = Pid::from_raw(id.cast_signed()).expect("a process id is positive");
        kill_process(pid, Signal::TERM).expect("strace takes signals");
        let ended = within("strace to let the program go", self.strace.wait()).await;
        ended.expect("it can be waited for");
    }
}
