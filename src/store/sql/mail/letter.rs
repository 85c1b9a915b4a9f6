//! The letter in a row of a message or of a draft.

use restante_model::{Importance, Letter};

use super::{Fault, Row};

/// Reads the letter of a row, and holds it against the sum that was stored with it: SQLite's own checks do
/// not see a changed text.
pub(super) fn checked(row: &Row, corrupt: impl Fn(&str) -> Fault) -> Result<Letter, Fault> {
    let letter = read(row, &corrupt)?;
    if row.try_get::<Vec<u8>, _>("content_sum")? != letter.content_sum() {
        return Err(corrupt("its content is not what was stored (SHA-256 differs)"));
    }
    Ok(letter)
}

/// Reads what is left of the letter of a row; its sum is of the whole.
pub(super) fn read(row: &Row, corrupt: &impl Fn(&str) -> Fault) -> Result<Letter, Fault> {
    let importance: String = row.try_get("importance")?;
    let written_to: String = row.try_get("written_to")?;
    Ok(Letter {
        to: serde_json::from_str(&written_to).map_err(|_| corrupt("its recipients are no JSON"))?,
        subject: row.try_get("subject")?,
        body: row.try_get("body")?,
        importance: Importance::from_name(&importance).ok_or_else(|| corrupt("its importance is unknown"))?,
    })
}
