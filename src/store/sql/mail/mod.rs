//! A post office: its identity, its mailboxes, and what happens to mail in them.

mod acknowledge;
mod changes;
mod copies;
mod deliver;
mod drafts;
mod expire;
mod fixed;
mod forget;
mod ledger;
mod letter;
mod lifetime;
mod message;
mod retract;
mod texts;
mod whole;

use std::collections::HashMap;

use restante_model::{Cursor, Timestamp};

use super::{Database, Fault, Query, Row, Tx, json, signed, stored, unsigned};
use crate::{News, OfficeTerms, Owner, Touched, sql};

pub(crate) use self::whole::{Rows, renew_epoch};
pub(super) use self::{
    acknowledge::acknowledge,
    changes::changes,
    copies::{mark_delivered, mark_read},
    deliver::{Delivery, Post},
    drafts::{Save, throw_draft},
    ledger::{ledger, ledger_page, mark_alerted},
    lifetime::redate,
    message::{delete_message, message},
    retract::retract,
    whole::check_rows,
};

/// Makes a new post office in its fresh tables: an epoch and the first generation.
pub(super) async fn found(tx: &mut Tx, now: Timestamp) -> Result<(), Fault> {
    sql::query("INSERT INTO post_office (only_row, epoch) VALUES (1, $1)")
        .bind(random_id())
        .execute(tx)
        .await?;
    insert_generation(tx, now).await
}

/// Writes a start of a server into the post office.
pub(super) async fn begin_generation(database: &Database, now: Timestamp) -> Result<(), Fault> {
    // Every server hears of it: cursors of before are answered otherwise from now on. The other way to write is
    // closed where the database has changed to another timeline.
    let mut tx = database.write_alone().await?;
    insert_generation(&mut tx, now).await?;
    Ok(tx.commit().await?)
}

async fn insert_generation(tx: &mut Tx, now: Timestamp) -> Result<(), Fault> {
    sql::query("INSERT INTO generation (id, started_at) VALUES ($1, $2)")
        .bind(random_id())
        .bind(now.unix_ms())
        .execute(tx)
        .await?;
    Ok(())
}

/// What time asks of a post office: see [`crate::Store::expire`].
pub(super) async fn keep(
    database: &Database,
    terms: &OfficeTerms,
    now: Timestamp,
) -> Result<Vec<Touched>, Fault> {
    let mut touched = expire::expire_all(database, now).await?;
    touched.extend(lifetime::follow(database, terms.message_lifetime, now).await?);
    touched.extend(lifetime::warn(database, terms.expiry_warning, now).await?);
    forget::forget(database, terms.ledger_retention, now).await?;
    Ok(touched)
}

/// 64 bits: two of them meet once in four thousand million starts.
fn random_id() -> String {
    format!("{:016x}", rand::random::<u64>())
}

/// A mailbox's row.
#[derive(Clone, Copy, Debug)]
struct Mailbox {
    key: i64,
    modseq: u64,
}

/// Where a mailbox is now.
struct Place {
    epoch: String,
    generation: String,
    /// Absent until the first change in it.
    mailbox: Option<Mailbox>,
}

impl Place {
    async fn read(tx: &mut Tx, owner: &Owner) -> Result<Self, Fault> {
        let row = sql::query(
            "SELECT p.epoch, g.id AS generation, b.key, b.modseq \
             FROM post_office p \
             JOIN generation g ON g.number = (SELECT max(number) FROM generation) \
             LEFT JOIN mailbox b ON b.organisation = $1 AND b.login = $2",
        )
        .bind(owner.organisation.as_str())
        .bind(owner.login.as_str())
        .fetch_one(tx)
        .await?;
        let mailbox = match row.try_get::<Option<i64>, _>("key")? {
            Some(key) => Some(Mailbox { key, modseq: unsigned(row.try_get("modseq")?, "mailbox", &key)? }),
            None => None,
        };
        Ok(Self { epoch: row.try_get("epoch")?, generation: row.try_get("generation")?, mailbox })
    }

    fn modseq(&self) -> u64 {
        self.mailbox.map_or(0, |mailbox| mailbox.modseq)
    }

    fn cursor(&self, modseq: u64) -> Cursor {
        Cursor { epoch: self.epoch.clone(), generation: self.generation.clone(), modseq }
    }

    /// Whether this database gave the cursor out and still is the one that did (contracts, "Mailbox,
    /// cursor, states"). One of an earlier generation must also not reach into the changes of a later
    /// one: those changes it would count are not the ones that its agent saw.
    async fn knows(&self, tx: &mut Tx, cursor: &Cursor) -> Result<bool, Fault> {
        if cursor.epoch != self.epoch || cursor.modseq > self.modseq() {
            return Ok(false);
        }
        if cursor.generation == self.generation {
            return Ok(true);
        }
        let number: Option<i64> = sql::query_scalar("SELECT number FROM generation WHERE id = $1")
            .bind(&cursor.generation)
            .fetch_optional(tx)
            .await?;
        let (Some(number), Some(mailbox)) = (number, self.mailbox) else { return Ok(number.is_some()) };
        let undone: i64 = sql::query_scalar(
            "SELECT count(*) FROM mailbox_generation \
             WHERE mailbox = $1 AND generation > $2 AND first_modseq <= $3",
        )
        .bind(mailbox.key)
        .bind(number)
        .bind(signed(cursor.modseq))
        .fetch_one(tx)
        .await?;
        Ok(undone == 0)
    }
}

/// Lets nobody else change these mailboxes, or anything in them, until the transaction ends. All who write lock what
/// they need at once and in this order, so that no two wait for each other, and read only then what they go by.
async fn lock_mailboxes(tx: &mut Tx, mailboxes: &[i64]) -> Result<(), Fault> {
    if tx.others_write() {
        sql::query(
            "SELECT key FROM mailbox WHERE key IN (SELECT value FROM json_each($1)) \
             ORDER BY organisation, login FOR NO KEY UPDATE",
        )
        .bind(mailboxes)
        .fetch_all(tx)
        .await?;
    }
    Ok(())
}

/// The same for rows of messages; the mailboxes come first.
async fn lock_messages(tx: &mut Tx, messages: &[i64]) -> Result<(), Fault> {
    if tx.others_write() {
        sql::query(
            "SELECT key FROM message WHERE key IN (SELECT value FROM json_each($1)) \
             ORDER BY key FOR NO KEY UPDATE",
        )
        .bind(messages)
        .fetch_all(tx)
        .await?;
    }
    Ok(())
}

/// The newest change of each mailbox, whatever number of steps changed it.
#[derive(Default)]
struct Newest(HashMap<Owner, u64>);

impl Extend<Touched> for Newest {
    fn extend<I: IntoIterator<Item = Touched>>(&mut self, more: I) {
        // The later one is the newer one: a mailbox's numbers only grow.
        self.0.extend(more.into_iter().map(|touched| (touched.owner, touched.modseq)));
    }
}

impl From<Newest> for Vec<Touched> {
    fn from(newest: Newest) -> Self {
        newest.0.into_iter().map(|(owner, modseq)| Touched { owner, modseq }).collect()
    }
}

/// The next numbers of several mailboxes, taken in the transaction that uses them.
struct Numbers {
    next: HashMap<i64, i64>,
    touched: Vec<Touched>,
}

impl Numbers {
    /// Takes for each mailbox (by key) as many numbers as it has changes.
    async fn take(tx: &mut Tx, changes: &HashMap<i64, i64>) -> Result<Self, Fault> {
        let steps: Vec<_> = changes.iter().collect();
        let rows = sql::query(
            "UPDATE mailbox SET modseq = modseq + v.steps \
             FROM (SELECT CAST(value ->> 0 AS BIGINT) AS mailbox, CAST(value ->> 1 AS BIGINT) AS steps \
                   FROM json_each($1)) v \
             WHERE mailbox.key = v.mailbox RETURNING key, organisation, login, modseq",
        )
        .bind(json(&steps)?)
        .fetch_all(tx)
        .await?;
        let mut numbers = Self { next: HashMap::new(), touched: Vec::with_capacity(rows.len()) };
        for row in rows {
            let (key, last): (i64, i64) = (row.try_get("key")?, row.try_get("modseq")?);
            let steps = changes.get(&key).copied().unwrap_or(0);
            numbers.next.insert(key, last - steps + 1);
            let (organisation, login): (String, String) =
                (row.try_get("organisation")?, row.try_get("login")?);
            let owner = Owner {
                organisation: stored(&organisation, "mailbox", &key)?,
                login: stored(&login, "mailbox", &key)?,
            };
            numbers.touched.push(Touched { owner, modseq: unsigned(last, "mailbox", &key)? });
        }
        if tx.others_write() {
            tx.tells(News::Touched(numbers.touched.clone()));
        }
        Ok(numbers)
    }

    /// The next number of a mailbox.
    fn next(&mut self, mailbox: i64) -> Result<i64, Fault> {
        let next = self
            .next
            .get_mut(&mailbox)
            .ok_or_else(|| Fault::corrupt("mailbox", &mailbox, &"is not there"))?;
        *next += 1;
        Ok(*next - 1)
    }
}
