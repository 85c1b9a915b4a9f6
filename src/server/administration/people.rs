//! The users of an organisation.

use axum::{
    extract::{Path, Query},
    response::{IntoResponse, Response},
};
use maud::html;
use restante_model::{Login, Name};
use restante_store::Owner;
use serde::Deserialize;

use super::{
    After, done, failed,
    guard::{Administrator, Sent},
    pages::{self, Place},
};

pub(super) async fn users(
    administrator: Administrator,
    Path(organisation): Path<Name>,
    after: Query<After>,
) -> Response {
    let words = administrator.visitor.words();
    let users = match administrator.visitor.administration.app.store.users(&organisation).await {
        Ok(users) => users,
        Err(restante_store::StoreError::Unknown { .. }) => return administrator.visitor.missing(),
        Err(error) => return failed(&administrator, &error),
    };
    let login = words.text("administration-login");
    let name = words.text("administration-called");
    let devices = words.text("administration-devices");
    let seen = words.text("administration-last-seen");
    let content = html! {
        @if users.is_empty() {
            p class="empty" { (words.text("administration-no-user")) }
        } @else {
            table {
                thead { tr { th { (login) } th { (name) } th class="number" { (devices) } th { (seen) } th {} } }
                tbody {
                    @for user in &users {
                        tr class=[user.disabled.then_some("dim")] {
                            td data-label=(login) {
                                (user.person.login)
                                @if user.disabled { span class="state off" { (words.text("administration-mode-disabled")) } }
                            }
                            td data-label=(name) { (user.person.name) }
                            td class="number" data-label=(devices) { (user.devices) }
                            td data-label=(seen) { (super::agents::seen(words, user.last_seen_at)) }
                            td class="actions" {
                                form method="post" action={ "/organisations/" (organisation) "/users" } {
                                    (pages::token(&administrator))
                                    input type="hidden" name="login" value=(user.person.login);
                                    @if user.disabled {
                                        button type="submit" name="wish" value="enable" { (words.text("administration-enable")) }
                                    } @else {
                                        button type="submit" name="wish" value="disable" { (words.text("administration-disable")) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    };
    let title =
        words.with("administration-users-of", &[("name", restante_l10n::Value::Text(organisation.as_str()))]);
    pages::page(&administrator, Place::Offices, &title, &after.notice(words), &content).into_response()
}

#[derive(Deserialize)]
pub(super) struct Wish {
    login: Login,
    wish: String,
}

pub(super) async fn allow_or_forbid(
    administrator: Administrator,
    Path(organisation): Path<Name>,
    Sent(Wish { login, wish }): Sent<Wish>,
) -> Response {
    let disabled = wish == "disable";
    let store = &administrator.visitor.administration.app.store;
    let back = format!("/organisations/{organisation}");
    match store.set_disabled(&Owner { organisation, login }, disabled).await {
        Ok(()) => done(&back, if disabled { "disabled" } else { "enabled" }),
        Err(error) => failed(&administrator, &error),
    }
}
