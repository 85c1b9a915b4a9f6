//! How far an agent has read its mailbox: `<epoch>.<generation>.<modseq>`, opaque to clients.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A place in the stream of a mailbox's changes.
///
/// The epoch names the post office's database and is renewed by a restore; the generation names one
/// start of a server on it, so that a database copied back by hand is noticed; the modseq counts the
/// mailbox's changes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Cursor {
    /// The random id of the post office's database.
    pub epoch: String,
    /// The random id of the server's start that wrote the newest change known.
    pub generation: String,
    /// The number of the last change known; 0 before the first.
    pub modseq: u64,
}

/// The text is no cursor that a server of ours gave out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cursor is not in the form EPOCH.GENERATION.MODSEQ")]
pub struct CursorError;

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.epoch, self.generation, self.modseq)
    }
}

impl FromStr for Cursor {
    type Err = CursorError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.split('.');
        let (Some(epoch), Some(generation), Some(modseq), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(CursorError);
        };
        let id = |part: &str| {
            (1..=64).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        };
        // Signs are refused, and so is what SQL's signed numbers cannot hold.
        let digits = modseq.bytes().all(|byte| byte.is_ascii_digit());
        let modseq: i64 = modseq.parse().map_err(|_| CursorError)?;
        if !id(epoch) || !id(generation) || !digits {
            return Err(CursorError);
        }
        Ok(Self { epoch: epoch.to_owned(), generation: generation.to_owned(), modseq: modseq.unsigned_abs() })
    }
}

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for Cursor {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::Type::String)
            .description(Some("A place in the stream of a mailbox's changes; opaque to clients"))
            .pattern(Some("^[0-9A-Za-z]{1,64}\\.[0-9A-Za-z]{1,64}\\.[0-9]{1,18}$"))
            .into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for Cursor {}

impl Serialize for Cursor {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Cursor {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_text_is_a_cursor_that_prints_as_itself_or_an_error(text in ".{0,80}") {
            if let Ok(cursor) = text.parse::<Cursor>() {
                prop_assert_eq!(cursor.to_string().parse::<Cursor>(), Ok(cursor));
            }
        }

        #[test]
        fn a_cursor_survives_the_way_through_text(epoch in "[0-9a-f]{16}", generation in "[0-9a-f]{16}", modseq in 0..=i64::MAX as u64) {
            let cursor = Cursor { epoch, generation, modseq };
            prop_assert_eq!(cursor.to_string().parse::<Cursor>(), Ok(cursor));
        }
    }

    #[test]
    fn garbage_is_refused_or_prints_as_itself() {
        restante_garbage::each_text(&["9f31c0de.77ab01.42", "e.g.0", "a.b.9223372036854775807"], |text| {
            if let Ok(cursor) = text.parse::<Cursor>() {
                assert_eq!(cursor.to_string().parse(), Ok(cursor));
            }
        });
    }

    #[test]
    fn other_text_is_refused() {
        for text in
            ["", "a.b", "a.b.c", "a.b.-1", "a.b.+1", "a.b.1.2", ".b.1", "a..1", "a.b.9223372036854775808"]
        {
            assert!(text.parse::<Cursor>().is_err(), "{text:?} was accepted");
        }
    }
}
