//! Around every request: its id, its log line, and what happens when its handler fails badly.

use std::{any::Any, sync::Arc, time::Instant};

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderValue, StatusCode},
    middleware::Next,
    response::{IntoResponse, Response},
};
use restante_server_api::ProblemKind;

use crate::{
    access::App,
    auth, metrics,
    problem::{Fatal, Refusal, Told},
};

/// Known to proxies and clients: given with a request, it names it in their log and in ours.
const REQUEST_ID: &str = "x-request-id";

pub(crate) async fn observe(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let id = request.headers().get(REQUEST_ID).and_then(given_id);
    let id = id.unwrap_or_else(|| auth::hex(&rand::random::<[u8; 8]>()));
    let method = request.method().clone();
    // The route, never the path or query as sent.
    let route = request.extensions().get::<MatchedPath>().map_or("-", MatchedPath::as_str).to_owned();
    let mut answer = next.run(request).await;
    if answer.extensions().get::<Fatal>().is_some() {
        app.damaged.cancel();
    }
    let told = answer.extensions().get::<Told>().map(|told| told.0);
    metrics::answered(&route, &method, answer.status(), told, begun.elapsed());
    let (status, ms) = (answer.status().as_u16(), begun.elapsed().as_millis());
    if answer.status() == StatusCode::NOT_MODIFIED {
        // Nearly all requests are checks that bring nothing: a line for each would cost more than the check.
        tracing::debug!(%method, route, status, ms, request = id, "answered");
    } else {
        tracing::info!(%method, route, status, ms, request = id, "answered");
    }
    if let Ok(id) = HeaderValue::from_str(&id) {
        answer.headers_mut().insert(REQUEST_ID, id);
    }
    answer
}

/// The id that a client or a proxy gave, where it is one that a log can take.
fn given_id(value: &HeaderValue) -> Option<String> {
    let id = value.to_str().ok().filter(|id| (1..=64).contains(&id.len()))?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    id.bytes().all(plain).then(|| id.to_owned())
}

/// A handler panicked. What it said is on stderr already, by the panic hook.
pub(crate) fn panicked(_said: Box<dyn Any + Send>) -> Response {
    tracing::error!("a handler panicked: this is a fault of the server");
    Refusal::new(ProblemKind::Internal, "the server failed; its log says why").into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_that_could_forge_a_log_line_is_not_taken() {
        for (given, taken) in [
            ("3f2a-7_x.1", true),
            ("", false),
            ("two words", false),
            ("x\t\"admin\"", false),
            (&"x".repeat(65), false),
        ] {
            assert_eq!(given_id(&HeaderValue::from_str(given).unwrap()).is_some(), taken, "{given:?}");
        }
    }
}
