//! Second thoughts: a sender takes back what nobody has read yet (row B20).

use restante_model::{DeliveryState, MessageId, Timestamp};

use super::{
    Database, Fault, Place,
    copies::{UNREAD, Unread, advance},
    expire, lock_messages, message,
};
use crate::{Owner, Retracted, sql};

pub(in super::super) async fn retract(
    database: &Database,
    owner: &Owner,
    id: MessageId,
    now: Timestamp,
) -> Result<Option<Retracted>, Fault> {
    expire::expire_in(database, owner, now).await?;
    let mut tx = database.write_mail().await?;
    let Some(mailbox) = Place::read(&mut tx, owner).await?.mailbox else { return Ok(None) };
    let key: Option<i64> = sql::query_scalar(
        "SELECT key FROM message WHERE organisation = $1 AND id = $2 AND sender = $3 AND removed_modseq IS NULL",
    )
    .bind(owner.organisation.as_str())
    .bind(id.to_string())
    .bind(mailbox.key)
    .fetch_optional(&mut tx)
    .await?;
    let Some(key) = key else { return Ok(None) };
    let query = format!("{UNREAD} AND d.message = $1 AND d.expires_at > $2 ORDER BY d.position");
    let query = sql::query(sqlx::AssertSqlSafe(query)).bind(key).bind(now.unix_ms());
    let unread = Unread::find(&mut tx, query).await?;
    let touched = advance(&mut tx, &unread, DeliveryState::Retracted, now, None).await?;
    if !unread.is_empty() {
        // Nothing of it is left to expire.
        lock_messages(&mut tx, &[key]).await?;
        sql::query("UPDATE message SET settled = TRUE WHERE key = $1").bind(key).execute(&mut tx).await?;
    }
    let copies = message::copies(&mut tx, &[key]).await?.remove(&key).unwrap_or_default();
    tx.commit().await?;
    Ok(Some(Retracted { copies, touched }))
}
