//! All routes, by who calls them.

use std::sync::Arc;

use axum::{
    Router,
    http::{HeaderValue, header},
    middleware,
    response::IntoResponse,
    routing::get,
};
use restante_server_api::{ProblemKind, path};
use tower_http::catch_panic::CatchPanicLayer;
use utoipa::{OpenApi, openapi::OpenApi as Document};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    access::App,
    handlers::{
        acknowledged, alerted, changes, delivered, devices, directory, drafts, health, ledger, messages,
        password, read, retract, sessions, settings,
    },
    observe,
    openapi::{self, Api},
    problem::Refusal,
};

/// Every route with its description: one that is not described cannot be added.
fn described() -> (Router<Arc<App>>, Document) {
    let (router, mut document) = OpenApiRouter::with_openapi(Api::openapi())
        // Anyone.
        .routes(routes!(health::livez))
        .routes(routes!(health::readyz))
        .routes(routes!(sessions::create, devices::list))
        // The bearer of a device's token.
        .routes(routes!(devices::revoke))
        .routes(routes!(password::change))
        .routes(routes!(settings::get))
        .routes(routes!(settings::put, settings::delete))
        .routes(routes!(changes::changes))
        .routes(routes!(delivered::delivered))
        .routes(routes!(read::read))
        .routes(routes!(alerted::alerted))
        .routes(routes!(acknowledged::acknowledged))
        .routes(routes!(messages::put, messages::get, messages::delete))
        .routes(routes!(ledger::get))
        .routes(routes!(retract::post))
        .routes(routes!(drafts::put, drafts::delete))
        .routes(routes!(directory::directory))
        .split_for_parts();
    openapi::complete(&mut document);
    (router, document)
}

pub(crate) fn router(app: &Arc<App>) -> Router {
    let (router, document) = described();
    let document: Arc<str> = openapi::text(&document).into();
    let json = (header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    router
        .route(path::OPENAPI, get(async move || ([json], document.to_string()).into_response()))
        .fallback(async || Refusal::new(ProblemKind::NotFound, "no such path"))
        .method_not_allowed_fallback(async || {
            Refusal::invalid("", "this path does not know the method").with_status(405)
        })
        .layer(CatchPanicLayer::custom(observe::panicked))
        .layer(middleware::from_fn_with_state(Arc::clone(app), observe::observe))
        .with_state(Arc::clone(app))
}

/// The API's document.
pub(crate) fn document() -> Document {
    described().1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_in_docs_is_the_codes() {
        let there = include_str!("../../docs/openapi.json");
        let here = openapi::text(&document());
        assert!(there == here, "run `restante-server openapi > docs/openapi.json`, and tell CHANGELOG.md");
    }

    #[test]
    fn the_document_names_every_code_of_a_problem() {
        let text = openapi::text(&document());
        for kind in ProblemKind::ALL {
            assert!(text.contains(&format!("`{}`", kind.code())), "no answer of the document is {kind:?}");
        }
    }

    #[test]
    fn no_route_goes_undescribed() {
        let source = include_str!("router.rs");
        let routes: Vec<_> = source.lines().filter(|line| line.trim().starts_with(".route(")).collect();
        assert_eq!(routes.len(), 1, "only the document itself is not in the document: {routes:?}");
    }
}
