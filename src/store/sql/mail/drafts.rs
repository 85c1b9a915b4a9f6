//! Drafts: versions of letters still being written, for all devices of their writer.

use std::collections::HashMap;

use restante_model::{Letter, MessageId, Timestamp};

use super::{
    Database, Fault, Numbers, Place, Row, Tx, json, letter::checked, lock_mailboxes, signed, stored, unsigned,
};
use crate::{Account, Draft, MAX_DRAFTS, Owner, SavedDraft, ThrownDraft, sql};

/// What [`draft`] is read from.
const DRAFT: &str = "SELECT key, id, version, written_to, subject, body, importance, content_sum, saved_at, removed \
    FROM draft";

/// A draft on its way in.
pub(in super::super) struct Save<'a> {
    pub(in super::super) writer: &'a Account,
    pub(in super::super) id: MessageId,
    pub(in super::super) base_version: Option<u64>,
    pub(in super::super) letter: &'a Letter,
    pub(in super::super) now: Timestamp,
}

impl Save<'_> {
    /// Saves it upon its base, or says what stands there.
    pub(in super::super) async fn store(&self, database: &Database) -> Result<SavedDraft, Fault> {
        let mut tx = database.write_mail().await?;
        let mailbox = self.mailbox(&mut tx).await?;
        let known = find(&mut tx, mailbox, self.id).await?;
        let version = match known {
            Some((_, known)) if known.letter.as_ref() == Some(self.letter) => {
                // Its answer was lost, or another device wrote the same.
                return Ok(SavedDraft::Saved {
                    version: known.version,
                    saved_at: known.saved_at,
                    touched: None,
                });
            }
            Some((_, known)) if self.base_version != Some(known.version) => {
                return Ok(SavedDraft::Conflict(known));
            }
            // Nothing never takes the place of something.
            Some((_, known)) if self.letter.is_empty() && known.letter.is_some() => {
                return Ok(SavedDraft::Conflict(known));
            }
            Some((_, known)) => known.version + 1,
            None if self.full(&mut tx, mailbox).await? => return Ok(SavedDraft::TooMany),
            // A base that is not here was lost with a restored database.
            None => self.base_version.unwrap_or(0) + 1,
        };
        let mut numbers = Numbers::take(&mut tx, &[(mailbox, 1)].into()).await?;
        sql::query(
            "INSERT INTO draft (mailbox, id, version, written_to, subject, body, importance, content_sum, saved_at, \
             changed_modseq, removed) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, FALSE) \
             ON CONFLICT (mailbox, id) DO UPDATE SET version = excluded.version, written_to = excluded.written_to, \
             subject = excluded.subject, body = excluded.body, importance = excluded.importance, \
             content_sum = excluded.content_sum, saved_at = excluded.saved_at, \
             changed_modseq = excluded.changed_modseq, removed = FALSE",
        )
        .bind(mailbox)
        .bind(self.id.to_string())
        .bind(signed(version))
        .bind(json(&self.letter.to)?)
        .bind(&self.letter.subject)
        .bind(&self.letter.body)
        .bind(self.letter.importance.as_str())
        .bind(self.letter.content_sum().as_slice())
        .bind(self.now.unix_ms())
        .bind(numbers.next(mailbox)?)
        .execute(&mut tx)
        .await?;
        tx.commit().await?;
        Ok(SavedDraft::Saved { version, saved_at: self.now, touched: numbers.touched.pop() })
    }

    async fn mailbox(&self, tx: &mut Tx) -> Result<i64, Fault> {
        let key = sql::query_scalar(
            "INSERT INTO mailbox (organisation, login, name) VALUES ($1, $2, $3) \
             ON CONFLICT (organisation, login) DO UPDATE SET name = excluded.name RETURNING key",
        )
        .bind(self.writer.organisation.as_str())
        .bind(self.writer.person.login.as_str())
        .bind(&self.writer.person.name)
        .fetch_one(tx)
        .await?;
        Ok(key)
    }

    async fn full(&self, tx: &mut Tx, mailbox: i64) -> Result<bool, Fault> {
        let count: i64 = sql::query_scalar("SELECT count(*) FROM draft WHERE mailbox = $1 AND NOT removed")
            .bind(mailbox)
            .fetch_one(tx)
            .await?;
        Ok(unsigned(count, "draft", &mailbox)? >= MAX_DRAFTS)
    }
}

/// Throws a draft away; its row stays without its text, so that the other devices learn of it.
pub(in super::super) async fn throw_draft(
    database: &Database,
    owner: &Owner,
    id: MessageId,
    base_version: Option<u64>,
    now: Timestamp,
) -> Result<Option<ThrownDraft>, Fault> {
    let mut tx = database.write_mail().await?;
    let Some(mailbox) = Place::read(&mut tx, owner).await?.mailbox else { return Ok(None) };
    lock_mailboxes(&mut tx, &[mailbox.key]).await?;
    let Some((key, known)) = find(&mut tx, mailbox.key, id).await? else { return Ok(None) };
    if known.letter.is_none() {
        return Ok(Some(ThrownDraft::Thrown(None)));
    }
    if base_version.is_some_and(|base| base != known.version) {
        return Ok(Some(ThrownDraft::Conflict(known)));
    }
    let mut numbers = Numbers::take(&mut tx, &[(mailbox.key, 1)].into()).await?;
    sql::query(
        "UPDATE draft SET version = version + 1, written_to = '[]', subject = '', body = '', content_sum = $4, \
         saved_at = $2, changed_modseq = $3, removed = TRUE WHERE key = $1",
    )
    .bind(key)
    .bind(now.unix_ms())
    .bind(numbers.next(mailbox.key)?)
    .bind([0_u8; 0].as_slice())
    .execute(&mut tx)
    .await?;
    tx.commit().await?;
    Ok(Some(ThrownDraft::Thrown(numbers.touched.pop())))
}

/// The drafts with these keys.
pub(super) async fn drafts(tx: &mut Tx, keys: &[i64]) -> Result<HashMap<i64, Draft>, Fault> {
    let query = format!("{DRAFT} WHERE key IN (SELECT value FROM json_each($1))");
    let rows = sql::query(sqlx::AssertSqlSafe(query)).bind(keys).fetch_all(tx).await?;
    rows.iter().map(draft).collect()
}

async fn find(tx: &mut Tx, mailbox: i64, id: MessageId) -> Result<Option<(i64, Draft)>, Fault> {
    let query = format!("{DRAFT} WHERE mailbox = $1 AND id = $2");
    let row =
        sql::query(sqlx::AssertSqlSafe(query)).bind(mailbox).bind(id.to_string()).fetch_optional(tx).await?;
    row.as_ref().map(draft).transpose()
}

fn draft(row: &Row) -> Result<(i64, Draft), Fault> {
    let key: i64 = row.try_get("key")?;
    let id: String = row.try_get("id")?;
    let corrupt = |what: &str| Fault::corrupt("draft", &id, &what);
    let letter = if row.try_get("removed")? { None } else { Some(checked(row, corrupt)?) };
    let draft = Draft {
        id: stored(&id, "draft", &id)?,
        version: unsigned(row.try_get("version")?, "draft", &id)?,
        saved_at: Timestamp::from_unix_ms(row.try_get("saved_at")?),
        letter,
    };
    Ok((key, draft))
}
