//! `POST sessions`: sign in on a device.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use restante_model::{Login, Name};
use restante_server_api::{NewSession, Organisation, Session, path};
use restante_store::NewDevice;

use crate::{
    access::{App, client_version, not_too_old},
    admission::Claim,
    auth,
    extract::{self, From},
    guesses,
    problem::Refusal,
    wire,
};

/// Sign in on a device. Unknown organisation, unknown user and wrong password get one answer, after the same work.
#[utoipa::path(post, path = path::SESSIONS, operation_id = "sign_in", tag = "identity", request_body = NewSession,
    responses(
        (status = 201, description = "the device's token, shown this once", body = Session),
        (status = 401, description = "`wrong_credentials`"),
        (status = 429, description = "`too_many_requests`: wrong passwords; Retry-After says when to come back"),
    ))]
pub(crate) async fn create(
    State(app): State<Arc<App>>,
    From(from): From,
    headers: HeaderMap,
    extract::Json(wish): extract::Json<NewSession>,
) -> Result<(StatusCode, Json<Session>), Refusal> {
    let names = (wish.organisation.parse::<Name>(), wish.user.parse::<Login>());
    let account = match &names {
        (Ok(organisation), Ok(login)) => guesses::account(organisation, login),
        _ => "-".to_owned(),
    };
    let look_up = async {
        let (Ok(organisation), Ok(login)) = &names else { return Ok(None) };
        let known = app.store.credentials_for(organisation, login).await?;
        // To whoever tries, as if he were not there.
        Ok(known.filter(|known| !known.disabled))
    };
    let claim = Claim { account, from, password: wish.password };
    let admitted = app.admit(claim, look_up, |known| known.password_hash.clone()).await;
    let known = admitted.map_err(|denied| denied.refusal("organisation, user and password do not fit"))?;
    let client_version = client_version(&headers);
    not_too_old(client_version, known.oldest_client)?;
    let token = auth::mint(&known.account.organisation_tag);
    let name: String = wish.device.chars().filter(|c| !c.is_control()).take(100).collect();
    let device = NewDevice {
        id: auth::hex(&rand::random::<[u8; 16]>()),
        name,
        token_sum: token.sum,
        client_version: client_version.map(ToOwned::to_owned),
    };
    let device = app.store.enrol_device(&known.account, &device).await?;
    let session = Session {
        token: token.token,
        device: wire::device(device, true),
        user: known.account.person,
        organisation: Organisation {
            name: known.account.organisation,
            title: known.account.organisation_title,
        },
        server_time: app.clock.now(),
    };
    Ok((StatusCode::CREATED, Json(session)))
}
