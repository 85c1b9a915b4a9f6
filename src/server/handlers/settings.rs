//! `GET settings`, `PUT` and `DELETE settings/check-interval`.

use axum::{Json, http::HeaderMap, response::Response};
use restante_model::CheckInterval;
use restante_server_api::{Problem, ProblemKind, PutInterval, Settings, path};
use restante_store::IntervalReply;

use crate::{access::Mailbox, extract, problem::Refusal, wire};

/// The check interval in force, its source and range, and the lifetime of messages.
#[utoipa::path(get, path = path::SETTINGS, operation_id = "get_settings", tag = "settings", security(("token" = [])),
    params(("if-none-match" = Option<String>, Header, description = "the revision that the client has")),
    responses(
        (status = 200, description = "what holds", body = Settings),
        (status = 304, description = "what the client has"),
    ))]
pub(crate) async fn get(mailbox: Mailbox, headers: HeaderMap) -> Result<Response, Refusal> {
    let settings = wire::settings(&mailbox.settings().await?);
    Ok(super::tagged(&headers, &settings.revision.to_string(), settings))
}

/// Saves the user's own check interval; what the range does not allow is clamped, and the answer says so.
#[utoipa::path(put, path = path::CHECK_INTERVAL, operation_id = "set_interval", tag = "settings",
    security(("token" = [])), request_body = PutInterval,
    responses(
        (status = 200, description = "saved", body = Settings),
        (status = 403, description = "`interval_locked`, with the `settings` in force"),
        (status = 409, description = "`revision_conflict`, with the `settings` in force"),
    ))]
pub(crate) async fn put(
    mailbox: Mailbox,
    extract::Json(wish): extract::Json<PutInterval>,
) -> Result<Json<Settings>, Refusal> {
    if wish.check_interval_seconds == 0 {
        return Err(Refusal::invalid("/check_interval_seconds", "at least 1"));
    }
    let wished = CheckInterval::from_seconds(wish.check_interval_seconds);
    let mut settings = reply(mailbox.set_interval(wished, wish.base_revision).await?)?;
    if settings.check_interval_seconds != wished {
        settings.wished_seconds = Some(wished.seconds());
        settings.clamped = Some(format!(
            "the post office allows {} to {} seconds",
            settings.check_interval_min_seconds.seconds(),
            settings.check_interval_max_seconds.seconds()
        ));
    }
    Ok(Json(settings))
}

/// Forgets the user's own check interval: the office's holds again.
#[utoipa::path(delete, path = path::CHECK_INTERVAL, operation_id = "clear_interval", tag = "settings",
    security(("token" = [])),
    responses(
        (status = 200, description = "forgotten", body = Settings),
        (status = 403, description = "`interval_locked`, with the `settings` in force"),
    ))]
pub(crate) async fn delete(mailbox: Mailbox) -> Result<Json<Settings>, Refusal> {
    reply(mailbox.clear_interval().await?).map(Json)
}

fn reply(reply: IntervalReply) -> Result<Settings, Refusal> {
    let (kind, detail, settings) = match reply {
        IntervalReply::Saved(settings) => return Ok(wire::settings(&settings)),
        IntervalReply::Locked(settings) => (ProblemKind::IntervalLocked, "the interval is locked", settings),
        IntervalReply::Conflict(settings) => {
            (ProblemKind::RevisionConflict, "the settings changed since that revision", settings)
        }
    };
    let mut problem = Problem::new(kind, detail);
    problem.settings = Some(wire::settings(&settings));
    Err(problem.into())
}
