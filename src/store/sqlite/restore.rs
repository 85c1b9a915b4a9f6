//! Restoring a backup into an empty data folder. Nothing of it has its name there before all of it was
//! looked through, and the registry comes last: a restore that was cut short left no data folder behind.

use std::{
    collections::BTreeSet,
    ffi::OsStr,
    fs::{self, File},
    io::{self, Read},
    path::Path,
};

use super::{
    DataFolderLock,
    alone::LOCK,
    backup::{blocking, failed, parent, place, sum, sync_folder, with_copy},
    neighbours,
};
use crate::{
    BackupManifest, Refusal, SqlStore, StoreError,
    backup::{FORMAT, MANIFEST},
    part::Part,
    sql::{self, examine, found, renew_epoch},
};

/// How folders of restores under way begin.
const STAGED: &str = ".restore-";
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
        let lock = DataFolderLock::take(data_folder)?;
        if holds_something(data_folder).map_err(failed("reading the folder", data_folder))? {
            let Some(kept) = keep_old_in else {
                return Err(StoreError::Refused(Refusal::FolderNotEmpty { folder: data_folder.to_owned() }));
            };
            if kept.symlink_metadata().is_ok() {
                return Err(StoreError::Refused(Refusal::ThereAlready { path: kept.to_owned() }));
            }
            super::folder::make(kept)?;
            move_away(data_folder, kept).map_err(failed("moving the old files to", kept))?;
        }
        let staged = super::folder::temporary(STAGED, data_folder)
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

/// What is in the data folder goes elsewhere, the registry first: without it there is no data folder that a
/// server could take for whole.
fn move_away(data_folder: &Path, kept: &Path) -> io::Result<()> {
    let to = kept.canonicalize()?;
    let mut names = Vec::new();
    for entry in fs::read_dir(data_folder)? {
        let entry = entry?;
        // The new folder may lie inside the old one.
        if !is_lock(&entry.file_name()) && !to.starts_with(entry.path().canonicalize()?) {
            names.push(entry.file_name());
        }
    }
    names.sort_by_key(|name| !name.to_string_lossy().starts_with("restante.db"));
    for name in names {
        fs::rename(data_folder.join(&name), kept.join(&name))?;
    }
    sync_folder(kept)?;
    sync_folder(data_folder)
}

/// Locks stay where they are: other processes have them open.
fn is_lock(name: &OsStr) -> bool {
    name == LOCK || neighbours::FILES.iter().any(|file| name == *file)
}

/// Anything but a lock, and what an earlier restore that was cut short staged.
fn holds_something(folder: &Path) -> io::Result<bool> {
    for entry in fs::read_dir(folder)? {
        let name = entry?.file_name();
        if !is_lock(&name) && !name.to_string_lossy().starts_with(STAGED) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Unpacks what the manifest names, each file held against its sum.
fn unpack(archive: File, from: &Path, to: &Path) -> Result<BackupManifest, StoreError> {
    let wrong = |what: String| StoreError::Refused(Refusal::NoWholeBackup { archive: from.to_owned(), what });
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
        return Err(StoreError::Refused(Refusal::BackupOfOtherForm {
            archive: from.to_owned(),
            form: manifest.format,
            known: FORMAT,
            made_by: manifest.made_by,
        }));
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use restante_model::{Importance, Letter, MessageId, Name, Person, SystemClock};

    use super::*;
    use crate::{
        Account, ChangesQuery, ChangesReply, NewOffice, NewUser, OfficeTerms, Placement, Posted, Store,
    };

    fn name(text: &str) -> Name {
        text.parse().unwrap()
    }

    /// A town whose post office lies in a folder of its administrator's, with one letter in it.
    async fn town(data: &Path, elsewhere: &Path) -> (SqlStore, Account) {
        let store = SqlStore::open(data, Arc::new(SystemClock)).await.unwrap();
        let town = name("town");
        store.create_organisation(&town, "Town").await.unwrap();
        let placement = Placement::Separate { folder: Some(elsewhere.to_owned()) };
        let office = NewOffice { name: name("main"), placement, terms: OfficeTerms::default() };
        store.create_office(&office).await.unwrap();
        store.attach(&name("main"), &town).await.unwrap();
        let person = Person { login: "anna".parse().unwrap(), name: "Anna".to_owned() };
        let user = NewUser { person: person.clone(), password_hash: "x".to_owned() };
        store.add_user(&town, &user).await.unwrap();
        let account = store.credentials_for(&town, &person.login).await.unwrap().unwrap().account;
        let letter = Letter {
            to: vec!["anna".to_owned()],
            subject: "Kept".to_owned(),
            body: "Text.".to_owned(),
            importance: Importance::Normal,
        };
        let id: MessageId = "01890a5d-ac96-774b-bcce-b302099a8057".parse().unwrap();
        assert!(matches!(store.deliver(&account, id, &letter).await.unwrap(), Posted::Accepted(..)));
        (store, account)
    }

    #[tokio::test]
    async fn an_office_that_lay_elsewhere_is_restored_into_the_data_folder_with_another_epoch() {
        let root = tempfile::tempdir().unwrap();
        let at = |name: &str| root.path().join(name);
        let (store, account) = town(&at("data"), &at("elsewhere")).await;
        let everything = ChangesQuery { since: None, unless: None, max_changes: 100, max_bytes: 1 << 20 };
        let ChangesReply::Page(before) = store.changes(&account.owner(), &everything).await.unwrap().reply
        else {
            panic!("a page")
        };
        store.backup(&at("b.tar"), "test").await.unwrap();
        std::fs::remove_dir_all(at("elsewhere")).unwrap();

        let manifest = SqlStore::restore(&at("b.tar"), &at("restored"), None).await.unwrap();
        assert_eq!(manifest.databases.iter().map(|entry| entry.messages).sum::<u64>(), 1);
        let store = SqlStore::open(&at("restored"), Arc::new(SystemClock)).await.unwrap();
        assert!(store.offices().await.unwrap()[0].location.starts_with(at("restored").to_str().unwrap()));
        let ChangesReply::Page(after) = store.changes(&account.owner(), &everything).await.unwrap().reply
        else {
            panic!("a page")
        };
        assert_eq!(after.changes.len(), before.changes.len());
        assert_ne!(after.cursor.epoch, before.cursor.epoch);
        let left: Vec<_> = std::fs::read_dir(at("restored"))
            .unwrap()
            .map(|entry| entry.unwrap().file_name())
            .filter(|name| name.to_string_lossy().starts_with(".restore"))
            .collect();
        assert_eq!(left, Vec::<std::ffi::OsString>::new());
    }

    #[test]
    fn a_name_in_an_archive_leads_nowhere_else() {
        for (name, ours) in [
            ("restante.db", true),
            ("organisations/town.db", true),
            ("offices/main/office.db", true),
            ("offices/../../office.db", false),
            ("/etc/passwd", false),
            ("organisations/", false),
            ("elsewhere.db", false),
        ] {
            assert_eq!(place(name).is_some(), ours, "{name}");
        }
    }
}
