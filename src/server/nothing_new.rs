//! The short way of a check that brings nothing: nearly all requests are such, and the layers of the router cost
//! several times as much as their answer.
//!
//! Invariant: it answers as the router would, or leaves the request to it untouched.

use std::panic::{AssertUnwindSafe, catch_unwind};

use axum::{
    body::{Body, HttpBody},
    http::{HeaderMap, HeaderValue, Method, Request, StatusCode},
    response::Response,
};
use restante_server_api::path;
use restante_store::Poll;

use crate::{
    access::{App, client_version, not_too_old, token},
    handlers::changes,
    observe::{self, Observed},
};

impl App {
    /// The answer to a check, where it is that nothing is new and no database need be asked.
    pub(crate) fn nothing_new(&self, request: &Request<impl HttpBody>) -> Option<Response> {
        let since = since(request)?;
        let observed = Observed::begin(request.headers());
        // A panic is this request's misfortune, not that of the others on its connection: as the router's layer has it.
        let answer = catch_unwind(AssertUnwindSafe(|| self.known(request.headers(), since)));
        let mut answer = answer.unwrap_or_else(|said| Some(observe::panicked(said)))?;
        observed.end(request.method(), path::CHANGES, &mut answer);
        Some(answer)
    }

    /// The answer that is known without a database.
    fn known(&self, headers: &HeaderMap, since: &str) -> Option<Response> {
        let (organisation_tag, token_sum) = token(headers)?;
        let poll = Poll { organisation_tag, token_sum: &token_sum, since };
        let known = self.store.nothing_new(&poll)?;
        let version = client_version(headers);
        not_too_old(version, known.enrolled.oldest_client).ok()?;
        self.seen.note(&known.enrolled, self.clock.now(), version);
        let mut answer = Response::new(Body::empty());
        *answer.status_mut() = StatusCode::NOT_MODIFIED;
        for (name, value) in changes::nothing_new(since, known.settings_revision) {
            answer.headers_mut().insert(name, HeaderValue::try_from(value).ok()?);
        }
        Some(answer)
    }
}

/// The cursor of a check that asks for nothing else.
fn since(request: &Request<impl HttpBody>) -> Option<&str> {
    let plain = request.method() == Method::GET
        && request.uri().path() == path::CHANGES
        && request.body().is_end_stream();
    // Where more follows, or something is escaped, it is no cursor that anybody remembers.
    request.uri().query()?.strip_prefix("since=").filter(|_| plain)
}

#[cfg(test)]
mod tests;
