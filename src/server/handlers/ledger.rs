//! `GET messages/{id}/ledger`: what happened to a message, for whom sent it.

use axum::Json;
use restante_model::MessageId;
use restante_server_api::Ledger;

use super::messages::missing;
use crate::{access::Mailbox, extract::PathId, problem::Refusal, wire};

/// What happened to a message that one sent, recipient by recipient.
#[utoipa::path(get, path = "/api/v1/messages/{id}/ledger", operation_id = "ledger", tag = "mail",
    security(("token" = [])), params(("id" = MessageId, Path, description = "a message's id")),
    responses((status = 200, description = "the entries", body = Ledger)))]
pub(crate) async fn get(mailbox: Mailbox, PathId(id): PathId) -> Result<Json<Ledger>, Refusal> {
    let entries = mailbox.ledger(id).await?.ok_or_else(missing)?;
    Ok(Json(Ledger { entries: entries.into_iter().map(wire::ledger_entry).collect() }))
}
