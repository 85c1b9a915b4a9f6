//! What time asks of messages that still wait: another lifetime holds for them too, and both sides are
//! warned before they expire (row B19).

use std::collections::{HashMap, HashSet};

use restante_model::{Seconds, Timestamp};

use super::{
    Database, Fault, Newest, Numbers, Query, Tx,
    copies::{UNREAD, Unread},
    expire,
    fixed::{FIXED, Fixed},
    json, lock_messages, signed,
};
use crate::{Touched, sql};

/// Lets the messages that still wait follow this lifetime, where they do not yet.
pub(super) async fn follow(
    database: &Database,
    lifetime: Seconds,
    now: Timestamp,
) -> Result<Vec<Touched>, Fault> {
    let mut tx = database.read().await?;
    let followed: Option<i64> =
        sql::query_scalar("SELECT lifetime_seconds FROM post_office").fetch_one(&mut tx).await?;
    drop(tx);
    match followed {
        Some(followed) if followed == signed(lifetime.get()) => Ok(Vec::new()),
        // An office that was never asked follows its own since ever.
        None => {
            let mut tx = database.write_mail().await?;
            set_followed(&mut tx, lifetime).await?;
            tx.commit().await?;
            Ok(Vec::new())
        }
        Some(_) => redate(database, lifetime, now).await,
    }
}

/// Gives the messages that still wait this lifetime, counted from when they were accepted.
pub(in super::super) async fn redate(
    database: &Database,
    lifetime: Seconds,
    now: Timestamp,
) -> Result<Vec<Touched>, Fault> {
    // What has expired stays so, whatever the new lifetime says.
    let mut touched = Newest::default();
    touched.extend(expire::expire_all(database, now).await?);
    let mut last = 0;
    loop {
        let mut tx = database.write_mail().await?;
        let query = format!(
            "SELECT m.key, {FIXED} FROM message m WHERE NOT m.settled AND m.expires_at > $1 AND m.key > $2 \
             AND m.expires_at <> m.accepted_at + $3 ORDER BY m.key LIMIT $4"
        );
        let query = sql::query(sqlx::AssertSqlSafe(query))
            .bind(now.unix_ms())
            .bind(last)
            .bind(signed(lifetime.get()).saturating_mul(1_000))
            .bind(expire::STEP);
        let mut rows = query.clone().fetch_all(&mut tx).await?;
        if rows.is_empty() {
            set_followed(&mut tx, lifetime).await?;
            tx.commit().await?;
            return Ok(touched.into());
        }
        let mut keys = rows.iter().map(|row| row.try_get("key")).collect::<Result<Vec<i64>, _>>()?;
        // Without a gap, since it goes on after the last; and one at least.
        let few = expire::few(&mut tx, keys.clone()).await?;
        keys.truncate(keys.iter().take_while(|key| few.contains(key)).count().max(1));
        if tx.others_write() {
            lock(&mut tx, &keys).await?;
            // Some may have expired before they were locked; what came since has no lock.
            rows = query.fetch_all(&mut tx).await?;
        }
        rows.retain(|row| row.try_get("key").is_ok_and(|key: i64| keys.contains(&key)));
        last = keys.last().copied().unwrap_or(last);
        let mut messages = Vec::with_capacity(rows.len());
        for row in rows {
            let key: i64 = row.try_get("key")?;
            let fixed = Fixed::from_row(&row)?;
            let fixed = Fixed { expires_at: fixed.accepted_at.plus(lifetime), ..fixed };
            sql::query("UPDATE message SET expires_at = $2, row_sum = $3, warned_at = NULL WHERE key = $1")
                .bind(key)
                .bind(fixed.expires_at.unix_ms())
                .bind(fixed.sum().as_slice())
                .execute(&mut tx)
                .await?;
            sql::query("UPDATE delivery SET expires_at = $2 WHERE message = $1")
                .bind(key)
                .bind(fixed.expires_at.unix_ms())
                .execute(&mut tx)
                .await?;
            messages.push(key);
        }
        touched.extend(announce(&mut tx, &messages).await?);
        tx.commit().await?;
    }
}

async fn set_followed(tx: &mut Tx, lifetime: Seconds) -> Result<(), Fault> {
    sql::query("UPDATE post_office SET lifetime_seconds = $1")
        .bind(signed(lifetime.get()))
        .execute(tx)
        .await?;
    Ok(())
}

/// Warns both sides of messages that expire within `ahead`, once each. A message that never lives longer
/// than that has no warning: it would come with the message itself.
pub(super) async fn warn(database: &Database, ahead: Seconds, now: Timestamp) -> Result<Vec<Touched>, Fault> {
    let mut touched = Newest::default();
    if ahead.get() == 0 {
        return Ok(Vec::new());
    }
    loop {
        let mut tx = database.read().await?;
        if near(&mut tx, ahead, now).await?.is_empty() {
            return Ok(touched.into());
        }
        drop(tx);
        let mut tx = database.write_mail().await?;
        if !tx.takes_job("restante warnings").await? {
            return Ok(touched.into());
        }
        let messages = near(&mut tx, ahead, now).await?;
        let messages = expire::few(&mut tx, messages).await?;
        lock(&mut tx, &messages).await?;
        sql::query("UPDATE message SET warned_at = $2 WHERE key IN (SELECT value FROM json_each($1))")
            .bind(messages.as_slice())
            .bind(now.unix_ms())
            .execute(&mut tx)
            .await?;
        touched.extend(announce(&mut tx, &messages).await?);
        tx.commit().await?;
    }
}

async fn near(tx: &mut Tx, ahead: Seconds, now: Timestamp) -> Result<Vec<i64>, Fault> {
    Ok(sql::query_scalar(
        "SELECT key FROM message WHERE NOT settled AND warned_at IS NULL AND expires_at > $1 AND expires_at <= $2 \
         AND expires_at - accepted_at > $3 ORDER BY expires_at LIMIT $4",
    )
    .bind(now.unix_ms())
    .bind(now.plus(ahead).unix_ms())
    .bind(signed(ahead.get()).saturating_mul(1_000))
    .bind(expire::STEP)
    .fetch_all(tx)
    .await?)
}

/// Lets nobody else change these messages or their unread copies, or number anything in the mailboxes concerned.
async fn lock(tx: &mut Tx, messages: &[i64]) -> Result<(), Fault> {
    if tx.others_write() {
        Unread::find(tx, unread(messages)).await?;
        lock_messages(tx, messages).await?;
    }
    Ok(())
}

fn unread(messages: &[i64]) -> Query<'_> {
    let query =
        format!("{UNREAD} AND d.message IN (SELECT value FROM json_each($1)) ORDER BY d.message, d.position");
    sql::query(sqlx::AssertSqlSafe(query)).bind(messages)
}

/// A change in the mailbox of everybody who has not read these yet, and one in their sender's.
async fn announce(tx: &mut Tx, messages: &[i64]) -> Result<Vec<Touched>, Fault> {
    let copies = Unread::find(tx, unread(messages)).await?;
    let mut steps: HashMap<i64, i64> = HashMap::new();
    for copy in copies.iter().filter(|copy| copy.kept) {
        *steps.entry(copy.recipient).or_default() += 1;
    }
    let mut seen = HashSet::new();
    let sent: Vec<_> = copies
        .iter()
        .filter(|copy| copy.sender_keeps && seen.insert(copy.message))
        .map(|copy| (copy.message, copy.sender))
        .collect();
    for (_, sender) in &sent {
        *steps.entry(*sender).or_default() += 1;
    }
    if steps.is_empty() {
        return Ok(Vec::new());
    }
    let mut numbers = Numbers::take(tx, &steps).await?;
    let mut received_rows = Vec::with_capacity(copies.len());
    for copy in copies.iter().filter(|copy| copy.kept) {
        received_rows.push((copy.message, copy.recipient, numbers.next(copy.recipient)?));
    }
    let mut sent_rows = Vec::with_capacity(sent.len());
    for (message, sender) in sent {
        sent_rows.push((message, numbers.next(sender)?));
    }
    sql::query(
        "UPDATE delivery SET expiry_modseq = v.number \
         FROM (SELECT CAST(value ->> 0 AS BIGINT) AS message, CAST(value ->> 1 AS BIGINT) AS recipient, CAST(value ->> 2 AS BIGINT) AS number FROM json_each($1)) v \
         WHERE delivery.message = v.message AND delivery.recipient = v.recipient",
    )
    .bind(json(&received_rows)?)
    .execute(tx)
    .await?;
    sql::query(
        "UPDATE message SET expiry_modseq = v.number \
         FROM (SELECT CAST(value ->> 0 AS BIGINT) AS message, CAST(value ->> 1 AS BIGINT) AS number FROM json_each($1)) v \
         WHERE message.key = v.message",
    )
    .bind(json(&sent_rows)?)
    .execute(tx)
    .await?;
    Ok(numbers.touched)
}
