//! `GET sessions`, `DELETE sessions/{id}`: one's own devices.

use axum::{
    Json,
    extract::{Path, rejection::PathRejection},
    http::StatusCode,
};
use restante_server_api::{Device, ProblemKind};

use crate::{access::Mailbox, problem::Refusal, wire};

pub(crate) async fn list(mailbox: Mailbox) -> Result<Json<Vec<Device>>, Refusal> {
    let own = &mailbox.enrolled.device.id;
    let devices = mailbox.devices().await?;
    Ok(Json(
        devices
            .into_iter()
            .map(|device| {
                let current = device.id == *own;
                wire::device(device, current)
            })
            .collect(),
    ))
}

pub(crate) async fn revoke(
    mailbox: Mailbox,
    id: Result<Path<String>, PathRejection>,
) -> Result<StatusCode, Refusal> {
    let id = match id {
        Ok(Path(id)) if id == "current" => Some(mailbox.enrolled.device.id.clone()),
        Ok(Path(id)) => Some(id),
        // Not even text.
        Err(_) => None,
    };
    let revoked = match id {
        Some(id) => mailbox.revoke(&id).await?,
        None => false,
    };
    if revoked {
        Ok(StatusCode::NO_CONTENT)
    } else {
        Err(Refusal::new(ProblemKind::NotFound, "no device of yours has this id"))
    }
}
