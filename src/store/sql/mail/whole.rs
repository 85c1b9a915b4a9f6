//! Whether everything in a post office is what was stored: SQLite's own checks see little of what a disk
//! changes (reliability.md 1: 238 of 300 flipped bits passed them).

use restante_model::MessageId;

use super::{
    Fault, Tx,
    drafts::drafts,
    fixed::{FIXED, Fixed},
    message::messages,
    random_id, stored,
};
use crate::sql;

/// Rows looked at in one step.
const STEP: i64 = 200;

/// How many rows were held against their sums.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Rows {
    pub(crate) messages: u64,
    pub(crate) drafts: u64,
}

/// Reads every message and draft, each with its sums.
pub(in super::super) async fn check_rows(tx: &mut Tx) -> Result<Rows, Fault> {
    let mut rows = Rows::default();
    let mut last = 0_i64;
    loop {
        let query = format!(
            "SELECT m.key, m.text_removed_at IS NULL AS has_text, {FIXED} FROM message m \
             WHERE m.key > $1 ORDER BY m.key LIMIT $2"
        );
        let step = sql::query(sqlx::AssertSqlSafe(query)).bind(last).bind(STEP).fetch_all(tx).await?;
        let Some(end) = step.last() else { break };
        last = end.try_get("key")?;
        let mut with_text: Vec<i64> = Vec::new();
        for row in &step {
            Fixed::from_row(row)?;
            let id: String = row.try_get("id")?;
            stored::<MessageId>(&id, "message", &id)?;
            if row.try_get("has_text")? {
                with_text.push(row.try_get("key")?);
            }
        }
        messages(tx, &with_text).await?;
        rows.messages += step.len() as u64;
    }
    last = 0;
    loop {
        let query = "SELECT key FROM draft WHERE key > $1 ORDER BY key LIMIT $2";
        let keys: Vec<i64> = sql::query_scalar(query).bind(last).bind(STEP).fetch_all(tx).await?;
        let Some(end) = keys.last() else { return Ok(rows) };
        last = *end;
        drafts(tx, &keys).await?;
        rows.drafts += keys.len() as u64;
    }
}

/// Gives a restored post office another identity: cursors of the one that it is a copy of are worthless
/// here, since that one went on.
pub(crate) async fn renew_epoch(tx: &mut Tx) -> Result<(), Fault> {
    sql::query("UPDATE post_office SET epoch = $1").bind(random_id()).execute(tx).await?;
    Ok(())
}
