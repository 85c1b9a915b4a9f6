//! Restoring a backup into an empty data folder. Nothing of it has its name there before all of it was
//! looked through, and the registry comes last: a restore that was cut short left no data folder behind.

use std::{
    collections::BTreeSet,
    fs::{self, File},
    io::{self, Read},
    path::Path,
};

use super::{
    DataFolderLock,
    backup::{blocking, failed, parent, place, sum, sync_folder, with_copy},
};
use crate::{
    BackupManifest, SqlStore, StoreError,
    backup::{FORMAT, MANIFEST},
    sql::{self, Part, examine, found, renew_epoch},
};

/// A manifest is some lines a database.
const MAX_MANIFEST_BYTES: u64 = 64 << 20;

impl SqlStore {
    /// Makes this data folder from an archive. It must be empty, unless `keep_old_in` says where what is in
    /// it goes: a folder that is not there yet, on the same disk. Post offices that lay elsewhere lie in the
    /// data folder afterwards, and each gets another epoch, so that every agent fetches its mailbox anew.
    pub async fn restore(
        from: &Path,
        data_folder: &Path,
        keep_old_in: Option<&Path>,
    ) -> Result<BackupManifest, StoreError> {
        let archive = File::open(from).map_err(failed("opening", from))?;
        let old = DataFolderLock::take(data_folder)?;
        let full = holds_something(data_folder).map_err(failed("reading the folder", data_folder))?;
        let lock = match keep_old_in.filter(|_| full) {
            Some(_) | None if !full => old,
            None => {
                return Err(StoreError::Refused(format!(
                    "the data folder {} is not empty: name another one, or say where its files are to be kept",
                    data_folder.display()
                )));
            }
            Some(kept) => {
                if kept.symlink_metadata().is_ok() {
                    return Err(StoreError::Refused(format!("{} is there already", kept.display())));
                }
                fs::rename(data_folder, kept).map_err(failed("moving the old files to", kept))?;
                let new = DataFolderLock::take(data_folder)?;
                drop(old);
                new
            }
        };
        let staged = tempfile::Builder::new()
            .prefix(".restore-")
            .tempdir_in(data_folder)
            .map_err(failed("making a folder in", data_folder))?;
        let unpacked = {
            let (from, to) = (from.to_owned(), staged.path().to_owned());
            blocking((), move |()| Ok(unpack(archive, &from, &to))).await
        };
        let manifest = unpacked.map_err(failed("unpacking", from))??;
        for entry in &manifest.databases {
            make_usable(&staged.path().join(&entry.file), from).await?;
        }
        let files: Vec<String> = manifest.databases.iter().map(|entry| entry.file.clone()).collect();
        let to = data_folder.to_owned();
        let placed = blocking(staged, move |staged| put_in_place(staged.path(), &to, &files)).await;
        placed.map_err(failed("putting files into", data_folder))?;
        drop(lock);
        Ok(manifest)
    }
}

/// Anything but a lock, and what an earlier restore that was cut short staged.
fn holds_something(folder: &Path) -> io::Result<bool> {
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        let name = name.to_string_lossy();
        if name != "server.lock" && !name.starts_with(".restore-") {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Unpacks what the manifest names, each file held against its sum.
fn unpack(archive: File, from: &Path, to: &Path) -> Result<BackupManifest, StoreError> {
    let wrong = |what: String| StoreError::Refused(format!("{} is no whole backup: {what}", from.display()));
    let torn = |error: io::Error| wrong(error.to_string());
    let mut archive = tar::Archive::new(io::BufReader::new(archive));
    let mut entries = archive.entries().map_err(torn)?;
    let first = entries.next().ok_or_else(|| wrong("it is empty".to_owned()))?.map_err(torn)?;
    if first.path_bytes().as_ref() != MANIFEST.as_bytes() {
        return Err(wrong(format!("it does not begin with {MANIFEST}")));
    }
    let mut text = Vec::new();
    first.take(MAX_MANIFEST_BYTES).read_to_end(&mut text).map_err(torn)?;
    let manifest: BackupManifest = serde_json::from_slice(&text).map_err(|error| wrong(error.to_string()))?;
    if manifest.format != FORMAT {
        return Err(StoreError::Refused(format!(
            "{} is of form {}, and this program knows {FORMAT}: use the program that made it, {}",
            from.display(),
            manifest.format,
            manifest.made_by
        )));
    }
    let mut missing: BTreeSet<&str> = manifest.databases.iter().map(|entry| entry.file.as_str()).collect();
    if !missing.contains("restante.db") {
        return Err(wrong("it has no registry".to_owned()));
    }
    for entry in entries {
        let mut entry = entry.map_err(torn)?;
        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
        let listed = manifest.databases.iter().find(|listed| listed.file == name);
        let (Some(listed), Some(place)) = (listed.filter(|_| missing.remove(name.as_str())), place(&name))
        else {
            return Err(wrong(format!("{name:?} does not belong in it")));
        };
        let path = to.join(place);
        super::folder::make(parent(&path))?;
        let mut file = File::create_new(&path).map_err(failed("making", &path))?;
        io::copy(&mut entry, &mut file).map_err(torn)?;
        if sum(&path).map_err(torn)? != (listed.bytes, listed.sha256.clone()) {
            return Err(wrong(format!("{name} is not what was put into it (SHA-256 differs)")));
        }
    }
    match missing.first() {
        None => Ok(manifest),
        Some(name) => Err(wrong(format!("{name} is missing"))),
    }
}

/// Looks a database through, and makes it one of its own.
async fn make_usable(copy: &Path, from: &Path) -> Result<(), StoreError> {
    let named = from.join(copy.file_name().unwrap_or_default());
    with_copy(copy, &named, false, async |tx| {
        examine(tx).await?;
        if found(tx, Part::Registry).await? > 0 {
            sql::query("UPDATE office SET location = 'offices/' || name || '/office.db' WHERE placement = 'separate'")
                .execute(tx)
                .await?;
        }
        if found(tx, Part::Office).await? > 0 {
            renew_epoch(tx).await?;
        }
        Ok(())
    })
    .await
}

fn put_in_place(staged: &Path, to: &Path, files: &[String]) -> io::Result<()> {
    let last_first = files.iter().rev();
    for name in last_first {
        let (from, path) = (staged.join(name), to.join(name));
        File::open(&from)?.sync_all()?;
        let folder = parent(&path);
        fs::create_dir_all(folder)?;
        if path.symlink_metadata().is_ok() {
            return Err(io::Error::new(io::ErrorKind::AlreadyExists, path.display().to_string()));
        }
        fs::rename(&from, &path)?;
        sync_folder(folder)?;
    }
    for folder in ["organisations", "offices", ""] {
        let folder = to.join(folder);
        if folder.is_dir() {
            sync_folder(&folder)?;
        }
    }
    Ok(())
}
