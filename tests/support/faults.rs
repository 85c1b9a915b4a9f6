//! A disk that fails: strace makes system calls of a running program fail, as a full or dying disk does.

use std::{
    collections::BTreeSet,
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
};

use rustix::process::{Pid, Signal, kill_process};
use tokio::{
    io::{AsyncBufReadExt as _, BufReader},
    process::{Child, Command},
    task::JoinHandle,
};

use crate::within;

/// Faults in a running program, until [`Faults::end`].
pub struct Faults {
    strace: Child,
    met: Arc<AtomicUsize>,
    reading: JoinHandle<()>,
}

impl Faults {
    /// From now on these calls of this process fail as `inject` says (strace(1), "Tampering"):
    /// `pwrite64:error=ENOSPC:when=3+`.
    ///
    /// # Panics
    /// When strace cannot be started, or does not get hold of the process.
    pub async fn begin(pid: u32, inject: &str) -> Self {
        let mut command = Command::new("strace");
        command.args(["-f", "-o", "/dev/stdout", "-e", "signal=none", "-e", &format!("inject={inject}")]);
        command.args(["-p", &pid.to_string()]);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut strace = command.spawn().expect("strace is installed");
        let mut words = BufReader::new(strace.stderr.take().expect("stderr is piped")).lines();
        let mut calls = BufReader::new(strace.stdout.take().expect("stdout is piped")).lines();
        let said = within("strace to get hold of the program", words.next_line()).await;
        let said = said.expect("strace can be read").unwrap_or_default();
        let threads = said.split_once("attached").unwrap_or_else(|| panic!("strace says {said:?}")).1;
        let threads: usize = threads.split_whitespace().nth(1).and_then(|it| it.parse().ok()).unwrap_or(1);
        // It has a thread when it tells of a call of it: a moment before that its calls still go through.
        let met = Arc::new(AtomicUsize::new(0));
        let mut held = BTreeSet::new();
        while held.len() < threads {
            let call = within("a call of each thread", calls.next_line()).await;
            let call = call.expect("strace can be read").expect("the program runs");
            met.fetch_add(usize::from(call.ends_with("(INJECTED)")), Ordering::Relaxed);
            held.insert(call.split_whitespace().next().unwrap_or_default().to_owned());
        }
        let counted = Arc::clone(&met);
        let reading = tokio::spawn(async move {
            // It names each thread that begins meanwhile: one that cannot say so ends, and may leave that thread
            // stopped for good.
            let naming = tokio::spawn(async move { while let Ok(Some(_)) = words.next_line().await {} });
            while let Ok(Some(call)) = calls.next_line().await {
                counted.fetch_add(usize::from(call.ends_with("(INJECTED)")), Ordering::Relaxed);
            }
            naming.await.expect("its words were read");
        });
        Self { strace, met, reading }
    }

    /// The disk is well again; how many calls failed.
    ///
    /// # Panics
    /// When strace does not end.
    pub async fn end(mut self) -> usize {
        // It ends by itself with the program.
        if let Some(id) = self.strace.id() {
            let pid = Pid::from_raw(id.cast_signed()).expect("a process id is positive");
            let _ = kill_process(pid, Signal::TERM);
        }
        within("strace to let the program go", self.strace.wait()).await.expect("it can be waited for");
        within("the last call", self.reading).await.expect("its calls were read");
        self.met.load(Ordering::Relaxed)
    }
}
