//! Folders that only their owner can look into, whatever the umask of the program around the store.

use std::{path::Path, sync::Arc};

use crate::StoreError;

/// Makes a folder, and those above it, where they are not there; one that is there stays as it is.
pub(crate) fn make(path: &Path) -> Result<(), StoreError> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path).map_err(|source| StoreError::Folder {
        doing: "making the folder",
        path: path.to_owned(),
        source: Arc::new(source),
    })
}

/// A folder that goes with its owner, named so and with chance.
pub(super) fn temporary(prefix: &str, inside: &Path) -> std::io::Result<tempfile::TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    builder.tempdir_in(inside)
}

/// Makes sure that files can be made in it: SQLite's "unable to open database file" names neither the
/// folder nor the reason.
pub(crate) fn probe(path: &Path) -> Result<(), StoreError> {
    let probe = path.join(format!(".probe-{:016x}", rand::random::<u64>()));
    std::fs::write(&probe, []).and_then(|()| std::fs::remove_file(&probe)).map_err(|source| {
        StoreError::Folder {
            doing: "writing into the folder",
            path: path.to_owned(),
            source: Arc::new(source),
        }
    })
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_new_folder_is_its_owners_alone() {
        let above = tempfile::tempdir().unwrap();
        let folder = above.path().join("data/offices");
        make(&folder).unwrap();
        for folder in [folder.as_path(), folder.parent().unwrap()] {
            assert_eq!(std::fs::metadata(folder).unwrap().permissions().mode() & 0o777, 0o700);
        }
        probe(&folder).unwrap();
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 0);
    }
}
