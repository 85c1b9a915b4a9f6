//! Which history of PostgreSQL's data one is connected to: a failover or a recovery to an earlier moment begins another
//! one, in which what was committed last may be missing.

use std::sync::atomic::{AtomicU32, Ordering};

use sqlx::{PgConnection, Row};

/// The timeline of a database, as its newest connection met it; 0 before there is one.
#[derive(Debug, Default)]
pub(super) struct Timeline(AtomicU32);

impl Timeline {
    /// Looks at a connection that was opened. The name of the log's file begins with the timeline; the control file
    /// would name the one of the last checkpoint.
    pub(super) async fn look(&self, connection: &mut PgConnection) -> Result<(), sqlx::Error> {
        let name =
            "SELECT CASE WHEN pg_is_in_recovery() THEN '' ELSE pg_walfile_name(pg_current_wal_lsn()) END";
        // Prepared by a name, it could meet one of that name in a connection that a pooler lends.
        let name: String = sqlx::raw_sql(name).fetch_one(connection).await?.try_get(0)?;
        // One that recovers takes no writes, so that its timeline does not matter yet.
        if let Some(timeline) = name.get(..8).and_then(|digits| u32::from_str_radix(digits, 16).ok()) {
            self.0.store(timeline, Ordering::SeqCst);
        }
        Ok(())
    }

    pub(super) fn current(&self) -> u32 {
        self.0.load(Ordering::SeqCst)
    }

    /// As if a connection had met this one.
    #[cfg(test)]
    pub(super) fn meet(&self, timeline: u32) {
        self.0.store(timeline, Ordering::SeqCst);
    }
}
