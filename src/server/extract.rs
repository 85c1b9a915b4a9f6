//! Bodies, ids and origins of requests, with every way of being wrong told as a problem.

use std::{net::IpAddr, sync::Arc};

use axum::{
    body::Body,
    extract::{FromRequest, FromRequestParts, Path},
    http::{Method, Request, header, request::Parts},
};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use ipnet::IpNet;
use restante_model::MessageId;
use restante_server_api::{MAX_REQUEST_BYTES, ProblemKind};
use serde::de::DeserializeOwned;

use crate::{accept::Peer, access::App, problem::Refusal};

/// Where a request came from, as far as it can be known.
pub(crate) struct From(pub(crate) IpAddr);

impl FromRequestParts<Arc<App>> for From {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Refusal> {
        let Some(peer) = parts.extensions.get::<Peer>() else {
            // Only a router without our accept loop has none.
            return Err(Refusal::new(ProblemKind::Internal, "nobody knows where this request came from"));
        };
        let told: Vec<&str> = parts
            .headers
            .get_all("x-forwarded-for")
            .iter()
            .flat_map(|value| value.to_str().unwrap_or_default().split(','))
            .collect();
        Ok(Self(origin(peer.address, &told, &app.config.trusted_proxies)))
    }
}

/// Whether nobody on the way could read this request: we spoke TLS ourselves, or a trusted proxy says that it did.
pub(crate) fn came_encrypted(parts: &Parts, trusted: &[IpNet]) -> bool {
    let by_proxy = || parts.headers.get("x-forwarded-proto").is_some_and(|proto| proto == "https");
    parts.extensions.get::<Peer>().is_some_and(|peer| {
        peer.by_tls || (trusted.iter().any(|network| network.contains(&peer.address)) && by_proxy())
    })
}

/// Walks `X-Forwarded-For` from its right end: each proxy writes whom it heard, so an entry is believed as
/// far as the one who wrote it is trusted; what stands further left is what a client says of itself.
fn origin(peer: IpAddr, told: &[&str], trusted: &[IpNet]) -> IpAddr {
    let mut origin = peer;
    for entry in told.iter().rev() {
        if !trusted.iter().any(|network| network.contains(&origin)) {
            break;
        }
        // What no address can be read from is no proxy's: the one who wrote it is the last that is known.
        let Some(address) = address(entry.trim()) else { break };
        origin = address.to_canonical();
    }
    origin
}

/// An address as proxies write it: bare, with a port, or in brackets.
fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.split_once(']')).map_or(text, |(inner, _)| inner);
    bare.parse().ok().or_else(|| text.parse::<std::net::SocketAddr>().ok().map(|it| it.ip()))
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

#[cfg(test)]
mod tests {
    use super::*;

    fn from(peer: &str, told: &[&str], trusted: &[&str]) -> String {
        let trusted: Vec<IpNet> = trusted.iter().map(|it| it.parse().unwrap()).collect();
        origin(peer.parse().unwrap(), told, &trusted).to_string()
    }

    #[test]
    fn nobody_is_believed_who_is_not_trusted() {
        assert_eq!(from("192.0.2.1", &["10.0.0.1"], &[]), "192.0.2.1");
        assert_eq!(from("192.0.2.1", &["10.0.0.1"], &["127.0.0.0/8"]), "192.0.2.1");
    }

    #[test]
    fn the_rightmost_that_is_no_proxy_of_ours_is_the_client() {
        let trusted = ["127.0.0.0/8", "10.0.0.0/8"];
        // The client wrote the first entry itself, to be taken for another.
        let told = ["198.51.100.9", " 203.0.113.5", "10.1.2.3"];
        assert_eq!(from("127.0.0.1", &told, &trusted), "203.0.113.5");
        assert_eq!(from("127.0.0.1", &told, &["127.0.0.0/8"]), "10.1.2.3");
        assert_eq!(from("127.0.0.1", &["10.1.1.1", "10.1.2.3"], &trusted), "10.1.1.1");
        assert_eq!(from("127.0.0.1", &[], &trusted), "127.0.0.1");
    }

    #[test]
    fn only_a_trusted_proxy_says_that_it_spoke_tls() {
        let encrypted = |by_tls, address: &str, proto: &str| {
            let peer = Peer { address: address.parse().unwrap(), by_tls };
            let request = Request::builder().extension(peer).header("x-forwarded-proto", proto);
            came_encrypted(&request.body(()).unwrap().into_parts().0, &["127.0.0.0/8".parse().unwrap()])
        };
        assert!(encrypted(true, "192.0.2.1", "http"));
        assert!(encrypted(false, "127.0.0.1", "https"));
        assert!(!encrypted(false, "127.0.0.1", "http"));
        assert!(!encrypted(false, "192.0.2.1", "https"));
    }

    #[test]
    fn what_is_no_address_ends_the_walk() {
        let trusted = ["127.0.0.0/8"];
        assert_eq!(from("127.0.0.1", &["203.0.113.5", "unknown"], &trusted), "127.0.0.1");
        assert_eq!(from("127.0.0.1", &["[2001:db8::7]:4711"], &trusted), "2001:db8::7");
        assert_eq!(from("127.0.0.1", &["203.0.113.5:80"], &trusted), "203.0.113.5");
        assert_eq!(from("127.0.0.1", &["::ffff:203.0.113.5"], &trusted), "203.0.113.5");
    }
}
