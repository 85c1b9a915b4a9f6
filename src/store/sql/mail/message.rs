//! Whole messages, with their sums checked, and their removal.

use std::{
    collections::{HashMap, HashSet},
    fmt::Display,
};

use restante_model::{DeliveryState, Letter, Login, MessageId, Person, Timestamp};

use super::{
    Database, Fault, Numbers, Place, Row, Tx, expire,
    fixed::{FIXED, Fixed},
    letter::{checked, read},
    lock_mailboxes, lock_messages, stored,
    texts::forget_texts,
};
use crate::{Copy, Direction, Message, Owner, RemovedReason, Touched, sql};

pub(in super::super) async fn message(
    database: &Database,
    owner: &Owner,
    id: MessageId,
    now: Timestamp,
) -> Result<Option<Message>, Fault> {
    expire::expire_in(database, owner, now).await?;
    let mut tx = database.read().await?;
    let Some(mailbox) = Place::read(&mut tx, owner).await?.mailbox else { return Ok(None) };
    let Some(Shown { key, sent, state }) = shown(&mut tx, owner, mailbox.key, id).await? else {
        return Ok(None);
    };
    let direction = match state {
        Some(state) => Direction::Received(state),
        None if sent => Direction::Sent,
        None => return Ok(None),
    };
    Ok(messages(&mut tx, &[key]).await?.remove(&key).map(|message| Message { direction, ..message }))
}

/// A message and what its mailbox shows of it.
struct Shown {
    key: i64,
    /// Whether it is there as sent.
    sent: bool,
    /// Of the copy that is there as received.
    state: Option<DeliveryState>,
}

/// Looks a message of the organisation up, whether or not this mailbox shows it.
async fn shown(tx: &mut Tx, owner: &Owner, mailbox: i64, id: MessageId) -> Result<Option<Shown>, Fault> {
    let row = sql::query(
        "SELECT m.key, m.sender = $3 AND m.removed_modseq IS NULL AS sent, d.state \
         FROM message m \
         LEFT JOIN delivery d ON d.message = m.key AND d.recipient = $3 AND d.removed_modseq IS NULL \
         WHERE m.organisation = $1 AND m.id = $2",
    )
    .bind(owner.organisation.as_str())
    .bind(id.to_string())
    .bind(mailbox)
    .fetch_optional(tx)
    .await?;
    row.map(|row| {
        let state: Option<String> = row.try_get("state")?;
        let state = state.map(|state| delivery_state(&state, &id)).transpose()?;
        Ok(Shown { key: row.try_get("key")?, sent: row.try_get("sent")?, state })
    })
    .transpose()
}

/// The messages with these keys, as sent; whoever got one sets its direction.
pub(super) async fn messages(tx: &mut Tx, keys: &[i64]) -> Result<HashMap<i64, Message>, Fault> {
    let mut copies = copies(tx, keys).await?;
    let query = format!(
        "SELECT m.key, {FIXED}, b.login, b.name, m.written_to, m.subject, m.body, m.importance, m.text_removed_at \
         FROM message m JOIN mailbox b ON b.key = m.sender WHERE m.key IN (SELECT value FROM json_each($1))"
    );
    let rows = sql::query(sqlx::AssertSqlSafe(query)).bind(keys).fetch_all(tx).await?;
    rows.into_iter()
        .map(|row| {
            let key = row.try_get("key")?;
            let copies = copies.remove(&key).unwrap_or_default();
            Ok((key, whole(&row, copies)?))
        })
        .collect()
}

fn whole(row: &Row, copies: Vec<Copy>) -> Result<Message, Fault> {
    let fixed = Fixed::from_row(row)?;
    let corrupt = |what: &str| Fault::corrupt("message", &fixed.id, &what);
    let text_removed_at: Option<i64> = row.try_get("text_removed_at")?;
    let letter = match text_removed_at {
        None => {
            let letter = checked(row, corrupt)?;
            if !for_whom_it_was_written(&letter, &copies) {
                let what = "its copies are not for whom it was written";
                return Err(Fault::corrupt("delivery", &fixed.id, &what));
            }
            letter
        }
        Some(_) => read(row, &corrupt)?,
    };
    Ok(Message {
        id: fixed.id,
        from: person(row, "mailbox", &fixed.sender)?,
        subject: letter.subject,
        body: letter.body,
        importance: letter.importance,
        accepted_at: fixed.accepted_at,
        expires_at: fixed.expires_at,
        text_removed_at: text_removed_at.map(Timestamp::from_unix_ms),
        copies,
        direction: Direction::Sent,
    })
}

/// Each recipient once, in the order written. No sum is kept of a copy's row, which changes.
fn for_whom_it_was_written(letter: &Letter, copies: &[Copy]) -> bool {
    let mut taken = HashSet::new();
    let written = letter.to.iter().filter_map(|to| to.parse::<Login>().ok());
    let once = written.filter(|login| taken.insert(login.clone()));
    once.eq(copies.iter().map(|copy| copy.person.login.clone()))
}

/// The copies of the messages with these keys, in the order written.
pub(super) async fn copies(tx: &mut Tx, keys: &[i64]) -> Result<HashMap<i64, Vec<Copy>>, Fault> {
    let rows = sql::query(
        "SELECT d.message, b.login, b.name, d.state, d.since, d.delivered_at, d.acknowledged_at \
         FROM delivery d JOIN mailbox b ON b.key = d.recipient \
         WHERE d.message IN (SELECT value FROM json_each($1)) ORDER BY d.message, d.position",
    )
    .bind(keys)
    .fetch_all(tx)
    .await?;
    let mut all: HashMap<i64, Vec<Copy>> = HashMap::new();
    for row in rows {
        let key: i64 = row.try_get("message")?;
        let copy = Copy {
            person: person(&row, "mailbox", &key)?,
            state: delivery_state(&row.try_get::<String, _>("state")?, &key)?,
            since: Timestamp::from_unix_ms(row.try_get("since")?),
            delivered_at: row.try_get::<Option<i64>, _>("delivered_at")?.map(Timestamp::from_unix_ms),
            acknowledged_at: row.try_get::<Option<i64>, _>("acknowledged_at")?.map(Timestamp::from_unix_ms),
        };
        all.entry(key).or_default().push(copy);
    }
    Ok(all)
}

fn person(row: &Row, table: &'static str, address: &dyn Display) -> Result<Person, Fault> {
    let login: String = row.try_get("login")?;
    Ok(Person { login: stored(&login, table, address)?, name: row.try_get("name")? })
}

pub(super) fn delivery_state(name: &str, row: &dyn Display) -> Result<DeliveryState, Fault> {
    DeliveryState::from_name(name)
        .ok_or_else(|| Fault::corrupt("delivery", row, &format_args!("state {name:?} is unknown")))
}

pub(in super::super) async fn delete_message(
    database: &Database,
    owner: &Owner,
    id: MessageId,
    now: Timestamp,
) -> Result<Option<Touched>, Fault> {
    expire::expire_in(database, owner, now).await?;
    let mut tx = database.write_mail().await?;
    let Some(mailbox) = Place::read(&mut tx, owner).await?.mailbox else { return Ok(None) };
    lock_mailboxes(&mut tx, &[mailbox.key]).await?;
    let Some(Shown { key, sent, state }) = shown(&mut tx, owner, mailbox.key, id).await? else {
        return Ok(None);
    };
    let received = state.is_some();
    if !sent && !received {
        return Ok(None);
    }
    let steps = i64::from(sent) + i64::from(received);
    let mut numbers = Numbers::take(&mut tx, &[(mailbox.key, steps)].into()).await?;
    if received {
        sql::query(
            "UPDATE delivery SET removed_modseq = $3, removed_reason = $4 WHERE message = $1 AND recipient = $2",
        )
        .bind(key)
        .bind(mailbox.key)
        .bind(numbers.next(mailbox.key)?)
        .bind(RemovedReason::Deleted.as_str())
        .execute(&mut tx)
        .await?;
    }
    if sent {
        sql::query("UPDATE message SET removed_modseq = $2 WHERE key = $1")
            .bind(key)
            .bind(numbers.next(mailbox.key)?)
            .execute(&mut tx)
            .await?;
    }
    lock_messages(&mut tx, &[key]).await?;
    forget_texts(&mut tx, &[key], now).await?;
    tx.commit().await?;
    Ok(numbers.touched.pop())
}
