//! Whole numbers as other languages write them.

use serde::{Deserialize, Deserializer};

/// The largest number that all languages can write exactly (RFC 8259, section 6).
const MAX_WHOLE: u64 = 1 << 53;

/// Reads `300.0` as 300: to JSON Schema both are integers, and some languages write every number so.
pub(super) fn whole_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    let number = serde_json::Number::deserialize(deserializer)?;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "whole, and checked to be within"
    )]
    #[expect(clippy::cast_precision_loss, reason = "a power of two is exact")]
    let whole = number.as_u64().or_else(|| {
        let number = number.as_f64()?;
        (number.fract() == 0.0 && (0.0..=MAX_WHOLE as f64).contains(&number)).then_some(number as u64)
    });
    let not_whole = || serde::de::Error::custom(format!("not a whole number from 0 to {MAX_WHOLE}"));
    whole.filter(|number| *number <= MAX_WHOLE).ok_or_else(not_whole)
}

pub(super) fn whole_number_if_any<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<u64>, D::Error> {
    #[derive(Deserialize)]
    struct Whole(#[serde(deserialize_with = "whole_number")] u64);
    Ok(Option::<Whole>::deserialize(deserializer)?.map(|Whole(number)| number))
}
