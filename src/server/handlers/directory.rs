//! `GET directory`: whom one can write to.

use axum::{http::HeaderMap, response::Response};
use restante_server_api::{Directory, path};
use sha2::{Digest, Sha256};

use crate::{access::Mailbox, auth, problem::Refusal};

/// Whom one can write to.
#[utoipa::path(get, path = path::DIRECTORY, operation_id = "directory", tag = "mail", security(("token" = [])),
    params(("if-none-match" = Option<String>, Header, description = "the tag of the answer that the client has")),
    responses(
        (status = 200, description = "the users of the organisation", body = Directory),
        (status = 304, description = "what the client has"),
    ))]
pub(crate) async fn directory(mailbox: Mailbox, headers: HeaderMap) -> Result<Response, Refusal> {
    let users = mailbox.directory().await?;
    let sum = Sha256::digest(serde_json::to_vec(&users).unwrap_or_default());
    Ok(super::tagged(&headers, &auth::hex(&sum[..8]), Directory { users }))
}
