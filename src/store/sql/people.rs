//! An organisation's users and their devices.

use std::collections::{HashMap, HashSet};

use restante_model::{Login, Person, Timestamp};

use super::{Database, Fault, Row, Tx, json, registry::Home, stored, unsigned};
use crate::{
    Account, Credentials, Device, Enrolled, NewDevice, NewUser, News, Owner, Reach, Seen, StoreError, User,
    sql,
};

pub(super) async fn add_user(database: &Database, user: &NewUser, now: Timestamp) -> Result<(), Fault> {
    let mut tx = database.write().await?;
    tx.tells(News::NOTHING);
    insert(&mut tx, user, now).await?;
    Ok(tx.commit().await?)
}

pub(super) async fn insert(tx: &mut Tx, user: &NewUser, now: Timestamp) -> Result<(), Fault> {
    let added = sql::query(
        "INSERT INTO users (login, name, password_hash, created_at) VALUES ($1, $2, $3, $4) \
         ON CONFLICT (login) DO NOTHING",
    )
    .bind(user.person.login.as_str())
    .bind(&user.person.name)
    .bind(&user.password_hash)
    .bind(now.unix_ms())
    .execute(tx)
    .await?;
    if added == 0 {
        return Err(StoreError::NameTaken { what: "user", name: user.person.login.to_string() }.into());
    }
    Ok(())
}

pub(super) async fn count(database: &Database) -> Result<u64, Fault> {
    let mut tx = database.read().await?;
    let count: i64 = sql::query_scalar("SELECT count(*) FROM users").fetch_one(&mut tx).await?;
    unsigned(count, "users", &"-")
}

/// When a user last asked for anything, by the devices that he has and those that he had.
const LAST_SEEN: &str = "CASE WHEN max(d.last_seen_at) IS NULL OR u.last_seen_at > max(d.last_seen_at) \
    THEN u.last_seen_at ELSE max(d.last_seen_at) END AS last_seen_at";

pub(super) async fn users(database: &Database) -> Result<Vec<User>, Fault> {
    let mut tx = database.read().await?;
    let query = format!(
        "SELECT u.login, u.name, u.disabled, count(d.id) AS devices, {LAST_SEEN} \
         FROM users u LEFT JOIN device d ON d.login = u.login GROUP BY u.login ORDER BY u.login"
    );
    let rows = sql::query(sqlx::AssertSqlSafe(query)).fetch_all(&mut tx).await?;
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

/// Whether these can be reached.
pub(super) async fn reach(database: &Database, logins: &[Login]) -> Result<Vec<Reach>, Fault> {
    let mut tx = database.read().await?;
    let query = format!(
        "SELECT u.login, u.disabled, {LAST_SEEN} FROM users u LEFT JOIN device d ON d.login = u.login \
         WHERE u.login IN (SELECT value FROM json_each($1)) GROUP BY u.login"
    );
    let rows = sql::query(sqlx::AssertSqlSafe(query))
        .bind(logins.iter().map(ToString::to_string).collect::<Vec<_>>())
        .fetch_all(&mut tx)
        .await?;
    rows.iter()
        .map(|row| {
            let login: String = row.try_get("login")?;
            Ok(Reach {
                login: stored(&login, "users", &login)?,
                disabled: row.try_get("disabled")?,
                last_seen_at: row.try_get::<Option<i64>, _>("last_seen_at")?.map(Timestamp::from_unix_ms),
            })
        })
        .collect()
}

pub(super) async fn set_disabled(database: &Database, user: &Owner, disabled: bool) -> Result<(), Fault> {
    let mut tx = database.write().await?;
    tx.tells(News::User(user.clone()));
    let login = &user.login;
    let changed = sql::query("UPDATE users SET disabled = $2 WHERE login = $1")
        .bind(login.as_str())
        .bind(disabled)
        .execute(&mut tx)
        .await?;
    known(changed, login)?;
    Ok(tx.commit().await?)
}

pub(super) async fn set_password_hash(database: &Database, login: &Login, hash: &str) -> Result<(), Fault> {
    let mut tx = database.write().await?;
    tx.tells(News::NOTHING);
    let changed = sql::query("UPDATE users SET password_hash = $2 WHERE login = $1")
        .bind(login.as_str())
        .bind(hash)
        .execute(&mut tx)
        .await?;
    known(changed, login)?;
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
    let row = sql::query("SELECT login, name, password_hash, disabled FROM users WHERE login = $1")
        .bind(login.as_str())
        .fetch_optional(&mut tx)
        .await?;
    row.map(|row| {
        Ok(Credentials {
            account: account(&row, home)?,
            password_hash: row.try_get("password_hash")?,
            disabled: row.try_get("disabled")?,
            oldest_client: home.oldest_client,
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
    tx.tells(News::NOTHING);
    sql::query(
        "INSERT INTO device (id, login, name, token_sum, created_at, last_seen_at, client_version) \
         VALUES ($1, $2, $3, $4, $5, $5, $6)",
    )
    .bind(&device.id)
    .bind(login.as_str())
    .bind(&device.name)
    .bind(device.token_sum.as_slice())
    .bind(now.unix_ms())
    .bind(&device.client_version)
    .execute(&mut tx)
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
    let row = sql::query(
        "SELECT u.login, u.name, d.id, d.name AS device_name, d.created_at, d.last_seen_at \
         FROM device d JOIN users u ON u.login = d.login WHERE d.token_sum = $1 AND NOT u.disabled",
    )
    .bind(token_sum.as_slice())
    .fetch_optional(&mut tx)
    .await?;
    row.map(|row| {
        Ok(Enrolled {
            device: device(&row)?,
            account: account(&row, home)?,
            oldest_client: home.oldest_client,
        })
    })
    .transpose()
}

pub(super) async fn devices(database: &Database, login: &Login) -> Result<Vec<Device>, Fault> {
    let mut tx = database.read().await?;
    let rows = sql::query(
        "SELECT id, name AS device_name, created_at, last_seen_at FROM device WHERE login = $1 \
         ORDER BY created_at, id",
    )
    .bind(login.as_str())
    .fetch_all(&mut tx)
    .await?;
    rows.iter().map(device).collect()
}

pub(super) async fn revoke(database: &Database, user: &Owner, device: &str) -> Result<bool, Fault> {
    let mut tx = database.write().await?;
    tx.tells(News::User(user.clone()));
    let login = &user.login;
    // That he was here once is not forgotten with the device.
    sql::query(
        "UPDATE users SET last_seen_at = d.last_seen_at FROM device d \
         WHERE users.login = $1 AND d.login = $1 AND d.id = $2 \
         AND (users.last_seen_at IS NULL OR users.last_seen_at < d.last_seen_at)",
    )
    .bind(login.as_str())
    .bind(device)
    .execute(&mut tx)
    .await?;
    let gone = sql::query("DELETE FROM device WHERE login = $1 AND id = $2")
        .bind(login.as_str())
        .bind(device)
        .execute(&mut tx)
        .await?;
    tx.commit().await?;
    Ok(gone > 0)
}

/// One statement for all of them: a server notes a minute's devices at once.
pub(super) async fn devices_seen(database: &Database, seen: &[Seen]) -> Result<(), Fault> {
    let rows: Vec<_> =
        seen.iter().map(|seen| (&seen.device, seen.at.unix_ms(), &seen.client_version)).collect();
    let mut tx = database.write().await?;
    tx.tells(News::NOTHING);
    sql::query(
        "UPDATE device SET last_seen_at = \
         CASE WHEN last_seen_at < CAST(s.value ->> 1 AS BIGINT) THEN CAST(s.value ->> 1 AS BIGINT) \
         ELSE last_seen_at END, client_version = coalesce(s.value ->> 2, client_version) \
         FROM json_each($1) s WHERE device.id = s.value ->> 0",
    )
    .bind(json(&rows)?)
    .execute(&mut tx)
    .await?;
    Ok(tx.commit().await?)
}

pub(super) async fn directory(database: &Database) -> Result<Vec<Person>, Fault> {
    let mut tx = database.read().await?;
    let rows = sql::query("SELECT login, name FROM users WHERE NOT disabled ORDER BY login")
        .fetch_all(&mut tx)
        .await?;
    rows.iter().map(person).collect()
}

/// The users meant by the recipients of each letter as written, each once and in that order; or those that are
/// nobody. A disabled user can still be written to: the sender sees that he does not call for it.
pub(super) async fn resolve(
    database: &Database,
    letters: &[&[String]],
) -> Result<Vec<Result<Vec<Person>, Vec<String>>>, Fault> {
    let logins: HashSet<Login> =
        letters.iter().copied().flatten().filter_map(|text| text.parse().ok()).collect();
    let mut tx = database.glance().await?;
    let users = people(&mut tx, &logins.iter().map(Login::as_str).collect::<Vec<_>>()).await?;
    Ok(letters.iter().map(|written| recipients(written, &users)).collect())
}

fn recipients(written: &[String], users: &HashMap<Login, String>) -> Result<Vec<Person>, Vec<String>> {
    let (mut recipients, mut unknown, mut taken) = (Vec::new(), Vec::new(), HashSet::new());
    for text in written {
        match text.parse().ok().and_then(|login: Login| users.get_key_value(&login)) {
            Some((login, name)) => {
                if taken.insert(login) {
                    recipients.push(Person { login: login.clone(), name: name.clone() });
                }
            }
            None => unknown.push(text.clone()),
        }
    }
    if unknown.is_empty() { Ok(recipients) } else { Err(unknown) }
}

/// The names of those of these logins that are users.
async fn people(tx: &mut Tx, logins: &[&str]) -> Result<HashMap<Login, String>, Fault> {
    let rows = sql::query("SELECT login, name FROM users WHERE login IN (SELECT value FROM json_each($1))")
        .bind(logins)
        .fetch_all(tx)
        .await?;
    rows.iter().map(|row| person(row).map(|person| (person.login, person.name))).collect()
}

pub(super) fn person(row: &Row) -> Result<Person, Fault> {
    let login: String = row.try_get("login")?;
    Ok(Person { login: stored(&login, "users", &login)?, name: row.try_get("name")? })
}

fn account(row: &Row, home: &Home) -> Result<Account, Fault> {
    Ok(Account {
        person: person(row)?,
        organisation: home.name.clone(),
        organisation_title: home.title.clone(),
        organisation_tag: home.tag.clone(),
    })
}

fn device(row: &Row) -> Result<Device, Fault> {
    Ok(Device {
        id: row.try_get("id")?,
        name: row.try_get("device_name")?,
        created_at: Timestamp::from_unix_ms(row.try_get("created_at")?),
        last_seen_at: Timestamp::from_unix_ms(row.try_get("last_seen_at")?),
    })
}
