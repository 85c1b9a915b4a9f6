//! Every answer that is not a success, as `application/problem+json`.

use axum::{
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use restante_server_api::{FieldError, Problem, ProblemKind, SchemaVersions, UnavailableReason};
use restante_store::{StoreError, Unavailable};

use crate::metrics;

/// A request that is not granted.
#[derive(Debug)]
pub(crate) struct Refusal {
    problem: Box<Problem>,
    fatal: bool,
}

/// Marks an answer after which the server must stop.
#[derive(Clone, Copy)]
pub(crate) struct Fatal;

/// Which problem an answer tells, for the figures.
#[derive(Clone, Copy)]
pub(crate) struct Told(pub(crate) ProblemKind);

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self { problem: Box::new(problem), fatal: false }
    }
}

impl Refusal {
    /// A request that is not as described, with the field at fault.
    pub(crate) fn invalid(pointer: impl Into<String>, reason: impl Into<String>) -> Self {
        let reason = reason.into();
        Self::from(Problem::new(ProblemKind::Invalid, reason.clone())).at(pointer, reason)
    }

    /// The same with a field at fault.
    pub(crate) fn at(mut self, pointer: impl Into<String>, reason: impl Into<String>) -> Self {
        self.problem.errors.push(FieldError { pointer: pointer.into(), reason: reason.into() });
        self
    }

    /// The same kind with another status of HTTP.
    pub(crate) fn with_status(mut self, status: u16) -> Self {
        self.problem.status = status;
        self
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        let fatal = error.fatal();
        let problem = match &error {
            StoreError::Unavailable { why, .. } => {
                tracing::warn!(error = chain(&error), "message server not available");
                unavailable(why)
            }
            StoreError::Malformed { .. } => {
                tracing::error!(error = chain(&error), "message server not available");
                office_unavailable(UnavailableReason::Unreachable, "its database is damaged")
            }
            StoreError::Busy { .. } | StoreError::DiskFull { .. } | StoreError::Away { .. } => {
                tracing::warn!(error = chain(&error), "the store could not be written for now");
                metrics::database_busy();
                let mut problem = Problem::new(ProblemKind::Busy, "the store is busy");
                problem.retry_after_seconds = Some(5);
                problem
            }
            StoreError::NameTaken { .. }
            | StoreError::Unknown { .. }
            | StoreError::Refused(_)
            | StoreError::Served { .. }
            | StoreError::Gate { .. }
            | StoreError::Corrupt { .. }
            | StoreError::Damaged { .. }
            | StoreError::Database { .. }
            | StoreError::Folder { .. } => {
                tracing::error!(error = chain(&error), "the store failed");
                Problem::new(ProblemKind::Internal, "the server failed; its log says why")
            }
        };
        Self { problem: Box::new(problem), fatal }
    }
}

fn unavailable(why: &Unavailable) -> Problem {
    let (reason, detail) = match why {
        Unavailable::NoneAttached => (UnavailableReason::NoneAttached, "no post office is attached"),
        Unavailable::UpgradeNeeded { .. } => (UnavailableReason::UpgradeNeeded, "upgrade the database"),
        Unavailable::ServerTooOld { .. } => {
            (UnavailableReason::UpgradeNeeded, "the database is newer than the server: upgrade the server")
        }
        Unavailable::LogLost { .. } => (UnavailableReason::Unreachable, "its database is damaged"),
        Unavailable::Unreachable { .. } => (UnavailableReason::Unreachable, "its database cannot be opened"),
    };
    let schema = match *why {
        Unavailable::UpgradeNeeded { found, needed, .. } => Some(SchemaVersions { found, needed }),
        Unavailable::ServerTooOld { found, known, .. } => Some(SchemaVersions { found, needed: known }),
        Unavailable::NoneAttached | Unavailable::LogLost { .. } | Unavailable::Unreachable { .. } => None,
    };
    let mut problem = office_unavailable(reason, detail);
    problem.schema = schema;
    problem
}

fn office_unavailable(reason: UnavailableReason, detail: &str) -> Problem {
    let mut problem =
        Problem::new(ProblemKind::OfficeUnavailable, format!("message server not available: {detail}"))
            .with_hint("call the administrator of the message server");
    problem.why = Some(reason);
    problem
}

/// An error with its causes, for the log.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        let said = error.to_string();
        // Some errors of others say their cause themselves.
        if !text.ends_with(&said) {
            text = format!("{text}: {said}");
        }
        cause = error.source();
    }
    text
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        // A problem is made of text and numbers, which always serialise.
        let body = serde_json::to_vec(&self.problem).unwrap_or_default();
        let mut answer = (status, body).into_response();
        let headers = answer.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(Problem::MEDIA_TYPE));
        if let Some(seconds) = self.problem.retry_after_seconds {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        answer.extensions_mut().insert(Told(self.problem.code));
        if self.fatal {
            answer.extensions_mut().insert(Fatal);
        }
        answer
    }
}
