//! The way of a question to the loop, and of its answer or refusal back.

use axum::{
    Json,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
};
use restante_engine::{effect::Answer, event::Ask};
use restante_local_api::{LocalProblem, LocalProblemKind, MessageIds};
use tokio::sync::oneshot;

use super::{Office, Question};

pub(super) async fn ask(State(office): State<Office>, ask: Ask) -> Response {
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

pub(super) fn invalid(detail: String) -> Response {
    refused(&LocalProblem { code: LocalProblemKind::Invalid, detail, hint: None })
}

pub(super) fn refusal(code: LocalProblemKind, detail: &str) -> Response {
    refused(&LocalProblem { code, detail: detail.to_owned(), hint: None })
}

fn refused(problem: &LocalProblem) -> Response {
    let status = StatusCode::from_u16(problem.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let media_type = [(axum::http::header::CONTENT_TYPE, "application/problem+json")];
    (status, media_type, Json(problem)).into_response()
}
