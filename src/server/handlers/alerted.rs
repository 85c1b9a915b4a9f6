//! `POST alerted`: a device showed alerts for these. Repeating is harmless.

use axum::http::StatusCode;
use restante_server_api::Marked;

use crate::{access::Mailbox, extract::Json, problem::Refusal};

pub(crate) async fn alerted(mailbox: Mailbox, Json(alerted): Json<Marked>) -> Result<StatusCode, Refusal> {
    mailbox.mark_alerted(&alerted.ids).await?;
    Ok(StatusCode::NO_CONTENT)
}
