//! Who is signed in, and that a form was sent from a page of ours.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError},
};

use axum::{
    extract::{FromRequest, FromRequestParts, Request},
    http::{HeaderMap, StatusCode, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use maud::html;
use restante_model::{Login, Timestamp};
use serde::de::DeserializeOwned;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::{
    Administration, Visitor,
    frame::{self, Notice},
};
use crate::auth::hex;

/// How a visitor's cookie is called.
const COOKIE: &str = "restante_administrator";
/// And where nobody on the way can read it: browsers take and send it over TLS only, for this very host (RFC 6265bis,
/// 4.1.3.2).
const ENCRYPTED_COOKIE: &str = "__Host-restante_administrator";
/// Unused for so long, a session ends (OWASP ASVS 5.0, 7.3.1).
const IDLE_MS: i64 = 30 * 60_000;
/// However much it is used, a session ends after so long (7.3.2).
const LONGEST_MS: i64 = 12 * 3_600_000;
/// Sessions at a time; beyond it the one that is unused for the longest ends.
const MAX_SESSIONS: usize = 100;

/// The sessions of this process: a restart signs everybody out.
pub(super) struct Sessions {
    /// By the sum of the cookie's secret.
    open: HashMap<[u8; 32], Session>,
    /// Makes a form's token from a secret; nobody else can.
    key: [u8; 32],
}

struct Session {
    name: Login,
    /// His password's hash when he signed in: with another one, or none, he is no longer signed in.
    password_hash: String,
    began_at: Timestamp,
    used_at: Timestamp,
}

impl Sessions {
    pub(super) fn new() -> Self {
        Self { open: HashMap::new(), key: rand::random() }
    }

    /// Begins a session; gives the cookie's secret, another one than the visitor had.
    pub(super) fn begin(&mut self, name: Login, password_hash: String, now: Timestamp) -> String {
        let secret = new_secret();
        if self.open.len() >= MAX_SESSIONS {
            let oldest = self.open.iter().min_by_key(|(_, session)| session.used_at).map(|(sum, _)| *sum);
            oldest.and_then(|sum| self.open.remove(&sum));
        }
        self.open.insert(sum(&secret), Session { name, password_hash, began_at: now, used_at: now });
        secret
    }

    pub(super) fn end(&mut self, secret: &str) {
        self.open.remove(&sum(secret));
    }

    /// Who has this secret, and his password's hash at sign-in; it counts as use.
    fn of(&mut self, secret: &str, now: Timestamp) -> Option<(Login, String)> {
        self.open.retain(|_, session| {
            now.ms_since(session.used_at) < IDLE_MS && now.ms_since(session.began_at) < LONGEST_MS
        });
        let session = self.open.get_mut(&sum(secret))?;
        session.used_at = now;
        Some((session.name.clone(), session.password_hash.clone()))
    }

    /// What a form of this visitor carries.
    pub(super) fn form_token(&self, secret: &str) -> String {
        hex(&Sha256::new().chain_update(self.key).chain_update(secret).finalize())
    }
}

fn sum(secret: &str) -> [u8; 32] {
    Sha256::digest(secret).into()
}

pub(super) fn new_secret() -> String {
    hex(&rand::random::<[u8; 32]>())
}

/// The secret in a visitor's cookie; over TLS the one that came over TLS alone.
pub(super) fn secret(headers: &HeaderMap, encrypted: bool) -> Option<String> {
    let cookie = if encrypted { ENCRYPTED_COOKIE } else { COOKIE };
    let cookies = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
    let mut pairs = cookies.flat_map(|line| line.split(';')).filter_map(|pair| pair.trim().split_once('='));
    let (_, value) = pairs.find(|(name, _)| *name == cookie)?;
    (value.len() == 64).then(|| value.to_owned())
}

/// The header that gives a visitor this secret: for this site's own requests, unseen by scripts.
pub(super) fn cookie(secret: &str, encrypted: bool) -> (header::HeaderName, String) {
    let (cookie, secure) = if encrypted { (ENCRYPTED_COOKIE, "; Secure") } else { (COOKIE, "") };
    (header::SET_COOKIE, format!("{cookie}={secret}; Path=/; HttpOnly; SameSite=Strict{secure}"))
}

/// Whether a form may have been sent by a page of another site. Browsers say so (Fetch Metadata) on connections that
/// they trust; on others they name the site (RFC 6454).
fn sent_from_elsewhere(headers: &HeaderMap) -> bool {
    let text = |name: header::HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    if headers.get("sec-fetch-site").is_some_and(|site| site != "same-origin") {
        return true;
    }
    let here = text(header::HOST);
    text(header::ORIGIN).is_some_and(|origin| origin.split_once("://").map(|(_, host)| host) != here)
}

/// An administrator who is signed in.
pub(super) struct Administrator {
    pub(super) visitor: Visitor,
    pub(super) name: Login,
    /// For the forms on his pages.
    pub(super) form_token: String,
}

impl FromRequestParts<Arc<Administration>> for Administrator {
    type Rejection = Response;

    async fn from_request_parts(
        parts: &mut Parts,
        administration: &Arc<Administration>,
    ) -> Result<Self, Response> {
        let Ok(visitor) = Visitor::from_request_parts(parts, administration).await;
        let sign_in = || Redirect::to("/sign-in").into_response();
        let secret = visitor.secret.as_deref().ok_or_else(sign_in)?;
        let (known, form_token) = {
            let mut sessions = administration.sessions.lock().unwrap_or_else(PoisonError::into_inner);
            (sessions.of(secret, administration.app.clock.now()), sessions.form_token(secret))
        };
        let (name, hash) = known.ok_or_else(sign_in)?;
        let now = administration.app.store.administrator_hash(&name).await;
        if now.map_err(|_| StatusCode::SERVICE_UNAVAILABLE.into_response())? != Some(hash) {
            return Err(sign_in());
        }
        Ok(Self { visitor, name, form_token })
    }
}

/// The fields of a form that a page of ours showed to this very visitor.
pub(super) struct Sent<T>(pub(super) T);

#[derive(serde::Deserialize)]
struct WithToken<T> {
    form_token: String,
    #[serde(flatten)]
    fields: T,
}

impl<T: DeserializeOwned> FromRequest<Arc<Administration>> for Sent<T> {
    type Rejection = Response;

    async fn from_request(request: Request, administration: &Arc<Administration>) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let Ok(visitor) = Visitor::from_request_parts(&mut parts, administration).await;
        let elsewhere = || {
            let words = visitor.words();
            let notice = Notice::Failed(words.text("administration-form-old"));
            let again = html! { p { a href="/" { (words.text("administration-again")) } } };
            (StatusCode::FORBIDDEN, frame::bare(words, &words.text("administration-title"), &notice, &again))
                .into_response()
        };
        if sent_from_elsewhere(&parts.headers) {
            return Err(elsewhere());
        }
        let secret = visitor.secret.clone().ok_or_else(elsewhere)?;
        let expected =
            administration.sessions.lock().unwrap_or_else(PoisonError::into_inner).form_token(&secret);
        let form = axum::Form::<WithToken<T>>::from_request(Request::from_parts(parts, body), &()).await;
        let axum::Form(form) = form.map_err(|_| elsewhere())?;
        if bool::from(form.form_token.as_bytes().ct_eq(expected.as_bytes())) {
            Ok(Self(form.fields))
        } else {
            Err(elsewhere())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_session_ends_unused_and_ends_used() {
        let start = Timestamp::from_unix_ms(1_790_000_000_000);
        let mut sessions = Sessions::new();
        let secret = sessions.begin("root".parse().unwrap(), "hash".into(), start);
        assert!(sessions.of("another", start).is_none());
        let mut now = start;
        while now.ms_since(start) + IDLE_MS <= LONGEST_MS {
            assert!(sessions.of(&secret, now).is_some());
            now = now.plus_ms(IDLE_MS - 1);
        }
        assert!(sessions.of(&secret, start.plus_ms(LONGEST_MS)).is_none(), "used all the time");
        let secret = sessions.begin("root".parse().unwrap(), "hash".into(), start);
        assert!(sessions.of(&secret, start.plus_ms(IDLE_MS)).is_none(), "unused");
    }

    #[test]
    fn a_forms_token_is_of_one_visitor_and_one_process() {
        let (sessions, others) = (Sessions::new(), Sessions::new());
        assert_eq!(sessions.form_token("a"), sessions.form_token("a"));
        assert_ne!(sessions.form_token("a"), sessions.form_token("b"));
        assert_ne!(sessions.form_token("a"), others.form_token("a"));
    }
}
