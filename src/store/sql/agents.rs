//! All users of an organisation with their devices, and what is done to many of them at once.

use restante_model::{CheckInterval, Timestamp};

use super::{Database, Fault, Row, people, unsigned};
use crate::{Agent, AgentDevice, NewUser, News, OfficeTerms, Owner, Settings, sql};

pub(super) async fn agents(database: &Database, terms: OfficeTerms) -> Result<Vec<Agent>, Fault> {
    let mut tx = database.read().await?;
    let rows = sql::query(
        "SELECT u.login, u.name, u.disabled, u.check_interval_seconds, d.id AS device, d.name AS device_name, \
         d.created_at, d.last_seen_at, d.client_version \
         FROM users u LEFT JOIN device d ON d.login = u.login ORDER BY u.login, d.created_at, d.id",
    )
    .fetch_all(&mut tx)
    .await?;
    rows.iter().map(|row| agent(row, terms)).collect()
}

fn agent(row: &Row, terms: OfficeTerms) -> Result<Agent, Fault> {
    let person = people::person(row)?;
    let wished: Option<i64> = row.try_get("check_interval_seconds")?;
    let wished = wished.map(|seconds| unsigned(seconds, "users", &person.login)).transpose()?;
    let settings = Settings { terms, wished: wished.map(CheckInterval::from_seconds), revision: 0 };
    let device = match row.try_get::<Option<String>, _>("device")? {
        None => None,
        Some(id) => Some(AgentDevice {
            id,
            name: row.try_get("device_name")?,
            created_at: Timestamp::from_unix_ms(row.try_get("created_at")?),
            last_seen_at: Timestamp::from_unix_ms(row.try_get("last_seen_at")?),
            client_version: row.try_get("client_version")?,
        }),
    };
    let disabled = row.try_get("disabled")?;
    Ok(Agent { person, disabled, check_interval: settings.check_interval(), device })
}

/// All of them, or none.
pub(super) async fn add_users(database: &Database, users: &[NewUser], now: Timestamp) -> Result<(), Fault> {
    let mut tx = database.write().await?;
    tx.tells(News::NOTHING);
    for user in users {
        people::insert(&mut tx, user, now).await?;
    }
    Ok(tx.commit().await?)
}

pub(super) async fn change_password(
    database: &Database,
    user: &Owner,
    from_hash: &str,
    to_hash: &str,
    only_device: Option<&str>,
) -> Result<bool, Fault> {
    let mut tx = database.write().await?;
    tx.tells(News::User(user.clone()));
    let login = &user.login;
    let changed = sql::query("UPDATE users SET password_hash = $3 WHERE login = $1 AND password_hash = $2")
        .bind(login.as_str())
        .bind(from_hash)
        .bind(to_hash)
        .execute(&mut tx)
        .await?;
    if changed == 0 {
        return Ok(false);
    }
    if let Some(device) = only_device {
        sql::query("DELETE FROM device WHERE login = $1 AND id <> $2")
            .bind(login.as_str())
            .bind(device)
            .execute(&mut tx)
            .await?;
    }
    tx.commit().await?;
    Ok(true)
}
