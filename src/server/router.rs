//! All routes, by who calls them.

use std::sync::Arc;

use axum::{
    Router, middleware,
    routing::{get, post, put},
};
use restante_server_api::{ProblemKind, path};
use tower_http::catch_panic::CatchPanicLayer;

use crate::{
    access::App,
    handlers::{
        acknowledged, alerted, changes, delivered, devices, directory, drafts, health, ledger, messages,
        read, retract, sessions, settings,
    },
    observe,
    problem::Refusal,
};

pub(crate) fn router(app: &Arc<App>) -> Router {
    Router::new()
        // Anyone.
        .route(path::LIVEZ, get(health::livez))
        .route(path::READYZ, get(health::readyz))
        .route(path::SESSIONS, post(sessions::create).get(devices::list))
        // The bearer of a device's token.
        .route("/api/v1/sessions/{id}", axum::routing::delete(devices::revoke))
        .route(path::SETTINGS, get(settings::get))
        .route(path::CHECK_INTERVAL, put(settings::put).delete(settings::delete))
        .route(path::CHANGES, get(changes::changes))
        .route(path::DELIVERED, post(delivered::delivered))
        .route(path::READ, post(read::read))
        .route(path::ALERTED, post(alerted::alerted))
        .route(path::ACKNOWLEDGED, post(acknowledged::acknowledged))
        .route("/api/v1/messages/{id}", put(messages::put).get(messages::get).delete(messages::delete))
        .route("/api/v1/messages/{id}/ledger", get(ledger::get))
        .route("/api/v1/messages/{id}/retract", post(retract::post))
        .route("/api/v1/drafts/{id}", put(drafts::put).delete(drafts::delete))
        .route(path::DIRECTORY, get(directory::directory))
        .fallback(async || Refusal::new(ProblemKind::NotFound, "no such path"))
        .method_not_allowed_fallback(async || {
            Refusal::invalid("", "this path does not know the method").with_status(405)
        })
        .layer(CatchPanicLayer::custom(observe::panicked))
        .layer(middleware::from_fn_with_state(Arc::clone(app), observe::observe))
        .with_state(Arc::clone(app))
}
