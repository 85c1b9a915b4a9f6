//! Around every request: its id, its log line, and what happens when its handler fails badly.

use std::{any::Any, sync::Arc, time::Instant};

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode},
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
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// A request that is being answered.
pub(crate) struct Observed {
    begun: Instant,
    id: HeaderValue,
}

impl Observed {
    /// It has come, with these headers.
    pub(crate) fn begin(headers: &HeaderMap) -> Self {
        let begun = Instant::now();
        let id = headers.get(REQUEST_ID).filter(|id| given_id(id)).cloned();
        let made = || HeaderValue::try_from(auth::hex(&rand::random::<[u8; 8]>()));
        // Hexadecimal digits are always a value.
        let id = id.or_else(|| made().ok()).unwrap_or(HeaderValue::from_static("-"));
        Self { begun, id }
    }

    /// This is its answer. The route, never the path or query as sent, goes into log and figures.
    pub(crate) fn end<B>(self, method: &Method, route: &str, answer: &mut Response<B>) {
        let Self { begun, id } = self;
        let told = answer.extensions().get::<Told>().map(|told| told.0);
        let (status, took) = (answer.status(), begun.elapsed());
        metrics::answered(route, method, status, told, took);
        let (request, ms) = (id.to_str().unwrap_or_default(), took.as_millis());
        let number = status.as_u16();
        if status == StatusCode::NOT_MODIFIED {
            // Nearly all requests are checks that bring nothing: a line for each would cost more than the check.
            tracing::debug!(%method, route, status = number, ms, request, "answered");
        } else {
            tracing::info!(%method, route, status = number, ms, request, "answered");
        }
        answer.headers_mut().insert(REQUEST_ID, id);
    }
}

pub(crate) async fn observe(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let observed = Observed::begin(request.headers());
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let mut answer = next.run(request).await;
    if answer.extensions().get::<Fatal>().is_some() {
        app.damaged.cancel();
    }
    observed.end(&method, route.as_ref().map_or("-", MatchedPath::as_str), &mut answer);
    answer
}

/// Whether the id that a client or a proxy gave is one that a log can take.
fn given_id(value: &HeaderValue) -> bool {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    (1..=64).contains(&value.len()) && value.as_bytes().iter().all(plain)
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
            assert_eq!(given_id(&HeaderValue::from_str(given).unwrap()), taken, "{given:?}");
        }
    }
}
