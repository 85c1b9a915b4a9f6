//! One file an operation, or a resource's few.

pub(crate) mod acknowledged;
pub(crate) mod alerted;
pub(crate) mod changes;
pub(crate) mod delivered;
pub(crate) mod devices;
pub(crate) mod directory;
pub(crate) mod drafts;
pub(crate) mod health;
pub(crate) mod ledger;
pub(crate) mod messages;
pub(crate) mod password;
pub(crate) mod read;
pub(crate) mod retract;
pub(crate) mod sessions;
pub(crate) mod settings;

use axum::{
    Json,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};

/// An answer with its tag, or 304 where the client has it.
fn tagged(headers: &HeaderMap, tag: &str, body: impl serde::Serialize) -> Response {
    let tag = format!("\"{tag}\"");
    if given(headers).any(|given| given == tag || given == "*") {
        return (StatusCode::NOT_MODIFIED, [(header::ETAG, tag)]).into_response();
    }
    ([(header::ETAG, tag)], Json(body)).into_response()
}

/// The tags in If-None-Match.
fn given(headers: &HeaderMap) -> impl Iterator<Item = &str> {
    let text = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
    text.split(',').map(|tag| tag.trim().trim_start_matches("W/"))
}
