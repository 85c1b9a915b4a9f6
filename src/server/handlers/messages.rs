//! `PUT`, `GET`, `DELETE messages/{id}`.

use std::sync::Arc;

use axum::{Json, extract::State, http::StatusCode};
use restante_model::{Importance, Letter, LetterProblem, MessageId};
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
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PutMessage {
    /// Logins.
    #[schema(min_items = 1, max_items = 10_000)]
    to: Vec<String>,
    #[serde(default)]
    /// One line of at most 998 bytes of UTF-8.
    #[schema(max_length = 998, pattern = r"^[^\u0000-\u001f\u007f-\u009f]*$")]
    subject: String,
    #[serde(default)]
    /// Plain text of at most 1 MiB of UTF-8.
    #[schema(max_length = 1_048_576, pattern = r"^[^\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]*$")]
    body: String,
    #[serde(default)]
    /// How loudly it asks for attention.
    importance: Importance,
    /// Named by the contract and not kept yet, so only their absence can be said.
    #[serde(default)]
    #[schema(ignore)]
    in_reply_to: Option<IgnoredAny>,
    #[serde(default)]
    #[schema(ignore)]
    attachments: Option<Vec<IgnoredAny>>,
}

/// Sends a letter under an id that the client made. The same id with the same content is the same answer for ever.
#[utoipa::path(put, path = "/api/v1/messages/{id}", operation_id = "send", tag = "mail", security(("token" = [])),
    params(("id" = MessageId, Path, description = "a UUIDv7 that the client made")), request_body = PutMessage,
    responses(
        (status = 201, description = "accepted: it is on disk", body = Accepted),
        (status = 200, description = "accepted before", body = Accepted),
        (status = 409, description = "`id_reused`: the id names another message"),
        (status = 422, description = "`unknown_recipient`, with those that are `unknown`"),
    ))]
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

/// One of one's own messages, received or sent.
#[utoipa::path(get, path = "/api/v1/messages/{id}", operation_id = "get_message", tag = "mail",
    security(("token" = [])), params(("id" = MessageId, Path, description = "a message's id")),
    responses((status = 200, description = "the message", body = Message)))]
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

/// Removes a message from one's own mailbox; the others keep theirs.
#[utoipa::path(delete, path = "/api/v1/messages/{id}", operation_id = "delete_message", tag = "mail",
    security(("token" = [])), params(("id" = MessageId, Path, description = "a message's id")),
    responses((status = 204, description = "it is gone")))]
pub(crate) async fn delete(mailbox: Mailbox, PathId(id): PathId) -> Result<StatusCode, Refusal> {
    mailbox.delete_message(id).await?.ok_or_else(missing)?;
    Ok(StatusCode::NO_CONTENT)
}

pub(super) fn missing() -> Refusal {
    Refusal::new(ProblemKind::NotFound, "your mailbox has no such message")
}
