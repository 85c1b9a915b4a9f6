//! Signing in and out.

use std::sync::{Arc, PoisonError};

use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Redirect, Response},
};
use maud::html;
use restante_l10n::Value;
use restante_model::Login;
use serde::Deserialize;

use super::{
    Administration, Visitor,
    frame::{self, Notice},
    guard::{self, Administrator, Sent},
};
use crate::{
    admission::{BUSY_SECONDS, Claim, Denied},
    extract::From,
};

pub(super) async fn page(visitor: Visitor) -> Response {
    show(&visitor, StatusCode::OK, &Notice::None)
}

/// With a new secret, so that the form is this visitor's.
fn show(visitor: &Visitor, status: StatusCode, notice: &Notice) -> Response {
    let words = visitor.words();
    let secret = visitor.secret.clone().unwrap_or_else(guard::new_secret);
    let sessions = visitor.administration.sessions.lock().unwrap_or_else(PoisonError::into_inner);
    let token = sessions.form_token(&secret);
    let page = frame::bare(
        words,
        &words.text("administration-sign-in"),
        notice,
        &html! {
            form method="post" action="/sign-in" class="stack" {
                input type="hidden" name="form_token" value=(token);
                label for="name" { (words.text("administration-administrator")) }
                input id="name" name="name" autocomplete="username" autocapitalize="none" required autofocus;
                label for="password" { (words.text("administration-password")) }
                input id="password" name="password" type="password" autocomplete="current-password" required;
                button type="submit" class="primary" { (words.text("administration-sign-in")) }
            }
        },
    );
    (status, [guard::cookie(&secret, visitor.encrypted)], page).into_response()
}

#[derive(Deserialize)]
pub(super) struct Credentials {
    name: String,
    password: String,
}

pub(super) async fn sign_in(
    State(administration): State<Arc<Administration>>,
    From(from): From,
    visitor: Visitor,
    Sent(credentials): Sent<Credentials>,
) -> Response {
    let app = &administration.app;
    let refused = |status, key: &str, seconds| {
        let said = visitor.words().with(key, &[("seconds", Value::Number(seconds))]);
        show(&visitor, status, &Notice::Failed(said))
    };
    let name = credentials.name.parse::<Login>().ok();
    // A space is in no name of an organisation, so no user's guesses are counted here.
    let account = format!(" administrator {}", name.as_ref().map_or("-", Login::as_str));
    let look_up = async {
        let Some(name) = name else { return Ok(None) };
        Ok(app.store.administrator_hash(&name).await?.map(|hash| (name, hash)))
    };
    let claim = Claim { account, from, password: credentials.password };
    let (name, hash) = match app.admit(claim, look_up, |(_, hash)| hash.clone()).await {
        Ok(admitted) => admitted,
        Err(Denied::Wrong) => return refused(StatusCode::UNAUTHORIZED, "administration-wrong", 0),
        Err(Denied::TooMany { seconds }) => {
            return refused(StatusCode::TOO_MANY_REQUESTS, "administration-too-many", seconds);
        }
        Err(Denied::Busy | Denied::Store(_)) => {
            return refused(StatusCode::SERVICE_UNAVAILABLE, "administration-busy", BUSY_SECONDS);
        }
    };
    tracing::info!("an administrator signed in");
    let secret = administration.sessions.lock().unwrap_or_else(PoisonError::into_inner).begin(
        name,
        hash,
        app.clock.now(),
    );
    ([guard::cookie(&secret, visitor.encrypted)], Redirect::to("/")).into_response()
}

/// A form without fields of its own.
#[derive(Deserialize)]
pub(super) struct Nothing {}

pub(super) async fn sign_out(administrator: Administrator, Sent(Nothing {}): Sent<Nothing>) -> Response {
    let visitor = &administrator.visitor;
    if let Some(secret) = &visitor.secret {
        visitor.administration.sessions.lock().unwrap_or_else(PoisonError::into_inner).end(secret);
    }
    ([guard::cookie(&guard::new_secret(), visitor.encrypted)], Redirect::to("/sign-in")).into_response()
}
