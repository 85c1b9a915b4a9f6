//! Message servers (rows S2, S3): which there are, whose they are, and their terms.

use axum::{
    extract::{Path, Query},
    response::{IntoResponse, Response},
};
use maud::{Markup, html};
use restante_l10n::{Value, Words};
use restante_model::Name;
use restante_store::{
    NewOffice, OfficeChange, OfficeOverview, OfficeTerms, OrganisationOverview, Placement, StoreError,
    Unavailable,
};
use serde::Deserialize;

use super::{
    Refused, done,
    forms::TermsForm,
    guard::{Administrator, Sent},
    pages::{self, Notice, Place},
    sign_in::Nothing,
    unprocessable,
};

/// `?done=`: what was done before this page was shown.
#[derive(Deserialize)]
pub(super) struct After {
    done: Option<String>,
}

impl After {
    pub(super) fn notice(&self, words: &Words) -> Notice {
        let known = ["created", "attached", "detached", "changed", "disabled", "enabled", "revoked"];
        let key = self.done.as_deref().filter(|done| known.contains(done));
        let text = key.and_then(|key| words.find(&format!("administration-done-{key}"), &[]));
        text.map_or(Notice::None, Notice::Done)
    }
}

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
                th { (columns.organisation) } th { (columns.office) } th { (columns.database) }
                th class="number" { (columns.interval) } th { (columns.lifetime) } th {}
            } }
            tbody {
                @for organisation in organisations {
                    tr {
                        td data-label=(columns.organisation) {
                            a href={ "/organisations/" (organisation.name) } { (organisation.title) }
                            @if let Some(users) = organisation.users {
                                " " small { (words.with("administration-users-count", &[("count", Value::Number(users))])) }
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
                th { (columns.office) } th { (columns.database) } th class="number" { (columns.interval) }
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
fn path(path: &str) -> Markup {
    html! { code { @for part in path.split_inclusive('/') { (part) wbr; } } }
}

fn placement(words: &Words, placement: &str) -> String {
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

pub(super) fn failed(administrator: &Administrator, error: &StoreError) -> Response {
    let words = administrator.visitor.words();
    let Refused(why) = Refused::of(words, error);
    let back = html! { p { a href="/" { (words.text("administration-offices")) } } };
    let title = words.text("administration-title");
    unprocessable(pages::page(administrator, Place::Offices, &title, &Notice::Failed(why), &back))
}

#[derive(Deserialize)]
pub(super) struct NewForm {
    name: String,
    placement: String,
    #[serde(default)]
    organisation: String,
    #[serde(default)]
    folder: String,
    #[serde(flatten)]
    terms: TermsForm,
}

pub(super) async fn new(administrator: Administrator) -> Response {
    let form = NewForm {
        name: String::new(),
        placement: "separate".to_owned(),
        organisation: String::new(),
        folder: String::new(),
        terms: TermsForm::of(&OfficeTerms::default()),
    };
    new_page(&administrator, &form, &Notice::None).await.into_response()
}

async fn new_page(administrator: &Administrator, form: &NewForm, notice: &Notice) -> Markup {
    let words = administrator.visitor.words();
    let store = &administrator.visitor.administration.app.store;
    // Without the list the other placement can be chosen all the same.
    let organisations = store.organisations().await.unwrap_or_default();
    let separate = form.placement != "current";
    let content = html! {
        form method="post" action="/offices" class="card stack" {
            (pages::token(administrator))
            label for="name" { (words.text("administration-name")) }
            input id="name" name="name" value=(form.name) required maxlength="64" autocapitalize="none" autofocus;
            fieldset {
                legend { (words.text("administration-placement")) }
                label class="check" {
                    input type="radio" name="placement" value="separate" checked[separate];
                    span { (words.text("administration-separate")) " " small { (words.text("administration-recommended")) } }
                }
                label for="folder" class="below" { (words.text("administration-folder")) }
                input id="folder" name="folder" value=(form.folder) placeholder=(words.text("administration-data-folder"));
                @if !organisations.is_empty() {
                    label class="check" {
                        input type="radio" name="placement" value="current" checked[!separate];
                        span { (words.text("administration-current")) }
                    }
                    label for="organisation" class="below" { (words.text("administration-organisation")) }
                    select id="organisation" name="organisation" {
                        @for organisation in &organisations {
                            option value=(organisation.name) selected[organisation.name.as_str() == form.organisation] { (organisation.title) }
                        }
                    }
                }
            }
            (form.terms.fields(words))
            (buttons(words, &words.text("administration-create")))
        }
    };
    pages::page(administrator, Place::Offices, &words.text("administration-create-title"), notice, &content)
}

fn buttons(words: &Words, does: &str) -> Markup {
    html! {
        div class="buttons" {
            button type="submit" class="primary" { (does) }
            a class="button" href="/" { (words.text("administration-cancel")) }
        }
    }
}

pub(super) async fn create(administrator: Administrator, Sent(form): Sent<NewForm>) -> Response {
    let words = administrator.visitor.words();
    let create = async {
        let wrong_name = |_| Refused(words.text("administration-bad-name"));
        let name: Name = form.name.parse().map_err(wrong_name)?;
        let placement = if form.placement == "current" {
            Placement::Current { organisation: form.organisation.parse().map_err(wrong_name)? }
        } else {
            let folder = form.folder.trim();
            if !folder.is_empty() && !std::path::Path::new(folder).is_absolute() {
                return Err(Refused(words.text("administration-bad-folder")));
            }
            Placement::Separate { folder: (!folder.is_empty()).then(|| folder.into()) }
        };
        let office = NewOffice { name, placement, terms: form.terms.meant(words, OfficeTerms::default())? };
        let store = &administrator.visitor.administration.app.store;
        store.create_office(&office).await.map_err(|error| Refused::of(words, &error))
    };
    match create.await {
        Ok(_) => done("/", "created"),
        Err(Refused(why)) => unprocessable(new_page(&administrator, &form, &Notice::Failed(why)).await),
    }
}

pub(super) async fn terms(
    administrator: Administrator,
    Path(office): Path<String>,
    after: Query<After>,
) -> Response {
    let notice = after.notice(administrator.visitor.words());
    match find(&administrator, &office).await {
        Ok(Some(office)) => {
            terms_page(&administrator, &office, &TermsForm::of(&office.terms), &notice).into_response()
        }
        Ok(None) => administrator.visitor.missing(),
        Err(error) => failed(&administrator, &error),
    }
}

async fn find(administrator: &Administrator, name: &str) -> Result<Option<OfficeOverview>, StoreError> {
    let offices = administrator.visitor.administration.app.store.offices().await?;
    Ok(offices.into_iter().find(|office| office.name.as_str() == name))
}

fn terms_page(
    administrator: &Administrator,
    office: &OfficeOverview,
    form: &TermsForm,
    notice: &Notice,
) -> Markup {
    let words = administrator.visitor.words();
    let content = html! {
        form method="post" action={ "/offices/" (office.name) } class="card stack" {
            (pages::token(administrator))
            p { (path(&office.location)) " " small { (placement(words, office.placement)) } }
            (form.fields(words))
            p class="hint" { (words.text("administration-lifetime-hint")) }
            (buttons(words, &words.text("administration-save")))
        }
    };
    let title = words.with("administration-office-title", &[("name", Value::Text(office.name.as_str()))]);
    pages::page(administrator, Place::Offices, &title, notice, &content)
}

pub(super) async fn change(
    administrator: Administrator,
    Path(office): Path<String>,
    Sent(form): Sent<TermsForm>,
) -> Response {
    let words = administrator.visitor.words();
    let office = match find(&administrator, &office).await {
        Ok(Some(office)) => office,
        Ok(None) => return administrator.visitor.missing(),
        Err(error) => return failed(&administrator, &error),
    };
    let change = async {
        let terms = form.meant(words, office.terms)?;
        let store = &administrator.visitor.administration.app.store;
        let changed = store.change_office(&office.name, OfficeChange::All(terms)).await;
        changed.map_err(|error| Refused::of(words, &error))
    };
    match change.await {
        Ok(_) => done(&format!("/offices/{}", office.name), "changed"),
        Err(Refused(why)) => unprocessable(terms_page(&administrator, &office, &form, &Notice::Failed(why))),
    }
}

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
