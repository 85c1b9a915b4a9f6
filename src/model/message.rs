//! What a person writes, and the limits that both sides hold it to.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use uuid::Uuid;

/// The longest subject, in bytes of UTF-8 (contracts, "Limits").
pub const MAX_SUBJECT_BYTES: usize = 998;
/// The longest body, in bytes of UTF-8.
pub const MAX_BODY_BYTES: usize = 1024 * 1024;
/// The most recipients of one message.
pub const MAX_RECIPIENTS: usize = 10_000;

/// The id of a message, made by the client that wrote it: a `UUIDv7`, so ids sort by time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema), schema(value_type = String, format = "uuid"))]
pub struct MessageId(Uuid);

impl MessageId {
    /// An id made elsewhere.
    pub fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid)
    }

    /// The id as a UUID.
    pub fn uuid(self) -> Uuid {
        self.0
    }
}

impl fmt::Display for MessageId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl FromStr for MessageId {
    type Err = uuid::Error;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Uuid::try_parse(text).map(Self)
    }
}

/// How loudly a message asks for attention.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Importance {
    /// A popup in the corner.
    #[default]
    Normal,
    /// A modal window in the centre.
    High,
}

impl Importance {
    /// The name used in JSON and SQL.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Normal => "normal",
            Self::High => "high",
        }
    }

    /// The importance with this name; `None` for any other text.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Normal, Self::High].into_iter().find(|importance| importance.as_str() == name)
    }
}

/// What a person wrote and to whom, before the post office has it. Valid once [`Letter::problems`]
/// finds nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Letter {
    /// Whom it is for, as written: logins (and, later, groups). The post office resolves them.
    #[cfg_attr(feature = "openapi", schema(max_items = 10_000))]
    pub to: Vec<String>,
    /// One line.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(max_length = 998, pattern = r"^[^\u0000-\u001f\u007f-\u009f]*$"))]
    pub subject: String,
    /// Plain text.
    #[serde(default)]
    #[cfg_attr(
        feature = "openapi",
        schema(
            max_length = 1_048_576,
            pattern = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]*$"
        )
    )]
    pub body: String,
    /// How loudly it asks for attention.
    #[serde(default)]
    pub importance: Importance,
}

/// One thing that keeps a letter from being accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LetterProblem {
    /// No recipient.
    #[error("nobody to send it to")]
    NoRecipient,
    /// More than [`MAX_RECIPIENTS`].
    #[error("more than {MAX_RECIPIENTS} recipients")]
    TooManyRecipients,
    /// Longer than [`MAX_SUBJECT_BYTES`].
    #[error("subject longer than {MAX_SUBJECT_BYTES} bytes")]
    SubjectTooLong,
    /// A line break or another control character in the subject.
    #[error("control character in the subject")]
    SubjectControl,
    /// Longer than [`MAX_BODY_BYTES`].
    #[error("text longer than {MAX_BODY_BYTES} bytes")]
    BodyTooLong,
    /// A control character other than tab and line breaks in the text.
    #[error("control character in the text")]
    BodyControl,
}

impl LetterProblem {
    /// The JSON pointer (RFC 6901) of the field at fault.
    pub fn pointer(self) -> &'static str {
        match self {
            Self::NoRecipient | Self::TooManyRecipients => "/to",
            Self::SubjectTooLong | Self::SubjectControl => "/subject",
            Self::BodyTooLong | Self::BodyControl => "/body",
        }
    }
}

impl Letter {
    /// Everything that keeps this letter from being accepted; empty when it is good.
    pub fn problems(&self) -> Vec<LetterProblem> {
        let control_in_body = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
        [
            (self.to.is_empty(), LetterProblem::NoRecipient),
            (self.to.len() > MAX_RECIPIENTS, LetterProblem::TooManyRecipients),
            (self.subject.len() > MAX_SUBJECT_BYTES, LetterProblem::SubjectTooLong),
            (self.subject.chars().any(char::is_control), LetterProblem::SubjectControl),
            (self.body.len() > MAX_BODY_BYTES, LetterProblem::BodyTooLong),
            (self.body.chars().any(control_in_body), LetterProblem::BodyControl),
        ]
        .into_iter()
        .filter_map(|(wrong, problem)| wrong.then_some(problem))
        .collect()
    }

    /// Whether nothing is written yet: such a draft never takes the place of another.
    pub fn is_empty(&self) -> bool {
        self.to.is_empty() && self.subject.trim().is_empty() && self.body.trim().is_empty()
    }

    /// A SHA-256 of the whole content, each field preceded by its length: tells a repeated request
    /// from another message under the same id, and shows a row whose text a disk has changed.
    pub fn content_sum(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        let mut field = |text: &str| {
            hash.update((text.len() as u64).to_be_bytes());
            hash.update(text);
        };
        field(self.importance.as_str());
        field(&self.subject);
        field(&self.body);
        for recipient in &self.to {
            field(recipient);
        }
        hash.finalize().into()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn letter() -> Letter {
        Letter {
            to: vec!["boris".into()],
            subject: "Minutes".into(),
            body: "See below.\n\tBoris".into(),
            importance: Importance::Normal,
        }
    }

    #[test]
    fn a_plain_letter_is_good() {
        assert_eq!(letter().problems(), []);
    }

    #[test]
    fn each_limit_is_named_with_its_field() {
        let nobody = Letter { to: vec![], ..letter() };
        assert_eq!(nobody.problems(), [LetterProblem::NoRecipient]);
        let long = Letter { body: "x".repeat(MAX_BODY_BYTES + 1), ..letter() };
        assert_eq!(long.problems(), [LetterProblem::BodyTooLong]);
        let broken = Letter { subject: "a\nb".into(), ..letter() };
        assert_eq!(broken.problems()[0].pointer(), "/subject");
        let just = Letter { body: "x".repeat(MAX_BODY_BYTES), ..letter() };
        assert_eq!(just.problems(), []);
    }

    #[test]
    fn moving_text_between_fields_changes_the_sum() {
        let one = Letter { subject: "ab".into(), body: "c".into(), ..letter() };
        let other = Letter { subject: "a".into(), body: "bc".into(), ..letter() };
        assert_ne!(one.content_sum(), other.content_sum());
    }
}
