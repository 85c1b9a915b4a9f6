//! `POST messages/{id}/retract`: takes a message back from whoever has not read it. The answer says for each
//! recipient whether it was in time; repeating is harmless.

use axum::Json;
use restante_model::MessageId;
use restante_server_api::Retraction;

use super::messages::missing;
use crate::{access::Mailbox, extract::PathId, problem::Refusal, wire};

/// Takes a message that one sent back from whoever has not read it.
#[utoipa::path(post, path = "/api/v1/messages/{id}/retract", operation_id = "retract", tag = "mail",
    security(("token" = [])), params(("id" = MessageId, Path, description = "a message's id")),
    responses((status = 200, description = "what became of each recipient's copy", body = Retraction)))]
pub(crate) async fn post(mailbox: Mailbox, PathId(id): PathId) -> Result<Json<Retraction>, Refusal> {
    let retracted = mailbox.retract(id).await?.ok_or_else(missing)?;
    Ok(Json(Retraction { recipients: retracted.copies.into_iter().map(wire::recipient).collect() }))
}
