//! What the doctor finds.

use serde::{Deserialize, Serialize};

/// `GET /v1/doctor`: everything that was looked at.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DoctorReport {
    /// What was looked at, each once.
    pub checks: Vec<DoctorCheck>,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DoctorCheck {
    /// What, for programs: `agent`, `folders`, `settings`, `proxy`, `certificates`, `server`, `clock`,
    /// `keyring`, `tray`, `notifications`, `disk`, `database`.
    pub id: String,
    /// How it is.
    pub status: CheckStatus,
    /// The same in words for people.
    pub detail: String,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// How something is; the later, the worse.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckStatus {
    /// As it should be.
    Ok,
    /// Mail works, but something is missing or soon will be.
    Warn,
    /// Mail does not work.
    Fail,
}
