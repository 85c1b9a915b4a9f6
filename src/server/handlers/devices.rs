//! `GET sessions`, `DELETE sessions/{id}`: one's own devices.

use axum::{
    Json,
    extract::{Path, rejection::PathRejection},
    http::StatusCode,
};
use restante_server_api::{Device, ProblemKind, path};

use crate::{access::Mailbox, problem::Refusal, wire};

/// The user's devices, oldest first.
#[utoipa::path(get, path = path::SESSIONS, operation_id = "list_devices", tag = "identity", security(("token" = [])),
    responses((status = 200, description = "all of them", body = Vec<Device>)))]
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

/// Makes a device's token worthless, at its next request.
#[utoipa::path(delete, path = "/api/v1/sessions/{id}", operation_id = "revoke_device", tag = "identity",
    security(("token" = [])), params(("id" = String, Path, description = "a device's id, or `current`")),
    responses((status = 204, description = "it is worthless")))]
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
