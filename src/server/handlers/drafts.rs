//! `PUT`, `DELETE drafts/{id}`: letters still being written, for all devices of their writer. What changed
//! in them comes with `GET changes`.

use std::collections::HashMap;

use axum::{
    Json,
    extract::{Query, rejection::QueryRejection},
    http::StatusCode,
};
use restante_model::LetterProblem;
use restante_server_api::{Problem, ProblemKind, PutDraft};
use restante_store::{Draft, MAX_DRAFTS, SavedDraft, ThrownDraft};

use crate::{
    access::Mailbox,
    extract::{self, PathId},
    handlers::messages::unacceptable,
    problem::Refusal,
    wire,
};

pub(crate) async fn put(
    mailbox: Mailbox,
    PathId(id): PathId,
    extract::Json(draft): extract::Json<PutDraft>,
) -> Result<Json<restante_server_api::SavedDraft>, Refusal> {
    let PutDraft { base_version, content } = draft;
    let mut problems = content.problems();
    // Whom it is for may be decided last.
    problems.retain(|problem| *problem != LetterProblem::NoRecipient);
    if !problems.is_empty() {
        return Err(unacceptable(&problems, "/content"));
    }
    match mailbox.save_draft(id, base_version, &content).await? {
        SavedDraft::Saved { version, saved_at, .. } => {
            Ok(Json(restante_server_api::SavedDraft { id, version, saved_at }))
        }
        SavedDraft::Conflict(there) => Err(conflict(there)),
        SavedDraft::TooMany => {
            let detail = format!("a mailbox holds at most {MAX_DRAFTS} drafts");
            Err(Problem::new(ProblemKind::TooLarge, detail).with_hint("send some, or throw some away").into())
        }
    }
}

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
