//! The first page (row S3): organisations with their message servers, and which message servers there are.

use axum::{
    extract::Query,
    response::{IntoResponse, Response},
};
use maud::{Markup, html};
use restante_l10n::{Value, Words};
use restante_model::Name;
use restante_store::{OfficeOverview, OrganisationOverview, Unavailable};

use super::{
    After, failed,
    guard::Administrator,
    pages::{self, Place},
};

pub(super) async fn overview(administrator: Administrator, after: Query<After>) -> Response {
    let words = administrator.visitor.words();
    let store = &administrator.visitor.administration.app.store;
    let (organisations, offices) = match (store.organisations().await, store.offices().await) {
        (Ok(organisations), Ok(offices)) => (organisations, offices),
        (Err(error), _) | (_, Err(error)) => return failed(&administrator, &error),
    };
    let content = html! {
        section {
            h2 { (words.text("administration-organisations")) }
            @if organisations.is_empty() {
                p class="empty" { (words.text("administration-no-organisation")) }
            } @else {
                (organisations_table(words, &organisations))
            }
        }
        section {
            div class="title" {
                h2 { (words.text("administration-available")) }
                a class="button primary" href="/offices/new" { (words.text("administration-create")) }
            }
            @if offices.is_empty() {
                p class="empty" { (words.text("administration-no-office")) }
            } @else {
                (offices_table(words, &offices))
            }
        }
    };
    let title = words.text("administration-offices");
    pages::page(&administrator, Place::Offices, &title, &after.notice(words), &content).into_response()
}

fn organisations_table(words: &Words, organisations: &[OrganisationOverview]) -> Markup {
    let columns = Columns::of(words);
    html! {
        table {
            thead { tr {
                th { (columns.organisation) } th { (columns.office) } th class="database" { (columns.database) }
                th class="number" { (columns.interval) } th { (columns.lifetime) } th {}
            } }
            tbody {
                @for organisation in organisations {
                    tr {
                        td data-label=(columns.organisation) {
                            a href={ "/organisations/" (organisation.name) } { (organisation.title) }
                            @if let Some(users) = organisation.users {
                                " " small class="nowrap" { (words.with("administration-users-count", &[("count", Value::Number(users))])) }
                            }
                        }
                        @match (&organisation.office, &organisation.unavailable) {
                            (Some(office), None) => {
                                td data-label=(columns.office) { a href={ "/offices/" (office.name) } { (office.name) } }
                                (terms_cells(words, &columns, office))
                            }
                            (_, Some(Unavailable::NoneAttached)) | (None, None) => {
                                td colspan="4" data-label=(columns.office) { span class="state off" { (words.text("administration-none-attached")) } }
                            }
                            (_, Some(why)) => {
                                td colspan="4" data-label=(columns.office) {
                                    span class="state bad" { (words.text("status-office-unavailable")) } " " small { (why) }
                                }
                            }
                        }
                        td class="actions" {
                            a class="button" href={ "/organisations/" (organisation.name) "/attach" } { (words.text("administration-attach")) }
                        }
                    }
                }
            }
        }
    }
}

fn offices_table(words: &Words, offices: &[OfficeOverview]) -> Markup {
    let columns = Columns::of(words);
    html! {
        table {
            thead { tr {
                th { (columns.office) } th class="database" { (columns.database) } th class="number" { (columns.interval) }
                th { (columns.lifetime) } th { (words.text("administration-organisations")) } th {}
            } }
            tbody {
                @for office in offices {
                    tr {
                        td data-label=(columns.office) {
                            a href={ "/offices/" (office.name) } { (office.name) }
                            @if office.terms.interval_locked { " " span class="state off" { (words.text("administration-locked")) } }
                        }
                        (terms_cells(words, &columns, office))
                        td data-label=(words.text("administration-organisations")) {
                            @if let Some(why) = &office.unavailable {
                                span class="state bad" { (words.text("status-office-unavailable")) } " " small { (why) }
                            } @else if office.organisations.is_empty() {
                                span class="state off" { (words.text("administration-nobody")) }
                            } @else {
                                (office.organisations.iter().map(Name::as_str).collect::<Vec<_>>().join(", "))
                            }
                        }
                        td class="actions" {
                            a class="button" href={ "/offices/" (office.name) } { (words.text("administration-change")) }
                        }
                    }
                }
            }
        }
    }
}

/// The names of the columns that both lists have (row S3).
struct Columns {
    organisation: String,
    office: String,
    database: String,
    interval: String,
    lifetime: String,
}

impl Columns {
    fn of(words: &Words) -> Self {
        Self {
            organisation: words.text("administration-organisation"),
            office: words.text("administration-office"),
            database: words.text("administration-database"),
            interval: words.text("administration-interval"),
            lifetime: words.text("administration-lifetime"),
        }
    }
}

fn terms_cells(words: &Words, columns: &Columns, office: &OfficeOverview) -> Markup {
    html! {
        td data-label=(columns.database) {
            (path(&office.location)) " "
            small { (placement(words, office.placement)) }
        }
        td class="number" data-label=(columns.interval) { (office.terms.check_interval.seconds()) }
        td data-label=(columns.lifetime) { (span(words, office.terms.message_lifetime)) }
    }
}

/// A path that is broken between its folders where there is no room.
pub(super) fn path(path: &str) -> Markup {
    html! { code { @for part in path.split_inclusive('/') { (part) wbr; } } }
}

pub(super) fn placement(words: &Words, placement: &str) -> String {
    if placement == "current" {
        words.text("administration-current")
    } else {
        words.text("administration-separate")
    }
}

/// "7 days", in the largest unit that fits.
pub(super) fn span(words: &Words, seconds: restante_model::Seconds) -> String {
    let text = seconds.to_string();
    let (number, unit) = text.split_at(text.len() - 1);
    let count = [("count", Value::Number(number.parse().unwrap_or_default()))];
    match unit {
        "d" => words.with("administration-span-days", &count),
        "h" => words.with("administration-span-hours", &count),
        "m" => words.with("administration-span-minutes", &count),
        _ => words.with("administration-span-seconds", &count),
    }
}
