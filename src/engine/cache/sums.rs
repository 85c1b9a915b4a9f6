//! Sums over what a message's rows hold. SQLite finds a torn page and not a changed letter: of 300 flipped
//! bits its own check passed over 238.

use restante_server_api::{Direction, Message};
use rusqlite::{Row, types::Type};
use sha2::{Digest, Sha256};

use super::direction;

/// What never changes of a message, but for its text, as the columns hold it.
pub(super) struct Head {
    pub(super) id: String,
    pub(super) direction: &'static str,
    pub(super) from_login: String,
    pub(super) from_name: String,
    pub(super) recipients: String,
    pub(super) subject: String,
    pub(super) importance: String,
    pub(super) sent_at: i64,
    pub(super) expires_at: i64,
}

impl Head {
    /// As the columns are to hold it.
    pub(super) fn of(message: &Message) -> Self {
        let direction = match message.direction {
            Direction::Received { .. } => restante_local_api::Direction::Received,
            Direction::Sent { .. } => restante_local_api::Direction::Sent,
        };
        Self {
            id: message.id.to_string(),
            direction: direction::name(direction),
            from_login: message.from.login.to_string(),
            from_name: message.from.name.clone(),
            recipients: serde_json::to_string(&message.to).unwrap_or_default(),
            subject: message.subject.clone(),
            importance: message.importance.as_str().to_owned(),
            sent_at: message.sent_at.unix_ms(),
            expires_at: message.expires_at.unix_ms(),
        }
    }

    /// As the columns of [`super::folders::ROW`] hold it.
    pub(super) fn read(row: &Row<'_>) -> rusqlite::Result<Self> {
        Ok(Self {
            id: row.get(0)?,
            direction: direction::name(direction::of(row)?),
            from_login: row.get(2)?,
            from_name: row.get(3)?,
            recipients: row.get(4)?,
            subject: row.get(5)?,
            importance: row.get(6)?,
            sent_at: row.get(7)?,
            expires_at: row.get(12)?,
        })
    }

    pub(super) fn sum(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        for text in [
            self.id.as_str(),
            self.direction,
            &self.from_login,
            &self.from_name,
            &self.recipients,
            &self.subject,
            &self.importance,
        ] {
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text);
        }
        hash.update(self.sent_at.to_be_bytes());
        hash.update(self.expires_at.to_be_bytes());
        hash.finalize().into()
    }
}

/// Over a message's text.
pub(super) fn body_sum(body: &str) -> [u8; 32] {
    Sha256::digest(body).into()
}

/// Whether the sum in this column is that of what was read; else the row is damaged.
pub(super) fn check(row: &Row<'_>, column: usize, sum: [u8; 32]) -> rusqlite::Result<()> {
    let kept: Vec<u8> = row.get(column)?;
    if kept == sum {
        return Ok(());
    }
    let id: String = row.get(0)?;
    let why = format!("message {id} is not what was written");
    Err(rusqlite::Error::FromSqlConversionFailure(column, Type::Blob, why.into()))
}
