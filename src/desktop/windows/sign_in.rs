//! The sign-in: server, organisation, user and password, each with what is wrong with it at the field
//! (row B15).

#[cfg(test)]
mod tests;

use std::{path::Path, rc::Rc};

use restante_l10n::{Value, Words};
use restante_local_api::{ClientError, LocalProblem, LocalProblemKind, Login, Show, ShowWhat, Status};
use restante_process::Exit;
use slint::{CloseRequestResponse, ComponentHandle, PlatformError};

use super::{Desk, prepare, spawn};
use crate::{Failure, phrases, placement, ui};

/// The window alone: afterwards the mailbox opens, which is what the person came for.
pub(super) fn run(desk: &Desk, socket: &Path) -> Result<Exit, Failure> {
    let client = desk.agent.client();
    let status = match desk.agent.wait(async move { client.status().await })? {
        Err(ClientError::NotRunning(_)) => return Err(Failure::AgentNotRunning(socket.to_owned())),
        told => told?,
    };
    placement::select_backend()?;
    let opener = desk.clone();
    show(desk, &status, move |signed_in| {
        let agent = opener.agent.clone();
        spawn(async move {
            let show = Show { what: ShowWhat::Mailbox, id: None };
            if signed_in
                && let Err(error) = agent.ask(move |client| async move { client.show(show).await }).await
            {
                tracing::warn!(%error, "the mailbox did not open");
            }
            let _ = slint::quit_event_loop(); // fails only where there is no loop
        });
    })?;
    // Not with the last window: the agent is still to be asked for the mailbox.
    slint::run_event_loop_until_quit()?;
    Ok(Exit::Done)
}

/// The window beside others. `closed` is told when it is gone, and whether the person is signed in.
pub(super) fn show(
    desk: &Desk,
    status: &Status,
    closed: impl Fn(bool) + 'static,
) -> Result<(), PlatformError> {
    let window = placement::dialog(ui::SignIn::new)?;
    prepare(&window, &desk.words);
    offer(&window, status);
    let closed: Rc<dyn Fn(bool)> = Rc::new(closed);

    let (weak, told) = (window.as_weak(), closed.clone());
    window.on_close_asked(move || {
        if let Some(window) = weak.upgrade() {
            // Hiding fails only where there is no window.
            let _ = window.hide();
            told(false);
        }
    });
    let (weak, told, desk) = (window.as_weak(), closed.clone(), desk.clone());
    window.on_sign_in(move || {
        let Some(window) = weak.upgrade() else { return };
        let Some(login) = filled_in(&window, &desk.words) else { return };
        window.set_busy(true);
        let (desk, told) = (desk.clone(), told.clone());
        spawn(async move {
            let answer = desk.agent.ask(move |client| async move { client.login(&login).await }).await;
            window.set_busy(false);
            match answer {
                Ok(_) => {
                    let _ = window.hide();
                    told(true);
                }
                Err(error) => show_problem(&window, &desk.words, error),
            }
        });
    });
    window.window().on_close_requested(move || {
        closed(false);
        CloseRequestResponse::HideWindow
    });
    placement::centre(window.window(), (window.get_shown_width(), window.get_shown_height()));
    window.show()
}

/// Offers who was signed in here, else what the settings file says; the first field left empty has the keys.
fn offer(window: &ui::SignIn, status: &Status) {
    let offered = status.offered.clone();
    let [server, organisation, user] = match &status.account {
        Some(account) => [&account.server, &account.organisation, &account.user].map(|it| Some(it.clone())),
        None => [offered.server, offered.organisation, offered.user],
    };
    window.set_server(server.unwrap_or_default().into());
    window.set_organisation(organisation.unwrap_or_default().into());
    window.set_user(user.unwrap_or_default().into());
    window.invoke_focus_first_empty();
}

/// What the person typed; `None` where something is missing, which is then said at its field.
fn filled_in(window: &ui::SignIn, words: &Words) -> Option<Login> {
    window.set_problem("".into());
    let login = Login {
        server: window.get_server().trim().to_owned(),
        organisation: window.get_organisation().trim().to_owned(),
        user: window.get_user().trim().to_owned(),
        password: window.get_password().into(),
    };
    let missing = |text: &str| if text.is_empty() { words.text("sign-in-missing") } else { String::new() };
    let fields = [&login.server, &login.organisation, &login.user, &login.password];
    let [server, organisation, user, password] = fields.map(|field| missing(field));
    window.set_server_problem(server.into());
    window.set_organisation_problem(organisation.into());
    window.set_user_problem(user.into());
    window.set_password_problem(password.into());
    if fields.iter().all(|field| !field.is_empty()) {
        return Some(login);
    }
    window.invoke_focus_first_empty();
    None
}

/// Says what is wrong where it can be mended.
fn show_problem(window: &ui::SignIn, words: &Words, error: ClientError) {
    match error {
        ClientError::Refused(LocalProblem { code: LocalProblemKind::WrongCredentials, .. }) => {
            window.set_password_problem(words.text("sign-in-wrong").into());
            window.set_password("".into());
            window.invoke_focus_password();
        }
        ClientError::Refused(problem) if problem.code == LocalProblemKind::Unreachable => {
            window.set_server_problem(words.text("sign-in-unreachable").into());
            window.set_problem(said(&problem).into());
            window.invoke_focus_server();
        }
        ClientError::Refused(problem) if problem.code == LocalProblemKind::Invalid => {
            window.set_server_problem(words.text("sign-in-bad-server").into());
            window.invoke_focus_server();
        }
        ClientError::Refused(problem) => window.set_problem(said(&problem).into()),
        other => {
            let values = [("why", Value::Text(&other.to_string()))];
            window.set_problem(words.with("sign-in-failed", &values).into());
        }
    }
}

fn said(problem: &LocalProblem) -> String {
    let detail = phrases::line(&problem.detail);
    match &problem.hint {
        Some(hint) => format!("{detail}\n{}", phrases::line(hint)),
        None => detail,
    }
}
