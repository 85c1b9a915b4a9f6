//! What PostgreSQL promises of what it has committed.

use sqlx::{PgPool, Row};

/// How one database of PostgreSQL keeps what is committed. Settings are as this server's own connections have them, since
/// a database or a role can have settings of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Durability {
    /// Which one, without name and password.
    pub database: String,
    /// What PostgreSQL calls its own version.
    pub version: String,
    /// Its major number.
    pub major_version: i32,
    /// Whether what is committed is on the disk.
    pub fsync: bool,
    /// Whether a page that was written in part can be mended.
    pub full_page_writes: bool,
    /// How far what is committed has come before COMMIT answers: `off`, `local`, `remote_write`, `on`, `remote_apply`.
    pub synchronous_commit: String,
    /// For which standbys COMMIT waits; empty: for none.
    pub synchronous_standby_names: String,
    /// Standbys that are connected now.
    pub standbys: i64,
    /// Whether it is itself a standby, which takes no writes.
    pub in_recovery: bool,
}

impl Durability {
    pub(super) async fn ask(pool: &PgPool, database: &str) -> Result<Self, sqlx::Error> {
        let row = sqlx::query(
            "SELECT current_setting('server_version'), CAST(current_setting('server_version_num') AS INTEGER) / 10000, \
             current_setting('fsync') = 'on', current_setting('full_page_writes') = 'on', \
             current_setting('synchronous_commit'), current_setting('synchronous_standby_names'), \
             (SELECT count(*) FROM pg_stat_replication), pg_is_in_recovery()",
        )
        .fetch_one(pool)
        .await?;
        Ok(Self {
            database: database.to_owned(),
            version: row.try_get(0)?,
            major_version: row.try_get(1)?,
            fsync: row.try_get(2)?,
            full_page_writes: row.try_get(3)?,
            synchronous_commit: row.try_get(4)?,
            synchronous_standby_names: row.try_get(5)?,
            standbys: row.try_get(6)?,
            in_recovery: row.try_get(7)?,
        })
    }
}
