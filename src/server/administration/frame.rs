//! The frame around every page.

use maud::{DOCTYPE, Markup, html};
use restante_l10n::{Language, Words};

/// What a page says about what was asked of it.
pub(super) enum Notice {
    None,
    Done(String),
    Failed(String),
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

/// The line that says it.
pub(super) fn told(notice: &Notice) -> Markup {
    html! {
        @match notice {
            Notice::None => {}
            Notice::Done(text) => { p class="notice good" role="status" { (text) } }
            Notice::Failed(text) => { p class="notice bad" role="alert" { (text) } }
        }
    }
}

/// The document around a page.
pub(super) fn document(words: &Words, title: &str, body: &Markup) -> Markup {
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
