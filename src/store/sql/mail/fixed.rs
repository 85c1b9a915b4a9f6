//! What never changes in a message's row, held by a sum: SQLite's own checks do not see a changed value.

use restante_model::{MessageId, Timestamp};
use sha2::{Digest, Sha256};

use super::{Fault, Row, stored};

/// The columns that are written once.
pub(super) struct Fixed {
    pub(super) organisation: String,
    pub(super) id: MessageId,
    /// The sender's mailbox, by key.
    pub(super) sender: i64,
    pub(super) accepted_at: Timestamp,
    pub(super) expires_at: Timestamp,
    pub(super) content_sum: Vec<u8>,
}

/// What [`Fixed`] is read from, of `message m`.
pub(super) const FIXED: &str =
    "m.organisation, m.id, m.sender, m.accepted_at, m.expires_at, m.content_sum, m.row_sum";

impl Fixed {
    /// Reads and checks them.
    pub(super) fn from_row(row: &Row) -> Result<Self, Fault> {
        let id: String = row.try_get("id")?;
        let fixed = Self {
            organisation: row.try_get("organisation")?,
            id: stored(&id, "message", &id)?,
            sender: row.try_get("sender")?,
            accepted_at: Timestamp::from_unix_ms(row.try_get("accepted_at")?),
            expires_at: Timestamp::from_unix_ms(row.try_get("expires_at")?),
            content_sum: row.try_get("content_sum")?,
        };
        if row.try_get::<Vec<u8>, _>("row_sum")? != fixed.sum() {
            return Err(Fault::corrupt("message", &id, &"its row is not what was stored (SHA-256 differs)"));
        }
        Ok(fixed)
    }

    /// A SHA-256 of all of them, those of no fixed length preceded by theirs.
    pub(super) fn sum(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        for text in [self.organisation.as_bytes(), &self.content_sum] {
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text);
        }
        hash.update(self.id.uuid().as_bytes());
        for number in [self.sender, self.accepted_at.unix_ms(), self.expires_at.unix_ms()] {
            hash.update(number.to_be_bytes());
        }
        hash.finalize().into()
    }
}
