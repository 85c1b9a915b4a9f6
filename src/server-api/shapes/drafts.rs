//! Drafts at the post office.

use restante_model::{Letter, MessageId, Timestamp};
use serde::{Deserialize, Serialize};

use super::number::whole_number_if_any;

/// `PUT drafts/{id}`: what there is of a letter.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PutDraft {
    /// The version that this one follows; absent: there is none yet.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "whole_number_if_any")]
    #[cfg_attr(feature = "openapi", schema(maximum = 9_007_199_254_740_992_i64))]
    pub base_version: Option<u64>,
    /// The letter so far.
    pub content: Letter,
}

/// Answer to `PUT drafts/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SavedDraft {
    /// The id that the client made.
    pub id: MessageId,
    /// The version now; the base of the next one.
    pub version: u64,
    /// When it was saved.
    pub saved_at: Timestamp,
}

/// A draft as the post office has it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Draft {
    /// The id that the client made.
    pub id: MessageId,
    /// Grows with every save, and when it is thrown away.
    pub version: u64,
    /// When that was.
    pub saved_at: Timestamp,
    /// The letter so far; absent once it was thrown away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<Letter>,
}
