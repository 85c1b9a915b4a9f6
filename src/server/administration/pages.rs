//! The frame around every page.

use maud::{DOCTYPE, Markup, html};
use restante_l10n::{Language, Words};

use super::guard::Administrator;

/// What a page says about what was asked of it.
pub(super) enum Notice {
    None,
    Done(String),
    Failed(String),
}

/// Which entry of the menu a page belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Offices,
    Agents,
}

/// A page for who is not signed in.
pub(super) fn bare(words: &Words, title: &str, notice: &Notice, content: &Markup) -> Markup {
    document(
        words,
        title,
        &html! {
            main class="narrow" {
                p class="brand" { "restante" }
                div class="card" {
                    h1 { (title) }
                    (told(notice))
                    (content)
                }
            }
        },
    )
}

/// A page for an administrator.
pub(super) fn page(
    administrator: &Administrator,
    place: Place,
    title: &str,
    notice: &Notice,
    content: &Markup,
) -> Markup {
    let words = administrator.visitor.words();
    let entry = |to: &str, of: Place, name: String| {
        html! { a href=(to) aria-current=[(of == place).then_some("page")] { (name) } }
    };
    document(
        words,
        title,
        &html! {
            header {
                a class="skip" href="#content" { (words.text("administration-skip")) }
                span class="brand" { "restante" }
                nav aria-label=(words.text("administration-menu")) {
                    (entry("/", Place::Offices, words.text("administration-offices")))
                    (entry("/agents", Place::Agents, words.text("administration-agents")))
                }
                form method="post" action="/sign-out" class="who" {
                    (token(administrator))
                    span { (administrator.name) }
                    button type="submit" { (words.text("administration-sign-out")) }
                }
            }
            main id="content" {
                h1 { (title) }
                (told(notice))
                (content)
            }
        },
    )
}

/// What makes a form this administrator's.
pub(super) fn token(administrator: &Administrator) -> Markup {
    html! { input type="hidden" name="form_token" value=(administrator.form_token); }
}

fn told(notice: &Notice) -> Markup {
    html! {
        @match notice {
            Notice::None => {}
            Notice::Done(text) => { p class="notice good" role="status" { (text) } }
            Notice::Failed(text) => { p class="notice bad" role="alert" { (text) } }
        }
    }
}

fn document(words: &Words, title: &str, body: &Markup) -> Markup {
    let language = match words.language() {
        Language::English => "en",
        Language::Russian => "ru",
    };
    html! {
        (DOCTYPE)
        html lang=(language) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " · restante" }
                link rel="stylesheet" href="/style.css";
            }
            body { (body) }
        }
    }
}
