//! An organisation's users and their devices.

use std::collections::{HashMap, HashSet};

use restante_model::{Login, Person, Timestamp};
use sqlx::{Row, sqlite::SqliteRow};

use super::{Database, Fault, database::Tx, json, registry::Home, stored, unsigned};
use crate::{Account, Credentials, Device, Enrolled, NewDevice, NewUser, Seen, StoreError, User};

pub(super) async fn add_user(database: &Database, user: &NewUser, now: Timestamp) -> Result<(), Fault> {
    let mut tx = database.write().await?;
    insert(&mut tx, user, now).await?;
    Ok(tx.commit().await?)
}

pub(super) async fn insert(tx: &mut Tx, user: &NewUser, now: Timestamp) -> Result<(), Fault> {
    let added = sqlx::query(
        "INSERT INTO users (login, name, password_hash, created_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (login) DO NOTHING",
    )
    .bind(user.person.login.as_str())
    .bind(&user.person.name)
    .bind(&user.password_hash)
    .bind(now.unix_ms())
    .execute(&mut **tx)
    .await?;
    if added.rows_affected() == 0 {
        return Err(StoreError::NameTaken { what: "user", name: user.person.login.to_string() }.into());
    }
    Ok(())
}

pub(super) async fn count(database: &Database) -> Result<u64, Fault> {
    let mut tx = database.read().await?;
    let count: i64 = sqlx::query_scalar("SELECT count(*) FROM users").fetch_one(&mut *tx).await?;
    unsigned(count, "users", &"-")
}

pub(super) async fn users(database: &Database) -> Result<Vec<User>, Fault> {
    let mut tx = database.read().await?;
    let rows = sqlx::query(
        "SELECT u.login, u.name, u.disabled, count(d.id) AS devices, max(d.last_seen_at) AS last_seen_at \
         FROM users u LEFT JOIN device d ON d.login = u.login GROUP BY u.login ORDER BY u.login",
    )
    .fetch_all(&mut *tx)
    .await?;
    rows.iter()
        .map(|row| {
            let person = person(row)?;
            Ok(User {
                disabled: row.try_get("disabled")?,
                devices: unsigned(row.try_get("devices")?, "device", &person.login)?,
                last_seen_at: row.try_get::<Option<i64>, _>("last_seen_at")?.map(Timestamp::from_unix_ms),
                person,
            })
        })
        .collect()
}

pub(super) async fn set_disabled(database: &Database, login: &Login, disabled: bool) -> Result<(), Fault> {
    let mut tx = database.write().await?;
    let changed = sqlx::query("UPDATE users SET disabled = $2 WHERE login = $1")
        .bind(login.as_str())
        .bind(disabled)
        .execute(&mut *tx)
        .await?;
    known(changed.rows_affected(), login)?;
    Ok(tx.commit().await?)
}

pub(super) async fn set_password_hash(database: &Database, login: &Login, hash: &str) -> Result<(), Fault> {
    let mut tx = database.write().await?;
    let changed = sqlx::query("UPDATE users SET password_hash = $2 WHERE login = $1")
        .bind(login.as_str())
        .bind(hash)
        .execute(&mut *tx)
        .await?;
    known(changed.rows_affected(), login)?;
    Ok(tx.commit().await?)
}

fn known(rows: u64, login: &Login) -> Result<(), StoreError> {
    if rows == 0 { Err(StoreError::Unknown { what: "user", name: login.to_string() }) } else { Ok(()) }
}

pub(super) async fn credentials_for(
    database: &Database,
    home: &Home,
    login: &Login,
) -> Result<Option<Credentials>, Fault> {
    let mut tx = database.read().await?;
    let row = sqlx::query("SELECT login, name, password_hash, disabled FROM users WHERE login = $1")
        .bind(login.as_str())
        .fetch_optional(&mut *tx)
        .await?;
    row.map(|row| {
        Ok(Credentials {
            account: account(&row, home)?,
            password_hash: row.try_get("password_hash")?,
            disabled: row.try_get("disabled")?,
        })
    })
    .transpose()
}

pub(super) async fn enrol_device(
    database: &Database,
    login: &Login,
    device: &NewDevice,
    now: Timestamp,
) -> Result<Device, Fault> {
    let mut tx = database.write().await?;
    sqlx::query(
        "INSERT INTO device (id, login, name, token_sum, created_at, last_seen_at, client_version) \
         VALUES ($1, $2, $3, $4, $5, $5, $6)",
    )
    .bind(&device.id)
    .bind(login.as_str())
    .bind(&device.name)
    .bind(device.token_sum.as_slice())
    .bind(now.unix_ms())
    .bind(&device.client_version)
    .execute(&mut *tx)
    .await?;
    tx.commit().await?;
    Ok(Device { id: device.id.clone(), name: device.name.clone(), created_at: now, last_seen_at: now })
}

pub(super) async fn device_by_token_sum(
    database: &Database,
    home: &Home,
    token_sum: &[u8; 32],
) -> Result<Option<Enrolled>, Fault> {
    let mut tx = database.read().await?;
    let row = sqlx::query(
        "SELECT u.login, u.name, d.id, d.name AS device_name, d.created_at, d.last_seen_at \
         FROM device d JOIN users u ON u.login = d.login WHERE d.token_sum = $1 AND NOT u.disabled",
    )
    .bind(token_sum.as_slice())
    .fetch_optional(&mut *tx)
    .await?;
    row.map(|row| Ok(Enrolled { device: device(&row)?, account: account(&row, home)? })).transpose()
}

pub(super) async fn devices(database: &Database, login: &Login) -> Result<Vec<Device>, Fault> {
    let mut tx = database.read().await?;
    let rows = sqlx::query(
        "SELECT id, name AS device_name, created_at, last_seen_at FROM device WHERE login = $1 \
         ORDER BY created_at, id",
    )
    .bind(login.as_str())
    .fetch_all(&mut *tx)
    .await?;
    rows.iter().map(device).collect()
}

pub(super) async fn revoke(database: &Database, login: &Login, device: &str) -> Result<bool, Fault> {
    let mut tx = database.write().await?;
    let gone = sqlx::query("DELETE FROM device WHERE login = $1 AND id = $2")
        .bind(login.as_str())
        .bind(device)
        .execute(&mut *tx)
        .await?;
    tx.commit().await?;
    Ok(gone.rows_affected() > 0)
}

/// One statement for all of them: a server notes a minute's devices at once.
pub(super) async fn devices_seen(database: &Database, seen: &[Seen]) -> Result<(), Fault> {
    let rows: Vec<_> =
        seen.iter().map(|seen| (&seen.device, seen.at.unix_ms(), &seen.client_version)).collect();
    let mut tx = database.write().await?;
    sqlx::query(
        "UPDATE device SET last_seen_at = max(last_seen_at, s.value ->> 1), \
         client_version = coalesce(s.value ->> 2, client_version) \
         FROM json_each($1) s WHERE device.id = s.value ->> 0",
    )
    .bind(json(&rows)?)
    .execute(&mut *tx)
    .await?;
    Ok(tx.commit().await?)
}

pub(super) async fn directory(database: &Database) -> Result<Vec<Person>, Fault> {
    let mut tx = database.read().await?;
    let rows = sqlx::query("SELECT login, name FROM users WHERE NOT disabled ORDER BY login")
        .fetch_all(&mut *tx)
        .await?;
    rows.iter().map(person).collect()
}

/// The users meant by recipients as written, each once and in that order; or those that are nobody.
/// A disabled user can still be written to: the sender sees that he does not call for it.
pub(super) async fn resolve(
    database: &Database,
    written: &[String],
) -> Result<Result<Vec<Person>, Vec<String>>, Fault> {
    let logins: Vec<Option<Login>> = written.iter().map(|text| text.parse().ok()).collect();
    let wanted: HashSet<&str> = logins.iter().flatten().map(Login::as_str).collect();
    let mut tx = database.read().await?;
    let mut found = people(&mut tx, &wanted.into_iter().collect::<Vec<_>>()).await?;
    let (mut recipients, mut unknown, mut taken) = (Vec::new(), Vec::new(), HashSet::new());
    for (text, login) in written.iter().zip(logins) {
        match login {
            Some(login) if taken.contains(&login) => {}
            Some(login) => match found.remove(&login) {
                Some(name) => {
                    taken.insert(login.clone());
                    recipients.push(Person { login, name });
                }
                None => unknown.push(text.clone()),
            },
            None => unknown.push(text.clone()),
        }
    }
    Ok(if unknown.is_empty() { Ok(recipients) } else { Err(unknown) })
}

/// The names of those of these logins that are users.
async fn people(tx: &mut Tx, logins: &[&str]) -> Result<HashMap<Login, String>, Fault> {
    let rows = sqlx::query("SELECT login, name FROM users WHERE login IN (SELECT value FROM json_each($1))")
        .bind(json(&logins)?)
        .fetch_all(&mut **tx)
        .await?;
    rows.iter().map(|row| person(row).map(|person| (person.login, person.name))).collect()
}

pub(super) fn person(row: &SqliteRow) -> Result<Person, Fault> {
    let login: String = row.try_get("login")?;
    Ok(Person { login: stored(&login, "users", &login)?, name: row.try_get("name")? })
}

fn account(row: &SqliteRow, home: &Home) -> Result<Account, Fault> {
    Ok(Account {
        person: person(row)?,
        organisation: home.name.clone(),
        organisation_title: home.title.clone(),
        organisation_tag: home.tag.clone(),
    })
}

fn device(row: &SqliteRow) -> Result<Device, Fault> {
    Ok(Device {
        id: row.try_get("id")?,
        name: row.try_get("device_name")?,
        created_at: Timestamp::from_unix_ms(row.try_get("created_at")?),
        last_seen_at: Timestamp::from_unix_ms(row.try_get("last_seen_at")?),
    })
}
