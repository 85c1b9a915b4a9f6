//! One message server (row S2): made, and its terms changed.

use axum::{
    extract::{Path, Query},
    response::{IntoResponse, Response},
};
use maud::{Markup, html};
use restante_l10n::{Value, Words};
use restante_model::Name;
use restante_store::{NewOffice, OfficeChange, OfficeOverview, OfficeTerms, Placement, StoreError};
use serde::Deserialize;

use super::{
    After, Refused, done, failed,
    forms::TermsForm,
    frame::Notice,
    guard::{Administrator, Sent},
    overview::{path, placement},
    pages::{self, Place},
    unprocessable,
};

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

pub(super) fn buttons(words: &Words, does: &str) -> Markup {
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
