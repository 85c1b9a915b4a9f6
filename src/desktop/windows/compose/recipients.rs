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
                self.offer(&typed, people);
            }
        });
    }

    /// Whoever is called just so is the first one: a key takes the first.
    pub(super) fn offer(&self, typed: &str, mut people: Vec<Person>) {
        people.retain(|person| !self.recipients.iter().any(|chip| chip.login == person.login.as_str()));
        if let Meant::One(person) = meant(typed, &people) {
            let login = person.login.clone();
            people.sort_by_key(|person| person.login != login);
        }
        people.truncate(MOST_FOUND);
        self.found.set_vec(people.iter().map(chip).collect::<Vec<_>>());
        self.found_for.replace(typed.to_owned());
    }

    pub(super) async fn people(&self, typed: &str) -> Result<Vec<Person>, ClientError> {
        let typed = typed.to_owned();
        self.desk.agent.ask(|client| async move { client.directory(&typed).await }).await
    }

    /// The same by a key. Who types faster than people are found has not seen those offered: it is whoever was typed.
    pub(super) fn add_by_key(self: Rc<Self>, index: usize) {
        if *self.found_for.borrow() != self.window.get_typed().trim() {
            self.found.set_vec(Vec::new());
        }
        self.add(index);
    }

    /// Takes the person that was offered at `index`; where nobody was offered, whoever was typed.
    pub(super) fn add(self: Rc<Self>, index: usize) {
        let offered = self.found.row_data(index);
        let typed = self.take_out();
        match offered {
            Some(chip) => self.take(chip),
            None => spawn(async move {
                self.take_named(typed).await;
            }),
        }
    }

    /// What stands in the field, which is empty from now on: who types on types the next name.
    pub(super) fn take_out(&self) -> String {
        self.search.set(self.search.get() + 1);
        self.found.set_vec(Vec::new());
        let typed = self.window.get_typed().trim().to_owned();
        self.window.set_typed(SharedString::new());
        typed
    }

    pub(super) fn take(self: &Rc<Self>, chip: ui::Chip) {
        if !self.recipients.iter().any(|it| it.login == chip.login) {
            self.recipients.push(chip);
        }
        self.clone().edited();
    }

    /// Makes a recipient of what stands in the field, after those that were typed before. `false`, and the reason at
    /// the field, where nobody or not one person is meant.
    pub(super) async fn take_typed(self: &Rc<Self>) -> bool {
        let typed = self.take_out();
        self.take_named(typed).await;
        self.window.get_typed().trim().is_empty()
    }

    /// Makes a recipient of a name, or puts it back into the field with the reason.
    async fn take_named(self: &Rc<Self>, typed: String) {
        let _in_turn = self.naming.lock().await;
        if typed.is_empty() {
            return;
        }
        let people = match self.people(&typed).await {
            Ok(people) => people,
            Err(error) => return self.put_back(&typed, &phrases::why(&self.desk.words, &error)),
        };
        let refused = match meant(&typed, &people) {
            Meant::One(person) => return self.take(chip(person)),
            Meant::Nobody => "problem-unknown-recipient",
            Meant::Several => "problem-many-recipients",
        };
        let name = phrases::line(&typed);
        self.put_back(&typed, &self.desk.words.with(refused, &[("name", Value::Text(&name))]));
    }

    pub(super) fn put_back(&self, typed: &str, why: &str) {
        let since = self.window.get_typed();
        let both = if since.is_empty() { typed.to_owned() } else { format!("{typed}, {since}") };
        self.window.set_typed(both.into());
        self.window.set_to_problem(why.into());
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
