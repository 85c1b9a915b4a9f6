//! The settings on disk: read, watched, and one value of it written.

use std::{
    fs, io,
    path::{Path, PathBuf},
    time::Duration,
};

use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher, event::AccessKind, event::AccessMode};
use restante_engine::{
    Event,
    settings_file::{
        LogLevel, SettingInForce, SettingNotWritten, SettingsProblem, with_check_interval, with_setting,
    },
};
use restante_model::CheckInterval;
use tokio::sync::mpsc;

use crate::{
    durable_file,
    settings_sources::{Said, SettingsSources},
};

/// Editors write a file in several steps; what they leave after this much quiet is what they mean.
const QUIET: Duration = Duration::from_millis(300);

/// The longest wait for that quiet, for a file that somebody writes without end.
const LONGEST_UNREST: Duration = Duration::from_secs(3);

/// What the settings file may be: more is not settings.
const MAX_BYTES: u64 = 1024 * 1024;

/// The mode of a settings file that we make: like one made by an editor, since nothing in it is secret.
const NEW_FILE_MODE: u32 = 0o644;

/// Watches the settings file until it is dropped.
pub(crate) struct SettingsWatcher {
    task: tokio::task::JoinHandle<()>,
}

impl SettingsWatcher {
    /// Watches the user's file and those of the machine, also ones that do not exist yet: each edit that changes
    /// a text sends [`Event::SettingsEdited`]. Begin to watch before they are first read, so that no edit falls
    /// between the two. A folder that cannot be watched is said in the log; the agent works without.
    pub(crate) fn start(events: mpsc::UnboundedSender<Event>, sources: SettingsSources) -> Self {
        let (sender, changes) = mpsc::unbounded_channel();
        let known = sources.read();
        let watcher = watch(&sources, sender);
        Self { task: tokio::spawn(follow(watcher, sources, known, changes, events)) }
    }
}

impl Drop for SettingsWatcher {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// How much the settings want logged; the default where they cannot be read, which the agent says once it
/// runs.
pub fn log_level(sources: &SettingsSources) -> &'static str {
    match sources.settings().map_or_else(|_| LogLevel::default(), |settings| settings.log_level) {
        LogLevel::Error => "error",
        LogLevel::Warn => "warn",
        LogLevel::Info => "info",
        LogLevel::Debug => "debug",
        LogLevel::Trace => "trace",
    }
}

/// Writes the wished interval into the settings file, or takes the key out; all else in it stays as it
/// is, its mode too. A file that cannot be read or understood is left alone.
pub(crate) fn write_interval(file: &Path, wish: Option<CheckInterval>) -> Result<(), SettingsProblem> {
    let old = read_text(file)?;
    write(file, &old, &with_check_interval(&old, wish, &file.display().to_string())?)
}

/// The same with any key, its value written as TOML; one that a stronger source sets is left alone.
pub(crate) fn write_setting(
    sources: &SettingsSources,
    key: &'static str,
    value: Option<&str>,
) -> Result<(), SettingNotWritten> {
    let (file, said) = (&sources.file, sources.read());
    let old = said.own.clone()?;
    let (_, in_force) = sources.merged(said)?;
    in_force.iter().filter(|it| it.key == key).try_for_each(SettingInForce::may_be_changed)?;
    Ok(write(file, &old, &with_setting(&old, key, value, &file.display().to_string())?)?)
}

fn write(file: &Path, old: &str, new: &str) -> Result<(), SettingsProblem> {
    if new == old {
        return Ok(());
    }
    durable_file::replace(file, new, mode_of(file))
        .map_err(|error| problem(file, 1, 1, format!("could not be written: {error}")))
}

#[cfg(unix)]
fn mode_of(file: &Path) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(file).map_or(NEW_FILE_MODE, |metadata| metadata.permissions().mode() & 0o777)
}

#[cfg(not(unix))]
fn mode_of(_: &Path) -> u32 {
    NEW_FILE_MODE
}

pub(crate) fn read_text(file: &Path) -> Result<String, SettingsProblem> {
    let unreadable = |error: io::Error| problem(file, 1, 1, format!("could not be read: {error}"));
    match fs::metadata(file) {
        Ok(metadata) if metadata.len() > MAX_BYTES => {
            return Err(problem(file, 1, 1, format!("is larger than {MAX_BYTES} bytes")));
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(String::new()),
        Ok(_) => {}
        Err(error) => return Err(unreadable(error)),
    }
    let bytes = match fs::read(file) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(String::new()),
        Err(error) => return Err(unreadable(error)),
    };
    String::from_utf8(bytes).map_err(|error| {
        let good = String::from_utf8_lossy(&error.as_bytes()[..error.utf8_error().valid_up_to()]);
        let line = good.matches('\n').count() + 1;
        let column = good.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
        problem(file, line, column, "is not UTF-8 text".to_owned())
    })
}

fn problem(file: &Path, line: usize, column: usize, reason: String) -> SettingsProblem {
    SettingsProblem { file: file.display().to_string(), line, column, reason }
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
/// is an administrator's to make: until then the one above it is watched.
fn watch_folders(system: &mut RecommendedWatcher, sources: &SettingsSources) {
    let [own, machine, policy] = sources.files();
    for folder in [machine, policy].iter().flat_map(|file| folders(file)) {
        let there = folder.ancestors().find(|folder| folder.is_dir()).unwrap_or(&folder);
        if let Err(error) = system.watch(there, RecursiveMode::NonRecursive) {
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
    mut known: Said,
    mut changes: mpsc::UnboundedReceiver<()>,
    events: mpsc::UnboundedSender<Event>,
) {
    while changes.recv().await.is_some() {
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
