//! The settings on disk, watched.

use std::{
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher, event::AccessKind, event::AccessMode};
use restante_engine::Event;
use tokio::{
    sync::mpsc,
    time::{Interval, MissedTickBehavior},
};

use crate::{
    durable_file,
    settings_sources::{Said, SettingsSources},
};

/// Editors write a file in several steps; what they leave after this much quiet is what they mean.
const QUIET: Duration = Duration::from_millis(300);

/// The longest wait for that quiet, for a file that somebody writes without end.
const LONGEST_UNREST: Duration = Duration::from_secs(3);

/// How often the machine's folder is looked for where it is not there. To watch the one above it would be to wake at
/// every start of any program, since all of them read in /etc.
pub(crate) const LOOK_FOR_FOLDERS: Duration = Duration::from_mins(5);

/// Watches the settings file until it is dropped.
pub(crate) struct SettingsWatcher {
    task: tokio::task::JoinHandle<()>,
}

impl SettingsWatcher {
    /// Watches the user's file and those of the machine, also ones that do not exist yet: each edit that changes
    /// a text sends [`Event::SettingsEdited`]. Begin to watch before they are first read, so that no edit falls
    /// between the two. A folder that cannot be watched is said in the log; the agent works without. The machine's,
    /// where it is not there, is looked for so often.
    pub(crate) fn start(
        events: mpsc::UnboundedSender<Event>,
        sources: SettingsSources,
        look_for_folders: Duration,
    ) -> Self {
        let (sender, changes) = mpsc::unbounded_channel();
        // Before the first reading, so that what comes in between is found missing no longer.
        let missed = missing_folders(&sources);
        let known = sources.read();
        let watcher = watch(&sources, sender);
        let look = tokio::time::interval(look_for_folders);
        Self { task: tokio::spawn(follow(watcher, sources, (known, missed), changes, look, events)) }
    }
}

impl Drop for SettingsWatcher {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// The watcher of the files' folders (of both where a file is a link): editors rename a new file over
/// the old one, and a watch on the file itself would end there.
fn watch(sources: &SettingsSources, sender: mpsc::UnboundedSender<()>) -> Option<RecommendedWatcher> {
    let files = sources.files();
    let names: Vec<_> = files.iter().flat_map(|file| [file.clone(), durable_file::target(file)]).collect();
    let folders: Vec<_> = files.iter().flat_map(|file| folders(file)).collect();
    let heard = move |event: notify::Result<notify::Event>| {
        // An error may hide an edit, so it is a reason to look.
        let about_the_file = event.as_ref().map_or(true, |event| {
            changes_something(event.kind)
                && event.paths.iter().any(|path| names.contains(path) || folders.contains(path))
        });
        if about_the_file {
            let _ = sender.send(());
        }
    };
    let mut watcher = notify::recommended_watcher(heard)
        .inspect_err(|error| tracing::warn!(%error, "the settings file cannot be watched"))
        .ok()?;
    watch_folders(&mut watcher, sources);
    Some(watcher)
}

/// Watches the folders of the files, again where one was removed meanwhile or has come. The folder of the machine
/// is an administrator's to make; where it is not there, see [`LOOK_FOR_FOLDERS`].
fn watch_folders(system: &mut RecommendedWatcher, sources: &SettingsSources) {
    let [own, ..] = sources.files();
    for folder in folders_of_machine(sources).into_iter().filter(|folder| folder.is_dir()) {
        if let Err(error) = system.watch(&folder, RecursiveMode::NonRecursive) {
            tracing::debug!(%error, folder = %folder.display(), "the machine's settings cannot be watched");
        }
    }
    for folder in folders(&own) {
        let watched = fs::create_dir_all(&folder)
            .map_err(notify::Error::io)
            .and_then(|()| system.watch(&folder, RecursiveMode::NonRecursive));
        if let Err(error) = watched {
            tracing::warn!(%error, folder = %folder.display(), "the folder of the settings file cannot be watched");
        }
    }
}

fn folders_of_machine(sources: &SettingsSources) -> Vec<PathBuf> {
    let [_, machine, policy] = sources.files();
    [machine, policy].iter().flat_map(|file| folders(file)).collect()
}

fn missing_folders(sources: &SettingsSources) -> Vec<PathBuf> {
    folders_of_machine(sources).into_iter().filter(|folder| !folder.is_dir()).collect()
}

fn folders(file: &Path) -> Vec<PathBuf> {
    let mut folders: Vec<_> = [file.to_owned(), durable_file::target(file)]
        .iter()
        .filter_map(|file| file.parent().map(Path::to_owned))
        .collect();
    folders.dedup();
    folders
}

/// Reading a file is an event too, and ours would wake us for ever.
fn changes_something(kind: EventKind) -> bool {
    match kind {
        EventKind::Access(access) => access == AccessKind::Close(AccessMode::Write),
        EventKind::Any
        | EventKind::Create(_)
        | EventKind::Modify(_)
        | EventKind::Remove(_)
        | EventKind::Other => true,
    }
}

async fn follow(
    mut watcher: Option<RecommendedWatcher>,
    sources: SettingsSources,
    (mut known, mut missed): (Said, Vec<PathBuf>),
    mut changes: mpsc::UnboundedReceiver<()>,
    mut look: Interval,
    events: mpsc::UnboundedSender<Event>,
) {
    look.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            heard = changes.recv() => if heard.is_none() { return },
            _ = look.tick(), if !missed.is_empty() => if missing_folders(&sources) == missed { continue },
        }
        missed = missing_folders(&sources);
        // An error of either kind means that the quiet came, or will not.
        let quiet = async {
            while tokio::time::timeout(QUIET, changes.recv()).await.is_ok_and(|heard| heard.is_some()) {}
        };
        let _ = tokio::time::timeout(LONGEST_UNREST, quiet).await;
        if let Some(watcher) = &mut watcher {
            watch_folders(watcher, &sources);
        }
        let said = sources.read();
        if said == known {
            continue;
        }
        known = said.clone();
        let settings = sources.merged(said).map(|(settings, _)| settings);
        if events.send(Event::SettingsEdited(settings)).is_err() {
            return;
        }
    }
}
