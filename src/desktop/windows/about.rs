//! Which version this is, and whose work it stands on.

use restante_l10n::{Value, Words};
use restante_local_api::model::VERSION;
use restante_process::Exit;
use slint::{CloseRequestResponse, ComponentHandle, PlatformError};

use super::prepare;
use crate::{Failure, placement, ui};

/// The window alone.
pub(super) fn run(words: &Words) -> Result<Exit, Failure> {
    show(words, || ())?;
    slint::run_event_loop()?;
    Ok(Exit::Done)
}

/// The window beside others. `closed` is told when it is gone.
pub(super) fn show(words: &Words, closed: impl Fn() + Clone + 'static) -> Result<(), PlatformError> {
    let window = placement::dialog(ui::About::new)?;
    prepare(&window, words);
    window.set_version(words.with("version", &[("version", Value::Text(VERSION))]).into());
    let (weak, told) = (window.as_weak(), closed.clone());
    window.on_close_asked(move || {
        if let Some(window) = weak.upgrade() {
            // Hiding fails only where there is no window.
            let _ = window.hide();
            told();
        }
    });
    window.window().on_close_requested(move || {
        closed();
        CloseRequestResponse::HideWindow
    });
    placement::centre(window.window(), (360.0, 330.0));
    window.show()
}
