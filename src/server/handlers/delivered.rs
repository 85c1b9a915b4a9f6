//! `POST delivered`: everything up to the cursor is durably on this device.

use axum::http::StatusCode;
use restante_server_api::{Delivered, ProblemKind, path};

use crate::{access::Mailbox, extract::Json, problem::Refusal};

/// Everything up to the cursor is durably on this device.
#[utoipa::path(post, path = path::DELIVERED, operation_id = "mark_delivered", tag = "mail", security(("token" = [])),
    request_body = Delivered,
    responses(
        (status = 204, description = "noted"),
        (status = 410, description = "`cursor_reset`: the cursor is not of this mailbox as it is now"),
    ))]
pub(crate) async fn delivered(
    mailbox: Mailbox,
    Json(delivered): Json<Delivered>,
) -> Result<StatusCode, Refusal> {
    match mailbox.mark_delivered(&delivered.cursor).await? {
        restante_store::Delivered::Noted(_) => Ok(StatusCode::NO_CONTENT),
        restante_store::Delivered::Reset => {
            Err(Refusal::new(ProblemKind::CursorReset, "the cursor is not of this mailbox as it is now"))
        }
    }
}
