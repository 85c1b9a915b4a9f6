//! Agents as an administrator sees them, and those who administer.

use restante_model::{CheckInterval, Login, Person, Timestamp};

/// A user's agent on one of his devices; a user who never signed in stands for himself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agent {
    /// Whose.
    pub person: Person,
    /// Whether he may not sign in.
    pub disabled: bool,
    /// How often it is to check: his own interval, or his post office's.
    pub check_interval: CheckInterval,
    /// The device; absent: he never signed in.
    pub device: Option<AgentDevice>,
}

/// The device of an agent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AgentDevice {
    /// Its id.
    pub id: String,
    /// What the person calls it.
    pub name: String,
    /// When it was enrolled.
    pub created_at: Timestamp,
    /// When it last asked for anything, to the minute.
    pub last_seen_at: Timestamp,
    /// The version of its agent, where it told it.
    pub client_version: Option<String>,
}

/// One who may use the administrators' pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Administrator {
    /// What he signs in with.
    pub name: Login,
    /// Since when.
    pub created_at: Timestamp,
}
