//! What is read a page at a time: folders, what was found, people.

use axum::{
    extract::{Path, Query, State, rejection::PathRejection},
    response::Response,
};
use restante_engine::event::{Ask, PageStart};
use restante_local_api::{FolderOrder, LocalProblemKind, SortBy};
use restante_model::Folder;
use serde::Deserialize;

use super::{
    Id, Office, Parameters,
    answers::{ask, invalid, refusal},
};

/// Rows of a page where the front end does not say.
const DEFAULT_ROWS: u32 = 100;

#[derive(Deserialize)]
pub(super) struct FolderParameters {
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

pub(super) async fn folder(
    office: State<Office>,
    folder: Result<Path<Folder>, PathRejection>,
    parameters: Parameters<FolderParameters>,
) -> Response {
    match (folder, parameters) {
        (Ok(Path(folder)), Ok(Query(FolderParameters { before, from, limit, unread, sort, ascending }))) => {
            let limit = limit.unwrap_or(DEFAULT_ROWS);
            let order = FolderOrder { sort, ascending };
            match page_start(before, from) {
                Ok(start) => ask(office, Ask::Folder { folder, order, start, limit, unread }).await,
                Err(twice) => invalid(twice.to_owned()),
            }
        }
        (Err(_), _) => refusal(LocalProblemKind::NotFound, "there is no such folder"),
        (_, Err(rejection)) => invalid(rejection.body_text()),
    }
}

/// Where a page begins by its parameters; said in both ways it is refused.
fn page_start(before: Option<String>, from: Option<u64>) -> Result<PageStart, &'static str> {
    match (before, from) {
        (Some(_), Some(_)) => Err("a page begins at `from` or behind `before`"),
        (Some(before), None) => Ok(PageStart::Behind(before)),
        (None, from) => Ok(PageStart::Row(from.unwrap_or(0))),
    }
}

#[derive(Deserialize)]
pub(super) struct PositionParameters {
    q: Option<String>,
    folder: Option<Folder>,
    #[serde(default)]
    unread: bool,
    #[serde(default)]
    sort: SortBy,
    #[serde(default)]
    ascending: bool,
}

pub(super) async fn position(
    office: State<Office>,
    id: Id,
    parameters: Parameters<PositionParameters>,
) -> Response {
    let (id, PositionParameters { q, folder, unread, sort, ascending }) = match (id, parameters) {
        (Ok(Path(id)), Ok(Query(parameters))) => (id, parameters),
        (Err(rejection), _) => return invalid(rejection.body_text()),
        (_, Err(rejection)) => return invalid(rejection.body_text()),
    };
    match (folder, q) {
        (Some(folder), None) => {
            let order = FolderOrder { sort, ascending };
            ask(office, Ask::Position { id, folder, order, unread }).await
        }
        (None, Some(words)) => ask(office, Ask::FoundPosition { id, words }).await,
        (Some(_), Some(_)) | (None, None) => {
            invalid("a message stands in a `folder` or among what is found by `q`".to_owned())
        }
    }
}

#[derive(Deserialize)]
pub(super) struct DirectoryParameters {
    #[serde(default)]
    q: String,
}

pub(super) async fn directory(
    office: State<Office>,
    parameters: Parameters<DirectoryParameters>,
) -> Response {
    match parameters {
        Ok(Query(DirectoryParameters { q })) => ask(office, Ask::Directory { text: q }).await,
        Err(rejection) => invalid(rejection.body_text()),
    }
}

#[derive(Deserialize)]
pub(super) struct SearchParameters {
    #[serde(default)]
    q: String,
    before: Option<String>,
    from: Option<u64>,
    limit: Option<u32>,
}

pub(super) async fn search(office: State<Office>, parameters: Parameters<SearchParameters>) -> Response {
    match parameters {
        Ok(Query(SearchParameters { q, before, from, limit })) => match page_start(before, from) {
            Ok(start) => {
                ask(office, Ask::Search { words: q, start, limit: limit.unwrap_or(DEFAULT_ROWS) }).await
            }
            Err(twice) => invalid(twice.to_owned()),
        },
        Err(rejection) => invalid(rejection.body_text()),
    }
}
