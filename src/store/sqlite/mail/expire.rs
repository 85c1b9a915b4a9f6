//! Unread mail past its lifetime (row S5): out of the recipient's mailbox, the sender told.

use restante_model::{DeliveryState, Timestamp};

use super::{
    Database, Fault, Place, Tx,
    copies::{UNREAD, Unread, advance},
    json,
    message::forget_texts,
};
use crate::{Owner, Touched};

/// Messages in one transaction: few enough that nobody waits long for the write lock.
const STEP: i64 = 100;

const OF_ALL: &str = "SELECT key FROM message WHERE NOT settled AND expires_at <= $1 LIMIT $2";
const OF_MAILBOX: &str = "SELECT message FROM delivery \
    WHERE recipient = $3 AND state IN ('waiting', 'delivered') AND expires_at <= $1 \
    UNION SELECT key FROM message WHERE sender = $3 AND NOT settled AND expires_at <= $1 LIMIT $2";

/// Expires what is due in the whole post office.
pub(in super::super) async fn expire_all(database: &Database, now: Timestamp) -> Result<Vec<Touched>, Fault> {
    let mut touched = Vec::new();
    loop {
        let mut tx = database.read().await?;
        if due(&mut tx, None, now).await?.is_empty() {
            return Ok(touched);
        }
        drop(tx);
        touched.extend(step(database, None, now).await?);
    }
}

/// Expires what is due in one mailbox or was sent from it, so that nothing past its lifetime is served
/// and the sender's next check says so. Costs a look into two indexes when nothing is.
pub(super) async fn expire_in(
    database: &Database,
    owner: &Owner,
    now: Timestamp,
) -> Result<Vec<Touched>, Fault> {
    let mut touched = Vec::new();
    loop {
        let mut tx = database.read().await?;
        let Some(mailbox) = Place::read(&mut tx, owner).await?.mailbox else { return Ok(touched) };
        if due(&mut tx, Some(mailbox.key), now).await?.is_empty() {
            return Ok(touched);
        }
        drop(tx);
        touched.extend(step(database, Some(mailbox.key), now).await?);
    }
}

/// When [`expire_in`] has something to do next in this mailbox, as far as is known now.
pub(super) async fn next_expiry(tx: &mut Tx, mailbox: i64) -> Result<Option<Timestamp>, Fault> {
    let at: Option<i64> = sqlx::query_scalar(
        "SELECT min(expires_at) FROM ( \
         SELECT min(expires_at) AS expires_at FROM delivery \
         WHERE recipient = $1 AND state IN ('waiting', 'delivered') \
         UNION ALL SELECT min(expires_at) FROM message WHERE sender = $1 AND NOT settled)",
    )
    .bind(mailbox)
    .fetch_one(&mut **tx)
    .await?;
    Ok(at.map(Timestamp::from_unix_ms))
}

async fn due(tx: &mut Tx, mailbox: Option<i64>, now: Timestamp) -> Result<Vec<i64>, Fault> {
    let query = sqlx::query_scalar(if mailbox.is_some() { OF_MAILBOX } else { OF_ALL });
    let query = query.bind(now.unix_ms()).bind(STEP);
    let query = match mailbox {
        Some(mailbox) => query.bind(mailbox),
        None => query,
    };
    Ok(query.fetch_all(&mut **tx).await?)
}

async fn step(database: &Database, mailbox: Option<i64>, now: Timestamp) -> Result<Vec<Touched>, Fault> {
    let mut tx = database.write().await?;
    let messages = due(&mut tx, mailbox, now).await?;
    let query =
        format!("{UNREAD} AND d.message IN (SELECT value FROM json_each($1)) ORDER BY d.message, d.position");
    let rows = sqlx::query(sqlx::AssertSqlSafe(query)).bind(json(&messages)?).fetch_all(&mut *tx).await?;
    let copies = rows.iter().map(Unread::from_row).collect::<Result<Vec<_>, _>>()?;
    let touched = advance(&mut tx, &copies, DeliveryState::Expired, now).await?;
    sqlx::query("UPDATE message SET settled = TRUE WHERE key IN (SELECT value FROM json_each($1))")
        .bind(json(&messages)?)
        .execute(&mut *tx)
        .await?;
    forget_texts(&mut tx, &messages, now).await?;
    tx.commit().await?;
    Ok(touched)
}
