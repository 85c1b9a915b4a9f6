//! All routes of the local API on one page: each turns a request into a question for the loop.

use std::{convert::Infallible, sync::Arc};

use axum::{
    Json, Router,
    extract::{
        DefaultBodyLimit, Path, Query, State,
        rejection::{JsonRejection, PathRejection, QueryRejection},
    },
    http::StatusCode,
    response::{
        IntoResponse, Response,
        sse::{Event, Sse},
    },
    routing::{delete, get, post, put},
};
use restante_engine::{
    effect::Answer,
    event::{Ask, PageStart},
};
use restante_local_api::{
    FolderOrder, LocalProblem, LocalProblemKind, Login, MessageIds, PutInterval, PutMode, PutPassword,
    PutSetting, PutSnooze, RemindLater, Show, SortBy, Status, Undo, UndoError, path,
};
use restante_model::{Folder, Letter, MessageId, Seconds};
use serde::Deserialize;
use tokio::sync::{mpsc, oneshot, watch};
use tokio_util::sync::CancellationToken;

use crate::doctor::Doctor;

/// As large as the server takes.
const MAX_REQUEST_BYTES: usize = restante_server_api::MAX_REQUEST_BYTES;
/// Rows of a page where the front end does not say.
const DEFAULT_ROWS: u32 = 100;

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

#[derive(Deserialize)]
struct FolderParameters {
    before: Option<String>,
    from: Option<u64>,
    limit: Option<u32>,
    #[serde(default)]
    unread: bool,
    #[serde(default)]
    sort: SortBy,
    #[serde(default)]
    ascending: bool,
}

async fn folder(
    office: State<Office>,
    folder: Result<Path<Folder>, PathRejection>,
    parameters: Parameters<FolderParameters>,
) -> Response {
    match (folder, parameters) {
        (Ok(Path(folder)), Ok(Query(FolderParameters { before, from, limit, unread, sort, ascending }))) => {
            let limit = limit.unwrap_or(DEFAULT_ROWS);
            let order = FolderOrder { sort, ascending };
            let start = match (before, from) {
                (Some(_), Some(_)) => {
                    return invalid("a page begins at `from` or behind `before`".to_owned());
                }
                (Some(before), None) => PageStart::Behind(before),
                (None, from) => PageStart::Row(from.unwrap_or(0)),
            };
            ask(office, Ask::Folder { folder, order, start, limit, unread }).await
        }
        (Err(_), _) => refusal(LocalProblemKind::NotFound, "there is no such folder"),
        (_, Err(rejection)) => invalid(rejection.body_text()),
    }
}

#[derive(Deserialize)]
struct PositionParameters {
    folder: Folder,
    #[serde(default)]
    unread: bool,
    #[serde(default)]
    sort: SortBy,
    #[serde(default)]
    ascending: bool,
}

async fn position(office: State<Office>, id: Id, parameters: Parameters<PositionParameters>) -> Response {
    match (id, parameters) {
        (Ok(Path(id)), Ok(Query(PositionParameters { folder, unread, sort, ascending }))) => {
            let order = FolderOrder { sort, ascending };
            ask(office, Ask::Position { id, folder, order, unread }).await
        }
        (Err(rejection), _) => invalid(rejection.body_text()),
        (_, Err(rejection)) => invalid(rejection.body_text()),
    }
}

async fn with_id(office: State<Office>, id: Id, question: fn(MessageId) -> Ask) -> Response {
    match id {
        Ok(Path(id)) => ask(office, question(id)).await,
        Err(rejection) => invalid(rejection.body_text()),
    }
}

#[derive(Deserialize)]
struct SendParameters {
    undo_seconds: Option<String>,
}

impl SendParameters {
    fn undo(&self) -> Result<Undo, UndoError> {
        self.undo_seconds.as_deref().map_or(Ok(Undo::AtOnce), str::parse)
    }
}

async fn send(
    office: State<Office>,
    id: Id,
    parameters: Parameters<SendParameters>,
    letter: Body<Letter>,
) -> Response {
    let undo = match parameters {
        Ok(Query(parameters)) => parameters.undo(),
        Err(rejection) => return invalid(rejection.body_text()),
    };
    match (id, letter, undo) {
        (Ok(Path(id)), Ok(Json(letter)), Ok(undo)) => ask(office, Ask::Send { id, letter, undo }).await,
        (Err(rejection), ..) => invalid(rejection.body_text()),
        (_, Err(rejection), _) => invalid(rejection.body_text()),
        (.., Err(error)) => invalid(error.to_string()),
    }
}

async fn send_draft(office: State<Office>, id: Id, parameters: Parameters<SendParameters>) -> Response {
    match (id, parameters.map(|Query(parameters)| parameters.undo())) {
        (Ok(Path(id)), Ok(Ok(undo))) => ask(office, Ask::SendDraft { id, undo }).await,
        (Err(rejection), _) => invalid(rejection.body_text()),
        (_, Err(rejection)) => invalid(rejection.body_text()),
        (_, Ok(Err(error))) => invalid(error.to_string()),
    }
}

#[derive(Deserialize)]
struct SaveParameters {
    base_version: Option<u64>,
}

async fn save_draft(
    office: State<Office>,
    id: Id,
    parameters: Parameters<SaveParameters>,
    letter: Body<Letter>,
) -> Response {
    match (id, parameters, letter) {
        (Ok(Path(id)), Ok(Query(SaveParameters { base_version })), Ok(Json(letter))) => {
            ask(office, Ask::SaveDraft { id, letter, base_version }).await
        }
        (Err(rejection), ..) => invalid(rejection.body_text()),
        (_, Err(rejection), _) => invalid(rejection.body_text()),
        (.., Err(rejection)) => invalid(rejection.body_text()),
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

#[derive(Deserialize)]
struct DirectoryParameters {
    #[serde(default)]
    q: String,
}

async fn directory(office: State<Office>, parameters: Parameters<DirectoryParameters>) -> Response {
    match parameters {
        Ok(Query(DirectoryParameters { q })) => ask(office, Ask::Directory { text: q }).await,
        Err(rejection) => invalid(rejection.body_text()),
    }
}

#[derive(Deserialize)]
struct SearchParameters {
    #[serde(default)]
    q: String,
    before: Option<String>,
    limit: Option<u32>,
}

async fn search(office: State<Office>, parameters: Parameters<SearchParameters>) -> Response {
    match parameters {
        Ok(Query(SearchParameters { q, before, limit })) => {
            ask(office, Ask::Search { words: q, before, limit: limit.unwrap_or(DEFAULT_ROWS) }).await
        }
        Err(rejection) => invalid(rejection.body_text()),
    }
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

async fn ask(State(office): State<Office>, ask: Ask) -> Response {
    let (reply, answer) = oneshot::channel();
    if office.questions.send(Question { ask, reply }).await.is_err() {
        return refusal(LocalProblemKind::Internal, "the agent is ending");
    }
    match answer.await {
        Ok(Ok(answer)) => answered(answer),
        Ok(Err(problem)) => refused(&problem),
        Err(_) => refusal(LocalProblemKind::Internal, "the agent is ending"),
    }
}

fn answered(answer: Answer) -> Response {
    match answer {
        Answer::Status(status) => Json(status).into_response(),
        Answer::Check(check) => Json(check).into_response(),
        Answer::Folders(folders) => Json(folders).into_response(),
        Answer::Folder(page) => Json(page).into_response(),
        Answer::Position(position) => Json(position).into_response(),
        Answer::Found(page) => Json(page).into_response(),
        Answer::Message(message) => Json(message).into_response(),
        Answer::Ids(ids) => Json(MessageIds { ids }).into_response(),
        Answer::Letter(letter) => Json(letter).into_response(),
        Answer::Recipients(recipients) => Json(recipients).into_response(),
        Answer::People(people) => Json(people).into_response(),
        Answer::Jobs(jobs) => Json(jobs).into_response(),
        Answer::Done => StatusCode::NO_CONTENT.into_response(),
    }
}

fn invalid(detail: String) -> Response {
    refused(&LocalProblem { code: LocalProblemKind::Invalid, detail, hint: None })
}

fn refusal(code: LocalProblemKind, detail: &str) -> Response {
    refused(&LocalProblem { code, detail: detail.to_owned(), hint: None })
}

fn refused(problem: &LocalProblem) -> Response {
    let status = StatusCode::from_u16(problem.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let media_type = [(axum::http::header::CONTENT_TYPE, "application/problem+json")];
    (status, media_type, Json(problem)).into_response()
}
