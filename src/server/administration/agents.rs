//! Agents of all organisations, the silent ones first (row B27).

use axum::{
    extract::{Path, Query},
    response::{IntoResponse, Response},
};
use maud::{Markup, html};
use restante_l10n::Words;
use restante_model::{Login, Name, Timestamp};
use restante_store::{Owner, StoreError};
use serde::Deserialize;

use super::{
    After, done, failed,
    guard::{Administrator, Sent},
    pages::{self, Place},
};
use crate::agents::{Mode, by_silence};

pub(super) async fn agents(administrator: Administrator, after: Query<After>) -> Response {
    let words = administrator.visitor.words();
    let app = &administrator.visitor.administration.app;
    // What was asked in the last minute is not written down yet.
    crate::housekeeping::note_seen(app).await;
    let organisations = match app.store.organisations().await {
        Ok(organisations) => organisations,
        Err(error) => return failed(&administrator, &error),
    };
    let mut agents = Vec::new();
    for organisation in organisations {
        match app.store.agents(&organisation.name).await {
            Ok(list) => agents.extend(list.into_iter().map(|agent| (organisation.name.clone(), agent))),
            // The page of message servers says why.
            Err(StoreError::Unavailable { .. }) => {}
            Err(error) => return failed(&administrator, &error),
        }
    }
    let agents = by_silence(agents, app.clock.now());
    let labels = [
        words.text("administration-mode"),
        words.text("administration-last-seen"),
        words.text("administration-user"),
        words.text("administration-organisation"),
        words.text("administration-device"),
        words.text("administration-version"),
        words.text("administration-interval-short"),
    ];
    let [mode_label, seen_label, user_label, organisation_label, device_label, version_label, interval_label] =
        &labels;
    let content = html! {
        p class="hint" { (words.text("administration-silence-hint")) }
        @if agents.is_empty() {
            p class="empty" { (words.text("administration-no-user")) }
        } @else {
            table {
                thead { tr { @for label in &labels { th { (label) } } th {} } }
                tbody {
                    @for (mode, organisation, agent) in &agents {
                        tr {
                            td data-label=(mode_label) { (state(words, *mode)) }
                            td data-label=(seen_label) { (seen(words, agent.device.as_ref().map(|device| device.last_seen_at))) }
                            td data-label=(user_label) { (agent.person.name) " " small { (agent.person.login) } }
                            td data-label=(organisation_label) { a href={ "/organisations/" (organisation) } { (organisation) } }
                            @if let Some(device) = &agent.device {
                                td data-label=(device_label) { (device.name) }
                                td data-label=(version_label) { (device.client_version.as_deref().unwrap_or("–")) }
                            } @else {
                                td data-label=(device_label) { "–" }
                                td data-label=(version_label) { "–" }
                            }
                            td data-label=(interval_label) { (agent.check_interval.seconds()) " " (words.text("administration-seconds-short")) }
                            td class="actions" {
                                @if let Some(device) = &agent.device {
                                    form method="post" action={ "/organisations/" (organisation) "/devices" } {
                                        (pages::token(&administrator))
                                        input type="hidden" name="login" value=(agent.person.login);
                                        button type="submit" name="device" value=(device.id) { (words.text("administration-revoke")) }
                                    }
                                }
                            }
                        }
                    }
                }
            }
        }
    };
    let title = words.text("administration-agents");
    pages::page(&administrator, Place::Agents, &title, &after.notice(words), &content).into_response()
}

fn state(words: &Words, mode: Mode) -> Markup {
    let (class, text) = match mode {
        Mode::Silent => ("bad", words.text("administration-mode-silent")),
        Mode::NeverSignedIn => ("off", words.text("administration-mode-never")),
        Mode::Online => ("good", words.text("administration-mode-online")),
        Mode::Disabled => ("off", words.text("administration-mode-disabled")),
    };
    html! { span class={ "state " (class) } { (text) } }
}

/// To the minute, in UTC: the page does not know where its reader's clock hangs.
pub(super) fn seen(words: &Words, at: Option<Timestamp>) -> Markup {
    let Some(at) = at else { return html! { (words.text("administration-never")) } };
    let text = at.to_string();
    let minute = text.get(..16).unwrap_or(&text).replace('T', " ");
    html! { time datetime=(text) { (minute) " UTC" } }
}

#[derive(Deserialize)]
pub(super) struct Revoke {
    login: Login,
    device: String,
}

pub(super) async fn revoke(
    administrator: Administrator,
    Path(organisation): Path<Name>,
    Sent(Revoke { login, device }): Sent<Revoke>,
) -> Response {
    let store = &administrator.visitor.administration.app.store;
    match store.revoke(&Owner { organisation, login }, &device).await {
        // One that is gone already is what was wished.
        Ok(_) => done("/agents", "revoked"),
        Err(error) => failed(&administrator, &error),
    }
}
