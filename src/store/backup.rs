//! What a backup holds, as its manifest says, and what came of making or restoring one.

use restante_model::Timestamp;
use serde::{Deserialize, Serialize};

use crate::StoreError;

/// The version of the archive's form.
pub(crate) const FORMAT: u32 = 1;
/// The first file of the archive.
pub(crate) const MANIFEST: &str = "manifest.json";

/// What is in an archive; its first file, as JSON.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupManifest {
    /// The version of the archive's form.
    pub format: u32,
    /// When it was made, by the clock of its server.
    pub made_at: Timestamp,
    /// The program that made it.
    pub made_by: String,
    /// Every database, the registry first.
    pub databases: Vec<BackupEntry>,
}

/// One database in an archive.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BackupEntry {
    /// Its place in the data folder, with slashes.
    pub file: String,
    /// Its size.
    pub bytes: u64,
    /// Of the whole file, in hexadecimal digits.
    pub sha256: String,
    /// Messages in it, each held against its sums.
    pub messages: u64,
    /// Drafts in it, each held against its sum.
    pub drafts: u64,
}

/// A database that was looked through.
#[derive(Clone, Debug)]
pub struct ExaminedDatabase {
    /// Where it lies, without the password that leads to it.
    pub database: String,
    /// Messages held against their sums.
    pub messages: u64,
    /// Drafts held against their sums.
    pub drafts: u64,
    /// What is wrong with it.
    pub problem: Option<StoreError>,
}
