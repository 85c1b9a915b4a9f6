//! What is written: drafts, and letters on their way.

use axum::{
    Json,
    extract::{Path, Query, State},
    response::Response,
};
use restante_engine::event::Ask;
use restante_local_api::{Undo, UndoError};
use restante_model::Letter;
use serde::Deserialize;

use super::{
    Body, Id, Office, Parameters,
    answers::{ask, invalid},
};

#[derive(Deserialize)]
pub(super) struct SendParameters {
    undo_seconds: Option<String>,
}

impl SendParameters {
    fn undo(&self) -> Result<Undo, UndoError> {
        self.undo_seconds.as_deref().map_or(Ok(Undo::AtOnce), str::parse)
    }
}

pub(super) async fn send(
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

pub(super) async fn send_draft(
    office: State<Office>,
    id: Id,
    parameters: Parameters<SendParameters>,
) -> Response {
    match (id, parameters.map(|Query(parameters)| parameters.undo())) {
        (Ok(Path(id)), Ok(Ok(undo))) => ask(office, Ask::SendDraft { id, undo }).await,
        (Err(rejection), _) => invalid(rejection.body_text()),
        (_, Err(rejection)) => invalid(rejection.body_text()),
        (_, Ok(Err(error))) => invalid(error.to_string()),
    }
}

#[derive(Deserialize)]
pub(super) struct SaveParameters {
    base_version: Option<u64>,
}

pub(super) async fn save_draft(
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
