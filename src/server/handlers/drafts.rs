//! `PUT`, `DELETE drafts/{id}`: letters still being written, for all devices of their writer. What changed
//! in them comes with `GET changes`.

use std::collections::HashMap;

use axum::{
    Json,
    extract::{Query, rejection::QueryRejection},
    http::StatusCode,
};
use restante_model::{LetterProblem, MessageId};
use restante_server_api::{Problem, ProblemKind, PutDraft, SavedDraft};
use restante_store::{self as store, Draft, MAX_DRAFTS, ThrownDraft};

use crate::{
    access::Mailbox,
    extract::{self, PathId},
    handlers::messages::unacceptable,
    problem::Refusal,
    wire,
};

/// Saves a draft upon the version that it follows.
#[utoipa::path(put, path = "/api/v1/drafts/{id}", operation_id = "save_draft", tag = "mail",
    security(("token" = [])), params(("id" = MessageId, Path, description = "a UUIDv7 that the client made")),
    request_body = PutDraft,
    responses(
        (status = 200, description = "saved", body = SavedDraft),
        (status = 409, description = "`revision_conflict`, with the `draft` that stands there"),
    ))]
pub(crate) async fn put(
    mailbox: Mailbox,
    PathId(id): PathId,
    extract::Json(draft): extract::Json<PutDraft>,
) -> Result<Json<SavedDraft>, Refusal> {
    let PutDraft { base_version, content } = draft;
    let mut problems = content.problems();
    // Whom it is for may be decided last.
    problems.retain(|problem| *problem != LetterProblem::NoRecipient);
    if !problems.is_empty() {
        return Err(unacceptable(&problems, "/content"));
    }
    match mailbox.save_draft(id, base_version, &content).await? {
        store::SavedDraft::Saved { version, saved_at, .. } => Ok(Json(SavedDraft { id, version, saved_at })),
        store::SavedDraft::Conflict(there) => Err(conflict(there)),
        store::SavedDraft::TooMany => {
            let detail = format!("a mailbox holds at most {MAX_DRAFTS} drafts");
            Err(Problem::new(ProblemKind::TooLarge, detail).with_hint("send some, or throw some away").into())
        }
    }
}

/// Throws a draft away, in this version or, without one, in any.
#[utoipa::path(delete, path = "/api/v1/drafts/{id}", operation_id = "throw_draft", tag = "mail",
    security(("token" = [])),
    params(
        ("id" = MessageId, Path, description = "a draft's id"),
        ("base_version" = Option<u64>, Query, description = "the version meant"),
    ),
    responses(
        (status = 204, description = "it is gone"),
        (status = 409, description = "`revision_conflict`, with the `draft` that stands there"),
    ))]
pub(crate) async fn delete(
    mailbox: Mailbox,
    PathId(id): PathId,
    query: Result<Query<HashMap<String, String>>, QueryRejection>,
) -> Result<StatusCode, Refusal> {
    let Query(query) = query.map_err(|_| Refusal::invalid("", "the query is not as described"))?;
    let base = query.get("base_version").map(|text| text.parse()).transpose();
    let base = base.map_err(|_| Refusal::invalid("/base_version", "not a version"))?;
    match mailbox.throw_draft(id, base).await? {
        Some(ThrownDraft::Thrown(_)) => Ok(StatusCode::NO_CONTENT),
        Some(ThrownDraft::Conflict(there)) => Err(conflict(there)),
        None => Err(Refusal::new(ProblemKind::NotFound, "your mailbox has no such draft")),
    }
}

fn conflict(there: Draft) -> Refusal {
    let detail = match there.letter {
        Some(_) => format!("the draft is of version {} by now", there.version),
        None => format!("the draft was thrown away with version {}", there.version),
    };
    let mut problem = Problem::new(ProblemKind::RevisionConflict, detail);
    problem.draft = Some(Box::new(wire::draft(there)));
    problem.into()
}
