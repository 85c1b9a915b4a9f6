//! What an error of PostgreSQL means to whoever asked.

use std::sync::Arc;

use crate::StoreError;

/// Tells apart what passes from what does not. A connection that is lost in COMMIT leaves it open whether it was done;
/// whoever tries again uses the same ids.
pub(crate) fn error(source: sqlx::Error, doing: &'static str, database: String) -> StoreError {
    // Classes and codes of <https://www.postgresql.org/docs/current/errcodes-appendix.html>.
    let code = source.as_database_error().and_then(sqlx::error::DatabaseError::code);
    match code.as_deref() {
        // serialization_failure, deadlock_detected, lock_not_available, query_canceled
        Some("40001" | "40P01" | "55P03" | "57014") => StoreError::Busy { doing, database },
        // disk_full
        Some("53100") => StoreError::DiskFull { doing, database },
        // connection exceptions, insufficient resources, shutdowns, a time-out of an idle transaction
        Some(code)
            if ["08", "53", "57P"].iter().any(|class| code.starts_with(class))
                || matches!(code, "25P03" | "25P04") =>
        {
            StoreError::Away { doing, database, source: Arc::new(source) }
        }
        Some(_) => StoreError::Database { doing, database, source: Arc::new(source) },
        None => match source {
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::Protocol(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed
            | sqlx::Error::WorkerCrashed
            | sqlx::Error::BeginFailed => StoreError::Away { doing, database, source: Arc::new(source) },
            _ => StoreError::Database { doing, database, source: Arc::new(source) },
        },
    }
}
