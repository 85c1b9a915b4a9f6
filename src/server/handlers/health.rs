//! `GET /livez`, `/readyz`.

use std::sync::Arc;

use axum::extract::State;
use restante_server_api::{ProblemKind, path};

use crate::{access::App, problem::Refusal};

#[utoipa::path(get, path = path::LIVEZ, tag = "server", summary = "Whether the process runs",
    responses((status = 200, description = "it runs", body = String, content_type = "text/plain")))]
pub(crate) async fn livez() -> &'static str {
    "ok\n"
}

#[utoipa::path(get, path = path::READYZ, tag = "server", summary = "Whether the server can serve",
    responses((status = 200, description = "it can", body = String, content_type = "text/plain")))]
pub(crate) async fn readyz(State(app): State<Arc<App>>) -> Result<&'static str, Refusal> {
    if app.damaged.is_cancelled() {
        return Err(Refusal::new(ProblemKind::Busy, "a database is damaged; the server is stopping"));
    }
    app.store.ready().await?;
    Ok("ok\n")
}
