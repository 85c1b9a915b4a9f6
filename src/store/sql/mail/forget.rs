//! Tombstones that were kept for long enough: the message's row, its copies' and its ledger.

use restante_model::{Seconds, Timestamp};

use super::{Database, Fault, expire, signed};
use crate::sql;

/// Removes the messages whose text has been gone for `retention`.
pub(super) async fn forget(database: &Database, retention: Seconds, now: Timestamp) -> Result<(), Fault> {
    let until = now.unix_ms().saturating_sub(signed(retention.get()).saturating_mul(1_000));
    let due =
        "SELECT key FROM message WHERE text_removed_at <= $1 AND settled ORDER BY text_removed_at LIMIT $2";
    loop {
        let mut tx = database.read().await?;
        let messages: Vec<i64> =
            sql::query_scalar(due).bind(until).bind(expire::STEP).fetch_all(&mut tx).await?;
        drop(tx);
        if messages.is_empty() {
            return Ok(());
        }
        let mut tx = database.write_mail().await?;
        // Another server is at it.
        if !tx.takes_job("restante tombstones").await? {
            return Ok(());
        }
        for statement in [
            "DELETE FROM delivery WHERE message IN (SELECT value FROM json_each($1))",
            "DELETE FROM message WHERE key IN (SELECT value FROM json_each($1))",
            // Last: the database lets no entry go whose message is there.
            "DELETE FROM ledger WHERE message IN (SELECT value FROM json_each($1))",
        ] {
            sql::query(statement).bind(messages.as_slice()).execute(&mut tx).await?;
        }
        tx.commit().await?;
    }
}
