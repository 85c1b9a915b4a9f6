//! Names of things (organisations, post offices) and of people.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize};

/// The name of an organisation or a post office: also the name of its folder on disk.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String, min_length = 1, max_length = 64, examples("town")))]
pub struct Name(String);

/// What a user signs in with and is written to by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String, min_length = 1, max_length = 64, examples("anna")))]
pub struct Login(String);

/// The text cannot be a name.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{what} {text:?} is not 1 to 64 letters, digits, dots, dashes or underscores, beginning with a letter or digit"
)]
pub struct NameError {
    what: &'static str,
    text: String,
}

/// Letters of any script: a town hall may well be called by its own. Upper case is folded, since the
/// name is a folder on file systems that do not tell it apart.
fn checked(what: &'static str, text: &str) -> Result<String, NameError> {
    let name = text.trim().to_lowercase();
    let allowed = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-' | '_');
    let good = (1..=64).contains(&name.chars().count())
        && name.starts_with(char::is_alphanumeric)
        && name.chars().all(allowed);
    if good { Ok(name) } else { Err(NameError { what, text: text.chars().take(80).collect() }) }
}

macro_rules! checked_text {
    ($type:ident, $what:literal) => {
        impl $type {
            /// The text, in lower case.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $type {
            type Err = NameError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                checked($what, text).map(Self)
            }
        }

        impl fmt::Display for $type {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl<'de> Deserialize<'de> for $type {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
            }
        }
    };
}

checked_text!(Name, "name");
checked_text!(Login, "login");

/// A user as others see him.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Person {
    /// What he is written to by.
    pub login: Login,
    /// What he is called.
    pub name: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_letters_of_any_script_in_lower_case() {
        assert_eq!("Anna".parse::<Login>().unwrap().as_str(), "anna");
        assert_eq!("ратуша-2".parse::<Name>().unwrap().as_str(), "ратуша-2");
    }

    #[test]
    fn names_that_would_leave_their_folder_are_refused() {
        for text in
            ["", " ", "..", ".", "../x", "a/b", "a\\b", "-x", "a b", "a\0", "a\u{202e}b", &"x".repeat(65)]
        {
            assert!(text.parse::<Name>().is_err(), "{text:?} was accepted");
        }
    }
}
