//! What a program writes to its disk, as it happens: by it a test picks a moment in the middle of its work.

use std::path::Path;

use notify::Watcher;
use tokio::sync::mpsc;

/// Sees each write below a folder.
pub struct Writes {
    seen: mpsc::UnboundedReceiver<()>,
    _watcher: notify::RecommendedWatcher,
}

impl Writes {
    /// From now on, in these folders.
    ///
    /// # Panics
    /// When one cannot be watched.
    pub fn of(folders: &[&Path]) -> Self {
        let (sender, seen) = mpsc::unbounded_channel();
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            if event.is_ok_and(|event| !event.kind.is_access()) {
                // After the last look nobody listens any more.
                let _ = sender.send(());
            }
        })
        .expect("inotify");
        for folder in folders {
            watcher.watch(folder, notify::RecursiveMode::Recursive).expect("the folder is there");
        }
        Self { seen, _watcher: watcher }
    }

    /// Waits for this many more.
    ///
    /// # Panics
    /// When the watching ends.
    pub async fn wait_for(&mut self, count: usize) {
        for _ in 0..count {
            self.seen.recv().await.expect("the watcher goes on");
        }
    }

    /// Forgets those seen so far.
    pub fn forget(&mut self) {
        while self.seen.try_recv().is_ok() {}
    }
}
