//! `config check | show`.

use std::path::PathBuf;

use clap::Subcommand;
use restante_process::Exit;
use serde_json::{Value, json};

use super::{answers::Answers, failure::Failure, print_json, println};
use crate::config_file::{DEFAULT_FILE, KEYS, Layers, Origin, SettingsFault, SettingsProblem};

#[derive(Subcommand)]
pub(super) enum Config {
    /// Says what is wrong with the settings: 0 when nothing is.
    Check,
    /// Shows the settings in force and where each comes from; passwords are left out.
    Show,
}

/// The settings of file and variables; a file that was named must be there.
pub(super) fn read(named: Option<&PathBuf>) -> Layers {
    let mut layers = Layers::default();
    let file = named.cloned().unwrap_or_else(|| PathBuf::from(DEFAULT_FILE));
    match std::fs::read_to_string(&file) {
        Ok(text) => layers.file(&file, &text),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound && named.is_none() => {}
        Err(error) => {
            let place = file.display().to_string();
            layers.problems.push(SettingsProblem { place, fault: SettingsFault::Unreadable(error) });
        }
    }
    layers.variables(|name| std::env::var(name).ok());
    layers
}

/// Nothing when the settings can be used.
pub(super) fn usable(layers: &Layers, answers: Answers<'_>) -> Result<(), Failure> {
    if layers.problems.is_empty() {
        return Ok(());
    }
    let said: Vec<String> = layers.problems.iter().map(|it| it.said(answers.words)).collect();
    let hint = answers.text("server-hint-settings", &[]);
    Err(Failure::new(Exit::Usage, said.join("\n"), hint))
}

impl Config {
    pub(super) fn run(self, layers: &Layers, answers: Answers<'_>) -> Result<(), Failure> {
        match self {
            Self::Check => {
                if answers.json {
                    let problems = layers.problems.iter();
                    let problems: Value = problems
                        .map(|it| json!({"place": it.place, "reason": it.fault.to_string()}))
                        .collect();
                    print_json(&json!({"problems": problems}));
                }
                usable(layers, answers)?;
                if !answers.json {
                    answers.say("server-settings-right", &[]);
                }
                Ok(())
            }
            Self::Show => {
                usable(layers, answers)?;
                show(layers, answers);
                Ok(())
            }
        }
    }
}

fn show(layers: &Layers, answers: Answers<'_>) {
    let rows = KEYS.iter().map(|key| match layers.origins.get(key.path) {
        Some((value, origin)) => (key.path, Some(value.clone()), Some(origin)),
        None => (key.path, key.default.map(str::to_owned), None),
    });
    if answers.json {
        let from = |origin: Option<&Origin>| origin.map_or("default".to_owned(), ToString::to_string);
        let rows = rows.map(|(key, value, origin)| json!({"key": key, "value": value, "from": from(origin)}));
        return print_json(&rows.collect());
    }
    let title = |key| answers.text(key, &[]);
    let (key, value, from) =
        (title("server-settings-key"), title("server-settings-value"), title("server-settings-from"));
    println(&format!("{key:<34} {value:<30} {from}"));
    for (key, value, origin) in rows {
        let from = match origin {
            None => answers.text("server-settings-default", &[]),
            Some(Origin::CommandLine) => answers.text("server-settings-command-line", &[]),
            Some(place @ (Origin::File { .. } | Origin::Variable(_))) => place.to_string(),
        };
        println(&format!("{key:<34} {:<30} {from}", value.as_deref().unwrap_or("-")));
    }
}
