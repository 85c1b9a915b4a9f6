//! `POST acknowledged`: the person knows of these, opened or not. Repeating is harmless.

use axum::http::StatusCode;
use restante_server_api::{Marked, path};

use crate::{access::Mailbox, extract::Json, problem::Refusal};

/// The person knows of these, opened or not; their senders see it. What is not his, or gone, is passed over.
#[utoipa::path(post, path = path::ACKNOWLEDGED, operation_id = "acknowledge", tag = "mail", security(("token" = [])),
    request_body = Marked, responses((status = 204, description = "noted")))]
pub(crate) async fn acknowledged(
    mailbox: Mailbox,
    Json(acknowledged): Json<Marked>,
) -> Result<StatusCode, Refusal> {
    mailbox.acknowledge(&acknowledged.ids).await?;
    Ok(StatusCode::NO_CONTENT)
}
