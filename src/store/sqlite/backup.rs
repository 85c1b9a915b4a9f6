//! Backup beside a running server: one archive of copies that SQLite made, each looked through before the
//! archive gets its name.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
    sync::Arc,
};

use sha2::{Digest, Sha256};
use sqlx::{
    ConnectOptions, Connection, SqlitePool,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions},
};
use tempfile::{NamedTempFile, TempDir};

use super::File as DatabaseFile;
use crate::{
    BackupEntry, BackupManifest, Refusal, SqlStore, StoreError,
    backup::{FORMAT, MANIFEST},
    sql::{Database, Fault, Rows, Tx, examine},
};

impl SqlStore {
    /// Writes everything into one archive, which must not be there yet; only its owner can read it. Each
    /// database is as of one moment after this call began, so what was accepted before is in it.
    pub async fn backup(&self, to: &Path, made_by: &str) -> Result<BackupManifest, StoreError> {
        if to.symlink_metadata().is_ok() {
            return Err(taken(to));
        }
        let folder = parent(to);
        let making = failed("making a backup in", folder);
        // Beside the archive: that disk must have room for it anyway.
        let copies = super::folder::temporary(".restante-backup-", folder).map_err(&making)?;
        let mut databases = Vec::new();
        for (name, original) in self.all_files().await? {
            let copy = copies.path().join(&name);
            super::folder::make(parent(&copy))?;
            copy_database(&original, &copy).await?;
            let rows = examine_copy(&copy, &original).await?;
            let (bytes, sha256) = blocking(copy.clone(), |copy| sum(&copy)).await.map_err(&making)?;
            databases.push(BackupEntry {
                file: name,
                bytes,
                sha256,
                messages: rows.messages,
                drafts: rows.drafts,
            });
        }
        let manifest = BackupManifest {
            format: FORMAT,
            made_at: self.now().await?,
            made_by: made_by.to_owned(),
            databases,
        };
        let (to, listed) = (to.to_owned(), manifest.clone());
        let written = blocking(copies, move |copies| write(&to, &listed, &copies)).await;
        written.map_err(failed("writing", folder))??;
        Ok(manifest)
    }
}

/// A copy as of one moment; writers go on meanwhile.
async fn copy_database(original: &Path, copy: &Path) -> Result<(), StoreError> {
    let database = Database::Sqlite(DatabaseFile::new(original, false));
    let copied = async {
        let mut connection = SqliteConnectOptions::new()
            .filename(original)
            .busy_timeout(super::file::BUSY_TIMEOUT)
            .connect()
            .await?;
        let made = sqlx::query("VACUUM INTO $1")
            .bind(copy.to_string_lossy().into_owned())
            .execute(&mut connection)
            .await;
        connection.close().await?;
        made?;
        Ok(())
    };
    copied.await.map_err(|fault: Fault| fault.at("copying", &database))
}

/// Looks a copy through without changing it; what is wrong is told with the name of its original.
async fn examine_copy(copy: &Path, original: &Path) -> Result<Rows, StoreError> {
    with_copy(copy, original, true, async |tx| examine(tx).await).await
}

/// Works on a file that no server has.
pub(super) async fn with_copy<T>(
    copy: &Path,
    named: &Path,
    read_only: bool,
    work: impl AsyncFnOnce(&mut Tx) -> Result<T, Fault>,
) -> Result<T, StoreError> {
    let database = Database::Sqlite(DatabaseFile::new(named, false));
    let options = SqliteConnectOptions::new().filename(copy).read_only(read_only);
    let pool: SqlitePool = SqlitePoolOptions::new().max_connections(1).connect_lazy_with(options);
    let done = async {
        let mut tx = Tx::Sqlite(pool.begin().await?, None);
        let done = work(&mut tx).await?;
        tx.commit().await?;
        Ok(done)
    };
    let done = done.await.map_err(|fault: Fault| fault.at("looking through", &database));
    pool.close().await;
    done
}

/// Writes the archive under a name of its own, and gives it the wished one once it is on disk.
fn write(to: &Path, manifest: &BackupManifest, copies: &TempDir) -> io::Result<Result<(), StoreError>> {
    let folder = parent(to);
    let mut archive = NamedTempFile::with_prefix_in(".restante-backup-", folder)?;
    let mut builder = tar::Builder::new(io::BufWriter::new(archive.as_file_mut()));
    let listed = serde_json::to_vec_pretty(manifest)?;
    let mut header = tar::Header::new_gnu();
    header.set_size(listed.len() as u64);
    header.set_mode(0o600);
    header.set_mtime(u64::try_from(manifest.made_at.unix_ms() / 1000).unwrap_or(0));
    builder.append_data(&mut header, MANIFEST, listed.as_slice())?;
    for entry in &manifest.databases {
        builder.append_path_with_name(copies.path().join(&entry.file), &entry.file)?;
    }
    builder.into_inner()?.into_inner().map_err(io::IntoInnerError::into_error)?;
    archive.as_file().sync_all()?;
    match archive.persist_noclobber(to) {
        Ok(_) => {}
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => return Ok(Err(taken(to))),
        Err(error) => return Err(error.error),
    }
    sync_folder(folder)?;
    Ok(Ok(()))
}

/// A new name is on disk only once its folder is.
pub(super) fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

fn taken(to: &Path) -> StoreError {
    StoreError::Refused(Refusal::BackupThere { path: to.to_owned() })
}

/// Size and SHA-256 of a file.
pub(super) fn sum(file: &Path) -> io::Result<(u64, String)> {
    let mut file = File::open(file)?;
    let (mut hash, mut bytes, mut buffer) = (Sha256::new(), 0, vec![0; 1 << 16]);
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            return Ok((bytes, hex(&hash.finalize())));
        }
        hash.update(buffer.get(..read).unwrap_or_default());
        bytes += read as u64;
    }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing into a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

pub(super) fn parent(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

pub(super) fn failed(doing: &'static str, path: &Path) -> impl Fn(io::Error) -> StoreError {
    let path = path.to_owned();
    move |source| StoreError::Folder { doing, path: path.clone(), source: Arc::new(source) }
}

/// Work on files, off the threads that answer.
pub(super) async fn blocking<A: Send + 'static, T: Send + 'static>(
    with: A,
    work: impl FnOnce(A) -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(move || work(with)).await.map_err(io::Error::other)?
}

/// For restore: a place inside the data folder, as a manifest names it.
pub(super) fn place(name: &str) -> Option<PathBuf> {
    let plain =
        |part: &str| !part.is_empty() && part != "." && part != ".." && !part.contains(['\\', ':', '\0']);
    let parts: Vec<&str> = name.split('/').collect();
    let ours = name == "restante.db" || matches!(parts.as_slice(), ["organisations", _] | ["offices", _, _]);
    (ours && parts.iter().all(|part| plain(part))).then(|| parts.iter().collect())
}
