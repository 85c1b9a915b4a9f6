//! Which message server an organisation has (row S3): attach and detach.

use axum::{
    extract::Path,
    response::{IntoResponse, Response},
};
use maud::html;
use restante_l10n::Value;
use restante_model::Name;
use serde::Deserialize;

use super::{
    Refused, done, failed,
    frame::Notice,
    guard::{Administrator, Sent},
    offices::buttons,
    overview::span,
    pages::{self, Place},
    sign_in::Nothing,
    unprocessable,
};

pub(super) async fn choose(administrator: Administrator, Path(organisation): Path<Name>) -> Response {
    attach_page(&administrator, &organisation, Notice::None).await
}

async fn attach_page(administrator: &Administrator, name: &Name, notice: Notice) -> Response {
    let words = administrator.visitor.words();
    let store = &administrator.visitor.administration.app.store;
    let (organisations, offices) = match (store.organisations().await, store.offices().await) {
        (Ok(organisations), Ok(offices)) => (organisations, offices),
        (Err(error), _) | (_, Err(error)) => return failed(administrator, &error),
    };
    let Some(organisation) = organisations.into_iter().find(|organisation| organisation.name == *name) else {
        return administrator.visitor.missing();
    };
    let current = organisation.office.as_ref().map(|office| &office.name);
    let usable: Vec<_> = offices.iter().filter(|office| office.unavailable.is_none()).collect();
    let content = html! {
        form method="post" action={ "/organisations/" (name) "/attach" } class="card stack" {
            (pages::token(administrator))
            @if usable.is_empty() {
                p class="empty" { (words.text("administration-no-office")) }
            } @else {
                fieldset {
                    legend { (words.text("administration-available")) }
                    @for office in &usable {
                        label class="check" {
                            input type="radio" name="office" value=(office.name) required
                                checked[current == Some(&office.name) || usable.len() == 1];
                            span {
                                strong { (office.name) } br;
                                small {
                                    (office.location) " · "
                                    (office.terms.check_interval.seconds()) " " (words.text("administration-seconds-short")) " · "
                                    (span(words, office.terms.message_lifetime))
                                }
                            }
                        }
                    }
                }
                (buttons(words, &words.text("administration-attach")))
            }
        }
        @if let Some(office) = current {
            details class="card" {
                summary { (words.text("administration-detach")) }
                p { (words.with("administration-detach-warning", &[("name", Value::Text(office.as_str()))])) }
                form method="post" action={ "/organisations/" (name) "/detach" } {
                    (pages::token(administrator))
                    button type="submit" class="danger" { (words.text("administration-detach")) }
                }
            }
        }
    };
    let title = words.with("administration-attach-title", &[("name", Value::Text(&organisation.title))]);
    let page = pages::page(administrator, Place::Offices, &title, &notice, &content);
    if matches!(notice, Notice::Failed(_)) { unprocessable(page) } else { page.into_response() }
}

#[derive(Deserialize)]
pub(super) struct AttachForm {
    office: String,
}

pub(super) async fn attach(
    administrator: Administrator,
    Path(organisation): Path<Name>,
    Sent(form): Sent<AttachForm>,
) -> Response {
    let words = administrator.visitor.words();
    let attach = async {
        let office: Name = form.office.parse().map_err(|_| Refused(words.text("administration-bad-name")))?;
        let store = &administrator.visitor.administration.app.store;
        store.attach(&office, &organisation).await.map_err(|error| Refused::of(words, &error))
    };
    match attach.await {
        Ok(_) => done("/", "attached"),
        Err(Refused(why)) => attach_page(&administrator, &organisation, Notice::Failed(why)).await,
    }
}

pub(super) async fn detach(
    administrator: Administrator,
    Path(organisation): Path<Name>,
    Sent(Nothing {}): Sent<Nothing>,
) -> Response {
    match administrator.visitor.administration.app.store.detach(&organisation).await {
        Ok(_) => done("/", "detached"),
        Err(error) => failed(&administrator, &error),
    }
}
