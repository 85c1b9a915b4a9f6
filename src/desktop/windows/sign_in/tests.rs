//! The window with its fields, operated as a person does, without an agent.

use i_slint_backend_testing::{ElementHandle, init_no_event_loop};
use restante_l10n::Language;

use super::*;

fn window(words: &Words) -> ui::SignIn {
    init_no_event_loop();
    let window = ui::SignIn::new().unwrap();
    prepare(&window, words);
    window.show().unwrap();
    window
}

fn fill(window: &ui::SignIn, fields: [&str; 4]) {
    let [server, organisation, user, password] = fields;
    window.set_server(server.into());
    window.set_organisation(organisation.into());
    window.set_user(user.into());
    window.set_password(password.into());
}

fn refused(code: LocalProblemKind) -> ClientError {
    ClientError::Refused(LocalProblem {
        code,
        detail: "what happened".into(),
        hint: Some("what to do".into()),
    })
}

#[test]
fn what_is_missing_is_said_at_its_field() {
    let words = Words::new(Language::English);
    let window = window(&words);
    fill(&window, ["https://mail.example.org", "  ", "anna", ""]);
    assert_eq!(filled_in(&window, &words).map(|login| login.user), None);
    let problems = [
        window.get_server_problem(),
        window.get_organisation_problem(),
        window.get_user_problem(),
        window.get_password_problem(),
    ];
    assert_eq!(problems, ["", "Please fill this in", "", "Please fill this in"]);

    fill(&window, [" https://mail.example.org ", "hall", "anna", " a password with spaces "]);
    let login = filled_in(&window, &words).unwrap();
    assert_eq!((&*login.server, &*login.password), ("https://mail.example.org", " a password with spaces "));
    assert_eq!(window.get_organisation_problem(), "");
}

#[test]
fn a_refusal_is_said_where_it_can_be_mended() {
    let words = Words::new(Language::English);
    let window = window(&words);
    fill(&window, ["https://mail.example.org", "hall", "anna", "wrong"]);
    show_problem(&window, &words, refused(LocalProblemKind::WrongCredentials));
    assert!(window.get_password_problem().contains("do not fit"), "{}", window.get_password_problem());
    assert_eq!(window.get_password(), "", "a wrong password is not typed on at");
    show_problem(&window, &words, refused(LocalProblemKind::Unreachable));
    assert!(window.get_server_problem().contains("no answer from"), "{}", window.get_server_problem());
    assert_eq!(window.get_problem(), "what happened\nwhat to do");
}

#[test]
fn the_fields_are_known_to_screen_readers_and_the_button_signs_in() {
    let words = Words::new(Language::Russian);
    let window = window(&words);
    for label in ["Сервер", "Организация", "Пользователь", "Пароль"] {
        assert!(ElementHandle::find_by_accessible_label(&window, label).next().is_some(), "{label}");
    }
    let asked = Rc::new(std::cell::Cell::new(0));
    let counter = asked.clone();
    window.on_sign_in(move || counter.set(counter.get() + 1));
    let button = ElementHandle::find_by_accessible_label(&window, "Войти")
        .find(|element| element.accessible_role() == Some(i_slint_backend_testing::AccessibleRole::Button));
    button.unwrap().invoke_accessible_default_action();
    assert_eq!(asked.get(), 1);
    window.set_busy(true);
    let button = ElementHandle::find_by_accessible_label(&window, "Вход …").next().unwrap();
    button.invoke_accessible_default_action();
    assert_eq!(asked.get(), 1, "one sign-in at a time");
}
