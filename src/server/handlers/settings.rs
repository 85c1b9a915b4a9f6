//! `GET settings`, `PUT` and `DELETE settings/check-interval`.

use axum::{Json, http::HeaderMap, response::Response};
use restante_model::CheckInterval;
use restante_server_api::{Problem, ProblemKind, PutInterval, Settings};
use restante_store::IntervalReply;

use crate::{access::Mailbox, extract, problem::Refusal, wire};

pub(crate) async fn get(mailbox: Mailbox, headers: HeaderMap) -> Result<Response, Refusal> {
    let settings = wire::settings(&mailbox.settings().await?);
    Ok(super::tagged(&headers, &settings.revision.to_string(), settings))
}

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
