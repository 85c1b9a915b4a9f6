//! All routes of the local API on one page: each turns a request into a question for the loop.

mod answers;
mod reading;
mod writing;

use std::{convert::Infallible, sync::Arc};

use axum::{
    Json, Router,
    extract::{
        DefaultBodyLimit, Path, Query, State,
        rejection::{JsonRejection, PathRejection, QueryRejection},
    },
    response::{
        IntoResponse, Response,
        sse::{Event, Sse},
    },
    routing::{delete, get, post, put},
};
use restante_engine::{effect::Answer, event::Ask};
use restante_local_api::{
    LocalProblem, LocalProblemKind, Login, MessageIds, PutInterval, PutMode, PutPassword, PutSetting,
    PutSnooze, RemindLater, Show, Status, path,
};
use restante_model::{MessageId, Seconds};
use serde::Deserialize;
use tokio::sync::{mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;

use self::{
    answers::{ask, invalid, refusal},
    reading::{directory, folder, position, search},
    writing::{save_draft, send, send_draft},
};
use crate::doctor::Doctor;

/// As large as the server takes.
const MAX_REQUEST_BYTES: usize = restante_server_api::MAX_REQUEST_BYTES;

/// A question on its way to the loop, with the way back.
pub(crate) struct Question {
    pub(crate) ask: Ask,
    pub(crate) reply: oneshot::Sender<Result<Answer, LocalProblem>>,
}

/// What every request needs: the way to the loop, and the state as last published.
#[derive(Clone)]
pub(crate) struct Office {
    pub(crate) questions: mpsc::Sender<Question>,
    pub(crate) status: watch::Receiver<Arc<Status>>,
    pub(crate) stop: CancellationToken,
    pub(crate) doctor: Arc<Doctor>,
}

/// Every route.
pub(crate) fn router(office: Office) -> Router {
    Router::new()
        .route(path::STATUS, get(|office| ask(office, Ask::Status)))
        .route(path::CHECK, post(check))
        .route(path::FOLDERS, get(|office| ask(office, Ask::Folders)))
        .route("/v1/folders/{folder}", get(folder))
        .route("/v1/messages/{id}", get(|office, id| with_id(office, id, Ask::Message)))
        .route("/v1/messages/{id}", delete(|office, id| with_id(office, id, Ask::DeleteMessage)))
        .route("/v1/messages/{id}/position", get(position))
        .route("/v1/messages/{id}/read", post(|office, id| with_id(office, id, Ask::MarkRead)))
        .route("/v1/messages/{id}/read", delete(|office, id| with_id(office, id, Ask::MarkUnread)))
        .route("/v1/messages/{id}/acknowledge", post(|office, id| with_id(office, id, Ask::Acknowledge)))
        .route("/v1/messages/{id}/recipients", get(|office, id| with_id(office, id, Ask::Recipients)))
        .route("/v1/messages/{id}/retract", post(|office, id| with_id(office, id, Ask::Retract)))
        .route("/v1/messages/{id}/remind", post(remind))
        .route(path::UNREAD, post(unread))
        .route(path::SNOOZE, put(snooze))
        .route("/v1/outbox/{id}", put(send))
        .route("/v1/outbox/{id}", delete(|office, id| with_id(office, id, Ask::DeleteLetter)))
        .route("/v1/outbox/{id}/undo", post(|office, id| with_id(office, id, Ask::TakeBack)))
        .route("/v1/outbox/{id}/retry", post(|office, id| with_id(office, id, Ask::SendAnew)))
        .route("/v1/drafts/{id}", put(save_draft))
        .route("/v1/drafts/{id}", delete(|office, id| with_id(office, id, Ask::DeleteDraft)))
        .route("/v1/drafts/{id}/send", post(send_draft))
        .route(path::MODE, put(mode))
        .route(path::INTERVAL, put(interval))
        .route(path::DIRECTORY, get(directory))
        .route(path::SEARCH, get(search))
        .route(path::JOBS, get(|office| ask(office, Ask::Jobs)))
        .route(path::SETTINGS, get(settings))
        .route("/v1/settings/{key}", put(set_setting))
        .route(path::DOCTOR, get(doctor))
        .route(path::EVENTS, get(events))
        .route(path::SHOW, post(show))
        .route(path::LOGIN, post(login))
        .route(path::PASSWORD, put(password))
        .route(path::LOGOUT, post(|office| ask(office, Ask::Logout)))
        .route(path::QUIT, post(|office| ask(office, Ask::Quit)))
        .fallback(|| async { refusal(LocalProblemKind::NotFound, "there is no such path in the local API") })
        .method_not_allowed_fallback(|| async {
            refusal(LocalProblemKind::Invalid, "this path does not know that method")
        })
        .layer(DefaultBodyLimit::max(MAX_REQUEST_BYTES))
        .with_state(office)
}

type Body<T> = Result<Json<T>, JsonRejection>;
type Id = Result<Path<MessageId>, PathRejection>;
type Parameters<T> = Result<Query<T>, QueryRejection>;

#[derive(Deserialize)]
struct CheckParameters {
    #[serde(default)]
    wait: bool,
}

async fn check(office: State<Office>, parameters: Parameters<CheckParameters>) -> Response {
    match parameters {
        Ok(Query(CheckParameters { wait })) => ask(office, Ask::Check { wait }).await,
        Err(rejection) => invalid(rejection.body_text()),
    }
}

async fn with_id(office: State<Office>, id: Id, question: fn(MessageId) -> Ask) -> Response {
    match id {
        Ok(Path(id)) => ask(office, question(id)).await,
        Err(rejection) => invalid(rejection.body_text()),
    }
}

async fn with_body<T>(office: State<Office>, body: Body<T>, question: impl FnOnce(T) -> Ask) -> Response {
    match body {
        Ok(Json(body)) => ask(office, question(body)).await,
        Err(rejection) => invalid(rejection.body_text()),
    }
}

async fn mode(office: State<Office>, body: Body<PutMode>) -> Response {
    with_body(office, body, |PutMode { mode }| Ask::SetMode(mode)).await
}

async fn interval(office: State<Office>, body: Body<PutInterval>) -> Response {
    with_body(office, body, |PutInterval { seconds }| Ask::SetInterval(seconds.map(Seconds::new))).await
}

async fn unread(office: State<Office>, body: Body<MessageIds>) -> Response {
    with_body(office, body, |MessageIds { ids }| Ask::Unread(ids)).await
}

async fn snooze(office: State<Office>, body: Body<PutSnooze>) -> Response {
    with_body(office, body, |PutSnooze { seconds }| Ask::SnoozeAlerts { seconds }).await
}

async fn remind(office: State<Office>, id: Id, body: Body<RemindLater>) -> Response {
    match id {
        Ok(Path(id)) => {
            with_body(office, body, |RemindLater { seconds }| Ask::RemindLater { id, seconds }).await
        }
        Err(rejection) => invalid(rejection.body_text()),
    }
}

async fn login(office: State<Office>, body: Body<Login>) -> Response {
    with_body(office, body, Ask::Login).await
}

async fn password(office: State<Office>, body: Body<PutPassword>) -> Response {
    with_body(office, body, Ask::ChangePassword).await
}

async fn show(office: State<Office>, body: Body<Show>) -> Response {
    with_body(office, body, |Show { what, id }| Ask::Show { what, id }).await
}

/// As the files and the environment say now, be it in force already or not.
async fn settings(State(office): State<Office>) -> Response {
    Json(office.doctor.settings_report()).into_response()
}

/// What is in force afterwards, or why the file is as it was.
async fn set_setting(
    office: State<Office>,
    key: Result<Path<String>, PathRejection>,
    body: Body<PutSetting>,
) -> Response {
    let key = match key {
        Ok(Path(key)) => key,
        Err(rejection) => return invalid(rejection.body_text()),
    };
    let doctor = Arc::clone(&office.doctor);
    let answer = with_body(office, body, |PutSetting { text }| Ask::SetSetting { key, text }).await;
    if answer.status().is_success() { Json(doctor.settings_report()).into_response() } else { answer }
}

/// The loop goes on meanwhile: nothing of this is its business.
async fn doctor(State(office): State<Office>) -> Response {
    let status = Arc::clone(&office.status.borrow());
    Json(office.doctor.examine(Some(&status)).await).into_response()
}

/// The whole state now, and again whenever something has changed.
async fn events(State(office): State<Office>) -> Response {
    let mut status = office.status;
    status.mark_changed();
    let stream = futures_util::stream::unfold((status, office.stop), |(mut status, stop)| async move {
        tokio::select! {
            () = stop.cancelled() => None,
            changed = status.changed() => {
                changed.ok()?;
                let event = event(&mut status)?;
                Some((Ok::<_, Infallible>(event), (status, stop)))
            }
        }
    });
    Sse::new(stream).into_response()
}

fn event(status: &mut watch::Receiver<Arc<Status>>) -> Option<Event> {
    let status = Arc::clone(&status.borrow_and_update());
    let text = serde_json::to_string(&*status);
    text.inspect_err(|error| tracing::error!(%error, "the state is no JSON"))
        .ok()
        .map(|text| Event::default().data(text))
}
