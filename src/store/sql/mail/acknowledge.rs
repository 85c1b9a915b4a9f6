//! "I know of it": said once without opening the message, or after, and told to the sender (row B8).

use std::collections::HashMap;

use restante_model::{LedgerEvent, MessageId, Timestamp};

use super::{Database, Fault, Numbers, Place, Tx, json, ledger, lock_mailboxes};
use crate::{Device, Owner, Touched, sql};

pub(in super::super) async fn acknowledge(
    database: &Database,
    owner: &Owner,
    device: &Device,
    ids: &[MessageId],
    now: Timestamp,
) -> Result<Vec<Touched>, Fault> {
    let mut tx = database.write_mail().await?;
    let Some(mailbox) = Place::read(&mut tx, owner).await?.mailbox else { return Ok(Vec::new()) };
    let touched = note(&mut tx, owner, mailbox.key, device, ids, now).await?;
    tx.commit().await?;
    Ok(touched)
}

/// Notes it for those of these messages that have neither expired nor been acknowledged yet.
async fn note(
    tx: &mut Tx,
    owner: &Owner,
    mailbox: i64,
    device: &Device,
    ids: &[MessageId],
    now: Timestamp,
) -> Result<Vec<Touched>, Fault> {
    let ids: Vec<_> = ids.iter().map(ToString::to_string).collect();
    if tx.others_write() {
        let mut mailboxes: Vec<i64> = sql::query_scalar(
            "SELECT sender FROM message WHERE organisation = $1 AND id IN (SELECT value FROM json_each($2))",
        )
        .bind(owner.organisation.as_str())
        .bind(ids.clone())
        .fetch_all(tx)
        .await?;
        mailboxes.push(mailbox);
        lock_mailboxes(tx, &mailboxes).await?;
    }
    let rows = sql::query(
        "SELECT m.key, m.sender, d.removed_modseq IS NULL AS kept, m.removed_modseq IS NULL AS sender_keeps \
         FROM message m JOIN delivery d ON d.message = m.key AND d.recipient = $1 \
         WHERE (d.state = 'read' OR d.state IN ('waiting', 'delivered') AND d.expires_at > $4) \
         AND d.acknowledged_at IS NULL AND m.organisation = $2 AND m.id IN (SELECT value FROM json_each($3)) ORDER BY d.arrived_modseq",
    )
    .bind(mailbox)
    .bind(owner.organisation.as_str())
    .bind(ids)
    .bind(now.unix_ms())
    .fetch_all(tx)
    .await?;
    let mut steps: HashMap<i64, i64> = HashMap::new();
    let mut copies = Vec::with_capacity(rows.len());
    for row in rows {
        let (message, sender): (i64, i64) = (row.try_get("key")?, row.try_get("sender")?);
        let (kept, sender_keeps): (bool, bool) = (row.try_get("kept")?, row.try_get("sender_keeps")?);
        // Who wrote to himself sees one change, not two.
        let told = sender_keeps && sender != mailbox;
        if kept {
            *steps.entry(mailbox).or_default() += 1;
        }
        if told {
            *steps.entry(sender).or_default() += 1;
        }
        copies.push((message, kept.then_some(mailbox), told.then_some(sender)));
    }
    if copies.is_empty() {
        return Ok(Vec::new());
    }
    let mut numbers = Numbers::take(tx, &steps).await?;
    let mut rows = Vec::with_capacity(copies.len());
    for (message, own, sender) in &copies {
        let own = own.map(|own| numbers.next(own)).transpose()?;
        let told = sender.map(|sender| numbers.next(sender)).transpose()?;
        rows.push((message, own, told));
    }
    sql::query(
        "UPDATE delivery SET acknowledged_at = $3, changed_modseq = coalesce(v.changed, changed_modseq), \
         told_modseq = coalesce(v.told, told_modseq) \
         FROM (SELECT CAST(value ->> 0 AS BIGINT) AS message, CAST(value ->> 1 AS BIGINT) AS changed, CAST(value ->> 2 AS BIGINT) AS told FROM json_each($1)) v \
         WHERE delivery.message = v.message AND delivery.recipient = $2",
    )
    .bind(json(&rows)?)
    .bind(mailbox)
    .bind(now.unix_ms())
    .execute(tx)
    .await?;
    let copies: Vec<_> = copies.into_iter().map(|(message, ..)| (message, mailbox)).collect();
    ledger::note(tx, &copies, LedgerEvent::Acknowledged, now, Some(device)).await?;
    Ok(numbers.touched)
}
