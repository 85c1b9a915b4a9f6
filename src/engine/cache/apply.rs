//! Takes what the server told into the cache, a page and its cursor in one commit.

use std::collections::BTreeSet;

use restante_model::{DeliveryState, Login, MessageId, Timestamp};
use restante_server_api::{Change, ChangesPage, Direction, Message, Recipient, RemovedReason};
use rusqlite::{OptionalExtension, Transaction, params};

use super::{
    Cache, Result, database,
    folders::ROW,
    search::{keep_stems, stems_of},
    sort_keys::{sort_key, who_key},
    stems::Stemming,
    sums::{Head, body_sum, check},
};
use crate::storage;

/// What a page did to the cache.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Applied {
    /// Received messages that were not here before and are unread.
    pub(crate) new: Vec<MessageId>,
    /// Messages that are no longer unread.
    pub(crate) no_longer_unread: Vec<MessageId>,
}

/// What the person did here that the server does not say, or not yet.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct DoneHere {
    /// Opened; the server has yet to hear of it.
    pub(crate) opened: BTreeSet<MessageId>,
    /// Removed from the mailbox; the server has yet to hear of it.
    pub(crate) deleted: BTreeSet<MessageId>,
    /// Opened, and counting as unread on this device all the same.
    pub(crate) kept_unread: BTreeSet<MessageId>,
}

impl Cache {
    /// Takes a page: its rows and its cursor in one commit. `own` is the mailbox's user.
    pub(crate) fn apply(&mut self, page: &ChangesPage, own: &Login, done_here: &DoneHere) -> Result<Applied> {
        // Taken out for the while: after a failure nothing that it counts as written is.
        let mut stemming = std::mem::take(&mut self.stemming);
        let transaction = self.connection.transaction().map_err(database)?;
        let mut applied = Applied::default();
        for change in &page.changes {
            apply_one(&transaction, change, own, done_here, &mut stemming, &mut applied).map_err(database)?;
        }
        keep_stems(&transaction, &mut stemming).map_err(database)?;
        transaction.execute("UPDATE place SET cursor = ?1", [page.cursor.to_string()]).map_err(database)?;
        transaction.commit().map_err(database)?;
        // The next page has the same words and goes to the same places of every index; an agent at rest keeps
        // none of them.
        if page.more {
            self.stemming = stemming;
        }
        self.hold_pages(page.more)?;
        Ok(applied)
    }

    /// A letter of the outbox was accepted: it is a sent message from now on.
    pub(crate) fn add_sent(&mut self, message: &Message) -> Result<()> {
        let transaction = self.connection.transaction().map_err(database)?;
        let mut stemming = Stemming::default();
        put(&transaction, message, DeliveryState::Read, &mut stemming).map_err(database)?;
        keep_stems(&transaction, &mut stemming).map_err(database)?;
        transaction.commit().map_err(database)
    }

    /// The server told anew what became of a sent message's copies.
    pub(crate) fn take_recipients(&mut self, id: MessageId, recipients: &[Recipient]) -> Result<()> {
        let transaction = self.connection.transaction().map_err(database)?;
        for (position, recipient) in recipients.iter().enumerate() {
            put_recipient(&transaction, id, recipient, position).map_err(database)?;
        }
        transaction.commit().map_err(database)
    }

    /// The person wants a message to count as unread: `true` where it was read.
    pub(crate) fn mark_unread(&mut self, id: MessageId) -> Result<bool> {
        self.connection
            .execute(
                "UPDATE message SET state = 'delivered'
                 WHERE id = ?1 AND direction = 'received' AND state = 'read'",
                [id.to_string()],
            )
            .map(|rows| rows > 0)
            .map_err(database)
    }

    /// The person removed a message, as received and as sent.
    pub(crate) fn delete(&mut self, id: MessageId) -> Result<()> {
        let transaction = self.connection.transaction().map_err(database)?;
        remove(&transaction, id).map_err(database)?;
        transaction.commit().map_err(database)
    }

    /// The person opened a message: `true` where it was unread.
    pub(crate) fn mark_read(&mut self, id: MessageId) -> Result<bool> {
        self.connection
            .execute(
                "UPDATE message SET state = 'read'
                 WHERE id = ?1 AND direction = 'received' AND state = 'delivered'",
                [id.to_string()],
            )
            .map(|rows| rows > 0)
            .map_err(database)
    }
}

fn apply_one(
    transaction: &Transaction<'_>,
    change: &Change,
    own: &Login,
    done_here: &DoneHere,
    stemming: &mut Stemming,
    applied: &mut Applied,
) -> rusqlite::Result<()> {
    match change {
        Change::Message { message, .. } if done_here.deleted.contains(&message.id) => Ok(()),
        Change::Message { message, .. } => match &message.direction {
            Direction::Sent { .. } => put(transaction, message, DeliveryState::Read, stemming),
            Direction::Received { state } => {
                let (opened, kept_unread) =
                    (done_here.opened.contains(&message.id), done_here.kept_unread.contains(&message.id));
                let told = match state {
                    DeliveryState::Read if kept_unread => DeliveryState::Delivered,
                    DeliveryState::Waiting | DeliveryState::Delivered if opened && !kept_unread => {
                        DeliveryState::Read
                    }
                    // What waits at the post office is here now.
                    DeliveryState::Waiting => DeliveryState::Delivered,
                    state => *state,
                };
                match received_state(transaction, message.id)? {
                    None => {
                        put(transaction, message, told, stemming)?;
                        if told == DeliveryState::Delivered && !kept_unread {
                            applied.new.push(message.id);
                        }
                        Ok(())
                    }
                    Some(known) => step(transaction, message.id, known, told, applied),
                }
            }
        },
        Change::Delivery { message_id, user, state, at, acknowledged_at } => {
            let read_elsewhere = *state == DeliveryState::Read;
            if user == own
                && !(read_elsewhere && done_here.kept_unread.contains(message_id))
                && let Some(known) = received_state(transaction, *message_id)?
            {
                step(transaction, *message_id, known, *state, applied)?;
            }
            delivery(transaction, *message_id, user, *state, *at)?;
            acknowledged(transaction, *message_id, user, *acknowledged_at)
        }
        Change::Expiry { message_id, expires_at, .. } => expiry(transaction, *message_id, *expires_at),
        // The ledger has the drafts.
        Change::Draft { .. } | Change::DraftRemoved { .. } => Ok(()),
        Change::Removed { message_id, reason } => {
            let known = received_state(transaction, *message_id)?;
            match (reason, known) {
                // A copy already fetched stays readable and says so (row S5).
                (RemovedReason::Expired, Some(known)) => {
                    step(transaction, *message_id, known, DeliveryState::Expired, applied)
                }
                // Unread, it vanishes (row B20); who has read it here keeps it.
                (RemovedReason::Retracted, Some(DeliveryState::Delivered)) => {
                    applied.no_longer_unread.push(*message_id);
                    remove_received(transaction, *message_id)
                }
                (RemovedReason::Retracted, Some(_) | None) | (RemovedReason::Expired, None) => Ok(()),
                (RemovedReason::Deleted, known) => {
                    if known == Some(DeliveryState::Delivered) {
                        applied.no_longer_unread.push(*message_id);
                    }
                    remove(transaction, *message_id)
                }
            }
        }
    }
}

/// Takes a message away that came, with its stems; what one wrote to oneself stays as sent.
fn remove_received(transaction: &Transaction<'_>, id: MessageId) -> rusqlite::Result<()> {
    let id = id.to_string();
    for sql in [
        "DELETE FROM message_stems
         WHERE rowid IN (SELECT number FROM message WHERE id = ?1 AND direction = 'received')",
        "DELETE FROM message WHERE id = ?1 AND direction = 'received'",
    ] {
        transaction.prepare_cached(sql)?.execute([&id])?;
    }
    Ok(())
}

/// Takes a message away, with its stems and its recipients.
fn remove(transaction: &Transaction<'_>, id: MessageId) -> rusqlite::Result<()> {
    let id = id.to_string();
    for sql in [
        "DELETE FROM message_stems WHERE rowid IN (SELECT number FROM message WHERE id = ?1)",
        "DELETE FROM message WHERE id = ?1",
        "DELETE FROM recipient WHERE message_id = ?1",
    ] {
        transaction.prepare_cached(sql)?.execute([&id])?;
    }
    Ok(())
}

fn received_state(transaction: &Transaction<'_>, id: MessageId) -> rusqlite::Result<Option<DeliveryState>> {
    transaction
        .prepare_cached("SELECT state FROM message WHERE id = ?1 AND direction = 'received'")?
        .query_row([id.to_string()], |row| storage::named(row, 0, DeliveryState::from_name))
        .optional()
}

/// Moves a received message on, never back.
fn step(
    transaction: &Transaction<'_>,
    id: MessageId,
    known: DeliveryState,
    told: DeliveryState,
    applied: &mut Applied,
) -> rusqlite::Result<()> {
    if !known.may_become(told) {
        return Ok(());
    }
    if known == DeliveryState::Delivered {
        applied.no_longer_unread.push(id);
    }
    transaction
        .prepare_cached("UPDATE message SET state = ?2 WHERE id = ?1 AND direction = 'received'")?
        .execute(params![id.to_string(), told.as_str()])
        .map(drop)
}

fn delivery(
    transaction: &Transaction<'_>,
    id: MessageId,
    user: &Login,
    told: DeliveryState,
    at: Timestamp,
) -> rusqlite::Result<()> {
    let known = transaction
        .prepare_cached("SELECT state FROM recipient WHERE message_id = ?1 AND login = ?2")?
        .query_row(params![id.to_string(), user.as_str()], |row| {
            storage::named(row, 0, DeliveryState::from_name)
        })
        .optional()?;
    if !known.is_some_and(|known| known.may_become(told)) {
        return Ok(());
    }
    let delivered = matches!(told, DeliveryState::Delivered | DeliveryState::Read);
    transaction
        .prepare_cached(
            "UPDATE recipient SET state = ?3, since = ?4,
                 delivered_at = CASE WHEN ?5 THEN coalesce(delivered_at, ?4) ELSE delivered_at END
             WHERE message_id = ?1 AND login = ?2",
        )?
        .execute(params![id.to_string(), user.as_str(), told.as_str(), at.unix_ms(), delivered])
        .map(drop)
}

fn acknowledged(
    transaction: &Transaction<'_>,
    id: MessageId,
    user: &Login,
    at: Option<Timestamp>,
) -> rusqlite::Result<()> {
    let Some(at) = at else { return Ok(()) };
    transaction
        .prepare_cached(
            "UPDATE recipient SET acknowledged_at = coalesce(acknowledged_at, ?3)
             WHERE message_id = ?1 AND login = ?2",
        )?
        .execute(params![id.to_string(), user.as_str(), at.unix_ms()])
        .map(drop)
}

/// A message expires at another time than was said.
fn expiry(transaction: &Transaction<'_>, id: MessageId, at: Timestamp) -> rusqlite::Result<()> {
    let mut heads: Vec<Head> = transaction
        .prepare_cached(&format!("{ROW} WHERE m.id = ?1"))?
        .query_map([id.to_string()], |row| {
            let head = Head::read(row)?;
            check(row, 13, head.sum())?;
            Ok(head)
        })?
        .collect::<rusqlite::Result<_>>()?;
    for head in &mut heads {
        head.expires_at = at.unix_ms();
        transaction
            .prepare_cached(
                "UPDATE message SET expires_at = ?3, head_sum = ?4 WHERE id = ?1 AND direction = ?2",
            )?
            .execute(params![head.id, head.direction, head.expires_at, head.sum()])?;
    }
    Ok(())
}

/// Puts a message in that is not here yet, with its sums and its stems.
fn put(
    transaction: &Transaction<'_>,
    message: &Message,
    state: DeliveryState,
    stemming: &mut Stemming,
) -> rusqlite::Result<()> {
    let head = Head::of(message);
    let direction = match message.direction {
        Direction::Received { .. } => restante_local_api::Direction::Received,
        Direction::Sent { .. } => restante_local_api::Direction::Sent,
    };
    let inserted = transaction
        .prepare_cached(
            "INSERT INTO message (id, direction, from_login, from_name, recipients, subject, importance,
                 sent_at, expires_at, state, head_sum, body_sum, body, who_key, subject_key)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15)
             ON CONFLICT (id, direction) DO NOTHING",
        )?
        .execute(params![
            head.id,
            head.direction,
            head.from_login,
            head.from_name,
            head.recipients,
            head.subject,
            head.importance,
            head.sent_at,
            head.expires_at,
            state.as_str(),
            head.sum(),
            body_sum(&message.body),
            message.body,
            who_key(direction, &message.from, &message.to),
            sort_key(&message.subject)
        ])?;
    if inserted > 0 {
        let number = transaction.last_insert_rowid();
        transaction
            .prepare_cached("INSERT INTO message_stems (rowid, stems) VALUES (?1, ?2)")?
            .execute(params![number, stems_of(stemming, message)])?;
    }
    let Direction::Sent { recipients } = &message.direction else { return Ok(()) };
    for (position, recipient) in recipients.iter().enumerate() {
        put_recipient(transaction, message.id, recipient, position)?;
    }
    Ok(())
}

fn put_recipient(
    transaction: &Transaction<'_>,
    id: MessageId,
    recipient: &Recipient,
    position: usize,
) -> rusqlite::Result<()> {
    let inserted = transaction
        .prepare_cached(
            "INSERT INTO recipient (message_id, login, name, state, since, delivered_at, position,
                 acknowledged_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (message_id, login) DO NOTHING",
        )?
        .execute(params![
            id.to_string(),
            recipient.person.login.as_str(),
            recipient.person.name,
            recipient.state.as_str(),
            recipient.since.unix_ms(),
            recipient.delivered_at.map(Timestamp::unix_ms),
            i64::try_from(position).unwrap_or(i64::MAX),
            recipient.acknowledged_at.map(Timestamp::unix_ms)
        ])?;
    if inserted == 0 {
        delivery(transaction, id, &recipient.person.login, recipient.state, recipient.since)?;
        return acknowledged(transaction, id, &recipient.person.login, recipient.acknowledged_at);
    }
    Ok(())
}
