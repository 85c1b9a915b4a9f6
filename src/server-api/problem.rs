//! Problems as RFC 9457 `application/problem+json`, with a closed list of codes.

use serde::{Deserialize, Serialize};

use crate::{Draft, Settings};

/// What went wrong: the one list that both sides match on, so that "upgrade the database" can never
/// read as "wrong password".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ProblemKind {
    /// No token, or one that is unknown or revoked.
    Unauthenticated,
    /// User and password do not fit, or no such user or organisation.
    WrongCredentials,
    /// There is no such thing, or it is not yours.
    NotFound,
    /// The request is not as described; `errors` say where.
    Invalid,
    /// The request is larger than the limits allow.
    TooLarge,
    /// Asked too often; `retry_after_seconds` says when to come back.
    TooManyRequests,
    /// The id already names a message with other content.
    IdReused,
    /// Some recipients do not exist; `unknown` lists them.
    UnknownRecipient,
    /// The administrator has locked the interval.
    IntervalLocked,
    /// It changed meanwhile; `settings` or `draft` holds what it is now.
    RevisionConflict,
    /// The cursor is of another database or time; fetch the mailbox anew.
    CursorReset,
    /// The organisation has no usable post office; `why` says what is missing.
    OfficeUnavailable,
    /// The agent is older than the organisation allows; `needed_version` says what it takes.
    ClientTooOld,
    /// For the moment it cannot be done; `retry_after_seconds` says when to come back.
    Busy,
    /// A fault of the server.
    Internal,
}

impl ProblemKind {
    /// Every kind.
    pub const ALL: [Self; 15] = [
        Self::Unauthenticated,
        Self::WrongCredentials,
        Self::NotFound,
        Self::Invalid,
        Self::TooLarge,
        Self::TooManyRequests,
        Self::IdReused,
        Self::UnknownRecipient,
        Self::IntervalLocked,
        Self::RevisionConflict,
        Self::CursorReset,
        Self::OfficeUnavailable,
        Self::ClientTooOld,
        Self::Busy,
        Self::Internal,
    ];

    /// The name used in JSON and in logs.
    pub fn code(self) -> &'static str {
        match self {
            Self::Unauthenticated => "unauthenticated",
            Self::WrongCredentials => "wrong_credentials",
            Self::NotFound => "not_found",
            Self::Invalid => "invalid",
            Self::TooLarge => "too_large",
            Self::TooManyRequests => "too_many_requests",
            Self::IdReused => "id_reused",
            Self::UnknownRecipient => "unknown_recipient",
            Self::IntervalLocked => "interval_locked",
            Self::RevisionConflict => "revision_conflict",
            Self::CursorReset => "cursor_reset",
            Self::OfficeUnavailable => "office_unavailable",
            Self::ClientTooOld => "client_too_old",
            Self::Busy => "busy",
            Self::Internal => "internal",
        }
    }

    /// The HTTP status that carries it.
    pub fn status(self) -> u16 {
        match self {
            Self::Unauthenticated | Self::WrongCredentials => 401,
            Self::NotFound => 404,
            Self::Invalid => 400,
            Self::TooLarge => 413,
            Self::TooManyRequests => 429,
            Self::IdReused | Self::RevisionConflict => 409,
            Self::UnknownRecipient => 422,
            Self::IntervalLocked => 403,
            Self::CursorReset => 410,
            Self::ClientTooOld => 426,
            Self::OfficeUnavailable | Self::Busy => 503,
            Self::Internal => 500,
        }
    }

    /// A short sentence for people who read the raw answer.
    pub fn title(self) -> &'static str {
        match self {
            Self::Unauthenticated => "sign in first",
            Self::WrongCredentials => "user and password do not fit",
            Self::NotFound => "there is no such thing here",
            Self::Invalid => "the request is not as described",
            Self::TooLarge => "the request is too large",
            Self::TooManyRequests => "too many requests",
            Self::IdReused => "this id already names another message",
            Self::UnknownRecipient => "some recipients do not exist",
            Self::IntervalLocked => "the administrator has locked the check interval",
            Self::RevisionConflict => "it was changed meanwhile, by another device perhaps",
            Self::CursorReset => "the cursor is of another time: fetch the mailbox anew",
            Self::OfficeUnavailable => "message server not available",
            Self::ClientTooOld => "this agent is too old for the organisation",
            Self::Busy => "busy, try again shortly",
            Self::Internal => "the server failed",
        }
    }
}

/// Why an organisation has no usable post office.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum UnavailableReason {
    /// No post office is attached to the organisation.
    NoneAttached,
    /// A database is of an older schema: the administrator must upgrade it.
    UpgradeNeeded,
    /// The post office's database cannot be opened.
    Unreachable,
}

/// Why a new password is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum PasswordFault {
    /// It has fewer characters than a password needs.
    TooShort,
    /// It is longer than anybody types.
    TooLong,
    /// It is among the first that are tried.
    Common,
    /// It is the old one.
    Same,
}

/// The schema of a database, and the one that the server works with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SchemaVersions {
    /// The database's.
    pub found: i64,
    /// The server's.
    pub needed: i64,
}

/// One field at fault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FieldError {
    /// A JSON pointer (RFC 6901) into the request.
    pub pointer: String,
    /// What is wrong with it.
    pub reason: String,
}

/// The body of every answer that is not a success.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Problem {
    /// A URI reference that names the kind.
    #[serde(rename = "type")]
    pub kind_uri: String,
    /// The kind in a short sentence.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// The kind, for programs.
    pub code: ProblemKind,
    /// What happened to what, this time.
    pub detail: String,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<String>,
    /// With `invalid`: the fields at fault.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldError>,
    /// With `unknown_recipient`: the recipients as written.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub unknown: Vec<String>,
    /// With `too_many_requests` and `busy`: when to come back; also the header Retry-After.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry_after_seconds: Option<u64>,
    /// With `revision_conflict` and `interval_locked`: the settings in force.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settings: Option<Settings>,
    /// With `revision_conflict` of a draft: what it is now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub draft: Option<Box<Draft>>,
    /// With `office_unavailable`: what is missing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<UnavailableReason>,
    /// With `office_unavailable` for a schema of another version: both versions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<SchemaVersions>,
    /// With `invalid` of a new password: what is wrong with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<PasswordFault>,
    /// With `client_too_old`: the oldest version allowed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needed_version: Option<String>,
}

impl Problem {
    /// The media type of a problem.
    pub const MEDIA_TYPE: &'static str = "application/problem+json";

    /// A problem of this kind that happened so.
    pub fn new(code: ProblemKind, detail: impl Into<String>) -> Self {
        Self {
            kind_uri: format!("urn:restante:problem:{}", code.code()),
            title: code.title().to_owned(),
            status: code.status(),
            code,
            detail: detail.into(),
            hint: None,
            errors: Vec::new(),
            unknown: Vec::new(),
            retry_after_seconds: None,
            settings: None,
            draft: None,
            why: None,
            schema: None,
            password: None,
            needed_version: None,
        }
    }

    /// The same with what to do about it.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn garbage_is_no_problem_or_one_that_tells_itself_again() {
        let mut whole = Problem::new(ProblemKind::Invalid, "the letter is not as described");
        whole.hint = Some("look at /to".into());
        whole.retry_after_seconds = Some(5);
        let whole = serde_json::to_string(&whole).unwrap();
        let busy = serde_json::to_string(&Problem::new(ProblemKind::Busy, "later")).unwrap();
        restante_garbage::each(&[whole.as_bytes(), busy.as_bytes()], |bytes| {
            let Ok(problem) = serde_json::from_slice::<Problem>(bytes) else { return };
            let again = serde_json::to_vec(&problem).unwrap();
            assert_eq!(serde_json::from_slice::<Problem>(&again).unwrap(), problem);
        });
    }

    #[test]
    fn the_code_in_json_is_the_code_in_logs() {
        for kind in ProblemKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.code());
        }
    }

    #[test]
    fn a_problem_survives_the_way_through_json() {
        let problem = Problem::new(ProblemKind::Busy, "too many sign-ins at once").with_hint("try again");
        let text = serde_json::to_string(&problem).unwrap();
        assert_eq!(serde_json::from_str::<Problem>(&text).unwrap(), problem);
    }
}
