//! The administrators' pages (row B30): a listener of its own, sign-in of its own, no script.
//!
//! Whoever is signed in may do what the commands of `restante-server` do to post offices, users and devices.
//!
//! Invariant: no page shows or takes mail, and no password of a user.

mod agents;
mod attachment;
mod forms;
mod frame;
mod guard;
mod offices;
mod overview;
mod pages;
mod people;
mod sign_in;

use std::sync::{Arc, Mutex};

use axum::{
    Router,
    extract::{DefaultBodyLimit, FromRequestParts},
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    middleware,
    response::{IntoResponse, Redirect, Response},
    routing::{get, post},
};
use maud::{Markup, html};
use restante_l10n::{Language, Words};
use restante_store::StoreError;
use serde::Deserialize;

use self::{
    frame::Notice,
    guard::{Administrator, Sessions},
    pages::Place,
};
use crate::{
    access::App,
    extract::{From, came_encrypted},
    observe,
    problem::{Refusal, chain},
    store_words::of_store,
};

/// What a form holds at most.
const MAX_FORM_BYTES: usize = 16 * 1024;

/// What all pages share.
pub(crate) struct Administration {
    app: Arc<App>,
    sessions: Mutex<Sessions>,
    english: Words,
    russian: Words,
}

/// Every page.
pub(crate) fn router(app: &Arc<App>) -> Router {
    let administration = Arc::new(Administration {
        app: Arc::clone(app),
        sessions: Mutex::new(Sessions::new()),
        english: Words::new(Language::English),
        russian: Words::new(Language::Russian),
    });
    Router::new()
        .route("/style.css", get(style))
        .route("/sign-in", get(sign_in::page).post(sign_in::sign_in))
        .route("/sign-out", post(sign_in::sign_out))
        .route("/", get(overview::overview))
        .route("/offices", post(offices::create))
        .route("/offices/new", get(offices::new))
        .route("/offices/{office}", get(offices::terms).post(offices::change))
        .route("/organisations/{organisation}", get(people::users))
        .route("/organisations/{organisation}/attach", get(attachment::choose).post(attachment::attach))
        .route("/organisations/{organisation}/detach", post(attachment::detach))
        .route("/organisations/{organisation}/users", post(people::allow_or_forbid))
        .route("/organisations/{organisation}/devices", post(agents::revoke))
        .route("/agents", get(agents::agents))
        .fallback(async |visitor: Visitor| visitor.missing())
        .layer(DefaultBodyLimit::max(MAX_FORM_BYTES))
        .layer(middleware::map_response(with_headers))
        .layer(middleware::from_fn_with_state(Arc::clone(app), observe::observe))
        .with_state(administration)
}

async fn style() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8")], include_str!("style.css"))
}

/// Nothing from elsewhere is loaded, nothing runs, nobody frames a page, no cache keeps one.
async fn with_headers(mut answer: Response) -> Response {
    let headers = answer.headers_mut();
    for (name, value) in [
        (
            header::CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
        ),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "same-origin"),
        (header::CACHE_CONTROL, "no-store"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    answer
}

/// Somebody at a page: which words he reads, how he came, and the secret of his cookie.
struct Visitor {
    administration: Arc<Administration>,
    language: Language,
    encrypted: bool,
    secret: Option<String>,
}

impl FromRequestParts<Arc<Administration>> for Visitor {
    type Rejection = std::convert::Infallible;

    async fn from_request_parts(
        parts: &mut Parts,
        administration: &Arc<Administration>,
    ) -> Result<Self, Self::Rejection> {
        let encrypted = came_encrypted(parts, &administration.app.config.trusted_proxies);
        Ok(Self {
            administration: Arc::clone(administration),
            language: language(&parts.headers),
            encrypted,
            secret: guard::secret(&parts.headers, encrypted),
        })
    }
}

/// Behind a trusted proxy too, one who guesses slows nobody but himself.
impl FromRequestParts<Arc<Administration>> for From {
    type Rejection = Refusal;

    async fn from_request_parts(
        parts: &mut Parts,
        administration: &Arc<Administration>,
    ) -> Result<Self, Refusal> {
        Self::from_request_parts(parts, &administration.app).await
    }
}

impl Visitor {
    fn words(&self) -> &Words {
        match self.language {
            Language::English => &self.administration.english,
            Language::Russian => &self.administration.russian,
        }
    }

    fn missing(&self) -> Response {
        let words = self.words();
        let page = frame::bare(
            words,
            &words.text("administration-missing"),
            &Notice::None,
            &html! {
                p { a href="/" { (words.text("administration-offices")) } }
            },
        );
        (StatusCode::NOT_FOUND, page).into_response()
    }
}

/// The first of the languages that a browser asks for, by its weight (RFC 9110, 12.5.4), that there is.
fn language(headers: &HeaderMap) -> Language {
    let asked =
        headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut best = (0.0, Language::English);
    for part in asked.split(',') {
        let mut parameters = part.split(';').map(str::trim);
        let tag = parameters.next().unwrap_or_default();
        let weight = parameters.find_map(|parameter| parameter.strip_prefix("q=")?.parse::<f32>().ok());
        let known = match tag.split('-').next().unwrap_or_default() {
            "ru" => Language::Russian,
            "en" => Language::English,
            _ => continue,
        };
        if weight.unwrap_or(1.0) > best.0 {
            best = (weight.unwrap_or(1.0), known);
        }
    }
    best.1
}

/// Why a page cannot do what it was asked; it is told in the page that asked.
struct Refused(String);

impl Refused {
    fn of(words: &Words, error: &StoreError) -> Self {
        use restante_l10n::Value::Text;
        match error {
            StoreError::NameTaken { name, .. } => {
                Self(words.with("administration-name-taken", &[("name", Text(name))]))
            }
            StoreError::Unknown { name, .. } => {
                Self(words.with("administration-unknown", &[("name", Text(name))]))
            }
            error => {
                tracing::warn!(error = chain(error), "an administrator's wish was not carried out");
                Self(words.with("administration-failed", &[("why", Text(&of_store(error, words)))]))
            }
        }
    }
}

/// A page's answer when the store cannot tell what it is to show.
fn failed(administrator: &Administrator, error: &StoreError) -> Response {
    let words = administrator.visitor.words();
    let Refused(why) = Refused::of(words, error);
    let back = html! { p { a href="/" { (words.text("administration-offices")) } } };
    let title = words.text("administration-title");
    unprocessable(pages::page(administrator, Place::Offices, &title, &Notice::Failed(why), &back))
}

/// After a change: back to a page that can be loaded again without doing it twice.
fn done(to: &str, what: &str) -> Response {
    Redirect::to(&format!("{to}?done={what}")).into_response()
}

/// `?done=`: what was done before this page was shown.
#[derive(Deserialize)]
struct After {
    done: Option<String>,
}

impl After {
    fn notice(&self, words: &Words) -> Notice {
        let known = ["created", "attached", "detached", "changed", "disabled", "enabled", "revoked"];
        let key = self.done.as_deref().filter(|done| known.contains(done));
        let text = key.and_then(|key| words.find(&format!("administration-done-{key}"), &[]));
        text.map_or(Notice::None, Notice::Done)
    }
}

fn unprocessable(page: Markup) -> Response {
    (StatusCode::UNPROCESSABLE_ENTITY, page).into_response()
}

#[cfg(test)]
mod tests {
    use axum::{body::Body, http::Request};
    use restante_model::{Clock, Timestamp};
    use restante_store::{SqlStore, Store};
    use tower::ServiceExt;

    use super::*;
    use crate::{Config, accept::Peer};

    /// A clock that a test sets.
    struct HandClock(Mutex<Timestamp>);

    impl Clock for HandClock {
        fn now(&self) -> Timestamp {
            *self.0.lock().unwrap()
        }
    }

    #[tokio::test]
    async fn a_session_that_is_not_used_ends_and_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(HandClock(Mutex::new(Timestamp::from_unix_ms(1_790_000_000_000))));
        let store = SqlStore::open(folder.path(), Arc::clone(&clock) as Arc<dyn Clock>).await.unwrap();
        let password = "correct horse battery staple";
        let hash = crate::hash_password(password, &[]).unwrap();
        store.add_administrator(&"root".parse().unwrap(), &hash).await.unwrap();
        let app = App::new(Config::default(), Arc::new(store), Arc::clone(&clock) as Arc<dyn Clock>);
        let pages = router(&Arc::new(app));
        let ask = async |method: &str, path: &str, cookie: &str, body: String| {
            let peer = Peer { address: [192, 0, 2, 1].into(), by_tls: true };
            let request = Request::builder().method(method).uri(path).extension(peer);
            let request = request.header(header::COOKIE, cookie);
            let request = request.header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            let answer = pages.clone().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
            let cookie = answer.headers().get(header::SET_COOKIE).map(|it| it.to_str().unwrap().to_owned());
            let cookie = cookie.map(|it| it.split(';').next().unwrap().to_owned()).unwrap_or_default();
            let status = answer.status();
            let body = axum::body::to_bytes(answer.into_body(), usize::MAX).await.unwrap();
            (status, cookie, String::from_utf8(body.to_vec()).unwrap())
        };
        let (_, cookie, page) = ask("GET", "/sign-in", "", String::new()).await;
        let token = page.split_once("name=\"form_token\" value=\"").unwrap().1.split('"').next().unwrap();
        let form = format!("form_token={token}&name=root&password={}", password.replace(' ', "+"));
        let (status, cookie, _) = ask("POST", "/sign-in", &cookie, form).await;
        assert_eq!(status, StatusCode::SEE_OTHER);
        let after_minutes = async |minutes: i64| {
            {
                let mut now = clock.0.lock().unwrap();
                *now = now.plus_ms(minutes * 60_000);
            }
            ask("GET", "/agents", &cookie, String::new()).await.0
        };
        assert_eq!(after_minutes(29).await, StatusCode::OK);
        assert_eq!(after_minutes(29).await, StatusCode::OK, "each use counts");
        assert_eq!(after_minutes(30).await, StatusCode::SEE_OTHER, "to the sign-in");
        assert_eq!(after_minutes(0).await, StatusCode::SEE_OTHER, "for good");
    }

    #[test]
    fn the_browser_says_which_language() {
        for (asked, language_told) in [
            ("ru", Language::Russian),
            ("ru-RU,ru;q=0.9,en-US;q=0.8", Language::Russian),
            ("en-GB,en;q=0.9,ru;q=0.8", Language::English),
            ("de,ru;q=0.5", Language::Russian),
            ("de", Language::English),
            ("ru;q=0,en;q=0.1", Language::English),
            ("", Language::English),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_LANGUAGE, HeaderValue::from_static(asked));
            assert_eq!(language(&headers), language_told, "{asked}");
        }
    }
}
