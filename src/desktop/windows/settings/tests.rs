//! The settings as an agent would tell them, and the window with them, operated as a person does.

use i_slint_backend_testing::{AccessibleRole, ElementHandle, init_no_event_loop};
use restante_l10n::{Language, Words};
use restante_local_api::{IntervalStatus, Setting, SettingOrigin, SettingProblem, model::IntervalFrom};

use super::*;

fn setting(key: &str, text: Option<&str>, origin: SettingOrigin) -> Setting {
    let place = Some("/etc/restante/policy.toml:3".to_owned());
    Setting { key: key.into(), value: None, text: text.map(Into::into), origin, place }
}

fn known(settings: Vec<Setting>, problems: Vec<SettingProblem>) -> Known {
    Known {
        report: Some(SettingsReport { file: "config.toml".into(), settings, problems }),
        interval: Some(IntervalStatus {
            seconds: 300,
            from: IntervalFrom::Office,
            locked_by: None,
            wished_seconds: None,
            pending: false,
            min_seconds: Some(120),
            max_seconds: Some(1_800),
            synced_at: None,
        }),
        last_answer: Some("16:05".into()),
        next_check: Some("16:10".into()),
        revision: 1,
    }
}

fn row(key: &str, known: &Known) -> ui::SettingField {
    let field = FIELDS.iter().find(|field| field.key == key).unwrap();
    field.row(&Words::new(Language::English), known)
}

fn options(row: &ui::SettingField) -> Vec<String> {
    row.options.iter().map(Into::into).collect()
}

#[test]
fn intervals_are_offered_as_far_as_the_office_allows_them() {
    let known = known(vec![setting("check_interval", None, SettingOrigin::BuiltIn)], vec![]);
    let row = row("check_interval", &known);
    let offered = [
        "as the post office says",
        "every 2 min",
        "every 5 min",
        "every 10 min",
        "every 15 min",
        "every 30 min",
    ];
    assert_eq!(options(&row), offered);
    assert_eq!(row.chosen, 0);
    let told = "Now every 5 min (set by the post office); allowed 2 min to 30 min; last answer 16:05; next check 16:10";
    assert_eq!(row.hint, told);
}

#[test]
fn a_value_that_is_not_offered_is_shown_all_the_same() {
    let seconds = setting("check_interval", Some("420s"), SettingOrigin::UserFile);
    let sound = setting("notifications.sound", Some("bell"), SettingOrigin::UserFile);
    let known = known(vec![seconds, sound], vec![]);
    let interval = row("check_interval", &known);
    assert_eq!(options(&interval).last().unwrap(), "every 7 min");
    assert_eq!(interval.chosen, 6);
    assert_eq!(
        options(&row("notifications.sound", &known))[2].trim_matches(['\u{2068}', '\u{2069}']),
        "bell"
    );
}

#[test]
fn what_is_locked_says_by_whom() {
    let mut known = known(
        vec![
            setting("notifications.preview", Some("false"), SettingOrigin::Policy),
            setting("mail.undo_seconds", Some("10"), SettingOrigin::UserFile),
        ],
        vec![],
    );
    let preview = row("notifications.preview", &known);
    assert!(!preview.on && preview.locked.contains("/etc/restante/policy.toml:3"), "{}", preview.locked);
    assert_eq!(row("mail.undo_seconds", &known).locked, "");
    let interval = known.interval.as_mut().unwrap();
    (interval.from, interval.locked_by) = (IntervalFrom::Lock, Some("Town hall".into()));
    assert!(row("check_interval", &known).locked.contains("Town hall"));
}

#[test]
fn what_is_wrong_in_the_file_is_said_at_its_field() {
    let problem = |key: Option<&str>, reason: &str| SettingProblem {
        file: "config.toml".into(),
        line: 4,
        column: 9,
        key: key.map(str::to_owned),
        reason: reason.into(),
    };
    let known = known(
        vec![],
        vec![
            problem(Some("mail.undo_seconds"), "mail.undo_seconds must be a whole number"),
            problem(None, "there is no key red"),
        ],
    );
    let undo = row("mail.undo_seconds", &known).problem;
    assert!(undo.contains("config.toml:4:9") && undo.contains("a whole number"), "{undo}");
    assert_eq!(row("mail.mark_read_after_seconds", &known).problem, "");
    let words = Words::new(Language::English);
    let other = fields::other_problem(&words, known.report.as_ref().unwrap()).unwrap();
    assert!(other.contains("no key red"), "{other}");
}

#[test]
fn quiet_hours_are_switched_on_for_the_night_and_off_for_good() {
    let field = FIELDS.iter().find(|field| field.key == "notifications.quiet_hours").unwrap();
    assert_eq!(field.toggled(&known(vec![], vec![])).as_deref(), Some("22:00-07:00"));
    let on = known(vec![setting(field.key, Some("21:00-06:30"), SettingOrigin::UserFile)], vec![]);
    assert_eq!(field.toggled(&on), None);
    let row = row(field.key, &on);
    assert_eq!((row.on, &*row.first, &*row.last), (true, "21:00", "06:30"));
}

#[test]
fn every_field_is_known_to_screen_readers_and_worked_by_them() {
    init_no_event_loop();
    let window = ui::Settings::new().unwrap();
    let words = Words::new(Language::Russian);
    prepare(&window, &words);
    let known = known(vec![setting("notifications.preview", Some("true"), SettingOrigin::UserFile)], vec![]);
    let rows: VecModel<_> = FIELDS.iter().map(|field| field.row(&words, &known)).collect();
    window.set_fields(ModelRc::new(rows));
    window.show().unwrap();
    let toggled = Rc::new(RefCell::new(Vec::new()));
    let told = toggled.clone();
    window.on_toggled(move |index| told.borrow_mut().push(FIELDS[usize::try_from(index).unwrap()].key));
    let find = |label: &str, role| {
        ElementHandle::find_by_accessible_label(&window, label)
            .find(|element| element.accessible_role() == Some(role))
            .unwrap_or_else(|| panic!("{label} is not there"))
    };
    let preview = find("Показывать отправителя и тему", AccessibleRole::Switch);
    assert_eq!(preview.accessible_checked(), Some(true));
    preview.invoke_accessible_default_action();
    assert_eq!(*toggled.borrow(), ["notifications.preview"]);
    assert_eq!(preview.accessible_checked(), Some(true), "it shows what is in force, not what was asked for");
    for field in FIELDS.iter().filter(|field| !field.key.is_empty()) {
        let title = field.row(&words, &known).title;
        assert!(
            ElementHandle::find_by_accessible_label(&window, &title).next().is_some(),
            "{title} is not there"
        );
    }
}
