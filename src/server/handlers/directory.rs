//! `GET directory`: whom one can write to.

use axum::{http::HeaderMap, response::Response};
use restante_server_api::Directory;
use sha2::{Digest, Sha256};

use crate::{access::Mailbox, auth, problem::Refusal};

pub(crate) async fn directory(mailbox: Mailbox, headers: HeaderMap) -> Result<Response, Refusal> {
    let users = mailbox.directory().await?;
    let sum = Sha256::digest(serde_json::to_vec(&users).unwrap_or_default());
    Ok(super::tagged(&headers, &auth::hex(&sum[..8]), Directory { users }))
}
