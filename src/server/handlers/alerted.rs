//! `POST alerted`: a device showed alerts for these. Repeating is harmless.

use axum::http::StatusCode;
use restante_server_api::{Marked, path};

use crate::{access::Mailbox, extract::Json, problem::Refusal};

/// This device showed alerts for these. What is not his, or gone, is passed over.
#[utoipa::path(post, path = path::ALERTED, operation_id = "mark_alerted", tag = "mail", security(("token" = [])),
    request_body = Marked, responses((status = 204, description = "noted")))]
pub(crate) async fn alerted(mailbox: Mailbox, Json(alerted): Json<Marked>) -> Result<StatusCode, Refusal> {
    mailbox.mark_alerted(&alerted.ids).await?;
    Ok(StatusCode::NO_CONTENT)
}
