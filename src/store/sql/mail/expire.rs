//! Unread mail past its lifetime (row S5): out of the recipient's mailbox, the sender told.

use restante_model::{DeliveryState, Timestamp};

use super::{
    Database, Fault, Newest, Place, Tx,
    copies::{UNREAD, Unread, advance},
    lock_messages,
    texts::{forget_texts, forget_unread_texts},
};
use crate::{Owner, Touched, sql};

/// Messages in one transaction at most: few enough that nobody waits long for the write lock.
pub(super) const STEP: i64 = 100;
/// Their copies, where it is more than one message: as many as a letter may have. Our tests have smaller letters.
const STEP_COPIES: i64 = if cfg!(test) { 4 } else { 10_000 };

const OF_ALL: &str = "SELECT key FROM message WHERE NOT settled AND expires_at <= $1 LIMIT $2";
const OF_MAILBOX: &str = "SELECT message FROM delivery \
    WHERE recipient = $3 AND state IN ('waiting', 'delivered') AND expires_at <= $1 \
    UNION SELECT key FROM message WHERE sender = $3 AND NOT settled AND expires_at <= $1 LIMIT $2";

/// Expires what is due in the whole post office.
pub(super) async fn expire_all(database: &Database, now: Timestamp) -> Result<Vec<Touched>, Fault> {
    let mut touched = Newest::default();
    loop {
        let mut tx = database.read().await?;
        if due(&mut tx, None, now).await?.is_empty() {
            return Ok(touched.into());
        }
        drop(tx);
        match step(database, None, now).await? {
            Some(step) => touched.extend(step),
            // Another server is at it.
            None => return Ok(touched.into()),
        }
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
        touched.extend(step(database, Some(mailbox.key), now).await?.into_iter().flatten());
    }
}

/// When [`expire_in`] has something to do next in this mailbox, as far as is known now.
pub(super) async fn next_expiry(tx: &mut Tx, mailbox: i64) -> Result<Option<Timestamp>, Fault> {
    let at: Option<i64> = sql::query_scalar(
        "SELECT min(expires_at) FROM ( \
         SELECT min(expires_at) AS expires_at FROM delivery \
         WHERE recipient = $1 AND state IN ('waiting', 'delivered') \
         UNION ALL SELECT min(expires_at) FROM message WHERE sender = $1 AND NOT settled) due",
    )
    .bind(mailbox)
    .fetch_one(tx)
    .await?;
    Ok(at.map(Timestamp::from_unix_ms))
}

async fn due(tx: &mut Tx, mailbox: Option<i64>, now: Timestamp) -> Result<Vec<i64>, Fault> {
    let query = sql::query_scalar(if mailbox.is_some() { OF_MAILBOX } else { OF_ALL });
    let query = query.bind(now.unix_ms()).bind(STEP);
    let query = match mailbox {
        Some(mailbox) => query.bind(mailbox),
        None => query,
    };
    Ok(query.fetch_all(tx).await?)
}

/// Those of these messages that one transaction changes: some at least, where there are any.
pub(super) async fn few(tx: &mut Tx, messages: Vec<i64>) -> Result<Vec<i64>, Fault> {
    let few: Vec<i64> = sql::query_scalar(
        "SELECT DISTINCT message FROM (SELECT message FROM delivery \
         WHERE message IN (SELECT value FROM json_each($1)) LIMIT $2) AS first_copies",
    )
    .bind(messages.as_slice())
    .bind(STEP_COPIES)
    .fetch_all(tx)
    .await?;
    Ok(if few.is_empty() { messages } else { few })
}

/// `None` where another server takes out the whole office's.
async fn step(
    database: &Database,
    mailbox: Option<i64>,
    now: Timestamp,
) -> Result<Option<Vec<Touched>>, Fault> {
    let mut tx = database.write_mail().await?;
    if mailbox.is_none() && !tx.takes_job("restante expiry").await? {
        return Ok(None);
    }
    let messages = due(&mut tx, mailbox, now).await?;
    let messages = few(&mut tx, messages).await?;
    let query =
        format!("{UNREAD} AND d.message IN (SELECT value FROM json_each($1)) ORDER BY d.message, d.position");
    let query = sql::query(sqlx::AssertSqlSafe(query)).bind(messages.as_slice());
    let copies = Unread::find(&mut tx, query).await?;
    let touched = advance(&mut tx, &copies, DeliveryState::Expired, now, None).await?;
    lock_messages(&mut tx, &messages).await?;
    sql::query("UPDATE message SET settled = TRUE WHERE key IN (SELECT value FROM json_each($1))")
        .bind(messages.as_slice())
        .execute(&mut tx)
        .await?;
    forget_texts(&mut tx, &messages, now).await?;
    forget_unread_texts(&mut tx, &messages, now).await?;
    tx.commit().await?;
    Ok(Some(touched))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        SqlStore,
        story::town::{Town, WEEK_MS, name},
    };

    #[tokio::test]
    async fn of_letters_to_many_only_a_few_are_taken_at_once() {
        let town = Town::on_sqlite().await;
        for number in 1..=4 {
            town.send("anna", number, &["anna", "boris", "clara"]).await;
        }
        let clock = std::sync::Arc::clone(&town.clock);
        clock.forward_ms(WEEK_MS);
        let store = SqlStore::open(town.folder.path(), clock as _).await.unwrap();
        let database = store.office_database(&name("town")).await.unwrap();
        let mut tx = database.read().await.unwrap();
        let due = due(&mut tx, None, store.now().await.unwrap()).await.unwrap();
        assert_eq!(due.len(), 4);
        let few = few(&mut tx, due).await.unwrap();
        assert_eq!(few.len(), 2, "four copies: the three of the first letter, and one of the second");
    }
}
