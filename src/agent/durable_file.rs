//! Replaces a small file so that after a crash or a power cut there is either the old text or the new.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

/// The mode of a file that only its user may read.
pub(crate) const PRIVATE: u32 = 0o600;

/// Puts `text` in the place of the file's content: written beside it, flushed to the disk, renamed over
/// it. The new file has this mode; a link is followed, and stays one.
pub(crate) fn replace(file: &Path, text: &str, mode: u32) -> io::Result<()> {
    let file = target(file);
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder)?;
    let mut name = std::ffi::OsString::from(".");
    name.push(file.file_name().ok_or_else(|| io::Error::from(io::ErrorKind::InvalidInput))?);
    name.push(".new");
    let beside = folder.join(name);
    // What a crash left behind. `create_new` below then never follows a link of somebody else.
    match fs::remove_file(&beside) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    write_new(&beside, text, mode).and_then(|()| fs::rename(&beside, &file)).inspect_err(|_| {
        // The failure itself is what the caller must hear of.
        let _ = fs::remove_file(&beside);
    })?;
    // The rename is on the disk only once the folder is.
    File::open(folder)?.sync_all()
}

/// The file that a link leads to, or the file itself.
pub(crate) fn target(file: &Path) -> PathBuf {
    fs::canonicalize(file).unwrap_or_else(|_| file.to_owned())
}

fn write_new(beside: &Path, text: &str, mode: u32) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, PRIVATE);
    let mut file = options.open(beside)?;
    file.write_all(text.as_bytes())?;
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(mode))?;
    #[cfg(not(unix))]
    let _ = mode;
    file.sync_all()
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn a_file_is_replaced_with_the_mode_wished_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("below/token");
        replace(&file, "one", 0o640).unwrap();
        replace(&file, "two", PRIVATE).unwrap();
        assert_eq!(fs::read_to_string(&file).unwrap(), "two");
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(fs::read_dir(file.parent().unwrap()).unwrap().count(), 1);
    }

    #[test]
    fn a_link_stays_a_link_and_its_target_is_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let (kept, link) = (folder.path().join("dotfiles.toml"), folder.path().join("config.toml"));
        fs::write(&kept, "old").unwrap();
        symlink(&kept, &link).unwrap();
        replace(&link, "new", 0o644).unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&kept).unwrap(), "new");
    }

    #[test]
    fn what_a_crash_left_behind_is_no_obstacle() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(".token.new"), "half").unwrap();
        replace(&folder.path().join("token"), "whole", PRIVATE).unwrap();
        assert_eq!(fs::read_to_string(folder.path().join("token")).unwrap(), "whole");
    }
}
