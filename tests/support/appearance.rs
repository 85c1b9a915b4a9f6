//! The moment in which a program's socket is there.

use std::path::Path;

use notify::Watcher;
use tokio::{net::UnixStream, sync::mpsc};

/// Tells when a socket appears, without looking again and again.
pub(crate) struct Appearance {
    made: mpsc::UnboundedReceiver<()>,
    _watcher: notify::RecommendedWatcher,
}

impl Appearance {
    pub(crate) fn of(socket: &Path) -> Self {
        let (sender, made) = mpsc::unbounded_channel();
        let name = socket.to_owned();
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            if event.is_ok_and(|event| event.kind.is_create() && event.paths.contains(&name)) {
                // After the test has seen the socket nobody listens any more.
                let _ = sender.send(());
            }
        })
        .expect("inotify");
        let folder = socket.parent().expect("a socket lies in a folder");
        watcher.watch(folder, notify::RecursiveMode::NonRecursive).expect("the folder is there");
        Self { made, _watcher: watcher }
    }

    pub(crate) async fn answers(&mut self, socket: &Path) {
        self.made.recv().await.expect("the watcher goes on");
        // Its file is there a moment before it listens: the next statement of the agent.
        while UnixStream::connect(socket).await.is_err() {
            tokio::task::yield_now().await;
        }
    }
}
