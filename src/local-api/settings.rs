//! The settings in force, and where each comes from.

use serde::{Deserialize, Serialize};

/// `GET /v1/settings`: what the files and the environment say now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingsReport {
    /// The user's own file.
    pub file: String,
    /// Every key there is.
    pub settings: Vec<Setting>,
    /// What is wrong, with file, line and column.
    pub problems: Vec<SettingProblem>,
}

/// One key of the settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Setting {
    /// `table.name`
    pub key: String,
    /// As TOML; absent where absent means something of its own.
    pub value: Option<String>,
    /// The same as a person says it: text without its quotes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// From which source.
    pub origin: SettingOrigin,
    /// File and line, or the variable.
    pub place: Option<String>,
}

/// Where a value comes from; the later, the stronger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SettingOrigin {
    /// The program itself.
    BuiltIn,
    /// `/etc/restante/agent.toml`.
    MachineFile,
    /// The user's own file.
    UserFile,
    /// A variable of the environment.
    Environment,
    /// A word of the command line.
    Flag,
    /// `/etc/restante/policy.toml`.
    Policy,
}

/// Something wrong in the settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SettingProblem {
    /// The file, or the variable.
    pub file: String,
    /// The line, from 1.
    pub line: u64,
    /// The column, from 1, in characters.
    pub column: u64,
    /// The key whose value is not taken; absent where the file itself is wrong, or there is no such key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// What is wrong, in the person's language.
    pub reason: String,
}

/// `PUT /v1/settings/{key}`: one value of the user's own file; everything else in it stays as it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PutSetting {
    /// As [`Setting::text`]; absent: the key is taken out, and what is under the file is in force.
    pub text: Option<String>,
}
