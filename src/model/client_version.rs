//! The version of an agent, to be held against the oldest that an organisation allows (row B23).

use std::{fmt, str::FromStr};

/// `X.Y.Z`; what follows a `-` or `+` (Semantic Versioning 2.0.0, items 9 and 10) does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClientVersion([u32; 3]);

/// Not a version.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a version is written 1.2.3")]
pub struct ClientVersionError;

impl FromStr for ClientVersion {
    type Err = ClientVersionError;

    fn from_str(text: &str) -> Result<Self, ClientVersionError> {
        let numbers = text.split(['-', '+']).next().unwrap_or_default();
        let numbers: Vec<u32> = numbers
            .split('.')
            .map(|number| number.parse().map_err(|_| ClientVersionError))
            .collect::<Result<_, _>>()?;
        numbers.try_into().map(Self).map_err(|_| ClientVersionError)
    }
}

impl fmt::Display for ClientVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [major, minor, patch] = self.0;
        write!(f, "{major}.{minor}.{patch}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_ordered_by_their_numbers() {
        let version = |text: &str| text.parse::<ClientVersion>().unwrap();
        assert!(version("0.9.10") > version("0.9.9"));
        assert!(version("1.0.0") > version("0.99.99"));
        assert_eq!(version("1.2.3-rc.1+a"), version("1.2.3"));
        assert_eq!(version("1.2.3-rc.1").to_string(), "1.2.3");
    }

    #[test]
    fn what_is_no_version_is_refused() {
        for text in ["", "1", "1.2", "1.2.3.4", "1.2.x", "v1.2.3", "-1.2.3", "1..3", "99999999999.0.0"] {
            assert_eq!(text.parse::<ClientVersion>(), Err(ClientVersionError), "{text}");
        }
    }
}
