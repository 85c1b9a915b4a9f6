//! Spans of whole seconds, as people write them: `300s`, `5m`, `24h`, `7d`.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// A span of whole seconds. In JSON a number, in settings and commands `5m`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = u64))]
pub struct Seconds(u64);

/// The text is not a span of time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("duration {0:?} is not a whole number with a unit, such as 300s, 5m, 24h or 7d")]
pub struct DurationError(String);

const UNITS: [(char, u64); 4] = [('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

impl Seconds {
    /// So many seconds.
    pub const fn new(seconds: u64) -> Self {
        Self(seconds)
    }

    /// The number of seconds.
    pub const fn get(self) -> u64 {
        self.0
    }
}

impl From<Seconds> for std::time::Duration {
    fn from(seconds: Seconds) -> Self {
        Self::from_secs(seconds.0)
    }
}

impl FromStr for Seconds {
    type Err = DurationError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || DurationError(text.to_owned());
        let unit = text.chars().next_back().ok_or_else(error)?;
        let (_, factor) = UNITS.iter().find(|(name, _)| *name == unit).ok_or_else(error)?;
        let digits = &text[..text.len() - unit.len_utf8()];
        if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(error());
        }
        let number: u64 = digits.parse().map_err(|_| error())?;
        number.checked_mul(*factor).map(Self).ok_or_else(error)
    }
}

/// The largest unit that divides the span: `300s` prints as `5m`.
impl fmt::Display for Seconds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (unit, factor) = UNITS
            .iter()
            .find(|(_, factor)| self.0 >= *factor && self.0.is_multiple_of(*factor))
            .unwrap_or(&('s', 1));
        write!(f, "{}{unit}", self.0 / factor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn garbage_is_refused_or_means_what_it_says() {
        restante_garbage::each_text(&["300s", "5m", "24h", "7d", "18446744073709551615s"], |text| {
            let Ok(seconds) = text.parse::<Seconds>() else { return };
            assert_eq!(seconds.to_string().parse(), Ok(seconds));
            assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{text:?} was taken");
        });
    }

    #[test]
    fn people_write_spans_with_a_unit() {
        for (text, seconds) in [("300s", 300), ("5m", 300), ("24h", 86_400), ("7d", 604_800)] {
            assert_eq!(text.parse(), Ok(Seconds::new(seconds)));
        }
    }

    #[test]
    fn a_number_without_a_unit_is_refused_rather_than_guessed() {
        for text in ["", "5", "m", "-5m", "5 m", "5M", "1.5h", "99999999999999999999d", "٣m"] {
            assert!(text.parse::<Seconds>().is_err(), "{text:?} was accepted");
        }
    }

    proptest! {
        #[test]
        fn a_printed_span_reads_back_as_itself(seconds in 0_u64..10_000_000_000) {
            let span = Seconds::new(seconds);
            prop_assert_eq!(span.to_string().parse(), Ok(span));
        }
    }
}
