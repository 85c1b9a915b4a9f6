//! The settings (row S19): what a person would change of the settings file, each with what is in force,
//! who locked it, and what is wrong with it. The agent writes the file; a change counts at once.

mod fields;
#[cfg(test)]
mod tests;

use std::{
    cell::RefCell,
    rc::{Rc, Weak},
};

use restante_l10n::Value;
use restante_local_api::{ClientError, LocalProblemKind, PutSetting, SettingsReport, Status};
use restante_process::Exit;
use slint::{ComponentHandle, Model, ModelRc, VecModel};

use self::fields::{FIELDS, Field, Known};
use super::{Desk, prepare, spawn};
use crate::{Failure, instance::Doorbell, phrases, placement, stream::Link, ui};

/// One window, from its opening to its end.
struct Settings {
    desk: Desk,
    window: ui::Settings,
    fields: Rc<VecModel<ui::SettingField>>,
    known: RefCell<Known>,
}

/// The window until it is closed.
pub(super) fn run(desk: &Desk, doorbell: Option<Doorbell>) -> Result<Exit, Failure> {
    placement::select_backend()?;
    let settings = make(desk)?;
    settings.follow();
    if let Some(doorbell) = doorbell {
        settings.answer(doorbell)?;
    }
    let window = &settings.window;
    placement::centre(window.window(), (window.get_shown_width(), window.get_shown_height()));
    window.show()?;
    slint::run_event_loop()?;
    Ok(Exit::Done)
}

fn make(desk: &Desk) -> Result<Rc<Settings>, slint::PlatformError> {
    let window = placement::dialog(ui::Settings::new)?;
    prepare(&window, &desk.words);
    let settings =
        Rc::new(Settings { desk: desk.clone(), window, fields: Rc::default(), known: RefCell::default() });
    settings.window.set_fields(ModelRc::from(settings.fields.clone()));
    settings.listen();
    Ok(settings)
}

impl Settings {
    /// What the person does in the window.
    fn listen(self: &Rc<Self>) {
        let window = &self.window;
        let weak = window.as_weak();
        window.on_close_asked(move || {
            // Hiding fails only where there is no window.
            let _ = weak.upgrade().map(|window| window.hide());
        });
        let weak = Rc::downgrade(self);
        window.on_chosen(move |index, option| {
            with(&weak, index, |it, field| {
                let wish = usize::try_from(option).ok().and_then(|at| field.wish_at(&it.known.borrow(), at));
                if let Some(wish) = wish {
                    it.change(field, wish);
                }
            });
        });
        let weak = Rc::downgrade(self);
        window.on_toggled(move |index| {
            with(&weak, index, |it, field| {
                let text = field.toggled(&it.known.borrow());
                it.change(field, PutSetting { text });
            });
        });
        let weak = Rc::downgrade(self);
        window.on_hours(move |index, from, to| {
            let text = Some(format!("{}-{}", from.trim(), to.trim()));
            with(&weak, index, |it, field| it.change(field, PutSetting { text }));
        });
    }

    /// Shows what is in force, again whenever the agent says that something changed.
    fn follow(self: &Rc<Self>) {
        let (weak, mut link) = (Rc::downgrade(self), self.desk.link());
        spawn(async move {
            while link.changed().await.is_ok() {
                let told = link.borrow_and_update().clone();
                let Some(settings) = weak.upgrade() else { return };
                match told {
                    Link::Connecting => {}
                    Link::Away | Link::Foreign => {
                        settings.window.set_trouble(phrases::no_agent(&settings.desk.words, &told).into());
                    }
                    Link::Here(status) => {
                        settings.note_checks(&status);
                        settings.read().await;
                    }
                }
            }
        });
    }

    /// What the line on the check interval tells.
    fn note_checks(&self, status: &Status) {
        let moment = |at| phrases::moment_of(&self.desk.words, self.desk.now(), at);
        let mut known = self.known.borrow_mut();
        known.interval = Some(status.interval.clone());
        known.last_answer = status.last_good_at.map(moment);
        known.next_check = status.next_check_at.map(moment);
    }

    /// Another start of the program wants to see it.
    fn answer(self: &Rc<Self>, doorbell: Doorbell) -> std::io::Result<()> {
        let weak = self.window.as_weak();
        doorbell.listen(move |_| {
            let _ = weak.upgrade_in_event_loop(|window| placement::raise(window.window()));
        })
    }

    async fn read(self: &Rc<Self>) {
        match self.desk.agent.ask(|client| async move { client.settings().await }).await {
            Ok(report) => self.show(report),
            Err(error) => self.window.set_trouble(phrases::why(&self.desk.words, &error).into()),
        }
    }

    fn show(&self, report: SettingsReport) {
        let words = &self.desk.words;
        self.window.set_place(
            words.with("settings-place", &[("file", Value::Text(&phrases::line(&report.file)))]).into(),
        );
        self.window.set_trouble(fields::other_problem(words, &report).unwrap_or_default().into());
        self.known.borrow_mut().report = Some(report);
        self.show_fields(|_, _| {});
    }

    /// Every field as it is in force; `mark` says what is wrong with a wish.
    fn show_fields(&self, mark: impl Fn(&Field, &mut ui::SettingField)) {
        let mut known = self.known.borrow_mut();
        known.revision += 1;
        let rows: Vec<_> = FIELDS
            .iter()
            .map(|field| {
                let mut row = field.row(&self.desk.words, &known);
                mark(field, &mut row);
                row
            })
            .collect();
        drop(known);
        // In place, so that the field with the keys keeps them.
        if rows.len() == self.fields.row_count() {
            rows.into_iter().enumerate().for_each(|(index, row)| self.fields.set_row_data(index, row));
        } else {
            self.fields.set_vec(rows);
        }
    }

    /// The person's wish goes to the agent; what comes back is what is in force.
    fn change(self: &Rc<Self>, field: &'static Field, wish: PutSetting) {
        let settings = self.clone();
        spawn(async move {
            let answer = settings
                .desk
                .agent
                .ask(move |client| async move {
                    let answer = client.set_setting(field.key, &wish).await;
                    Ok((answer, wish.text))
                })
                .await;
            match answer {
                Ok((Ok(report), _)) => settings.show(report),
                Ok((Err(error), typed)) => settings.show_refusal(field, typed.as_deref(), &error),
                Err(error) => settings.show_refusal(field, None, &error),
            }
        });
    }

    /// Says at its field why a wish was not taken. What was typed stays to be mended, and what was chosen
    /// is again what is in force.
    fn show_refusal(&self, field: &'static Field, typed: Option<&str>, error: &ClientError) {
        let words = &self.desk.words;
        let said = match error {
            ClientError::Refused(problem) if problem.code == LocalProblemKind::Invalid => {
                field.problem.map_or_else(|| phrases::line(&problem.detail), |key| words.text(key))
            }
            other => {
                let why = phrases::line(&phrases::why(words, other));
                words.with("settings-failed", &[("why", Value::Text(&why))])
            }
        };
        self.show_fields(|it, row| {
            if it.key != field.key {
                return;
            }
            row.problem = said.as_str().into();
            if let Some((first, last)) = typed.filter(|_| it.is_typed()).and_then(|it| it.split_once('-')) {
                (row.first, row.last) = (first.into(), last.into());
            }
        });
    }
}

/// Does something with a field while the window is there.
fn with(settings: &Weak<Settings>, index: i32, act: impl FnOnce(&Rc<Settings>, &'static Field)) {
    let field = usize::try_from(index).ok().and_then(|index| FIELDS.get(index));
    if let (Some(settings), Some(field)) = (settings.upgrade(), field) {
        act(&settings, field);
    }
}
