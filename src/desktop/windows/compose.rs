//! Writing a message (row S8): nothing that was typed is lost, and what is wrong is said at its field.

mod answer;
mod keeping;
mod recipients;
mod sheet;
mod undo;

use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
    time::Duration,
};

use restante_l10n::Value;
use restante_local_api::{
    ClientError, Undo,
    model::{Importance, Letter, LetterProblem, MessageId, Timestamp},
};
use slint::{
    CloseRequestResponse, ComponentHandle, Model, ModelRc, PlatformError, SharedString, Timer, TimerMode,
    VecModel,
};
use tokio::sync::Mutex;

use self::recipients::chip;
pub(super) use self::sheet::Sheet;
use super::{Desk, prepare, spawn};
use crate::{
    phrases,
    placement::{self, Seen},
    ui,
};

/// How long typing goes unsaved at most (pitfalls ask for 30 s).
const SAVE_AFTER: Duration = Duration::from_secs(15);

/// One window, from its opening to its end.
struct Compose {
    desk: Desk,
    window: ui::Compose,
    recipients: Rc<VecModel<ui::Chip>>,
    found: Rc<VecModel<ui::Chip>>,
    id: Cell<MessageId>,
    saved: Cell<bool>,
    /// The draft's version as this window knows it: what another device writes meanwhile is not this
    /// window's to overwrite.
    version: Cell<Option<u64>>,
    /// What the agent has, or what the window started with: only a difference is saved.
    kept: RefCell<Letter>,
    /// One exchange about this letter at a time, in the order in which they were asked for.
    writing: Mutex<()>,
    /// Names become recipients in the order in which they were typed.
    naming: Mutex<()>,
    save_timer: Timer,
    /// Once it was sent: when it goes out. Until then it can be had back.
    goes_out_at: Cell<Option<Timestamp>>,
    undo_timer: Timer,
    /// Answers to an older search are not shown.
    search: Cell<u64>,
    /// What was typed when those in `found` were found.
    found_for: RefCell<String>,
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
    let (weak, fitted) = (compose.window.as_weak(), Cell::new(false));
    placement::on_seen(compose.window.window(), move |seen| {
        if matches!(seen, Seen::Drawn) && !fitted.replace(true) {
            weak.upgrade().into_iter().for_each(|window| placement::fit(window.window()));
        }
    });
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
        id: Cell::new(sheet.id),
        saved: Cell::new(sheet.saved),
        version: Cell::new(sheet.version),
        kept: RefCell::new(Letter {
            to: Vec::new(),
            subject: String::new(),
            body: String::new(),
            importance: Importance::Normal,
        }),
        writing: Mutex::default(),
        naming: Mutex::default(),
        save_timer: Timer::default(),
        goes_out_at: Cell::default(),
        undo_timer: Timer::default(),
        search: Cell::new(0),
        found_for: RefCell::default(),
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
        window.on_undo(later(Self::undo));
        window.on_edited(later(Self::edited));
        window.on_remove_last(later(|it| {
            if let Some(last) = it.recipients.row_count().checked_sub(1) {
                it.remove(last);
            }
        }));
        window.on_remove(later_at(|it, index| it.remove(index)));
        window.on_add(later_at(Self::add));
        window.on_add_by_key(later_at(Self::add_by_key));
        let weak = Rc::downgrade(self);
        window.on_search(move |typed| weak.upgrade().into_iter().for_each(|it| it.look_for(&typed)));
        let compose = Rc::downgrade(self);
        window.window().on_close_requested(move || close_requested(&compose));
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

    async fn send(self: Rc<Self>) {
        if self.window.get_busy() || self.is_sent() || !self.take_typed().await {
            return;
        }
        let letter = self.letter();
        if !self.good(&letter) {
            return;
        }
        self.window.set_busy(true);
        self.save_timer.stop();
        let alone = self.writing.lock().await;
        let (id, saved, base) = (self.id.get(), self.saved.get(), self.version.get());
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
            Ok(sent) => self.sent(sent),
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

    fn say_problem(&self, key: &str, error: &ClientError) {
        let why = phrases::why(&self.desk.words, error);
        self.window.set_problem(self.desk.words.with(key, &[("why", Value::Text(&why))]).into());
    }

    fn end(&self) {
        self.save_timer.stop();
        self.undo_timer.stop();
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

#[cfg(test)]
mod tests;
