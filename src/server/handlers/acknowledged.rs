//! `POST acknowledged`: the person knows of these, opened or not. Repeating is harmless.

use axum::http::StatusCode;
use restante_server_api::Marked;

use crate::{access::Mailbox, extract::Json, problem::Refusal};

pub(crate) async fn acknowledged(
    mailbox: Mailbox,
    Json(acknowledged): Json<Marked>,
) -> Result<StatusCode, Refusal> {
    mailbox.acknowledge(&acknowledged.ids).await?;
    Ok(StatusCode::NO_CONTENT)
}
