//! Who signs in on what (contracts, "Shapes"), and whom one can write to.

use restante_model::{Name, Person, Timestamp};
use serde::{Deserialize, Deserializer, Serialize};

/// `POST sessions`: sign in on a device.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct NewSession {
    /// The organisation's name.
    #[cfg_attr(feature = "openapi", schema(examples("town")))]
    pub organisation: String,
    /// The user's login.
    #[cfg_attr(feature = "openapi", schema(examples("anna")))]
    pub user: String,
    /// The password, compared as it is.
    #[cfg_attr(feature = "openapi", schema(format = Password))]
    pub password: String,
    /// What the device is called in the user's list of devices; read from `"pc"` and from `{"name": "pc"}`,
    /// the shape in which the answer tells it.
    #[serde(default, deserialize_with = "device_name")]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub device: String,
}

fn device_name<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged, expecting = "expected the device's name, or an object that holds it")]
    enum Told {
        Name(String),
        Device { name: String },
    }
    Told::deserialize(deserializer).map(|told| match told {
        Told::Name(name) | Told::Device { name } => name,
    })
}

/// Never the password.
impl std::fmt::Debug for NewSession {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("NewSession")
            .field("organisation", &self.organisation)
            .field("user", &self.user)
            .field("device", &self.device)
            .finish_non_exhaustive()
    }
}

/// `PUT password`: the user gives himself another one.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChangePassword {
    /// The one that he has.
    #[cfg_attr(feature = "openapi", schema(format = Password))]
    pub old: String,
    /// The one that he will have: 15 characters or more, and none of the common ones.
    #[cfg_attr(feature = "openapi", schema(format = Password, min_length = 15))]
    pub new: String,
    /// His other devices stay signed in. Otherwise they go, since whoever knew the old password may be on one.
    #[serde(default)]
    pub keep_other_devices: bool,
}

/// Never the passwords.
impl std::fmt::Debug for ChangePassword {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ChangePassword")
            .field("keep_other_devices", &self.keep_other_devices)
            .finish_non_exhaustive()
    }
}

/// Answer to `POST sessions`.
#[derive(Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Session {
    /// The device's token, shown this once.
    pub token: String,
    /// The device just enrolled.
    pub device: Device,
    /// The user signed in.
    pub user: Person,
    /// The organisation signed in to.
    pub organisation: Organisation,
    /// The server's clock.
    pub server_time: Timestamp,
}

/// Never the token.
impl std::fmt::Debug for Session {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Session")
            .field("device", &self.device)
            .field("user", &self.user)
            .field("organisation", &self.organisation)
            .finish_non_exhaustive()
    }
}

/// An enrolled agent; `GET sessions` lists the user's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Device {
    /// The device's id.
    pub id: String,
    /// What the person called it.
    pub name: String,
    /// When it was enrolled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub created_at: Option<Timestamp>,
    /// When it last asked for anything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen_at: Option<Timestamp>,
    /// Whether it is the one that asks.
    #[serde(default)]
    pub current: bool,
}

/// An organisation as its users see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Organisation {
    /// Its name.
    pub name: Name,
    /// What it is called in words.
    pub title: String,
}

/// Answer to `GET directory`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Directory {
    /// The users that can be written to.
    pub users: Vec<Person>,
}
