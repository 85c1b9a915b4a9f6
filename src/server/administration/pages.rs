//! What stands around each page of an administrator who is signed in.

use maud::{Markup, html};

use super::{
    frame::{Notice, document, told},
    guard::Administrator,
};

/// Which entry of the menu a page belongs to.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    Offices,
    Agents,
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
