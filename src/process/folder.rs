//! Folders that only their user may enter.

use std::{fs, io, path::Path};

use crate::{FolderStep, PathsError};

/// Nothing that this process writes from now on can be read by other users.
pub fn private_umask() {
    #[cfg(unix)]
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
}

/// Makes the folder, and what is missing above it, for its user alone; where it is there already, sees
/// to it that nobody else owns it or can enter it.
pub(crate) fn create_private(folder: &Path) -> Result<(), PathsError> {
    create_missing(folder).map_err(|source| PathsError::Io {
        doing: FolderStep::Create,
        path: folder.to_owned(),
        source,
    })?;
    check_private(folder)
}

#[cfg(unix)]
fn create_missing(folder: &Path) -> io::Result<()> {
    use std::os::unix::fs::DirBuilderExt;
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

#[cfg(not(unix))]
fn create_missing(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

/// `lstat`, not `stat`: a link that another user put in the way must be seen as his.
#[cfg(unix)]
pub(crate) fn check_private(folder: &Path) -> Result<(), PathsError> {
    use std::os::unix::fs::{MetadataExt, PermissionsExt};

    let io = |doing| move |source| PathsError::Io { doing, path: folder.to_owned(), source };
    let own_id = rustix::process::geteuid().as_raw();
    let owned = |metadata: &fs::Metadata| {
        if metadata.uid() == own_id {
            Ok(())
        } else {
            Err(PathsError::NotOurs { path: folder.to_owned(), owner_id: metadata.uid() })
        }
    };

    let metadata = fs::symlink_metadata(folder).map_err(io(FolderStep::LookAt))?;
    owned(&metadata)?;
    // Some keep their settings elsewhere and link to them; that folder's mode is theirs to choose.
    let linked = metadata.is_symlink();
    let metadata = if linked { fs::metadata(folder).map_err(io(FolderStep::LookAt))? } else { metadata };
    owned(&metadata)?;
    if !metadata.is_dir() {
        return Err(PathsError::NotAFolder { path: folder.to_owned() });
    }
    if !linked && metadata.mode() & 0o077 != 0 {
        fs::set_permissions(folder, fs::Permissions::from_mode(0o700)).map_err(io(FolderStep::Close))?;
    }
    Ok(())
}

/// Elsewhere the folders of the user's profile are private by their place.
#[cfg(not(unix))]
pub(crate) fn check_private(folder: &Path) -> Result<(), PathsError> {
    if folder.is_dir() { Ok(()) } else { Err(PathsError::NotAFolder { path: folder.to_owned() }) }
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    #[test]
    fn a_new_folder_and_those_made_above_it_are_private() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("a/b");
        create_private(&folder).unwrap();
        assert_eq!([mode(&root.path().join("a")), mode(&folder)], [0o700, 0o700]);
    }

    #[test]
    fn an_open_folder_of_ours_is_closed_and_the_one_above_left_alone() {
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("above/restante");
        fs::create_dir_all(&folder).unwrap();
        for open in [root.path().join("above"), folder.clone()] {
            fs::set_permissions(open, fs::Permissions::from_mode(0o755)).unwrap();
        }
        create_private(&folder).unwrap();
        assert_eq!([mode(&root.path().join("above")), mode(&folder)], [0o755, 0o700]);
    }

    #[test]
    fn a_folder_that_the_user_links_to_keeps_its_mode() {
        let root = tempfile::tempdir().unwrap();
        let kept = root.path().join("dotfiles");
        fs::create_dir(&kept).unwrap();
        fs::set_permissions(&kept, fs::Permissions::from_mode(0o750)).unwrap();
        let link = root.path().join("restante");
        symlink(&kept, &link).unwrap();
        create_private(&link).unwrap();
        assert_eq!(mode(&kept), 0o750);
    }

    #[test]
    fn a_file_in_the_way_is_named() {
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join("restante");
        fs::write(&path, "").unwrap();
        let error = create_private(&path).unwrap_err();
        assert!(error.to_string().contains(&path.display().to_string()), "{error}");
    }

    #[test]
    fn a_folder_of_another_user_is_refused() {
        // The root folder belongs to root: ours only where the tests run as root, so look at one that is not.
        let root = tempfile::tempdir().unwrap();
        let folder = root.path().join("restante");
        let foreign = if rustix::process::geteuid().is_root() {
            fs::create_dir(&folder).unwrap();
            rustix::fs::chown(&folder, Some(rustix::fs::Uid::from_raw(65_534)), None).unwrap();
            folder
        } else {
            Path::new("/").to_owned()
        };
        let error = create_private(&foreign).unwrap_err();
        assert!(matches!(error, PathsError::NotOurs { .. }), "{error}");
    }

    #[test]
    fn a_link_of_another_user_is_refused_even_where_it_leads_to_ours() {
        if !rustix::process::geteuid().is_root() {
            return; // Only root can make a link that belongs to another.
        }
        let root = tempfile::tempdir().unwrap();
        let link = root.path().join("restante");
        symlink(root.path(), &link).unwrap();
        rustix::fs::chownat(
            rustix::fs::CWD,
            &link,
            Some(rustix::fs::Uid::from_raw(65_534)),
            None,
            rustix::fs::AtFlags::SYMLINK_NOFOLLOW,
        )
        .unwrap();
        assert!(matches!(create_private(&link).unwrap_err(), PathsError::NotOurs { owner_id: 65_534, .. }));
    }
}
