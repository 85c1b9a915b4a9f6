//! The API's document (OpenAPI 3.1): each operation is described where it is handled; what holds for all of
//! them is added here.

use axum::http::Method;
use restante_server_api::{Problem, ProblemKind};
use utoipa::{
    Modify, OpenApi,
    openapi::{
        Content, OpenApi as Document, PathItem, Ref, RefOr, Response,
        path::Operation,
        security::{Http, HttpAuthScheme, SecurityScheme},
    },
};

/// What all operations share. WHEN CHANGING THE API: `restante-server openapi > docs/openapi.json`, and say so
/// in CHANGELOG.md.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "restante",
        description = "What agents say to the post office. Every answer that is not a success is a problem \
            (RFC 9457) with a `code` of a closed list; what is not yours does not exist (404)."
    ),
    components(schemas(Problem)),
    modifiers(&BearerToken)
)]
pub(crate) struct Api;

struct BearerToken;

impl Modify for BearerToken {
    fn modify(&self, document: &mut Document) {
        let components = document.components.get_or_insert_default();
        let scheme = Http::builder()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("a device's token, from `POST sessions`"))
            .build();
        components.add_security_scheme("token", SecurityScheme::Http(scheme));
    }
}

/// Adds to each operation the problems that its kind of request can meet, and to each problem its shape.
pub(crate) fn complete(document: &mut Document) {
    for (path, item) in &mut document.paths.paths {
        for (method, operation) in operations(item) {
            for (status, description) in common(path, &method, operation) {
                let responses = &mut operation.responses.responses;
                let there = responses.entry(status).or_insert_with(|| Response::new("").into());
                if let RefOr::T(there) = there {
                    let both = [there.description.as_str(), &description];
                    there.description =
                        both.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join("; ");
                }
            }
            for (status, response) in &mut operation.responses.responses {
                if let RefOr::T(response) = response
                    && status.starts_with(['4', '5'])
                {
                    let content = Content::new(Some(Ref::from_schema_name("Problem")));
                    response.content.insert(Problem::MEDIA_TYPE.to_owned(), content.into());
                }
            }
        }
    }
}

fn operations(item: &mut PathItem) -> impl Iterator<Item = (Method, &mut Operation)> {
    [
        (Method::GET, &mut item.get),
        (Method::PUT, &mut item.put),
        (Method::POST, &mut item.post),
        (Method::DELETE, &mut item.delete),
    ]
    .into_iter()
    .filter_map(|(method, operation)| operation.as_mut().map(|operation| (method, operation)))
}

/// The problems of every operation of its kind, by status.
fn common(path: &str, method: &Method, operation: &Operation) -> Vec<(String, String)> {
    use ProblemKind as Kind;
    let mut problems = Vec::new();
    let mut add = |status: u16, text: &str| problems.push((status.to_string(), text.to_owned()));
    let kind = |kind: Kind| format!("`{}`: {}", kind.code(), kind.title());
    let authenticated = operation.security.is_some();
    let takes_body = operation.request_body.is_some();
    let in_path = path.contains('{');
    if authenticated {
        add(401, &kind(Kind::Unauthenticated));
        add(426, &kind(Kind::ClientTooOld));
    }
    if in_path && *method != Method::PUT {
        add(404, &kind(Kind::NotFound));
    }
    if takes_body || operation.parameters.is_some() {
        add(400, &kind(Kind::Invalid));
    }
    if takes_body {
        add(408, &format!("{}; the body did not come in time", kind(Kind::Invalid)));
        add(413, &kind(Kind::TooLarge));
        add(415, &format!("{}; the body is not application/json", kind(Kind::Invalid)));
    }
    add(500, &kind(Kind::Internal));
    add(503, &format!("{}; {}", kind(Kind::Busy), kind(Kind::OfficeUnavailable)));
    problems
}

/// The document as text, as `restante-server openapi` prints it and docs/openapi.json holds it.
pub(crate) fn text(document: &Document) -> String {
    // A document is made of text and numbers, which always serialise.
    document.to_pretty_json().map(|text| text + "\n").unwrap_or_default()
}
