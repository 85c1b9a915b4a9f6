//! `GET changes`: what changed in the mailbox since a cursor.

use std::{collections::HashMap, sync::Arc};

use axum::{
    Json,
    extract::{Query, State},
    http::{HeaderMap, HeaderName, StatusCode, header},
    response::{IntoResponse, Response},
};
use restante_model::Cursor;
use restante_server_api::{
    Change, ChangesPage, MAX_PAGE_BYTES, MAX_PAGE_CHANGES, ProblemKind, SETTINGS_REVISION_HEADER, path,
};
use restante_store::{ChangesQuery, ChangesReply};

use crate::{
    access::{App, Mailbox},
    problem::Refusal,
    unreached, wire,
};

/// What changed in the mailbox since a cursor; without one, from the beginning.
#[utoipa::path(get, path = path::CHANGES, operation_id = "changes", tag = "mail", security(("token" = [])),
    params(
        ("since" = Option<Cursor>, Query, description = "where the last page ended"),
        ("limit" = Option<u64>, Query, minimum = 1, maximum = 4_294_967_295_i64, description = "changes in a page, at most 500"),
        ("if-none-match" = Option<String>, Header, description = "a cursor in quotes"),
    ),
    responses(
        (status = 200, description = "a page", body = ChangesPage),
        (status = 304, description = "nothing new since the cursor",
            headers(("restante-settings-revision" = u64, description = "the revision of the settings"))),
        (status = 410, description = "`cursor_reset`: fetch the mailbox anew, without a cursor"),
    ))]
pub(crate) async fn changes(
    State(app): State<Arc<App>>,
    mailbox: Mailbox,
    headers: HeaderMap,
    query: Result<Query<HashMap<String, String>>, axum::extract::rejection::QueryRejection>,
) -> Result<Response, Refusal> {
    let Query(query) = query.map_err(|_| Refusal::invalid("", "the query is not as described"))?;
    let since = query.get("since").map(|text| text.parse::<Cursor>());
    let since = since.transpose().map_err(|_| Refusal::invalid("/since", "not a cursor of this server"))?;
    let limit = query.get("limit").map_or(Ok(MAX_PAGE_CHANGES), |text| text.parse());
    let limit = limit.ok().filter(|limit| *limit > 0);
    let limit = limit.ok_or_else(|| Refusal::invalid("/limit", "not a number from 1"))?.min(MAX_PAGE_CHANGES);
    let unless = super::given(&headers).find_map(|tag| tag.trim_matches('"').parse().ok());
    let query = ChangesQuery { since, unless, max_changes: limit, max_bytes: MAX_PAGE_BYTES };
    match mailbox.changes(&query).await? {
        ChangesReply::UpToDate(cursor) => {
            // Without it an interval that the office changed would be noticed only with the next mail.
            let revision = mailbox.settings().await?.revision;
            Ok((StatusCode::NOT_MODIFIED, nothing_new(&cursor.to_string(), revision)).into_response())
        }
        ChangesReply::Reset => {
            Err(Refusal::new(ProblemKind::CursorReset, "fetch the mailbox anew, without a cursor"))
        }
        ChangesReply::Page(page) => {
            let tag = format!("\"{}\"", page.cursor);
            let now = app.clock.now();
            let mut changes: Vec<_> = page.changes.into_iter().map(wire::change).collect();
            let messages = changes.iter_mut().filter_map(|change| match change {
                Change::Message { message, .. } => Some(&mut **message),
                _ => None,
            });
            unreached::tell(&mailbox, messages, now).await?;
            let page = ChangesPage {
                cursor: page.cursor,
                more: page.more,
                unread: page.unread,
                changes,
                settings_revision: mailbox.settings().await?.revision,
                next_check_in_seconds: None,
                server_time: now,
            };
            Ok(([(header::ETAG, tag)], Json(page)).into_response())
        }
    }
}

/// The headers of the answer that there is nothing new since the cursor.
pub(crate) fn nothing_new(cursor: &str, settings_revision: u64) -> [(HeaderName, String); 2] {
    const SETTINGS_REVISION: HeaderName = HeaderName::from_static(SETTINGS_REVISION_HEADER);
    [(header::ETAG, format!("\"{cursor}\"")), (SETTINGS_REVISION, settings_revision.to_string())]
}
