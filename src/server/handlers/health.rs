//! `GET /livez`, `/readyz`.

use std::sync::Arc;

use axum::extract::State;
use restante_server_api::ProblemKind;

use crate::{access::App, problem::Refusal};

pub(crate) async fn livez() -> &'static str {
    "ok\n"
}

pub(crate) async fn readyz(State(app): State<Arc<App>>) -> Result<&'static str, Refusal> {
    if app.damaged.is_cancelled() {
        return Err(Refusal::new(ProblemKind::Busy, "a database is damaged; the server is stopping"));
    }
    app.store.ready().await?;
    Ok("ok\n")
}
