//! All that says something about the settings: two files of the machine, the user's own, the environment.

use std::{env, fs, io, path::Path};

use restante_engine::settings_file::{
    Layer, Origin, SettingInForce, SettingsFile, SettingsProblem, merge, of_environment,
};
use restante_local_api::{Setting, SettingOrigin, SettingProblem, SettingsReport};

use crate::settings_watcher::read_text;

/// What an administrator sets for every user of a machine, and what he locks.
const MACHINE_FILES: [(Origin, &str); 2] =
    [(Origin::MachineFile, "/etc/restante/agent.toml"), (Origin::Policy, "/etc/restante/policy.toml")];

/// All sources together, with this text of the user's own file.
pub(crate) fn layered(
    text: &str,
    file: &Path,
) -> Result<(SettingsFile, Vec<SettingInForce>), SettingsProblem> {
    let mut layers = of_environment(|name| env::var(name).ok());
    let own = Layer { origin: Origin::UserFile, file: file.display().to_string(), text: text.to_owned() };
    layers.push(own);
    let mut unreadable = Vec::new();
    for (origin, path) in MACHINE_FILES {
        match fs::read_to_string(path) {
            Ok(text) => layers.push(Layer { origin, file: path.to_owned(), text }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => unreadable.push(SettingsProblem {
                file: path.to_owned(),
                line: 1,
                column: 1,
                reason: format!("could not be read: {error}"),
            }),
        }
    }
    let (mut settings, in_force) = merge(&layers)?;
    settings.problems.extend(unreadable);
    Ok((settings, in_force))
}

/// The settings in force, and where each comes from. Where the user's own file cannot be read, what would
/// be in force without it.
pub fn settings_report(file: &Path) -> SettingsReport {
    let read = read_text(file).and_then(|text| layered(&text, file));
    let (refused, (settings, in_force)) = match read {
        Ok(read) => (None, read),
        // Without a text there is nothing to refuse.
        Err(problem) => (Some(problem), layered("", file).unwrap_or_default()),
    };
    let problem = |problem: SettingsProblem| SettingProblem {
        file: problem.file,
        line: problem.line as u64,
        column: problem.column as u64,
        reason: problem.reason,
    };
    SettingsReport {
        file: file.display().to_string(),
        settings: in_force
            .into_iter()
            .map(|it| Setting {
                key: it.key.to_owned(),
                text: it.text(),
                value: it.value,
                origin: origin(it.origin),
                place: it.place,
            })
            .collect(),
        problems: refused.into_iter().chain(settings.problems).map(problem).collect(),
    }
}

fn origin(origin: Origin) -> SettingOrigin {
    match origin {
        Origin::BuiltIn => SettingOrigin::BuiltIn,
        Origin::MachineFile => SettingOrigin::MachineFile,
        Origin::UserFile => SettingOrigin::UserFile,
        Origin::Environment => SettingOrigin::Environment,
        Origin::Policy => SettingOrigin::Policy,
    }
}
