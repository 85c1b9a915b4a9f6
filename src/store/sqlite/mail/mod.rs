//! A post office: its identity, its mailboxes, and what happens to mail in them.

mod changes;
mod copies;
mod deliver;
mod drafts;
mod expire;
mod fixed;
mod letter;
mod message;
mod whole;

use std::collections::HashMap;

use restante_model::{Cursor, Timestamp};
use sqlx::Row;

use super::{Database, Fault, database::Tx, json, stored, unsigned};
use crate::{Owner, Touched};

pub(super) use self::{
    changes::changes,
    copies::{mark_delivered, mark_read},
    deliver::Post,
    drafts::{Save, throw_draft},
    expire::expire_all,
    message::{delete_message, message},
    whole::{Rows, check_rows, renew_epoch},
};

/// Makes a new post office in its fresh tables: an epoch and the first generation.
pub(super) async fn found(tx: &mut Tx, now: Timestamp) -> Result<(), Fault> {
    sqlx::query("INSERT INTO post_office (only_row, epoch) VALUES (1, $1)")
        .bind(random_id())
        .execute(&mut **tx)
        .await?;
    insert_generation(tx, now).await
}

/// Writes a start of a server into the post office.
pub(super) async fn begin_generation(database: &Database, now: Timestamp) -> Result<(), Fault> {
    let mut tx = database.write().await?;
    insert_generation(&mut tx, now).await?;
    Ok(tx.commit().await?)
}

async fn insert_generation(tx: &mut Tx, now: Timestamp) -> Result<(), Fault> {
    sqlx::query("INSERT INTO generation (id, started_at) VALUES ($1, $2)")
        .bind(random_id())
        .bind(now.unix_ms())
        .execute(&mut **tx)
        .await?;
    Ok(())
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
        let row = sqlx::query(
            "SELECT p.epoch, g.id AS generation, b.key, b.modseq \
             FROM post_office p \
             JOIN generation g ON g.number = (SELECT max(number) FROM generation) \
             LEFT JOIN mailbox b ON b.organisation = $1 AND b.login = $2",
        )
        .bind(owner.organisation.as_str())
        .bind(owner.login.as_str())
        .fetch_one(&mut **tx)
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
        let number: Option<i64> = sqlx::query_scalar("SELECT number FROM generation WHERE id = $1")
            .bind(&cursor.generation)
            .fetch_optional(&mut **tx)
            .await?;
        let (Some(number), Some(mailbox)) = (number, self.mailbox) else { return Ok(number.is_some()) };
        let undone: i64 = sqlx::query_scalar(
            "SELECT count(*) FROM mailbox_generation \
             WHERE mailbox = $1 AND generation > $2 AND first_modseq <= $3",
        )
        .bind(mailbox.key)
        .bind(number)
        .bind(super::signed(cursor.modseq))
        .fetch_one(&mut **tx)
        .await?;
        Ok(undone == 0)
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
        let rows = sqlx::query(
            "UPDATE mailbox SET modseq = modseq + v.steps \
             FROM (SELECT value ->> 0 AS mailbox, value ->> 1 AS steps FROM json_each($1)) v \
             WHERE mailbox.key = v.mailbox RETURNING key, organisation, login, modseq",
        )
        .bind(json(&steps)?)
        .fetch_all(&mut **tx)
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
