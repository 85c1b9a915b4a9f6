//! Bodies, ids and origins of requests, with every way of being wrong told as a problem.

use std::{net::IpAddr, sync::Arc};

use axum::{
    body::Body,
    extract::{FromRequest, FromRequestParts, Path},
    http::{Method, Request, header, request::Parts},
};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use restante_model::MessageId;
use restante_server_api::{MAX_REQUEST_BYTES, ProblemKind};
use serde::de::DeserializeOwned;

use crate::{accept::Peer, access::App, problem::Refusal};

/// Where a request came from, as far as it can be known.
pub(crate) struct From(pub(crate) IpAddr);

impl FromRequestParts<Arc<App>> for From {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Refusal> {
        let Some(Peer(peer)) = parts.extensions.get::<Peer>().copied() else {
            // Only a router without our accept loop has none.
            return Err(Refusal::new(ProblemKind::Internal, "nobody knows where this request came from"));
        };
        if !(app.config.behind_proxy && peer.is_loopback()) {
            return Ok(Self(peer));
        }
        // The proxy writes the last one; those before it are what the client says of itself.
        let told = parts.headers.get_all("x-forwarded-for").iter().next_back();
        let told = told.and_then(|value| value.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
        Ok(Self(told.unwrap_or(peer)))
    }
}

/// A JSON body.
pub(crate) struct Json<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<Arc<App>> for Json<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request<Body>, app: &Arc<App>) -> Result<Self, Refusal> {
        let media = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let media = media.unwrap_or_default().split(';').next().unwrap_or_default().trim();
        if !media.eq_ignore_ascii_case("application/json") {
            return Err(Refusal::invalid("", "the body is not application/json").with_status(415));
        }
        let whole = Limited::new(request.into_body(), MAX_REQUEST_BYTES).collect();
        let bytes = match tokio::time::timeout(app.config.limits.body, whole).await {
            Err(_) => return Err(Refusal::invalid("", "the body did not come in time").with_status(408)),
            Ok(Err(error)) if error.downcast_ref::<LengthLimitError>().is_some() => {
                let detail = format!("the request is larger than {MAX_REQUEST_BYTES} bytes");
                return Err(Refusal::new(ProblemKind::TooLarge, detail));
            }
            Ok(Err(_)) => return Err(Refusal::invalid("", "the body did not come whole")),
            Ok(Ok(body)) => body.to_bytes(),
        };
        let mut reader = serde_json::Deserializer::from_slice(&bytes);
        let value = serde_path_to_error::deserialize(&mut reader).map_err(|error| {
            let path = error.path().to_string();
            let pointer = if path == "." {
                String::new()
            } else {
                format!("/{}", path.replace(['.', '['], "/").replace(']', ""))
            };
            Refusal::invalid(pointer, error.inner().to_string())
        })?;
        reader.end().map_err(|error| Refusal::invalid("", error.to_string()))?;
        Ok(Self(value))
    }
}

/// The id of a message in a path: what cannot be one names nothing, and cannot be written to.
pub(crate) struct PathId(pub(crate) MessageId);

impl FromRequestParts<Arc<App>> for PathId {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Refusal> {
        let text =
            Path::<String>::from_request_parts(parts, app).await.map(|Path(text)| text).unwrap_or_default();
        text.parse().map(Self).map_err(|_| {
            if parts.method == Method::PUT {
                Refusal::invalid("", "the id in the path is not a UUID")
            } else {
                Refusal::new(ProblemKind::NotFound, "no message has such an id")
            }
        })
    }
}
