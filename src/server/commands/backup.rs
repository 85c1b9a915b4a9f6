//! `backup --to FILE`, `restore --from FILE`.

use std::{
    fmt::Display,
    path::{Path, PathBuf},
};

use clap::Args;
use restante_l10n::io_error;
use restante_process::Exit;
use restante_store::{BackupManifest, SqlStore};
use serde_json::json;

use super::{answers::Answers, failure::Failure, print_json};

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
pub(super) fn of_postgresql(answers: Answers<'_>) -> Failure {
    Failure::new(
        Exit::Usage,
        answers.text("server-backup-postgresql", &[]),
        answers.text("server-hint-backup-postgresql", &[]),
    )
}

impl Backup {
    pub(super) async fn run(self, store: &SqlStore, answers: Answers<'_>) -> Result<(), Failure> {
        let made_by = format!("restante-server {}", env!("CARGO_PKG_VERSION"));
        let manifest = store
            .backup(&self.to, &made_by)
            .await
            .map_err(|error| Failure::from(error).or_hint(answers.text("server-hint-backup-nothing", &[])))?;
        said(&manifest, &self.to, "server-backed-up", answers);
        Ok(())
    }
}

impl Restore {
    pub(super) async fn run(self, data_folder: &Path, answers: Answers<'_>) -> Result<(), Failure> {
        if let Err(error) = std::fs::File::open(&self.from) {
            let values: [(&str, &dyn Display); 2] =
                [("file", &self.from.display()), ("why", &io_error(&error, answers.words))];
            let message = answers.text("server-backup-opening", &values);
            return Err(Failure::new(
                Exit::Refused,
                message,
                answers.text("server-hint-backup-archive", &[]),
            ));
        }
        let restored = SqlStore::restore(&self.from, data_folder, self.keep_old_in.as_deref()).await;
        let manifest = restored
            .map_err(|error| Failure::from(error).or_hint(answers.text("server-hint-restore-empty", &[])))?;
        said(&manifest, data_folder, "server-restored", answers);
        if !answers.json {
            answers.say("server-restored-anew", &[]);
            answers.say("server-restored-devices", &[]);
        }
        Ok(())
    }
}

fn said(manifest: &BackupManifest, place: &Path, key: &str, answers: Answers<'_>) {
    if answers.json {
        return print_json(&json!({"place": place, "manifest": manifest}));
    }
    let sum =
        |count: fn(&restante_store::BackupEntry) -> u64| manifest.databases.iter().map(count).sum::<u64>();
    let values: [(&str, &dyn Display); 5] = [
        ("databases", &manifest.databases.len()),
        ("messages", &sum(|entry| entry.messages)),
        ("drafts", &sum(|entry| entry.drafts)),
        ("moment", &manifest.made_at),
        ("place", &place.display()),
    ];
    answers.say(key, &values);
}
