//! A user's own check interval.

use restante_model::{CheckInterval, Login};
use sqlx::AssertSqlSafe;

use super::{Database, Fault, Tx, registry::HomeTerms, signed, unsigned};
use crate::{IntervalReply, News, Owner, Settings, sql};

pub(super) async fn read(database: &Database, home: &HomeTerms, login: &Login) -> Result<Settings, Fault> {
    settings(&mut database.read().await?, home, login, "").await
}

/// Saves or, without a wish, forgets a user's own interval.
pub(super) async fn change(
    database: &Database,
    home: &HomeTerms,
    user: &Owner,
    wished: Option<CheckInterval>,
    base_revision: Option<u64>,
) -> Result<IntervalReply, Fault> {
    let mut tx = database.write().await?;
    tx.tells(News::User(user.clone()));
    let login = &user.login;
    let lock = tx.row_lock();
    let before = settings(&mut tx, home, login, lock).await?;
    if home.terms.interval_locked {
        return Ok(IntervalReply::Locked(before));
    }
    if base_revision.is_some_and(|base| base != before.revision) {
        return Ok(IntervalReply::Conflict(before));
    }
    let wished = wished.map(|wished| home.terms.interval_range.clamp(wished));
    if wished == before.wished {
        return Ok(IntervalReply::Saved(before));
    }
    sql::query(
        "UPDATE users SET check_interval_seconds = $2, settings_revision = settings_revision + 1 WHERE login = $1",
    )
    .bind(login.as_str())
    .bind(wished.map(|wished| signed(wished.seconds())))
    .execute(&mut tx)
    .await?;
    let after = settings(&mut tx, home, login, "").await?;
    tx.commit().await?;
    Ok(IntervalReply::Saved(after))
}

async fn settings(
    tx: &mut Tx,
    home: &HomeTerms,
    login: &Login,
    lock: &'static str,
) -> Result<Settings, Fault> {
    let query = format!("SELECT check_interval_seconds, settings_revision FROM users WHERE login = $1{lock}");
    let row = sql::query(AssertSqlSafe(query)).bind(login.as_str()).fetch_one(tx).await?;
    let wished = row.try_get::<Option<i64>, _>("check_interval_seconds")?;
    let wished = wished.map(|seconds| unsigned(seconds, "users", login)).transpose()?;
    Ok(Settings {
        terms: home.terms,
        wished: wished.map(CheckInterval::from_seconds),
        // Both parts only grow, so the sum changes whenever one of them does.
        revision: home.settings_revision + unsigned(row.try_get("settings_revision")?, "users", login)?,
    })
}
