//! Users and their devices.

use restante_model::{Login, Name, Person, Timestamp};

use crate::OldestClient;

/// Whose mailbox: every task on mail is bound to one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Owner {
    /// His organisation.
    pub organisation: Name,
    /// Who he is in it.
    pub login: Login,
}

/// A user to be added.
#[derive(Clone)]
pub struct NewUser {
    /// Who, and what he is called.
    pub person: Person,
    /// The PHC string of his password's hash.
    pub password_hash: String,
}

/// A user in a list.
#[derive(Clone, Debug)]
pub struct User {
    /// Who, and what he is called.
    pub person: Person,
    /// Whether he may not sign in.
    pub disabled: bool,
    /// How many devices he has enrolled.
    pub devices: u64,
    /// When one of them last asked for anything; absent: never signed in.
    pub last_seen_at: Option<Timestamp>,
}

/// What a password is compared with.
#[derive(Clone)]
pub struct Credentials {
    /// Who would be signed in.
    pub account: Account,
    /// The PHC string of his password's hash.
    pub password_hash: String,
    /// Whether he may not sign in.
    pub disabled: bool,
    /// The oldest agent that his post office serves.
    pub oldest_client: OldestClient,
}

/// A user with his organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// Who, and what he is called.
    pub person: Person,
    /// His organisation's name.
    pub organisation: Name,
    /// What his organisation is called in words.
    pub organisation_title: String,
    /// What his organisation's tokens begin with.
    pub organisation_tag: String,
}

impl Account {
    /// Whose mailbox this account's is.
    pub fn owner(&self) -> Owner {
        Owner { organisation: self.organisation.clone(), login: self.person.login.clone() }
    }
}

/// A device to be enrolled.
#[derive(Clone)]
pub struct NewDevice {
    /// Its id.
    pub id: String,
    /// What the person calls it.
    pub name: String,
    /// SHA-256 of its token.
    pub token_sum: [u8; 32],
    /// The version of its agent, where it told it.
    pub client_version: Option<String>,
}

/// An enrolled device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// Its id.
    pub id: String,
    /// What the person calls it.
    pub name: String,
    /// When it was enrolled.
    pub created_at: Timestamp,
    /// When it last asked for anything, to the minute.
    pub last_seen_at: Timestamp,
}

/// The device that a token belongs to, and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enrolled {
    /// The device.
    pub device: Device,
    /// Whose it is.
    pub account: Account,
    /// The oldest agent that its post office serves.
    pub oldest_client: OldestClient,
}

/// A device asked for something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seen {
    /// Which device.
    pub device: String,
    /// When.
    pub at: Timestamp,
    /// The version of its agent, where it told it.
    pub client_version: Option<String>,
}
