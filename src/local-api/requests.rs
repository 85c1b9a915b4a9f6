//! What front ends ask of the agent, and why it says no.

use restante_model::MessageId;
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

/// Answer to `PUT /v1/outbox/{id}`: the letter is durably in the outbox under this id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LetterId {
    /// The id that the client made.
    pub id: MessageId,
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
            Self::IdReused | Self::SettingsBroken | Self::SignedOut | Self::Offline => 409,
            Self::Refused => 422,
            Self::Unreachable | Self::NoWindow => 503,
            Self::Internal => 500,
        }
    }
}
