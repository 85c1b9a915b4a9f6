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
    auth,
    problem::{Fatal, Refusal},
};

pub(crate) async fn observe(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let begun = Instant::now();
    let id = auth::hex(&rand::random::<[u8; 8]>());
    let method = request.method().clone();
    // The route, never the path or query as sent.
    let route = request.extensions().get::<MatchedPath>().map_or("-", MatchedPath::as_str).to_owned();
    let mut answer = next.run(request).await;
    if answer.extensions().get::<Fatal>().is_some() {
        app.damaged.cancel();
    }
    let (status, ms) = (answer.status().as_u16(), begun.elapsed().as_millis());
    if answer.status() == StatusCode::NOT_MODIFIED {
        // Nearly all requests are checks that bring nothing: a line for each would cost more than the check.
        tracing::debug!(%method, route, status, ms, request = id, "answered");
    } else {
        tracing::info!(%method, route, status, ms, request = id, "answered");
    }
    if let Ok(id) = HeaderValue::from_str(&id) {
        answer.headers_mut().insert("x-request-id", id);
    }
    answer
}

/// A handler panicked. What it said is on stderr already, by the panic hook.
pub(crate) fn panicked(_said: Box<dyn Any + Send>) -> Response {
    tracing::error!("a handler panicked: this is a fault of the server");
    Refusal::new(ProblemKind::Internal, "the server failed; its log says why").into_response()
}
