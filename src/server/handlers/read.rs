//! `POST read`: the person opened these. Repeating is harmless.

use axum::http::StatusCode;
use restante_server_api::{Marked, path};

use crate::{access::Mailbox, extract::Json, problem::Refusal};

/// The person opened these. What is not his, gone, or read already is passed over.
#[utoipa::path(post, path = path::READ, operation_id = "mark_read", tag = "mail", security(("token" = [])),
    request_body = Marked, responses((status = 204, description = "noted")))]
pub(crate) async fn read(mailbox: Mailbox, Json(read): Json<Marked>) -> Result<StatusCode, Refusal> {
    mailbox.mark_read(&read.ids).await?;
    Ok(StatusCode::NO_CONTENT)
}
