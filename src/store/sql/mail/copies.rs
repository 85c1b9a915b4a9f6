//! Recipients' copies: how their states go forward, and who is told.

use std::collections::{HashMap, HashSet};

use restante_model::{Cursor, DeliveryState, LedgerEvent, MessageId, Timestamp};

use super::{Database, Fault, Numbers, Place, Query, Row, Tx, json, ledger, lock_mailboxes, signed};
use crate::{Delivered, Device, Owner, RemovedReason, Touched, sql};

/// One recipient's copy that is about to change.
pub(super) struct Unread {
    pub(super) message: i64,
    pub(super) recipient: i64,
    pub(super) sender: i64,
    /// Whether no device of the recipient has it.
    waiting: bool,
    /// Whether the recipient still has it in his mailbox.
    pub(super) kept: bool,
    /// Whether the sender still has the message in his.
    pub(super) sender_keeps: bool,
}

/// What [`Unread`] is read from.
pub(super) const UNREAD: &str = "SELECT d.message, d.recipient, d.sender, d.state = 'waiting' AS waiting, \
    d.removed_modseq IS NULL AS kept, m.removed_modseq IS NULL AS sender_keeps \
    FROM delivery d JOIN message m ON m.key = d.message WHERE d.state IN ('waiting', 'delivered')";

impl Unread {
    /// The copies that the query finds, theirs and their senders' mailboxes locked.
    pub(super) async fn find(tx: &mut Tx, query: Query<'_>) -> Result<Vec<Self>, Fault> {
        let copies = Self::fetch(tx, query.clone()).await?;
        if !tx.others_write() {
            return Ok(copies);
        }
        let mailboxes: Vec<_> = copies.iter().flat_map(|copy| [copy.recipient, copy.sender]).collect();
        lock_mailboxes(tx, &mailboxes).await?;
        // Some may have changed before they were locked; what came since has no lock.
        let locked: HashSet<_> = copies.iter().map(|copy| (copy.message, copy.recipient)).collect();
        let mut copies = Self::fetch(tx, query).await?;
        copies.retain(|copy| locked.contains(&(copy.message, copy.recipient)));
        Ok(copies)
    }

    async fn fetch(tx: &mut Tx, query: Query<'_>) -> Result<Vec<Self>, Fault> {
        query.fetch_all(tx).await?.iter().map(Self::from_row).collect()
    }

    fn from_row(row: &Row) -> Result<Self, Fault> {
        Ok(Self {
            message: row.try_get("message")?,
            recipient: row.try_get("recipient")?,
            sender: row.try_get("sender")?,
            waiting: row.try_get("waiting")?,
            kept: row.try_get("kept")?,
            sender_keeps: row.try_get("sender_keeps")?,
        })
    }
}

pub(in super::super) async fn mark_delivered(
    database: &Database,
    owner: &Owner,
    device: &Device,
    cursor: &Cursor,
    now: Timestamp,
) -> Result<Delivered, Fault> {
    let mut tx = database.write_mail().await?;
    let place = Place::read(&mut tx, owner).await?;
    if !place.knows(&mut tx, cursor).await? {
        return Ok(Delivered::Reset);
    }
    let Some(mailbox) = place.mailbox else { return Ok(Delivered::Noted(Vec::new())) };
    let query = format!(
        "{UNREAD} AND d.state = 'waiting' AND d.recipient = $1 AND d.arrived_modseq <= $2 AND d.expires_at > $3 \
         ORDER BY d.arrived_modseq"
    );
    let query = sql::query(sqlx::AssertSqlSafe(query))
        .bind(mailbox.key)
        .bind(signed(cursor.modseq))
        .bind(now.unix_ms());
    let copies = Unread::find(&mut tx, query).await?;
    let touched = advance(&mut tx, &copies, DeliveryState::Delivered, now, Some(device)).await?;
    tx.commit().await?;
    Ok(Delivered::Noted(touched))
}

pub(in super::super) async fn mark_read(
    database: &Database,
    owner: &Owner,
    device: &Device,
    ids: &[MessageId],
    now: Timestamp,
) -> Result<Vec<Touched>, Fault> {
    let mut tx = database.write_mail().await?;
    let Some(mailbox) = Place::read(&mut tx, owner).await?.mailbox else { return Ok(Vec::new()) };
    let query = format!(
        "{UNREAD} AND d.recipient = $1 AND d.removed_modseq IS NULL AND d.expires_at > $2 \
         AND m.organisation = $3 AND m.id IN (SELECT value FROM json_each($4)) ORDER BY d.arrived_modseq"
    );
    let query = sql::query(sqlx::AssertSqlSafe(query))
        .bind(mailbox.key)
        .bind(now.unix_ms())
        .bind(owner.organisation.as_str())
        .bind(ids.iter().map(ToString::to_string).collect::<Vec<_>>());
    let copies = Unread::find(&mut tx, query).await?;
    let touched = advance(&mut tx, &copies, DeliveryState::Read, now, Some(device)).await?;
    tx.commit().await?;
    Ok(touched)
}

/// Takes unread copies forward to `state`, with a change in the recipient's and one in the sender's
/// mailbox for each, and an entry in the ledger, told by `device`. One that expired or was taken back
/// leaves the recipient's mailbox.
pub(super) async fn advance(
    tx: &mut Tx,
    copies: &[Unread],
    state: DeliveryState,
    now: Timestamp,
    device: Option<&Device>,
) -> Result<Vec<Touched>, Fault> {
    if copies.is_empty() {
        return Ok(Vec::new());
    }
    let (event, goes) = match state {
        DeliveryState::Expired => (LedgerEvent::Expired, Some(RemovedReason::Expired)),
        DeliveryState::Retracted => (LedgerEvent::Retracted, Some(RemovedReason::Retracted)),
        DeliveryState::Read => (LedgerEvent::Read, None),
        DeliveryState::Delivered | DeliveryState::Waiting => (LedgerEvent::Delivered, None),
    };
    // Who wrote to himself sees one change, not two, except where the copy goes and the message stays.
    let tells = |copy: &Unread| copy.sender_keeps && (copy.sender != copy.recipient || goes.is_some());
    let mut changes: HashMap<i64, i64> = HashMap::new();
    for copy in copies {
        if copy.kept {
            *changes.entry(copy.recipient).or_default() += 1;
        }
        if tells(copy) {
            *changes.entry(copy.sender).or_default() += 1;
        }
    }
    let mut numbers = Numbers::take(tx, &changes).await?;
    let mut rows = Vec::with_capacity(copies.len());
    for copy in copies {
        let own = if copy.kept { Some(numbers.next(copy.recipient)?) } else { None };
        let (state_number, removal_number) = if goes.is_some() { (None, own) } else { (own, None) };
        let told = if tells(copy) { Some(numbers.next(copy.sender)?) } else { None };
        rows.push((copy.message, copy.recipient, state_number, removal_number, told));
    }
    sql::query(
        "UPDATE delivery SET state = $2, since = $3, \
         delivered_at = CASE WHEN $2 IN ('delivered', 'read') THEN coalesce(delivered_at, $3) ELSE delivered_at END, \
         read_at = CASE WHEN $2 = 'read' THEN $3 END, \
         changed_modseq = coalesce(v.changed, changed_modseq), \
         removed_modseq = coalesce(v.removed, removed_modseq), \
         removed_reason = CASE WHEN v.removed IS NULL THEN removed_reason ELSE $4 END, \
         told_modseq = coalesce(v.told, told_modseq) \
         FROM (SELECT CAST(value ->> 0 AS BIGINT) AS message, CAST(value ->> 1 AS BIGINT) AS recipient, \
               CAST(value ->> 2 AS BIGINT) AS changed, CAST(value ->> 3 AS BIGINT) AS removed, \
               CAST(value ->> 4 AS BIGINT) AS told FROM json_each($1)) v \
         WHERE delivery.message = v.message AND delivery.recipient = v.recipient",
    )
    .bind(json(&rows)?)
    .bind(state.as_str())
    .bind(now.unix_ms())
    .bind(goes.map(RemovedReason::as_str))
    .execute(tx)
    .await?;
    let entries = |copies: &mut dyn Iterator<Item = &Unread>| -> Vec<_> {
        copies.map(|copy| (copy.message, copy.recipient)).collect()
    };
    if state == DeliveryState::Read {
        // Reading implies delivery.
        let delivered = entries(&mut copies.iter().filter(|copy| copy.waiting));
        ledger::note(tx, &delivered, LedgerEvent::Delivered, now, device).await?;
    }
    ledger::note(tx, &entries(&mut copies.iter()), event, now, device).await?;
    Ok(numbers.touched)
}
