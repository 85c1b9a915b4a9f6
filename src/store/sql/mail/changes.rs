//! What changed in a mailbox since a cursor.
//!
//! There is no log: each row carries the number of its appearance and of its newest change, and a page
//! is what nine indexes give above the cursor, in order. So a mailbox costs no more than its mail, and
//! an agent that was away for long gets each thing once, as it is now.

use std::collections::HashMap;

use restante_model::{DeliveryState, Login, MessageId, Timestamp};

use super::{Database, Fault, Place, Row, Tx, drafts, expire, message, signed, stored, unsigned};
use crate::{
    Change, ChangesQuery, ChangesReply, Checked, Direction, Draft, Message, Owner, Page, RemovedReason, sql,
};

/// A received message, the state of one's own copy, a removal; a sent message, the state of a
/// recipient's copy, a removal; a draft, whose key stands in the place of the message's; an expiry that
/// changed or is near, of a received and of a sent message. What stands in `since` and `also` is by kind.
const STREAM: &str = "
    SELECT d.arrived_modseq AS modseq, 'received' AS kind, d.message, NULL AS login, d.state, d.since,
           NULL AS reason, NULL AS also,
           CAST(octet_length(m.body) + octet_length(m.subject) + 10 * octet_length(m.written_to) AS BIGINT) AS size
      FROM delivery d JOIN message m ON m.key = d.message
     WHERE d.recipient = $1 AND d.arrived_modseq > $2 AND d.removed_modseq IS NULL
    UNION ALL
    SELECT d.changed_modseq, 'delivery', d.message, b.login, d.state, d.since, NULL, d.acknowledged_at, 0
      FROM delivery d JOIN mailbox b ON b.key = d.recipient
     WHERE d.recipient = $1 AND d.changed_modseq > $2 AND d.removed_modseq IS NULL
    UNION ALL
    SELECT d.removed_modseq, 'removed', d.message, NULL, d.state, d.since, d.removed_reason, NULL, 0
      FROM delivery d
     WHERE d.recipient = $1 AND d.removed_modseq > $2
    UNION ALL
    SELECT m.sent_modseq, 'sent', m.key, NULL, NULL, 0, NULL, NULL,
           octet_length(m.body) + octet_length(m.subject) + 10 * octet_length(m.written_to)
      FROM message m
     WHERE m.sender = $1 AND m.sent_modseq > $2 AND m.removed_modseq IS NULL
    UNION ALL
    SELECT d.told_modseq, 'delivery', d.message, b.login, d.state, d.since, NULL, d.acknowledged_at, 0
      FROM delivery d JOIN mailbox b ON b.key = d.recipient JOIN message m ON m.key = d.message
     WHERE d.sender = $1 AND d.told_modseq > $2 AND m.removed_modseq IS NULL
    UNION ALL
    SELECT m.removed_modseq, 'removed', m.key, NULL, NULL, 0, 'deleted', NULL, 0
      FROM message m
     WHERE m.sender = $1 AND m.removed_modseq > $2
    UNION ALL
    SELECT f.changed_modseq, 'draft', f.key, NULL, NULL, 0, NULL, NULL,
           octet_length(f.body) + octet_length(f.subject) + 10 * octet_length(f.written_to)
      FROM draft f
     WHERE f.mailbox = $1 AND f.changed_modseq > $2
    UNION ALL
    SELECT d.expiry_modseq, 'expiry', d.message, NULL, NULL, d.expires_at, NULL, m.warned_at, 0
      FROM delivery d JOIN message m ON m.key = d.message
     WHERE d.recipient = $1 AND d.expiry_modseq > $2 AND d.removed_modseq IS NULL
       AND d.state IN ('waiting', 'delivered')
    UNION ALL
    SELECT m.expiry_modseq, 'expiry', m.key, NULL, NULL, m.expires_at, NULL, m.warned_at, 0
      FROM message m
     WHERE m.sender = $1 AND m.expiry_modseq > $2 AND m.removed_modseq IS NULL AND NOT m.settled
    ORDER BY modseq LIMIT $3";

pub(in super::super) async fn changes(
    database: &Database,
    owner: &Owner,
    query: &ChangesQuery,
    now: Timestamp,
) -> Result<Checked, Fault> {
    let expired = expire::expire_in(database, owner, now).await?;
    let mut tx = database.read().await?;
    let place = Place::read(&mut tx, owner).await?;
    let next_expiry = match place.mailbox {
        Some(mailbox) => expire::next_expiry(&mut tx, mailbox.key).await?,
        None => None,
    };
    let reply = reply(&mut tx, &place, query, now).await?;
    Ok(Checked { reply, expired, next_expiry })
}

async fn reply(
    tx: &mut Tx,
    place: &Place,
    query: &ChangesQuery,
    now: Timestamp,
) -> Result<ChangesReply, Fault> {
    for (cursor, must_be_known) in [(&query.since, true), (&query.unless, false)] {
        let Some(cursor) = cursor else { continue };
        let known = place.knows(tx, cursor).await?;
        if !known && must_be_known {
            return Ok(ChangesReply::Reset);
        }
        // One of an earlier start is answered with the present one's, though nothing is new: where the database was
        // copied back meanwhile, it has forgotten what a device told it, and hears it again with the new cursor.
        if known && cursor.generation == place.generation && cursor.modseq == place.modseq() {
            return Ok(ChangesReply::UpToDate(place.cursor(cursor.modseq)));
        }
    }
    let since = query.since.as_ref().map_or(0, |cursor| cursor.modseq);
    page(tx, place, since, query, now).await.map(ChangesReply::Page)
}

async fn page(
    tx: &mut Tx,
    place: &Place,
    since: u64,
    query: &ChangesQuery,
    now: Timestamp,
) -> Result<Page, Fault> {
    let Some(mailbox) = place.mailbox else {
        return Ok(Page { cursor: place.cursor(0), more: false, unread: 0, changes: Vec::new() });
    };
    let max_changes = usize::try_from(query.max_changes).unwrap_or(usize::MAX);
    let rows = sql::query(STREAM)
        .bind(mailbox.key)
        .bind(signed(since))
        // One more, to know whether there is more.
        .bind(i64::from(query.max_changes) + 1)
        .fetch_all(tx)
        .await?;
    let steps = rows.iter().map(step).collect::<Result<Vec<_>, _>>()?;
    let mut size = 0_usize;
    let fitting = steps
        .iter()
        .take(max_changes)
        .enumerate()
        .take_while(|(index, step)| {
            size = size.saturating_add(step.size);
            *index == 0 || size <= query.max_bytes
        })
        .count();
    let more = fitting < steps.len();
    let keys: Vec<i64> =
        steps[..fitting].iter().filter(|step| step.whole()).map(|step| step.message).collect();
    let whole = message::messages(tx, &keys).await?;
    let ids = ids(tx, &steps[..fitting]).await?;
    let keys: Vec<i64> =
        steps[..fitting].iter().filter(|step| step.kind.draft()).map(|step| step.message).collect();
    let drafts = drafts::drafts(tx, &keys).await?;
    let mut changes = Vec::with_capacity(fitting);
    for step in &steps[..fitting] {
        changes.push(step.change(&whole, &ids, &drafts)?);
    }
    let last = if more { steps[..fitting].last().map_or(since, |step| step.modseq) } else { mailbox.modseq };
    Ok(Page { cursor: place.cursor(last), more, unread: unread(tx, mailbox.key, now).await?, changes })
}

async fn unread(tx: &mut Tx, mailbox: i64, now: Timestamp) -> Result<u64, Fault> {
    let count: i64 = sql::query_scalar(
        "SELECT count(*) FROM delivery WHERE recipient = $1 AND state IN ('waiting', 'delivered') \
         AND expires_at > $2 AND removed_modseq IS NULL",
    )
    .bind(mailbox)
    .bind(now.unix_ms())
    .fetch_one(tx)
    .await?;
    unsigned(count, "delivery", &mailbox)
}

/// One row of [`STREAM`].
struct Step {
    modseq: u64,
    message: i64,
    size: usize,
    kind: StepKind,
}

enum StepKind {
    Received(DeliveryState),
    Sent,
    Delivery { login: Login, state: DeliveryState, at: Timestamp, acknowledged_at: Option<Timestamp> },
    Expiry { expires_at: Timestamp, near: bool },
    Removed(RemovedReason),
    Draft,
}

impl StepKind {
    fn draft(&self) -> bool {
        matches!(self, Self::Draft)
    }
}

fn step(row: &Row) -> Result<Step, Fault> {
    let message: i64 = row.try_get("message")?;
    let kind: String = row.try_get("kind")?;
    let state = || message::delivery_state(&row.try_get::<String, _>("state")?, &message);
    let since = || Ok::<_, Fault>(Timestamp::from_unix_ms(row.try_get("since")?));
    let also = || Ok::<_, Fault>(row.try_get::<Option<i64>, _>("also")?.map(Timestamp::from_unix_ms));
    let kind = match kind.as_str() {
        "received" => StepKind::Received(state()?),
        "sent" => StepKind::Sent,
        "draft" => StepKind::Draft,
        "removed" => {
            let reason: String = row.try_get("reason")?;
            let unknown = || Fault::corrupt("delivery", &message, &format_args!("removed for {reason:?}"));
            StepKind::Removed(RemovedReason::from_name(&reason).ok_or_else(unknown)?)
        }
        "expiry" => StepKind::Expiry { expires_at: since()?, near: also()?.is_some() },
        // The only one left in STREAM.
        _ => StepKind::Delivery {
            login: stored(&row.try_get::<String, _>("login")?, "mailbox", &message)?,
            state: state()?,
            at: since()?,
            acknowledged_at: also()?,
        },
    };
    Ok(Step {
        modseq: unsigned(row.try_get("modseq")?, "delivery", &message)?,
        size: usize::try_from(row.try_get::<i64, _>("size")?).unwrap_or(usize::MAX),
        message,
        kind,
    })
}

impl Step {
    /// Whether the whole message goes out.
    fn whole(&self) -> bool {
        matches!(self.kind, StepKind::Received(_) | StepKind::Sent)
    }

    fn change(
        &self,
        whole: &HashMap<i64, Message>,
        ids: &HashMap<i64, MessageId>,
        drafts: &HashMap<i64, Draft>,
    ) -> Result<Change, Fault> {
        let gone = || Fault::corrupt("message", &self.message, &"is not there");
        let id = ids.get(&self.message).copied();
        Ok(match &self.kind {
            // Cloned, not taken: who writes to himself has it twice in one page.
            StepKind::Received(state) => {
                let message = whole.get(&self.message).cloned().ok_or_else(gone)?;
                Change::Message(Box::new(Message { direction: Direction::Received(*state), ..message }))
            }
            StepKind::Sent => Change::Message(Box::new(whole.get(&self.message).cloned().ok_or_else(gone)?)),
            StepKind::Delivery { login, state, at, acknowledged_at } => Change::Delivery {
                id: id.ok_or_else(gone)?,
                login: login.clone(),
                state: *state,
                at: *at,
                acknowledged_at: *acknowledged_at,
            },
            StepKind::Expiry { expires_at, near } => {
                Change::Expiry { id: id.ok_or_else(gone)?, expires_at: *expires_at, near: *near }
            }
            StepKind::Draft => Change::Draft(Box::new(
                drafts
                    .get(&self.message)
                    .cloned()
                    .ok_or_else(|| Fault::corrupt("draft", &self.message, &"is not there"))?,
            )),
            StepKind::Removed(reason) => Change::Removed { id: id.ok_or_else(gone)?, reason: *reason },
        })
    }
}

/// The ids of the messages in these steps.
async fn ids(tx: &mut Tx, steps: &[Step]) -> Result<HashMap<i64, MessageId>, Fault> {
    let keys: Vec<i64> =
        steps.iter().filter(|step| !step.whole() && !step.kind.draft()).map(|step| step.message).collect();
    let rows = sql::query("SELECT key, id FROM message WHERE key IN (SELECT value FROM json_each($1))")
        .bind(keys.as_slice())
        .fetch_all(tx)
        .await?;
    rows.iter()
        .map(|row| {
            let key = row.try_get("key")?;
            Ok((key, stored(&row.try_get::<String, _>("id")?, "message", &key)?))
        })
        .collect()
}
