//! Texts that nobody is shown any more.

use restante_model::Timestamp;

use super::{Fault, Tx};
use crate::sql;

/// Deletes the texts that no mailbox shows any more; the rows stay, to know a repeated request.
pub(super) async fn forget_texts(tx: &mut Tx, keys: &[i64], now: Timestamp) -> Result<(), Fault> {
    sql::query(
        "UPDATE message SET subject = '', body = '', written_to = '[]', \
         text_removed_at = coalesce(text_removed_at, $2) \
         WHERE key IN (SELECT value FROM json_each($1)) AND removed_modseq IS NOT NULL AND written_to <> '[]' \
         AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.message = message.key AND d.removed_modseq IS NULL)",
    )
    .bind(keys)
    .bind(now.unix_ms())
    .execute(tx)
    .await?;
    Ok(())
}

/// Deletes the bodies of those whose every copy expired unread or was taken back: of such a message a
/// tombstone stays, its header with what became of each copy.
pub(super) async fn forget_unread_texts(tx: &mut Tx, keys: &[i64], now: Timestamp) -> Result<(), Fault> {
    sql::query(
        "UPDATE message SET body = '', text_removed_at = $2 \
         WHERE key IN (SELECT value FROM json_each($1)) AND text_removed_at IS NULL \
         AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.message = message.key \
             AND d.state NOT IN ('expired', 'retracted'))",
    )
    .bind(keys)
    .bind(now.unix_ms())
    .execute(tx)
    .await?;
    Ok(())
}
