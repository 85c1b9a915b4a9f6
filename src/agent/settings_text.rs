//! The user's settings file on disk: its text read, and written with one value changed.

use std::{fs, io, path::Path};

use restante_engine::settings_file::{SettingsFault, SettingsProblem, with_check_interval};
use restante_model::CheckInterval;

use crate::durable_file;

/// What the settings file may be: more is not settings.
const MAX_BYTES: u64 = 1024 * 1024;

/// The mode of a settings file that we make: like one made by an editor, since nothing in it is secret.
const NEW_FILE_MODE: u32 = 0o644;

/// The text; that of a file that is not there is empty.
pub(crate) fn read(file: &Path) -> Result<String, SettingsProblem> {
    let unreadable = |error: io::Error| of_file(file, SettingsFault::Unreadable(error.into()));
    match fs::metadata(file) {
        Ok(metadata) if metadata.len() > MAX_BYTES => {
            return Err(of_file(file, SettingsFault::TooLarge { most_bytes: MAX_BYTES }));
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
        SettingsProblem { line, column, ..of_file(file, SettingsFault::NotUtf8) }
    })
}

/// Writes the wished interval into the settings file, or takes the key out; all else in it stays as it
/// is, its mode too. A file that cannot be read or understood is left alone.
pub(crate) fn write_interval(file: &Path, wish: Option<CheckInterval>) -> Result<(), SettingsProblem> {
    let old = read(file)?;
    write(file, &old, &with_check_interval(&old, wish, &file.display().to_string())?)
}

/// Writes the file anew where its text is to be another one.
pub(crate) fn write(file: &Path, old: &str, new: &str) -> Result<(), SettingsProblem> {
    if new == old {
        return Ok(());
    }
    durable_file::replace(file, new, mode_of(file))
        .map_err(|error| of_file(file, SettingsFault::Unwritten(error.into())))
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

fn of_file(file: &Path, fault: SettingsFault) -> SettingsProblem {
    SettingsProblem::of_file(file.display().to_string(), fault)
}
