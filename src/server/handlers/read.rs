//! `POST read`: the person opened these. Repeating is harmless.

use axum::http::StatusCode;
use restante_server_api::Marked;

use crate::{access::Mailbox, extract::Json, problem::Refusal};

pub(crate) async fn read(mailbox: Mailbox, Json(read): Json<Marked>) -> Result<StatusCode, Refusal> {
    mailbox.mark_read(&read.ids).await?;
    Ok(StatusCode::NO_CONTENT)
}
