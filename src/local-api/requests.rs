//! What front ends ask of the agent, and why it says no.

use std::{fmt, str::FromStr};

use restante_model::{MessageId, Seconds, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{LastCheck, Mode};

/// Answer to `POST /v1/check`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckAnswer {
    /// With `wait`: the run that was waited for; absent without.
    pub check: Option<LastCheck>,
    /// Whether it joined one under way.
    pub joined: bool,
}

/// `PUT /v1/mode`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PutMode {
    /// The mode wished.
    pub mode: Mode,
}

/// `PUT /v1/interval`: a wish, or back to the office's where absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PutInterval {
    /// The interval wished.
    pub seconds: Option<u64>,
}

/// `PUT /v1/snooze`: no alerts for a time, at most a day, or again from now on where absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PutSnooze {
    /// For how long.
    pub seconds: Option<u64>,
}

/// `POST /v1/messages/{id}/remind`: announce the message again, at most a day from now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemindLater {
    /// In how many seconds.
    pub seconds: u64,
}

/// `POST /v1/unread`, and its answer: those that are here, received and unread, newest first.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageIds {
    /// Which messages.
    pub ids: Vec<MessageId>,
}

/// Answer to `PUT /v1/outbox/{id}` and `PUT /v1/drafts/{id}`, and to what makes the one the other: the letter
/// is durably there under this id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetterId {
    /// The id that the client made; another one only where that names another letter by now.
    pub id: MessageId,
    /// In the outbox: until when it can be taken back; absent where it goes at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goes_out_at: Option<Timestamp>,
    /// Of a draft: its version, the base of the next save.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<u64>,
}

/// How long a letter can be taken back before it goes out: `undo_seconds` of `PUT /v1/outbox/{id}` and
/// `POST /v1/drafts/{id}/send`, a number or `setting`; absent: it goes at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Undo {
    /// Not at all.
    #[default]
    AtOnce,
    /// For as long as the settings say: what a window asks for.
    Setting,
    /// For so long.
    Seconds(Seconds),
}

impl Undo {
    /// The longest that a letter is held back: after that nobody remembers that it has not gone.
    pub const MAX_SECONDS: u64 = 3_600;
}

impl fmt::Display for Undo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AtOnce => f.write_str("0"),
            Self::Setting => f.write_str("setting"),
            Self::Seconds(seconds) => write!(f, "{}", seconds.get()),
        }
    }
}

/// Neither a number of seconds within the limit nor `setting`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("undo_seconds must be \"setting\" or a whole number from 0 to {}", Undo::MAX_SECONDS)]
pub struct UndoError;

impl FromStr for Undo {
    type Err = UndoError;

    fn from_str(text: &str) -> Result<Self, UndoError> {
        match (text, text.parse()) {
            ("setting", _) => Ok(Self::Setting),
            (_, Ok(0)) => Ok(Self::AtOnce),
            (_, Ok(seconds)) if seconds <= Self::MAX_SECONDS => Ok(Self::Seconds(Seconds::new(seconds))),
            _ => Err(UndoError),
        }
    }
}

/// `POST /v1/login`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Login {
    /// The server's URL.
    pub server: String,
    /// The organisation's name.
    pub organisation: String,
    /// The user's login.
    pub user: String,
    /// The password; it goes to the server and is kept nowhere.
    pub password: String,
}

/// Never the password.
impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Login")
            .field("server", &self.server)
            .field("organisation", &self.organisation)
            .field("user", &self.user)
            .finish_non_exhaustive()
    }
}

/// `PUT /v1/password`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PutPassword {
    /// The one that the user has.
    pub old: String,
    /// The one that he will have; both go to the server and are kept nowhere.
    pub new: String,
    /// His other devices stay signed in.
    #[serde(default)]
    pub keep_other_devices: bool,
}

/// Never the passwords.
impl std::fmt::Debug for PutPassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PutPassword")
            .field("keep_other_devices", &self.keep_other_devices)
            .finish_non_exhaustive()
    }
}

/// `POST /v1/show`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Show {
    /// What to bring to the front.
    pub what: ShowWhat,
    /// The message to open there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<MessageId>,
}

/// A window.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ShowWhat {
    /// The mailbox.
    Mailbox,
    /// A new letter.
    Write,
    /// The settings.
    Settings,
    /// Where one signs in.
    SignIn,
}

/// What a front end is told when the agent cannot do as asked; `application/problem+json`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalProblem {
    /// The kind, for programs.
    pub code: LocalProblemKind,
    /// What happened to what.
    pub detail: String,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
}

/// Why the agent cannot do as asked: a closed list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LocalProblemKind {
    /// The request is not as described.
    Invalid,
    /// There is no such message here.
    NotFound,
    /// The id already names another letter.
    IdReused,
    /// Nobody is signed in.
    SignedOut,
    /// User and password do not fit.
    WrongCredentials,
    /// The server did not answer, or what answered is not ours.
    Unreachable,
    /// The server refused.
    Refused,
    /// The person said not to use the network.
    Offline,
    /// The settings file cannot be read, so it is not written either.
    SettingsBroken,
    /// A stronger source than the user's own file says otherwise.
    SettingOverruled,
    /// The desktop has no window to show, or it did not start.
    NoWindow,
    /// The agent could not write it down.
    Internal,
}

impl LocalProblemKind {
    /// The HTTP status that carries it.
    pub fn status(self) -> u16 {
        match self {
            Self::Invalid => 400,
            Self::WrongCredentials => 401,
            Self::NotFound => 404,
            Self::IdReused
            | Self::SettingsBroken
            | Self::SettingOverruled
            | Self::SignedOut
            | Self::Offline => 409,
            Self::Refused => 422,
            Self::Unreachable | Self::NoWindow => 503,
            Self::Internal => 500,
        }
    }
}
