//! `PUT`, `GET`, `DELETE messages/{id}`.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use restante_model::{Importance, Letter, LetterProblem};
use restante_server_api::{Accepted, FieldError, Message, Problem, ProblemKind};
use restante_store::Posted;
use serde::{Deserialize, de::IgnoredAny};

use crate::{
    access::{App, Mailbox},
    extract::{self, PathId},
    problem::Refusal,
    unreached, wire,
};

/// A letter; a field that this version does not know is refused rather than lost.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct PutMessage {
    to: Vec<String>,
    #[serde(default)]
    subject: String,
    #[serde(default)]
    body: String,
    #[serde(default)]
    importance: Importance,
    /// Named by the contract and not kept yet, so only their absence can be said.
    #[serde(default)]
    in_reply_to: Option<IgnoredAny>,
    #[serde(default)]
    attachments: Option<Vec<IgnoredAny>>,
}

pub(crate) async fn put(
    mailbox: Mailbox,
    PathId(id): PathId,
    extract::Json(written): extract::Json<PutMessage>,
) -> Result<(StatusCode, Json<Accepted>), Refusal> {
    let PutMessage { to, subject, body, importance, in_reply_to, attachments } = written;
    if in_reply_to.is_some() {
        return Err(Refusal::invalid("/in_reply_to", "this server does not keep references yet"));
    }
    if attachments.is_some_and(|attachments| !attachments.is_empty()) {
        return Err(Refusal::invalid("/attachments", "this server does not keep attachments yet"));
    }
    let letter = Letter { to, subject, body, importance };
    let problems = letter.problems();
    if !problems.is_empty() {
        return Err(unacceptable(&problems, ""));
    }
    match mailbox.deliver(id, &letter).await? {
        Posted::Accepted(accepted, _) => Ok((StatusCode::CREATED, Json(wire::accepted(accepted)))),
        Posted::Repeated(accepted) => Ok((StatusCode::OK, Json(wire::accepted(accepted)))),
        Posted::IdReused => Err(Refusal::new(ProblemKind::IdReused, format!("{id} names another message"))),
        Posted::UnknownRecipients(unknown) => {
            let detail = format!("nobody here is called {}", unknown.join(", "));
            let mut problem = Problem::new(ProblemKind::UnknownRecipient, detail);
            problem.unknown = unknown;
            Err(problem.into())
        }
    }
}

/// What is wrong with a letter that stands at `place` in the request, each limit with its field.
pub(super) fn unacceptable(problems: &[LetterProblem], place: &str) -> Refusal {
    let large = problems.iter().any(|problem| {
        matches!(
            problem,
            LetterProblem::TooManyRecipients | LetterProblem::SubjectTooLong | LetterProblem::BodyTooLong
        )
    });
    let kind = if large { ProblemKind::TooLarge } else { ProblemKind::Invalid };
    let mut problem =
        Problem::new(kind, problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "));
    problem.errors = problems
        .iter()
        .map(|problem| FieldError {
            pointer: format!("{place}{}", problem.pointer()),
            reason: problem.to_string(),
        })
        .collect();
    problem.into()
}

pub(crate) async fn get(
    State(app): State<Arc<App>>,
    mailbox: Mailbox,
    PathId(id): PathId,
) -> Result<Json<Message>, Refusal> {
    let message = mailbox.message(id).await?.ok_or_else(missing)?;
    let mut message = wire::message(message);
    unreached::tell(&mailbox, [&mut message], app.clock.now()).await?;
    Ok(Json(message))
}

pub(crate) async fn delete(mailbox: Mailbox, PathId(id): PathId) -> Result<StatusCode, Refusal> {
    mailbox.delete_message(id).await?.ok_or_else(missing)?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) fn missing() -> Refusal {
    Refusal::new(ProblemKind::NotFound, "your mailbox has no such message")
}
