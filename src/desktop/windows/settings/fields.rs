//! Which settings a person changes here, and how each is said: one closed list.

use restante_l10n::{Interval, SetBy, Value, Words, answers, interval, span};
use restante_local_api::{
    IntervalStatus, PutSetting, Setting, SettingOrigin, SettingsReport,
    model::{IntervalFrom, Seconds},
};
use slint::{ModelRc, SharedString, VecModel};

use crate::{
    phrases,
    ui::{FieldKind, SettingField},
};

/// What is known of the settings.
#[derive(Default)]
pub(super) struct Known {
    pub(super) report: Option<SettingsReport>,
    pub(super) interval: Option<IntervalStatus>,
    /// When the server last answered well, and when it is asked next, as people read it.
    pub(super) last_answer: Option<String>,
    pub(super) next_check: Option<String>,
    /// Grows whenever the fields are shown.
    pub(super) revision: i32,
}

/// One line of the window.
pub(super) struct Field {
    /// `table.name`; of a heading, nothing.
    pub(super) key: &'static str,
    title: &'static str,
    hint: Option<&'static str>,
    /// What is said of a value that it does not take, where words of ours say it.
    pub(super) problem: Option<&'static str>,
    input: Input,
}

/// How a value is given.
enum Input {
    Heading,
    /// One of these words.
    OneOf(&'static [Choice]),
    /// How often to check: the office's, or one of some spans.
    Interval,
    /// A number of seconds, zero with a word of its own.
    Seconds {
        zero: &'static str,
        other: &'static str,
        offered: &'static [u64],
    },
    Switch,
    Hours,
}

struct Choice {
    value: &'static str,
    word: &'static str,
}

/// Quiet hours for who switches them on: the night.
const NIGHT: &str = "22:00-07:00";
/// Intervals that are offered as far as the office allows them.
const INTERVALS: &[u64] = &[60, 120, 300, 600, 900, 1_800, 3_600];

const fn heading(title: &'static str) -> Field {
    Field { key: "", title, hint: None, problem: None, input: Input::Heading }
}

const fn field(key: &'static str, title: &'static str, input: Input) -> Field {
    Field { key, title, hint: None, problem: None, input }
}

const fn choice(value: &'static str, word: &'static str) -> Choice {
    Choice { value, word }
}

/// The lines of the window, in their order.
pub(super) const FIELDS: &[Field] = &[
    heading("settings-checking"),
    field("check_interval", "setting-interval", Input::Interval),
    heading("settings-alerts"),
    field(
        "notifications.ordinary",
        "setting-ordinary",
        Input::OneOf(&[
            choice("desktop", "setting-by-desktop"),
            choice("window", "setting-by-window"),
            choice("off", "setting-off"),
        ]),
    ),
    field(
        "notifications.important",
        "setting-important",
        Input::OneOf(&[choice("modal", "setting-by-modal"), choice("desktop", "setting-by-desktop")]),
    ),
    field("notifications.preview", "setting-preview", Input::Switch),
    field(
        "notifications.sound",
        "setting-sound",
        Input::OneOf(&[choice("false", "setting-no-sound"), choice("true", "setting-new-mail-sound")]),
    ),
    field("notifications.speak_important", "setting-speak-important", Input::Switch),
    field("notifications.respect_full_screen", "setting-respect-full-screen", Input::Switch),
    Field {
        hint: Some("setting-quiet-hours-hint"),
        problem: Some("setting-quiet-hours-bad"),
        ..field("notifications.quiet_hours", "setting-quiet-hours", Input::Hours)
    },
    field("notifications.important_in_quiet_hours", "setting-important-in-quiet-hours", Input::Switch),
    heading("settings-writing"),
    field(
        "mail.mark_read_after_seconds",
        "setting-mark-read",
        Input::Seconds { zero: "setting-at-once", other: "setting-after", offered: &[0, 2, 5, 10, 30] },
    ),
    field(
        "mail.undo_seconds",
        "setting-undo",
        Input::Seconds {
            zero: "setting-undo-never",
            other: "setting-undo-for",
            offered: &[0, 5, 10, 20, 30, 60],
        },
    ),
];

impl Field {
    /// How it is said now.
    pub(super) fn row(&self, words: &Words, known: &Known) -> SettingField {
        let options = self.options(words, known);
        let text = self.text(known);
        let hours = text.as_deref().and_then(|text| text.split_once('-'));
        let (first, last) = hours.or_else(|| NIGHT.split_once('-')).unwrap_or_default();
        let chosen = options.iter().position(|(value, _)| *value == self.normal(text.as_deref()));
        let said: Vec<SharedString> = options.into_iter().map(|(_, said)| said.into()).collect();
        let hint = match self.input {
            Input::Interval => known.interval.as_ref().map(|interval| interval_said(words, interval, known)),
            _ => self.hint.map(|hint| words.text(hint)),
        };
        SettingField {
            kind: match self.input {
                Input::Heading => FieldKind::Heading,
                Input::OneOf(_) | Input::Interval | Input::Seconds { .. } => FieldKind::Choice,
                Input::Switch => FieldKind::Switch,
                Input::Hours => FieldKind::Hours,
            },
            title: words.text(self.title).into(),
            hint: hint.unwrap_or_default().into(),
            options: ModelRc::new(VecModel::from(said)),
            chosen: chosen.and_then(|at| i32::try_from(at).ok()).unwrap_or(-1),
            on: match self.input {
                Input::Hours => text.is_some(),
                _ => text.as_deref() == Some("true"),
            },
            first: first.trim().into(),
            last: last.trim().into(),
            locked: self.locked(words, known).unwrap_or_default().into(),
            problem: self.bad_in_file(words, known).unwrap_or_default().into(),
            revision: known.revision,
        }
    }

    /// What is wished for with one of the options that were offered.
    pub(super) fn wish_at(&self, known: &Known, option: usize) -> Option<PutSetting> {
        self.offered(known).into_iter().nth(option).map(|text| PutSetting { text })
    }

    /// The other one of on and off; `None` takes the key out.
    pub(super) fn toggled(&self, known: &Known) -> Option<String> {
        match (&self.input, self.text(known)) {
            (Input::Hours, Some(_)) => None,
            (Input::Hours, None) => Some(NIGHT.to_owned()),
            (_, text) => Some((text.as_deref() != Some("true")).to_string()),
        }
    }

    /// Whether it keeps what was typed when that is refused.
    pub(super) fn is_typed(&self) -> bool {
        matches!(self.input, Input::Hours)
    }

    fn setting<'a>(&self, known: &'a Known) -> Option<&'a Setting> {
        known.report.as_ref()?.settings.iter().find(|setting| setting.key == self.key)
    }

    fn text(&self, known: &Known) -> Option<String> {
        self.setting(known)?.text.clone()
    }

    /// A value in the form in which it is offered: "300s" is "5m".
    fn normal(&self, text: Option<&str>) -> Option<String> {
        match self.input {
            Input::Interval => {
                let seconds = text.and_then(|text| text.trim().parse::<Seconds>().ok());
                seconds.map(|seconds| seconds.to_string())
            }
            _ => text.map(str::to_owned),
        }
    }

    /// The values to choose from, with the one in force among them.
    fn offered(&self, known: &Known) -> Vec<Option<String>> {
        let mut offered: Vec<Option<String>> = match self.input {
            Input::OneOf(choices) => choices.iter().map(|it| Some(it.value.to_owned())).collect(),
            Input::Seconds { offered, .. } => offered.iter().map(|it| Some(it.to_string())).collect(),
            Input::Interval => {
                let range = known.interval.as_ref();
                let min = range.and_then(|it| it.min_seconds).unwrap_or(0);
                let max = range.and_then(|it| it.max_seconds).unwrap_or(u64::MAX);
                let allowed = INTERVALS.iter().filter(|it| (min..=max).contains(it));
                let spans = allowed.map(|it| Some(Seconds::new(*it).to_string()));
                std::iter::once(None).chain(spans).collect()
            }
            Input::Heading | Input::Switch | Input::Hours => Vec::new(),
        };
        let in_force = self.normal(self.text(known).as_deref());
        if !offered.is_empty() && in_force.is_some() && !offered.contains(&in_force) {
            offered.push(in_force);
        }
        offered
    }

    fn options(&self, words: &Words, known: &Known) -> Vec<(Option<String>, String)> {
        self.offered(known)
            .into_iter()
            .map(|value| (value.clone(), self.said(words, value.as_deref())))
            .collect()
    }

    fn said(&self, words: &Words, value: Option<&str>) -> String {
        let Some(value) = value else { return words.text("setting-interval-office") };
        let seconds = match self.input {
            Input::Interval => value.parse().ok().map(Seconds::get),
            Input::Seconds { .. } => value.parse().ok(),
            Input::OneOf(choices) => {
                let word = choices.iter().find(|it| it.value == value).map(|it| words.text(it.word));
                return word.unwrap_or_else(|| phrases::line(value));
            }
            Input::Heading | Input::Switch | Input::Hours => None,
        };
        let (Some(seconds), key) = (
            seconds,
            match self.input {
                Input::Seconds { zero, .. } if seconds == Some(0) => return words.text(zero),
                Input::Seconds { other, .. } => other,
                _ => "setting-every",
            },
        ) else {
            return phrases::line(value);
        };
        words.with(key, &[("span", Value::Text(&span(words, seconds)))])
    }

    /// By whom it is locked.
    fn locked(&self, words: &Words, known: &Known) -> Option<String> {
        if let (Input::Interval, Some(interval)) = (&self.input, &known.interval)
            && interval.from == IntervalFrom::Lock
        {
            return Some(match &interval.locked_by {
                Some(who) => {
                    words.with("setting-locked-office", &[("who", Value::Text(&phrases::line(who)))])
                }
                None => words.text("setting-locked-administrator"),
            });
        }
        let setting = self.setting(known)?;
        let key = match setting.origin {
            SettingOrigin::Policy => "setting-locked-policy",
            SettingOrigin::Environment | SettingOrigin::Flag => "setting-locked-environment",
            SettingOrigin::BuiltIn | SettingOrigin::MachineFile | SettingOrigin::UserFile => return None,
        };
        let place = phrases::line(setting.place.as_deref().unwrap_or_default());
        Some(words.with(key, &[("place", Value::Text(&place))]))
    }

    /// What a file says of it that cannot be understood.
    fn bad_in_file(&self, words: &Words, known: &Known) -> Option<String> {
        let problems = &known.report.as_ref()?.problems;
        let problem = problems.iter().find(|problem| problem.key.as_deref() == Some(self.key))?;
        Some(problem_said(words, problem))
    }
}

/// What is wrong in the settings that no field here says.
pub(super) fn other_problem(words: &Words, report: &SettingsReport) -> Option<String> {
    let own = |key: &str| FIELDS.iter().any(|field| field.key == key);
    let other = report.problems.iter().find(|problem| !problem.key.as_deref().is_some_and(own));
    other.map(|problem| problem_said(words, problem))
}

fn problem_said(words: &Words, problem: &restante_local_api::SettingProblem) -> String {
    let place = format!("{}:{}:{}", problem.file, problem.line, problem.column);
    let (place, why) = (phrases::line(&place), phrases::line(&problem.reason));
    words.with("setting-bad-in-file", &[("place", Value::Text(&place)), ("why", Value::Text(&why))])
}

/// The interval that explains itself (row B1); who locked it is said at the field as well.
fn interval_said(words: &Words, told: &IntervalStatus, known: &Known) -> String {
    let interval = interval(
        words,
        &Interval {
            seconds: told.seconds,
            set_by: match told.from {
                IntervalFrom::Office => SetBy::Office,
                IntervalFrom::User => SetBy::Person,
                IntervalFrom::Lock => SetBy::Lock(None),
                IntervalFrom::BuiltIn => SetBy::BuiltIn,
            },
            wished_seconds: told.wished_seconds,
            allowed_seconds: told.min_seconds.zip(told.max_seconds),
            pending: told.pending,
        },
    );
    let answers = answers(words, known.last_answer.as_deref(), known.next_check.as_deref());
    let said = format!("{interval}; {answers}");
    words.with("setting-now", &[("state", Value::Text(&said))])
}
