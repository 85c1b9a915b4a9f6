//! The ledger of what happened to each recipient's copy: added to here, read here, changed nowhere.

use restante_model::{LedgerEvent, MessageId, Person, Timestamp};

use super::{Database, Fault, Place, Row, Tx, json, stored};
use crate::{
    Device, LedgerEntry, LedgerLine, LedgerPage, LedgerQuery, Owner,
    sql::{self, Insert, Values},
};

/// Adds an entry for each of these copies (message, recipient).
pub(super) async fn note(
    tx: &mut Tx,
    copies: &[(i64, i64)],
    event: LedgerEvent,
    at: Timestamp,
    device: Option<&Device>,
) -> Result<(), Fault> {
    if copies.is_empty() {
        return Ok(());
    }
    sql::query(
        "INSERT INTO ledger (message, recipient, event, at, device_id, device_name) \
         SELECT CAST(value ->> 0 AS BIGINT), CAST(value ->> 1 AS BIGINT), $2, $3, $4, $5 FROM json_each($1) WHERE true ON CONFLICT DO NOTHING",
    )
    .bind(json(&copies)?)
    .bind(event.as_str())
    .bind(at.unix_ms())
    .bind(device.map(|device| device.id.as_str()))
    .bind(device.map(|device| device.name.as_str()))
    .execute(tx)
    .await?;
    Ok(())
}

/// Adds that messages were accepted, for each copy of them: its message and its recipient stand in one place of the two.
pub(super) async fn note_accepted(
    tx: &mut Tx,
    [mut messages, recipients]: [Vec<i64>; 2],
    at: Timestamp,
) -> Result<(), Fault> {
    if !tx.others_write() {
        // SQLite reads them faster where they have just been written than it is told them; PostgreSQL would have to
        // guess how to find them.
        messages.dedup();
        sql::query(
            "INSERT INTO ledger (message, recipient, event, at) \
             SELECT message, recipient, $2, $3 FROM delivery WHERE message IN (SELECT value FROM json_each($1)) \
             ORDER BY message, position",
        )
        .bind(messages.as_slice())
        .bind(LedgerEvent::Accepted.as_str())
        .bind(at.unix_ms())
        .execute(tx)
        .await?;
        return Ok(());
    }
    let insert = Insert {
        head: "INSERT INTO ledger (event, at, message, recipient)",
        same: vec![LedgerEvent::Accepted.as_str().into(), at.unix_ms().into()],
        own: vec![Values::Numbers(messages), Values::Numbers(recipients)],
        tail: "",
    };
    insert.run(tx).await?;
    Ok(())
}

/// A device of the owner showed alerts for these.
pub(in super::super) async fn mark_alerted(
    database: &Database,
    owner: &Owner,
    device: &Device,
    ids: &[MessageId],
    now: Timestamp,
) -> Result<(), Fault> {
    let mut tx = database.write_mail().await?;
    let Some(mailbox) = Place::read(&mut tx, owner).await?.mailbox else { return Ok(()) };
    let messages: Vec<i64> = sql::query_scalar(
        "SELECT m.key FROM message m JOIN delivery d ON d.message = m.key AND d.recipient = $1 \
         WHERE m.organisation = $2 AND m.id IN (SELECT value FROM json_each($3)) ORDER BY d.arrived_modseq",
    )
    .bind(mailbox.key)
    .bind(owner.organisation.as_str())
    .bind(ids.iter().map(ToString::to_string).collect::<Vec<_>>())
    .fetch_all(&mut tx)
    .await?;
    let copies: Vec<_> = messages.into_iter().map(|message| (message, mailbox.key)).collect();
    note(&mut tx, &copies, LedgerEvent::Alerted, now, Some(device)).await?;
    Ok(tx.commit().await?)
}

/// What happened to a message that the owner wrote, recipient by recipient; `None` where he wrote none
/// of this id.
pub(in super::super) async fn ledger(
    database: &Database,
    owner: &Owner,
    id: MessageId,
) -> Result<Option<Vec<LedgerEntry>>, Fault> {
    let mut tx = database.read().await?;
    let Some(mailbox) = Place::read(&mut tx, owner).await?.mailbox else { return Ok(None) };
    let rows = sql::query(
        "SELECT b.login, b.name, l.event, l.at, l.device_name \
         FROM message m JOIN ledger l ON l.message = m.key \
         JOIN delivery d ON d.message = l.message AND d.recipient = l.recipient \
         JOIN mailbox b ON b.key = l.recipient \
         WHERE m.organisation = $1 AND m.id = $2 AND m.sender = $3 ORDER BY d.position, l.number",
    )
    .bind(owner.organisation.as_str())
    .bind(id.to_string())
    .bind(mailbox.key)
    .fetch_all(&mut tx)
    .await?;
    // A message has a recipient at least, so that it has entries.
    if rows.is_empty() {
        return Ok(None);
    }
    rows.iter().map(|row| entry(row, &id)).collect::<Result<_, _>>().map(Some)
}

/// The next entries of an organisation's ledger, oldest first.
pub(in super::super) async fn ledger_page(
    database: &Database,
    query: &LedgerQuery,
) -> Result<LedgerPage, Fault> {
    let mut tx = database.write_mail().await?;
    if tx.others_write() {
        // Whoever took a number has ended by then: none that is lower comes after the page.
        tx.run("LOCK TABLE ledger IN SHARE MODE").await?;
    }
    let rows = sql::query(
        "SELECT l.number, m.id, s.login AS sender_login, s.name AS sender_name, m.importance, \
         b.login, b.name, l.event, l.at, l.device_name \
         FROM ledger l JOIN message m ON m.key = l.message \
         JOIN mailbox s ON s.key = m.sender JOIN mailbox b ON b.key = l.recipient \
         WHERE m.organisation = $1 AND l.number > $2 AND l.at >= $3 AND l.at < $4 \
         ORDER BY l.number LIMIT $5",
    )
    .bind(query.organisation.as_str())
    .bind(query.after)
    .bind(query.from.map_or(i64::MIN, Timestamp::unix_ms))
    .bind(query.to.map_or(i64::MAX, Timestamp::unix_ms))
    .bind(i64::from(query.max_lines))
    .fetch_all(&mut tx)
    .await?;
    let after = rows.last().map_or(Ok(query.after), |row| row.try_get("number"))?;
    let lines = rows.iter().map(line).collect::<Result<Vec<_>, Fault>>()?;
    Ok(LedgerPage { after, lines })
}

fn line(row: &Row) -> Result<LedgerLine, Fault> {
    let id: String = row.try_get("id")?;
    let id: MessageId = stored(&id, "message", &id)?;
    let importance: String = row.try_get("importance")?;
    let unknown = || Fault::corrupt("message", &id, &"its importance is unknown");
    let sender: String = row.try_get("sender_login")?;
    Ok(LedgerLine {
        id,
        sender: Person { login: stored(&sender, "mailbox", &id)?, name: row.try_get("sender_name")? },
        importance: restante_model::Importance::from_name(&importance).ok_or_else(unknown)?,
        entry: entry(row, &id)?,
    })
}

fn entry(row: &Row, id: &MessageId) -> Result<LedgerEntry, Fault> {
    let event: String = row.try_get("event")?;
    let unknown = || Fault::corrupt("ledger", id, &format_args!("event {event:?} is unknown"));
    let login: String = row.try_get("login")?;
    Ok(LedgerEntry {
        recipient: Person { login: stored(&login, "mailbox", id)?, name: row.try_get("name")? },
        event: LedgerEvent::from_name(&event).ok_or_else(unknown)?,
        at: Timestamp::from_unix_ms(row.try_get("at")?),
        device: row.try_get("device_name")?,
    })
}
