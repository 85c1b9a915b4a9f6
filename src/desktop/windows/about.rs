//! Which version this is, whose work it stands on, and under which licences.

use std::sync::Arc;

use restante_l10n::{Value, Words};
use restante_local_api::model::VERSION;
use restante_process::Exit;
use slint::{CloseRequestResponse, ComponentHandle, ModelRc, PlatformError, SharedString, VecModel};

use super::prepare;
use crate::{Failure, placement, ui};

/// What `packaging/third-party` found out of every package that is linked into a program.
const LICENCES: &str = include_str!("../../../packaging/third-party.txt");

/// The window alone.
pub(super) fn run(words: &Arc<Words>) -> Result<Exit, Failure> {
    show(words, || ())?;
    slint::run_event_loop()?;
    Ok(Exit::Done)
}

/// The window beside others. `closed` is told when it is gone.
pub(super) fn show(words: &Arc<Words>, closed: impl Fn() + Clone + 'static) -> Result<(), PlatformError> {
    let window = placement::dialog(ui::About::new)?;
    prepare(&window, words);
    window.set_version(words.with("version", &[("version", Value::Text(VERSION))]).into());
    let (of_licences, told) = (Arc::clone(words), closed.clone());
    window.on_licences(move || {
        if let Err(error) = show_licences(&of_licences, told.clone()) {
            tracing::warn!(%error, "the window with the licences did not open");
        }
    });
    let (weak, told) = (window.as_weak(), closed.clone());
    window.on_close_asked(move || hide(weak.upgrade().as_ref(), &told));
    window.window().on_close_requested(move || {
        closed();
        CloseRequestResponse::HideWindow
    });
    placement::centre(window.window(), (360.0, 330.0));
    window.show()
}

fn show_licences(words: &Words, closed: impl Fn() + Clone + 'static) -> Result<(), PlatformError> {
    let window = licences(words)?;
    let (weak, told) = (window.as_weak(), closed.clone());
    window.on_close_asked(move || hide(weak.upgrade().as_ref(), &told));
    window.window().on_close_requested(move || {
        closed();
        CloseRequestResponse::HideWindow
    });
    window.show()
}

fn licences(words: &Words) -> Result<ui::Licences, PlatformError> {
    let window = placement::dialog(ui::Licences::new)?;
    prepare(&window, words);
    let lines: VecModel<SharedString> = LICENCES.lines().map(SharedString::from).collect();
    window.set_lines(ModelRc::new(lines));
    Ok(window)
}

fn hide<W: ComponentHandle>(window: Option<&W>, closed: &impl Fn()) {
    if let Some(window) = window {
        // Hiding fails only where there is no window.
        let _ = window.hide();
        closed();
    }
}

#[cfg(test)]
mod tests {
    use i_slint_backend_testing::{ElementHandle, init_no_event_loop};
    use restante_l10n::Language;
    use slint::{Model as _, platform::WindowEvent};

    use super::*;

    #[test]
    fn the_window_leads_to_the_licences() {
        init_no_event_loop();
        let window = ui::About::new().unwrap();
        prepare(&window, &Words::new(Language::English));
        window.show().unwrap();
        let asked = std::rc::Rc::new(std::cell::Cell::new(false));
        let told = asked.clone();
        window.on_licences(move || told.set(true));
        let button = ElementHandle::find_by_accessible_label(&window, "Licences").next().unwrap();
        button.invoke_accessible_default_action();
        assert!(asked.get());
    }

    #[test]
    fn the_licences_are_read_line_by_line_to_their_end() {
        init_no_event_loop();
        let window = licences(&Words::new(Language::English)).unwrap();
        window.show().unwrap();
        let first = LICENCES.lines().next().unwrap();
        let is_shown = |line: &str| ElementHandle::find_by_accessible_label(&window, line).next().is_some();
        assert!(is_shown(first));
        window.window().dispatch_event(WindowEvent::KeyPressed { text: slint::platform::Key::End.into() });
        assert!(!is_shown(first), "the end is on show, and the start no longer laid out");
        assert_eq!(window.get_lines().row_count(), LICENCES.lines().count());
    }
}
