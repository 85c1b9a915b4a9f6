//! How often an agent checks for mail, whose wish that is, and within which range it may lie.

use serde::{Deserialize, Serialize};

use crate::Seconds;

/// Seconds between two checks for mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = u64, minimum = 1))]
pub struct CheckInterval(Seconds);

impl CheckInterval {
    /// What a post office has unless told otherwise, and an agent until it has heard from one (row S2).
    pub const DEFAULT: Self = Self(Seconds::new(300));

    /// So many seconds; 0 would never let an agent rest and becomes 1.
    pub const fn from_seconds(seconds: u64) -> Self {
        Self(Seconds::new(if seconds == 0 { 1 } else { seconds }))
    }

    /// The number of seconds, at least 1.
    pub const fn seconds(self) -> u64 {
        self.0.get()
    }
}

/// The range that a post office's administrator allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct IntervalRange {
    min: CheckInterval,
    max: CheckInterval,
}

impl IntervalRange {
    /// What a post office has unless told otherwise.
    pub const DEFAULT: Self =
        Self { min: CheckInterval::from_seconds(30), max: CheckInterval::from_seconds(86_400) };

    /// From the shorter to the longer of the two, whichever way round they come.
    pub fn new(one: CheckInterval, other: CheckInterval) -> Self {
        Self { min: one.min(other), max: one.max(other) }
    }

    /// The shortest interval allowed.
    pub fn min(self) -> CheckInterval {
        self.min
    }

    /// The longest interval allowed.
    pub fn max(self) -> CheckInterval {
        self.max
    }

    /// The nearest interval inside the range.
    pub fn clamp(self, wished: CheckInterval) -> CheckInterval {
        wished.clamp(self.min, self.max)
    }
}

/// Whose wish an interval is (row B1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum IntervalFrom {
    /// The post office's own.
    Office,
    /// The user's, saved on the server.
    User,
    /// The administrator's, locked.
    Lock,
    /// Nobody's yet: the server was never reached.
    BuiltIn,
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_clamped_interval_lies_in_the_range(a in 0_u64..100_000, b in 0_u64..100_000, wished in 0_u64..1_000_000) {
            let range = IntervalRange::new(CheckInterval::from_seconds(a), CheckInterval::from_seconds(b));
            let clamped = range.clamp(CheckInterval::from_seconds(wished));
            prop_assert!(range.min() <= clamped && clamped <= range.max());
            prop_assert_eq!(range.clamp(clamped), clamped);
        }
    }
}
