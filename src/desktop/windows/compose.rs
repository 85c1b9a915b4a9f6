//! Writing a message (row S8): nothing that was typed is lost, and what is wrong is said at its field.

mod answer;

use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
    time::Duration,
};

use restante_l10n::{Value, Words, clock_time, local};
use restante_local_api::{
    ClientError, Message, Undo,
    model::{Importance, Letter, LetterProblem, MessageId, Person, Timestamp},
};
use slint::{
    CloseRequestResponse, ComponentHandle, Model, ModelRc, PlatformError, SharedString, Timer, TimerMode,
    VecModel,
};
use tokio::sync::Mutex;
use uuid::Uuid;

use super::{Desk, prepare, spawn};
use crate::{phrases, stream::Link, ui};

/// How long typing goes unsaved at most (pitfalls ask for 30 s).
const SAVE_AFTER: Duration = Duration::from_secs(15);
/// People offered for what is typed.
const MOST_FOUND: usize = 6;

/// What a window starts with.
pub(super) struct Sheet {
    id: MessageId,
    /// Whether the agent has it as a draft.
    saved: bool,
    /// The draft's version.
    version: Option<u64>,
    to: Vec<Person>,
    subject: String,
    body: String,
    importance: Importance,
}

impl Sheet {
    /// A new message.
    pub(super) fn empty() -> Self {
        Self {
            id: MessageId::from_uuid(Uuid::now_v7()),
            saved: false,
            version: None,
            to: Vec::new(),
            subject: String::new(),
            body: String::new(),
            importance: Importance::Normal,
        }
    }

    /// An answer to a message, with its text quoted.
    pub(super) fn reply(words: &Words, now: Timestamp, message: &Message) -> Self {
        let subject = message.row.subject.trim();
        let answered = subject.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("re:"));
        let subject = if answered {
            subject.to_owned()
        } else {
            words.with("reply-subject", &[("subject", Value::Text(subject))])
        };
        let said = words.with(
            "reply-quote",
            &[
                ("name", Value::Text(phrases::name(&message.row.from))),
                ("moment", Value::Text(&phrases::moment_of(words, now, message.row.sent_at))),
            ],
        );
        let quoted: String = message.body.trim_end().lines().flat_map(|line| ["> ", line, "\n"]).collect();
        Self {
            to: vec![message.row.from.clone()],
            subject: subject.trim().to_owned(),
            body: format!("\n\n{said}\n{quoted}"),
            ..Self::empty()
        }
    }

    /// A draft, to go on with.
    pub(super) fn draft(message: &Message) -> Self {
        Self {
            id: message.row.id,
            saved: true,
            version: message.version,
            to: message.row.to.clone(),
            subject: message.row.subject.clone(),
            body: message.body.clone(),
            importance: message.row.importance,
        }
    }
}

/// One window, from its opening to its end.
struct Compose {
    desk: Desk,
    window: ui::Compose,
    recipients: Rc<VecModel<ui::Chip>>,
    found: Rc<VecModel<ui::Chip>>,
    id: MessageId,
    saved: Cell<bool>,
    /// The draft's version as this window knows it: what another device writes meanwhile is not this
    /// window's to overwrite.
    version: Cell<Option<u64>>,
    /// What the agent has, or what the window started with: only a difference is saved.
    kept: RefCell<Letter>,
    /// One exchange about this letter at a time, in the order in which they were asked for.
    writing: Mutex<()>,
    save_timer: Timer,
    /// Answers to an older search are not shown.
    search: Cell<u64>,
    closed: Box<dyn Fn()>,
}

thread_local! {
    /// Every letter that is being written: a window's callbacks hold it only weakly, so that it goes
    /// when its window is closed.
    static OPEN: RefCell<Vec<Rc<Compose>>> = const { RefCell::new(Vec::new()) };
}

/// Opens a window with this sheet, beside the others.
/// `closed` is told when it is gone.
pub(super) fn show(desk: &Desk, sheet: Sheet, closed: impl Fn() + 'static) -> Result<(), PlatformError> {
    let compose = make(desk, sheet, Box::new(closed))?;
    compose.window.show()?;
    OPEN.with_borrow_mut(|open| open.push(compose));
    Ok(())
}

fn make(desk: &Desk, sheet: Sheet, closed: Box<dyn Fn()>) -> Result<Rc<Compose>, PlatformError> {
    let window = ui::Compose::new()?;
    prepare(&window, &desk.words);
    window.set_subject_text(sheet.subject.into());
    window.set_body_text(sheet.body.into());
    window.set_important(sheet.importance == Importance::High);
    let compose = Rc::new(Compose {
        desk: desk.clone(),
        window,
        recipients: Rc::new(sheet.to.iter().map(chip).collect::<VecModel<_>>()),
        found: Rc::default(),
        id: sheet.id,
        saved: Cell::new(sheet.saved),
        version: Cell::new(sheet.version),
        kept: RefCell::new(Letter {
            to: Vec::new(),
            subject: String::new(),
            body: String::new(),
            importance: Importance::Normal,
        }),
        writing: Mutex::default(),
        save_timer: Timer::default(),
        search: Cell::new(0),
        closed,
    });
    compose.window.set_recipients(ModelRc::from(compose.recipients.clone()));
    compose.window.set_found(ModelRc::from(compose.found.clone()));
    compose.kept.replace(compose.letter());
    compose.show_heading();
    if compose.recipients.row_count() > 0 {
        compose.window.invoke_focus_body();
    } else {
        compose.window.invoke_focus_recipients();
    }
    compose.listen();
    compose.save_when_told();
    Ok(compose)
}

impl Compose {
    /// What the person does in the window.
    fn listen(self: &Rc<Self>) {
        let window = &self.window;
        let later = |act: fn(Rc<Self>)| {
            let weak = Rc::downgrade(self);
            move || weak.upgrade().into_iter().for_each(act)
        };
        let later_at = |act: fn(Rc<Self>, usize)| {
            let weak = Rc::downgrade(self);
            move |index: i32| {
                weak.upgrade().into_iter().for_each(|it| act(it, usize::try_from(index).unwrap_or(0)));
            }
        };
        window.on_send(later(|it| spawn(async move { it.send().await })));
        window.on_save(later(|it| spawn(async move { it.save_and_say().await })));
        window.on_discard(later(|it| spawn(async move { it.discard().await })));
        window.on_close_asked(later(|it| spawn(async move { it.close().await })));
        window.on_edited(later(Self::edited));
        window.on_remove_last(later(|it| {
            if let Some(last) = it.recipients.row_count().checked_sub(1) {
                it.remove(last);
            }
        }));
        window.on_remove(later_at(|it, index| it.remove(index)));
        window.on_add(later_at(Self::add));
        let weak = Rc::downgrade(self);
        window.on_search(move |typed| weak.upgrade().into_iter().for_each(|it| it.look_for(&typed)));
        let compose = Rc::downgrade(self);
        window.window().on_close_requested(move || close_requested(&compose));
    }

    /// Saves when the agent's job says so, besides by its own clock.
    fn save_when_told(self: &Rc<Self>) {
        let (weak, mut link) = (Rc::downgrade(self), self.desk.link());
        spawn(async move {
            let mut known = None;
            while link.changed().await.is_ok() {
                let Link::Here(status) = &*link.borrow_and_update() else { continue };
                let told = status.autosave_revision;
                let Some(compose) = weak.upgrade() else { return };
                if known.replace(told).is_some_and(|known| known != told) {
                    // In a task of its own: what follows must hold neither the state nor the window.
                    spawn(async move { compose.save_and_say().await });
                }
            }
        });
    }

    /// The letter as it stands in the window.
    fn letter(&self) -> Letter {
        Letter {
            to: self.recipients.iter().map(|chip| chip.login.to_string()).collect(),
            // Pasted line breaks become spaces: a subject is one line.
            subject: restante_l10n::one_line(&self.window.get_subject_text()),
            body: self.window.get_body_text().into(),
            importance: if self.window.get_important() { Importance::High } else { Importance::Normal },
        }
    }

    fn show_heading(&self) {
        self.window.set_heading(phrases::line(&self.window.get_subject_text()).into());
    }

    fn edited(self: Rc<Self>) {
        self.show_heading();
        self.window.set_to_problem(SharedString::new());
        self.window.set_subject_problem(SharedString::new());
        self.window.set_body_problem(SharedString::new());
        self.window.set_notice(SharedString::new());
        if !self.save_timer.running() {
            let weak = Rc::downgrade(&self);
            self.save_timer.start(TimerMode::SingleShot, SAVE_AFTER, move || {
                let Some(compose) = weak.upgrade() else { return };
                spawn(async move { compose.save_and_say().await });
            });
        }
    }

    fn look_for(self: Rc<Self>, typed: &str) {
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

    async fn people(&self, typed: &str) -> Result<Vec<Person>, ClientError> {
        let typed = typed.to_owned();
        self.desk.agent.ask(|client| async move { client.directory(&typed).await }).await
    }

    /// Takes the person that was offered at `index`; where nobody was offered, whoever was typed.
    fn add(self: Rc<Self>, index: usize) {
        if let Some(chip) = self.found.row_data(index) {
            self.take(chip);
        } else if !self.window.get_typed().trim().is_empty() {
            spawn(async move {
                self.take_typed().await;
            });
        }
    }

    fn take(self: &Rc<Self>, chip: ui::Chip) {
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
    async fn take_typed(self: &Rc<Self>) -> bool {
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

    fn refuse_typed(&self, key: &str, typed: &str) -> bool {
        let name = phrases::line(typed);
        self.window.set_to_problem(self.desk.words.with(key, &[("name", Value::Text(&name))]).into());
        false
    }

    fn remove(self: &Rc<Self>, index: usize) {
        if index < self.recipients.row_count() {
            self.recipients.remove(index);
            self.clone().edited();
        }
    }

    async fn send(self: Rc<Self>) {
        if self.window.get_busy() || !self.take_typed().await {
            return;
        }
        let letter = self.letter();
        if !self.good(&letter) {
            return;
        }
        self.window.set_busy(true);
        self.save_timer.stop();
        let alone = self.writing.lock().await;
        let (id, saved, base) = (self.id, self.saved.get(), self.version.get());
        let sent = self
            .desk
            .agent
            .ask(move |client| async move {
                if saved {
                    client.save_draft(id, &letter, base).await?;
                    client.send_draft(id, Undo::Setting).await
                } else {
                    client.send(id, &letter, Undo::Setting).await
                }
            })
            .await;
        drop(alone);
        self.window.set_busy(false);
        match sent {
            Ok(_) => self.end(),
            Err(error) => self.say_problem("problem-not-sent", &error),
        }
    }

    /// Whether the letter can be sent; what is wrong with it is said at its field.
    fn good(&self, letter: &Letter) -> bool {
        let problems = letter.problems();
        for problem in &problems {
            let said = phrases::letter_problem(&self.desk.words, *problem).into();
            match problem {
                LetterProblem::NoRecipient | LetterProblem::TooManyRecipients => {
                    self.window.set_to_problem(said);
                    self.window.invoke_focus_recipients();
                }
                LetterProblem::SubjectTooLong | LetterProblem::SubjectControl => {
                    self.window.set_subject_problem(said);
                }
                LetterProblem::BodyTooLong | LetterProblem::BodyControl => self.window.set_body_problem(said),
            }
        }
        problems.is_empty()
    }

    async fn save_and_say(self: Rc<Self>) {
        match self.save().await {
            Ok(false) => {}
            Ok(true) => {
                let time = clock_time(local(self.desk.now().to_date_time()));
                let said = self.desk.words.with("draft-saved", &[("time", Value::Text(&time))]);
                self.window.set_notice(said.into());
                self.window.set_problem(SharedString::new());
            }
            Err(error) => {
                self.say_problem("problem-not-saved", &error);
                self.edited(); // and tries again
            }
        }
    }

    /// Hands the letter to the agent as a draft; `false` where it has it already. A letter that was
    /// emptied does not replace the one that is kept.
    async fn save(&self) -> Result<bool, ClientError> {
        let _alone = self.writing.lock().await;
        self.save_timer.stop();
        let letter = self.letter();
        let empty = letter.to.is_empty() && letter.subject.is_empty() && letter.body.trim().is_empty();
        if empty || letter == *self.kept.borrow() {
            return Ok(false);
        }
        let (id, handed, base) = (self.id, letter.clone(), self.version.get());
        let kept = self
            .desk
            .agent
            .ask(move |client| async move { client.save_draft(id, &handed, base).await })
            .await?;
        self.version.set(kept.version);
        self.saved.set(true);
        self.kept.replace(letter);
        Ok(true)
    }

    /// Closes the window once what stands in it is kept.
    async fn close(self: Rc<Self>) {
        // A name that was begun is not worth a question, and the rest is kept without it.
        match self.save().await {
            Ok(_) => self.end(),
            Err(error) => self.say_problem("problem-not-saved", &error),
        }
    }

    async fn discard(self: Rc<Self>) {
        let alone = self.writing.lock().await;
        let (id, saved) = (self.id, self.saved.get());
        let done = if saved {
            self.desk.agent.ask(move |client| async move { client.delete_draft(id).await }).await
        } else {
            Ok(())
        };
        drop(alone);
        match done {
            Ok(()) => self.end(),
            Err(error) => {
                self.window.set_problem(phrases::why(&self.desk.words, &error).into());
            }
        }
    }

    fn say_problem(&self, key: &str, error: &ClientError) {
        let why = phrases::why(&self.desk.words, error);
        self.window.set_problem(self.desk.words.with(key, &[("why", Value::Text(&why))]).into());
    }

    fn end(&self) {
        self.save_timer.stop();
        // Hiding fails only where there is no window.
        let _ = self.window.hide();
        OPEN.with_borrow_mut(|open| open.retain(|other| other.id != self.id));
        (self.closed)();
    }
}

fn close_requested(compose: &Weak<Compose>) -> CloseRequestResponse {
    let Some(compose) = compose.upgrade() else { return CloseRequestResponse::HideWindow };
    spawn(async move { compose.close().await });
    CloseRequestResponse::KeepWindowShown
}

/// Who is meant by what was typed.
#[derive(Debug, PartialEq, Eq)]
enum Meant<'a> {
    One(&'a Person),
    Nobody,
    Several,
}

/// A login or a full name means its owner, however many others hold it in theirs; anything else must
/// fit one person only.
fn meant<'a>(typed: &str, people: &'a [Person]) -> Meant<'a> {
    let typed = typed.to_lowercase();
    let login = people.iter().find(|person| person.login.as_str().to_lowercase() == typed);
    let mut named = people.iter().filter(|person| person.name.to_lowercase() == typed);
    match (login, named.next(), named.next(), people) {
        (Some(person), ..) | (None, Some(person), None, _) | (None, None, _, [person]) => Meant::One(person),
        (None, None, _, []) => Meant::Nobody,
        (None, ..) => Meant::Several,
    }
}

fn chip(person: &Person) -> ui::Chip {
    ui::Chip { login: person.login.to_string().into(), name: phrases::line(phrases::name(person)).into() }
}

#[cfg(test)]
mod tests;
