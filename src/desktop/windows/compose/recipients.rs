//! Whom the letter is for: offered while a name is typed, and taken as chips.

use std::rc::Rc;

use restante_l10n::Value;
use restante_local_api::{ClientError, model::Person};
use slint::{Model as _, SharedString};

use super::{Compose, spawn};
use crate::{phrases, ui};

/// People offered for what is typed.
const MOST_FOUND: usize = 6;

impl Compose {
    pub(super) fn look_for(self: Rc<Self>, typed: &str) {
        let round = self.search.get() + 1;
        self.search.set(round);
        let typed = typed.trim().to_owned();
        if typed.is_empty() {
            self.found.set_vec(Vec::new());
            return;
        }
        spawn(async move {
            let people = self.people(&typed).await.unwrap_or_default();
            if self.search.get() == round {
                let chosen: Vec<SharedString> = self.recipients.iter().map(|chip| chip.login).collect();
                let offered = people.iter().map(chip).filter(|it| !chosen.contains(&it.login));
                self.found.set_vec(offered.take(MOST_FOUND).collect::<Vec<_>>());
            }
        });
    }

    pub(super) async fn people(&self, typed: &str) -> Result<Vec<Person>, ClientError> {
        let typed = typed.to_owned();
        self.desk.agent.ask(|client| async move { client.directory(&typed).await }).await
    }

    /// Takes the person that was offered at `index`; where nobody was offered, whoever was typed.
    pub(super) fn add(self: Rc<Self>, index: usize) {
        if let Some(chip) = self.found.row_data(index) {
            self.take(chip);
        } else if !self.window.get_typed().trim().is_empty() {
            spawn(async move {
                self.take_typed().await;
            });
        }
    }

    pub(super) fn take(self: &Rc<Self>, chip: ui::Chip) {
        self.search.set(self.search.get() + 1);
        self.found.set_vec(Vec::new());
        self.window.set_typed(SharedString::new());
        if !self.recipients.iter().any(|it| it.login == chip.login) {
            self.recipients.push(chip);
        }
        self.clone().edited();
    }

    /// Makes a recipient of what stands in the field. `false`, and the reason at the field, where nobody
    /// or not one person is meant.
    pub(super) async fn take_typed(self: &Rc<Self>) -> bool {
        let typed = self.window.get_typed().trim().to_owned();
        if typed.is_empty() {
            return true;
        }
        let people = match self.people(&typed).await {
            Ok(people) => people,
            Err(error) => {
                self.window.set_to_problem(phrases::why(&self.desk.words, &error).into());
                return false;
            }
        };
        match meant(&typed, &people) {
            Meant::One(person) => {
                self.take(chip(person));
                true
            }
            Meant::Nobody => self.refuse_typed("problem-unknown-recipient", &typed),
            Meant::Several => self.refuse_typed("problem-many-recipients", &typed),
        }
    }

    pub(super) fn refuse_typed(&self, key: &str, typed: &str) -> bool {
        let name = phrases::line(typed);
        self.window.set_to_problem(self.desk.words.with(key, &[("name", Value::Text(&name))]).into());
        false
    }

    pub(super) fn remove(self: &Rc<Self>, index: usize) {
        if index < self.recipients.row_count() {
            self.recipients.remove(index);
            self.clone().edited();
        }
    }
}

/// Who is meant by what was typed.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Meant<'a> {
    One(&'a Person),
    Nobody,
    Several,
}

/// A login or a full name means its owner, however many others hold it in theirs; anything else must
/// fit one person only.
pub(super) fn meant<'a>(typed: &str, people: &'a [Person]) -> Meant<'a> {
    let typed = typed.to_lowercase();
    let login = people.iter().find(|person| person.login.as_str().to_lowercase() == typed);
    let mut named = people.iter().filter(|person| person.name.to_lowercase() == typed);
    match (login, named.next(), named.next(), people) {
        (Some(person), ..) | (None, Some(person), None, _) | (None, None, _, [person]) => Meant::One(person),
        (None, None, _, []) => Meant::Nobody,
        (None, ..) => Meant::Several,
    }
}

pub(super) fn chip(person: &Person) -> ui::Chip {
    ui::Chip { login: person.login.to_string().into(), name: phrases::line(phrases::name(person)).into() }
}
