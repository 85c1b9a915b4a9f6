//! The check interval of a user.

use restante_model::{CheckInterval, IntervalFrom, Seconds};
use serde::{Deserialize, Serialize};

use super::number::{whole_number, whole_number_if_any};

/// `GET settings`: the check interval in force, where it comes from and within which range.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Settings {
    /// The interval in force for this user.
    pub check_interval_seconds: CheckInterval,
    /// Whose it is: `office` or `user`.
    pub check_interval_from: IntervalFrom,
    /// Whether only the administrator may change it.
    pub locked: bool,
    /// The shortest interval that the office allows.
    pub check_interval_min_seconds: CheckInterval,
    /// The longest.
    pub check_interval_max_seconds: CheckInterval,
    /// How long an unread message is kept.
    pub message_lifetime_seconds: Seconds,
    /// Grows with every change; the base of the next one.
    pub revision: u64,
    /// In the answer to a change: what was wished, where it was clamped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wished_seconds: Option<u64>,
    /// In the answer to a change: why the wish was not taken as it was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clamped: Option<String>,
}

/// `PUT settings/check-interval`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PutInterval {
    /// The interval wished, at least 1.
    #[serde(deserialize_with = "whole_number")]
    #[cfg_attr(feature = "openapi", schema(minimum = 1, maximum = 9_007_199_254_740_992_i64))]
    pub check_interval_seconds: u64,
    /// The revision that the wish was made on; absent: whatever it is.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "whole_number_if_any")]
    #[cfg_attr(feature = "openapi", schema(maximum = 9_007_199_254_740_992_i64))]
    pub base_revision: Option<u64>,
}
