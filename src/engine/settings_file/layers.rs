//! Where each value comes from. Over the built-in values stands the machine's file, over that the user's, then
//! the environment and the command line; over everything what the administrator's policy locks (contracts, section 4).

use toml_edit::Value;

use super::{
    KEYS, SettingNotWritten, SettingsFile, SettingsProblem,
    keys::{read_into, value_said},
};

/// Where a value comes from; the later, the stronger.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Origin {
    /// The program itself.
    BuiltIn,
    /// `/etc/restante/agent.toml`.
    MachineFile,
    /// The user's own file.
    UserFile,
    /// A variable of the environment.
    Environment,
    /// A word of the command line.
    Flag,
    /// `/etc/restante/policy.toml`: nobody below it is asked.
    Policy,
}

/// The text of one source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layer {
    /// Which source.
    pub origin: Origin,
    /// What problems call it: a path, or the name of a variable.
    pub file: String,
    /// What it says, as TOML.
    pub text: String,
}

/// One key, with its value in force and where that comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SettingInForce {
    /// `table.name`
    pub key: &'static str,
    /// As TOML; `None` where absent means something of its own.
    pub value: Option<String>,
    /// From which source.
    pub origin: Origin,
    /// File and line, or the variable.
    pub place: Option<String>,
}

impl SettingInForce {
    /// The value as a person says it: text without its quotes.
    pub fn text(&self) -> Option<String> {
        let value = self.value.as_deref()?;
        let text = value.parse::<Value>().ok().and_then(|value| value.as_str().map(str::to_owned));
        Some(text.unwrap_or_else(|| value.to_owned()))
    }

    /// Whether the user's own file has a say in it: not where a stronger source has spoken.
    pub fn may_be_changed(&self) -> Result<(), SettingNotWritten> {
        match self.origin {
            Origin::BuiltIn | Origin::MachineFile | Origin::UserFile => Ok(()),
            Origin::Environment | Origin::Flag | Origin::Policy => Err(SettingNotWritten::Overruled {
                key: self.key,
                place: self.place.clone().unwrap_or_default(),
            }),
        }
    }
}

/// The settings of all layers together, and where each comes from. A layer that is no TOML is left out and
/// named in the problems; only the user's own file refuses the whole, so that what was in force stays so.
pub fn merge(layers: &[Layer]) -> Result<(SettingsFile, Vec<SettingInForce>), SettingsProblem> {
    let mut settings = SettingsFile::default();
    let mut in_force: Vec<SettingInForce> = KEYS
        .iter()
        .map(|key| SettingInForce {
            key: key.path,
            value: key.default.map(str::to_owned),
            origin: Origin::BuiltIn,
            place: None,
        })
        .collect();
    let mut layers: Vec<&Layer> = layers.iter().collect();
    layers.sort_by_key(|layer| layer.origin);
    for layer in &layers {
        let mut said = Vec::new();
        match read_into(&mut settings, &layer.text, &layer.file, |key, value, line| {
            said.push((key, value, line));
        }) {
            Ok(()) => {}
            Err(problem) if layer.origin == Origin::UserFile => return Err(problem),
            Err(problem) => settings.problems.push(problem),
        }
        for (key, value, line) in said {
            let place = match layer.origin {
                Origin::Environment | Origin::Flag => layer.file.clone(),
                Origin::BuiltIn | Origin::MachineFile | Origin::UserFile | Origin::Policy => {
                    format!("{}:{line}", layer.file)
                }
            };
            if let Some(row) = in_force.iter_mut().find(|row| row.key == key) {
                *row = SettingInForce { key, value: Some(value), origin: layer.origin, place: Some(place) };
            }
        }
    }
    settings.check_interval_locked_by = layers
        .iter()
        .filter(|layer| layer.origin == Origin::Policy)
        .find(|_| in_force.iter().any(|row| row.key == "check_interval" && row.origin == Origin::Policy))
        .map(|layer| layer.file.clone());
    Ok((settings, in_force))
}

/// A layer for each variable that names a key: `RESTANTE_NOTIFICATIONS_PREVIEW` for
/// `notifications.preview`. Text needs no quotes there.
pub fn of_environment(value_of: impl Fn(&str) -> Option<String>) -> Vec<Layer> {
    KEYS.iter()
        .filter_map(|key| {
            let variable = format!("RESTANTE_{}", key.path.to_uppercase().replace('.', "_"));
            let said = value_of(&variable).filter(|said| !said.is_empty())?;
            let text = format!("{} = {}\n", key.path, value_said(key, &said));
            Some(Layer { origin: Origin::Environment, file: variable, text })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use restante_model::Seconds;

    use super::*;
    use crate::settings_file::{LogLevel, Preview};

    fn layer(origin: Origin, text: &str) -> Layer {
        let file = format!("{origin:?}.toml");
        Layer { origin, file, text: text.into() }
    }

    fn row<'a>(rows: &'a [SettingInForce], key: &str) -> &'a SettingInForce {
        rows.iter().find(|row| row.key == key).unwrap()
    }

    #[test]
    fn the_stronger_source_wins_and_each_value_says_its_own() {
        let layers = [
            layer(Origin::Policy, "[notifications]\npreview = false\n"),
            layer(Origin::UserFile, "check_interval = \"2m\"\n[notifications]\npreview = true\n"),
            layer(Origin::MachineFile, "server = \"https://m\"\ncheck_interval = \"9m\"\n"),
        ];
        let (settings, rows) = merge(&layers).unwrap();
        assert_eq!(settings.server.as_deref(), Some("https://m"));
        assert_eq!(settings.check_interval, Some(Seconds::new(120)));
        assert_eq!(settings.preview, Preview::Hidden, "what is locked stays so");
        assert_eq!(row(&rows, "notifications.preview").origin, Origin::Policy);
        let interval = row(&rows, "check_interval");
        assert_eq!(interval.value.as_deref(), Some("\"2m\""));
        assert_eq!(interval.place.as_deref(), Some("UserFile.toml:1"));
        assert_eq!(row(&rows, "log.level").origin, Origin::BuiltIn);
        assert_eq!(settings.check_interval_locked_by, None);
        let locked = [layer(Origin::Policy, "check_interval = \"9m\"\n")];
        let locked = merge(&locked).unwrap().0.check_interval_locked_by;
        assert_eq!(locked.as_deref(), Some("Policy.toml"));
    }

    #[test]
    fn variables_are_over_files_and_under_the_policy() {
        let mut layers = of_environment(|name| match name {
            "RESTANTE_CHECK_INTERVAL" => Some("90s".into()),
            "RESTANTE_NOTIFICATIONS_PREVIEW" => Some("false".into()),
            "RESTANTE_MAIL_MARK_READ_AFTER_SECONDS" => Some("soon".into()),
            "RESTANTE_LOG_LEVEL" => Some("debug".into()),
            _ => None,
        });
        layers.push(layer(Origin::UserFile, "check_interval = \"2m\"\n"));
        layers.push(layer(Origin::Flag, "log.level = \"trace\"\n"));
        assert_eq!(merge(&layers).unwrap().0.log_level, LogLevel::Trace);
        layers.push(layer(Origin::Policy, "[log]\nlevel = \"warn\"\n"));
        let (settings, rows) = merge(&layers).unwrap();
        assert_eq!(settings.check_interval, Some(Seconds::new(90)));
        assert_eq!((settings.preview, settings.log_level), (Preview::Hidden, LogLevel::Warn));
        assert_eq!(row(&rows, "check_interval").place.as_deref(), Some("RESTANTE_CHECK_INTERVAL"));
        let problem = settings.problems.iter().map(ToString::to_string).collect::<String>();
        assert!(problem.starts_with("RESTANTE_MAIL_MARK_READ_AFTER_SECONDS:1:"), "{problem}");
    }

    #[test]
    fn a_broken_file_of_the_machine_is_named_and_one_of_the_user_refuses_the_whole() {
        let (settings, _) =
            merge(&[layer(Origin::MachineFile, "server = "), layer(Origin::UserFile, "")]).unwrap();
        assert_eq!(settings.problems.len(), 1);
        assert!(merge(&[layer(Origin::UserFile, "server = ")]).is_err());
    }

    #[test]
    fn a_bad_value_leaves_the_weaker_one_in_force() {
        let layers = [
            layer(Origin::MachineFile, "check_interval = \"9m\""),
            layer(Origin::UserFile, "check_interval = 5"),
        ];
        let (settings, rows) = merge(&layers).unwrap();
        assert_eq!(settings.check_interval, Some(Seconds::new(540)));
        assert_eq!(row(&rows, "check_interval").origin, Origin::MachineFile);
    }
}
