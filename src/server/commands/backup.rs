//! `backup --to FILE`, `restore --from FILE`.

use std::path::{Path, PathBuf};

use clap::Args;
use restante_process::Exit;
use restante_store::{BackupManifest, SqlStore};
use serde_json::json;

use super::{failure::Failure, print_json, println};

#[derive(Args)]
pub(super) struct Backup {
    /// The archive to be made; nothing of this name may be there.
    #[arg(long, value_name = "FILE")]
    to: PathBuf,
}

#[derive(Args)]
pub(super) struct Restore {
    /// The archive that `backup` made.
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
    /// Moves what is in the data folder to this one, which must not be there yet.
    #[arg(long, value_name = "DIR")]
    keep_old_in: Option<PathBuf>,
}

/// What PostgreSQL's administrators do in place of both.
pub(super) fn of_postgresql() -> Failure {
    Failure::new(
        Exit::Usage,
        "PostgreSQL makes and restores its own backups",
        "pg_dump --format=custom --file=restante.dump URL, for each database; pg_restore brings them back",
    )
}

impl Backup {
    pub(super) async fn run(self, store: &SqlStore, as_json: bool) -> Result<(), Failure> {
        let made_by = format!("restante-server {}", env!("CARGO_PKG_VERSION"));
        let manifest = store.backup(&self.to, &made_by).await.map_err(|error| {
            Failure::from(error).or_hint("nothing was written; `restante-server doctor` looks for damage")
        })?;
        said(&manifest, &self.to, "are in", as_json);
        Ok(())
    }
}

impl Restore {
    pub(super) async fn run(self, data_folder: &Path, as_json: bool) -> Result<(), Failure> {
        if let Err(error) = std::fs::File::open(&self.from) {
            let hint =
                "name an archive that `restante-server backup --to FILE` made, one that this user may read";
            return Err(Failure::new(
                Exit::Refused,
                format!("opening {}: {error}", self.from.display()),
                hint,
            ));
        }
        let restored = SqlStore::restore(&self.from, data_folder, self.keep_old_in.as_deref()).await;
        let manifest = restored.map_err(|error| {
            let hint = "name an empty data folder, or say --keep-old-in DIR; the archive is only read";
            Failure::from(error).or_hint(hint)
        })?;
        said(&manifest, data_folder, "are restored in", as_json);
        if !as_json {
            println("every agent fetches its mailbox anew at its next check, without a second alert");
            println(
                "devices that were revoked after the backup was made are signed in again: revoke them anew",
            );
        }
        Ok(())
    }
}

fn said(manifest: &BackupManifest, place: &Path, are: &str, as_json: bool) {
    if as_json {
        return print_json(&json!({"place": place, "manifest": manifest}));
    }
    let sum =
        |count: fn(&restante_store::BackupEntry) -> u64| manifest.databases.iter().map(count).sum::<u64>();
    println(&format!(
        "{} databases with {} messages and {} drafts, as of {}, {are} {}",
        manifest.databases.len(),
        sum(|entry| entry.messages),
        sum(|entry| entry.drafts),
        manifest.made_at,
        place.display()
    ));
}
