//! What the folders show. Every count is a query, never a sum kept by hand.

use restante_local_api::{Direction, FolderOrder, Message, MessageRow, Recipient, RowState, SortBy};
use restante_model::{DeliveryState, Importance, MessageId, Person, Timestamp};
use rusqlite::{OptionalExtension, Row, params, params_from_iter, types::Value};

use super::{
    Cache, Place, Result, database, direction,
    sums::{Head, body_sum, check},
};
use crate::storage;

/// The columns that [`row`] reads. Of a sent message, "Not delivered" names those whose copy waits, or
/// expired before any device of theirs had it; the state is the least that any copy has reached.
pub(super) const ROW: &str = "SELECT m.id, m.direction, m.from_login, m.from_name, m.recipients, m.subject, m.importance,
       m.sent_at, m.state,
       (SELECT json_group_array(r.login ORDER BY r.position) FROM recipient r
         WHERE m.direction = 'sent' AND r.message_id = m.id
           AND (r.state = 'waiting' OR r.state = 'expired' AND r.delivered_at IS NULL)),
       (SELECT count(*) FROM recipient r WHERE m.direction = 'sent' AND r.message_id = m.id
         AND r.state IN ('waiting', 'delivered')),
       (SELECT count(*) FROM recipient r WHERE m.direction = 'sent' AND r.message_id = m.id AND r.state = 'waiting'),
       m.expires_at, m.head_sum, m.number, m.body, m.body_sum
  FROM message m";

/// Unread messages, as counted when so many rows had been written.
#[derive(Clone, Copy)]
pub(super) struct Counted {
    rows_written: u64,
    unread: u64,
    unread_high: u64,
}

/// All messages, as counted when so many rows had been written.
#[derive(Clone, Copy)]
pub(super) struct AllCounted {
    rows_written: u64,
    received: u64,
    sent: u64,
}

impl Cache {
    /// A page of a folder in this order, beginning behind the place where the page before ended.
    pub(crate) fn rows(
        &self,
        direction: Direction,
        order: FolderOrder,
        behind: &Place,
        limit: u32,
        unread: bool,
    ) -> Result<Vec<MessageRow>> {
        let sql = self.page_sql(direction, order, &beyond(order.sort, order.ascending), unread);
        self.rows_by(&sql, behind.values().chain([Value::Integer(limit.into()), Value::Integer(0)]))
    }

    /// The rows of a folder in this order from row `from` on, and how many there are in all. What stands before
    /// them is passed over in the index, from the nearer end: 50,000 entries at most of 100,000.
    pub(crate) fn rows_from(
        &self,
        direction: Direction,
        order: FolderOrder,
        from: u64,
        limit: u32,
        unread: bool,
    ) -> Result<(Vec<MessageRow>, u64)> {
        let count = self.rows_counted(direction, unread)?;
        let end = count.min(from.saturating_add(limit.into()));
        let Some(wanted) = end.checked_sub(from).filter(|wanted| *wanted > 0) else {
            return Ok((Vec::new(), count));
        };
        let from_the_end = from > count - end;
        let passed_over = if from_the_end { count - end } else { from };
        let order = FolderOrder { ascending: order.ascending != from_the_end, ..order };
        let numbers =
            [wanted, passed_over].map(|number| Value::Integer(i64::try_from(number).unwrap_or(i64::MAX)));
        let mut rows = self.rows_by(&self.page_sql(direction, order, "", unread), numbers)?;
        if from_the_end {
            rows.reverse();
        }
        Ok((rows, count))
    }

    fn page_sql(&self, direction: Direction, order: FolderOrder, behind: &str, unread: bool) -> String {
        page_sql(direction, order, behind, unread, self.index(direction, order.sort, unread))
    }

    fn rows_by(&self, sql: &str, values: impl IntoIterator<Item = Value>) -> Result<Vec<MessageRow>> {
        let mut query = self.connection.prepare_cached(sql).map_err(database)?;
        let rows = query.query_map(params_from_iter(values), row);
        rows.and_then(Iterator::collect).map_err(database)
    }

    /// How many rows stand before a message in this order, counted in its index; `None` where it is not among
    /// them.
    pub(crate) fn rows_before(
        &self,
        direction: Direction,
        order: FolderOrder,
        id: MessageId,
        unread: bool,
    ) -> Result<Option<u64>> {
        let among = among(direction, unread, self.index(direction, order.sort, unread));
        let found = self
            .connection
            .prepare_cached(&format!(
                "{ROW} WHERE m.id = ? AND m.direction = ? AND (m.state = 'delivered' OR NOT ?)"
            ))
            .and_then(|mut find| {
                find.query_row(params![id.to_string(), direction::name(direction), unread], row).optional()
            })
            .map_err(database)?;
        let Some(found) = found else { return Ok(None) };
        let before = beyond(order.sort, !order.ascending);
        let mut count = self
            .connection
            .prepare_cached(&format!("SELECT count(*) FROM message m {among} {before}"))
            .map_err(database)?;
        let place = Place::of(direction, order, &found);
        count.query_row(params_from_iter(place.values()), |row| row.get(0)).map(Some).map_err(database)
    }

    /// The index that has a folder's rows in this order. All but that of the time are made when they are first asked
    /// for, of 100,000 messages within half a second; `None` where there is no room for one.
    fn index(&self, direction: Direction, sort: SortBy, unread: bool) -> Option<&'static str> {
        let (name, columns) = match (sort, direction) {
            (SortBy::Time, Direction::Received) if unread => return Some("message_unread"),
            (SortBy::Time, Direction::Received) => return Some("message_received"),
            (SortBy::Time, Direction::Sent) => return Some("message_sent"),
            (SortBy::Who, _) => ("message_by_who", "who_key"),
            (SortBy::Subject, _) => ("message_by_subject", "subject_key"),
            (SortBy::Importance, _) => ("message_by_importance", "(importance = 'high')"),
        };
        if !self.sorted_by.borrow().contains(&sort) {
            // The state stands in it for "unread only".
            let sql = format!(
                "CREATE INDEX IF NOT EXISTS {name} ON message (direction, {columns}, sent_at, id, state)"
            );
            if let Err(error) = self.connection.execute(&sql, []) {
                tracing::warn!(%error, name, "messages are sorted without an index");
                return None;
            }
            self.sorted_by.borrow_mut().insert(sort);
        }
        Some(name)
    }

    /// One message, whole: as received where it was both sent and received.
    pub(crate) fn message(&self, id: MessageId) -> Result<Option<Message>> {
        let sql = format!("{ROW} WHERE m.id = ?1 ORDER BY m.direction LIMIT 1");
        let mut query = self.connection.prepare_cached(&sql).map_err(database)?;
        let mut rows = query.query([id.to_string()]).map_err(database)?;
        let Some(found) = rows.next().map_err(database)? else { return Ok(None) };
        let direction = direction::of(found).map_err(database)?;
        let recipients = match direction {
            Direction::Sent => self.recipients(id)?,
            Direction::Received => Vec::new(),
        };
        let body: String = found.get(15).map_err(database)?;
        check(found, 16, body_sum(&body)).map_err(database)?;
        let message = Message {
            row: row(found).map_err(database)?,
            direction,
            body,
            expires_at: Some(storage::timestamp(found, 12).map_err(database)?),
            version: None,
            recipients,
        };
        Ok(Some(message))
    }

    fn recipients(&self, id: MessageId) -> Result<Vec<Recipient>> {
        let mut query = self
            .connection
            .prepare_cached(
                "SELECT login, name, state, since, acknowledged_at FROM recipient WHERE message_id = ?1 ORDER BY position, login",
            )
            .map_err(database)?;
        let rows = query.query_map([id.to_string()], |row| {
            Ok(Recipient {
                person: Person { login: storage::parsed(row, 0)?, name: row.get(1)? },
                state: storage::named(row, 2, DeliveryState::from_name)?,
                since: storage::timestamp(row, 3)?,
                acknowledged_at: row.get::<_, Option<i64>>(4)?.map(Timestamp::from_unix_ms),
                not_delivered_because: None,
            })
        });
        rows.and_then(Iterator::collect).map_err(database)
    }

    /// Whether a message was sent from this mailbox.
    pub(crate) fn is_sent(&self, id: MessageId) -> Result<bool> {
        self.is_here(id, "SELECT 1 FROM message WHERE id = ?1 AND direction = 'sent'")
    }

    /// Whether a message came to this mailbox, unread or not.
    pub(crate) fn is_received(&self, id: MessageId) -> Result<bool> {
        self.is_here(id, "SELECT 1 FROM message WHERE id = ?1 AND direction = 'received'")
    }

    /// Whether a message is here, received or sent.
    pub(crate) fn has(&self, id: MessageId) -> Result<bool> {
        self.is_here(id, "SELECT 1 FROM message WHERE id = ?1")
    }

    /// Whether a message is here, received and unread.
    pub(crate) fn unread_message(&self, id: MessageId) -> Result<bool> {
        self.is_here(
            id,
            "SELECT 1 FROM message WHERE id = ?1 AND direction = 'received' AND state = 'delivered'",
        )
    }

    /// Whether a message was sent from here and one of its recipients has not read it.
    pub(crate) fn unread_by_others(&self, id: MessageId) -> Result<bool> {
        self.is_here(
            id,
            "SELECT 1 FROM recipient WHERE message_id = ?1 AND state IN ('waiting', 'delivered')",
        )
    }

    fn is_here(&self, id: MessageId, sql: &str) -> Result<bool> {
        self.connection
            .prepare_cached(sql)
            .and_then(|mut query| query.exists([id.to_string()]))
            .map_err(database)
    }

    /// Unread messages.
    pub(crate) fn unread(&self) -> Result<u64> {
        self.unread_counted().map(|counted| counted.unread)
    }

    /// Unread messages of high importance.
    pub(crate) fn unread_high(&self) -> Result<u64> {
        self.unread_counted().map(|counted| counted.unread_high)
    }

    /// Asked after every event; the query is repeated when a row was written since (1 ms with 100,000
    /// unread). Nobody else writes here: the agent is the only one on its folders.
    fn unread_counted(&self) -> Result<Counted> {
        let rows_written = self.connection.total_changes();
        if let Some(counted) = self.unread_counted.get().filter(|it| it.rows_written == rows_written) {
            return Ok(counted);
        }
        let (unread, unread_high) = self
            .connection
            .prepare_cached(
                "SELECT count(*), count(*) FILTER (WHERE importance = 'high')
                 FROM message INDEXED BY message_unread_count
                 WHERE direction = 'received' AND state = 'delivered'",
            )
            .and_then(|mut query| query.query_row([], |row| Ok((row.get(0)?, row.get(1)?))))
            .map_err(database)?;
        let counted = Counted { rows_written, unread, unread_high };
        self.unread_counted.set(Some(counted));
        Ok(counted)
    }

    /// Messages that came, or went.
    pub(crate) fn messages(&self, direction: Direction) -> Result<u64> {
        let rows_written = self.connection.total_changes();
        let counted = match self.all_counted.get().filter(|it| it.rows_written == rows_written) {
            Some(counted) => counted,
            None => AllCounted {
                rows_written,
                received: self.count(
                    "SELECT count(*) FROM message INDEXED BY message_received WHERE direction = 'received'",
                )?,
                sent: self
                    .count("SELECT count(*) FROM message INDEXED BY message_sent WHERE direction = 'sent'")?,
            },
        };
        self.all_counted.set(Some(counted));
        Ok(match direction {
            Direction::Received => counted.received,
            Direction::Sent => counted.sent,
        })
    }

    /// The rows of a folder, all of them or the unread ones.
    fn rows_counted(&self, direction: Direction, unread: bool) -> Result<u64> {
        match (direction, unread) {
            (_, false) => self.messages(direction),
            (Direction::Received, true) => self.unread(),
            (Direction::Sent, true) => self.count(&format!(
                "SELECT count(*) FROM message m {}",
                among(direction, true, self.index(direction, SortBy::Time, true))
            )),
        }
    }

    /// Whether something sent is not yet received by all (row S6).
    pub(crate) fn sent_open(&self) -> Result<bool> {
        self.count("SELECT count(*) FROM (SELECT 1 FROM recipient WHERE state = 'waiting' LIMIT 1)")
            .map(|count| count > 0)
    }

    fn count(&self, sql: &str) -> Result<u64> {
        self.connection
            .prepare_cached(sql)
            .and_then(|mut query| query.query_row([], |row| row.get(0)))
            .map_err(database)
    }
}

/// So many rows of a folder in this order, behind a place or not, when so many are passed over.
fn page_sql(
    direction: Direction,
    order: FolderOrder,
    behind: &str,
    unread: bool,
    index: Option<&str>,
) -> String {
    let way = if order.ascending { " ASC" } else { " DESC" };
    let sorted: Vec<String> = columns(order.sort).iter().map(|column| format!("{column}{way}")).collect();
    let among = among(direction, unread, index);
    format!("{ROW} {among} {behind} ORDER BY {} LIMIT ? OFFSET ?", sorted.join(", "))
}

/// The columns that a folder is sorted by.
fn columns(sort: SortBy) -> &'static [&'static str] {
    match sort {
        SortBy::Time => &["m.sent_at", "m.id"],
        SortBy::Who => &["m.who_key", "m.sent_at", "m.id"],
        SortBy::Subject => &["m.subject_key", "m.sent_at", "m.id"],
        SortBy::Importance => &["(m.importance = 'high')", "m.sent_at", "m.id"],
    }
}

/// What is greater than a place in this order, or smaller.
fn beyond(sort: SortBy, greater: bool) -> String {
    let columns = columns(sort);
    let places = vec!["?"; columns.len()].join(", ");
    format!("AND ({}) {} ({places})", columns.join(", "), if greater { ">" } else { "<" })
}

/// The rows of a folder, by the index that has them in this order: left to itself SQLite takes another one, and
/// sorts all messages for each page. The words stand in the statement, not beside it: only so the partial indexes
/// can be used.
fn among(direction: Direction, unread: bool, index: Option<&str>) -> String {
    let by = index.map(|index| format!("INDEXED BY {index}")).unwrap_or_default();
    let unread = if unread { " AND m.state = 'delivered'" } else { "" };
    format!("{by} WHERE m.direction = '{}'{unread}", direction::name(direction))
}

/// A row whose sum is right.
pub(super) fn row(row: &Row<'_>) -> rusqlite::Result<MessageRow> {
    check(row, 13, Head::read(row)?.sum())?;
    let own = storage::named(row, 8, DeliveryState::from_name)?;
    let not_delivered: Vec<String> = storage::json(row, 9)?;
    let (open, waiting): (u64, u64) = (row.get(10)?, row.get(11)?);
    let (state, bold) = match direction::of(row)? {
        Direction::Received => (RowState::from(own), own == DeliveryState::Delivered),
        Direction::Sent if waiting > 0 => (RowState::Waiting, true),
        Direction::Sent if open > 0 => (RowState::Delivered, true),
        Direction::Sent if !not_delivered.is_empty() => (RowState::Expired, false),
        Direction::Sent => (RowState::Read, false),
    };
    Ok(MessageRow {
        id: storage::message_id(row, 0)?,
        from: Person { login: storage::parsed(row, 2)?, name: row.get(3)? },
        to: storage::json(row, 4)?,
        subject: row.get(5)?,
        importance: storage::named(row, 6, Importance::from_name)?,
        sent_at: storage::timestamp(row, 7)?,
        state,
        bold,
        not_delivered,
        refused: None,
        on_its_way: None,
    })
}

#[cfg(test)]
mod tests;
