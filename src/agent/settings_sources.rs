//! All that says something about the settings: two files of the machine, the user's own, the environment and the
//! command line.

use std::{env, fs, io, path::PathBuf};

use restante_engine::settings_file::{
    Layer, LogLevel, Origin, SettingInForce, SettingNotWritten, SettingsFault, SettingsFile, SettingsProblem,
    merge, of_environment, with_setting,
};
use restante_l10n::Words;
use restante_local_api::{Setting, SettingOrigin, SettingProblem, SettingsReport};

use crate::{problems, settings_text};

/// Where an administrator sets what is so for every user of a machine, and what he locks.
const MACHINE_FOLDER: &str = "/etc/restante";
const MACHINE_FILES: [(Origin, &str); 2] =
    [(Origin::MachineFile, "agent.toml"), (Origin::Policy, "policy.toml")];

/// Where the settings of one agent come from.
#[derive(Clone, Debug)]
pub struct SettingsSources {
    /// The user's own file.
    pub file: PathBuf,
    /// The folder of the machine's files.
    machine_folder: PathBuf,
    /// What the command line says of the log.
    log_level: Option<String>,
}

/// All that was said at one moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Said {
    pub(crate) own: Result<String, SettingsProblem>,
    machine: Vec<Layer>,
    unreadable: Vec<SettingsProblem>,
}

impl SettingsSources {
    /// This file of the user's, and what every program of the machine reads.
    pub fn of(file: PathBuf) -> Self {
        Self { file, machine_folder: MACHINE_FOLDER.into(), log_level: None }
    }

    /// The same with the level of the log from the command line.
    #[must_use]
    pub fn with_log_level(self, log_level: Option<String>) -> Self {
        Self { log_level, ..self }
    }

    /// Every file that is read.
    pub(crate) fn files(&self) -> [PathBuf; 3] {
        let [machine, policy] = MACHINE_FILES.map(|(_, name)| self.machine_folder.join(name));
        [self.file.clone(), machine, policy]
    }

    /// Reads the files.
    pub(crate) fn read(&self) -> Said {
        let (mut machine, mut unreadable) = (Vec::new(), Vec::new());
        for (origin, name) in MACHINE_FILES {
            let path = self.machine_folder.join(name);
            let file = path.display().to_string();
            match fs::read_to_string(path) {
                Ok(text) => machine.push(Layer { origin, file, text }),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => {
                    let fault = SettingsFault::Unreadable(error.into());
                    unreadable.push(SettingsProblem::of_file(file, fault));
                }
            }
        }
        Said { own: settings_text::read(&self.file), machine, unreadable }
    }

    /// What comes of all that was said.
    pub(crate) fn merged(&self, said: Said) -> Result<(SettingsFile, Vec<SettingInForce>), SettingsProblem> {
        let mut layers = of_environment(|name| env::var(name).ok());
        let own = self.file.display().to_string();
        layers.push(Layer { origin: Origin::UserFile, file: own, text: said.own? });
        layers.extend(said.machine);
        layers.extend(self.log_level.as_ref().map(|level| Layer {
            origin: Origin::Flag,
            file: "--log-level".into(),
            text: format!("log.level = {level:?}\n"),
        }));
        let (mut settings, in_force) = merge(&layers)?;
        settings.problems.extend(said.unreadable);
        Ok((settings, in_force))
    }

    /// The settings in force; a missing file says nothing.
    pub(crate) fn settings(&self) -> Result<SettingsFile, SettingsProblem> {
        self.merged(self.read()).map(|(settings, _)| settings)
    }

    /// How much they want logged; the default where they cannot be read, which the agent says once it runs.
    pub fn log_level(&self) -> &'static str {
        match self.settings().map_or_else(|_| LogLevel::default(), |settings| settings.log_level) {
            LogLevel::Error => "error",
            LogLevel::Warn => "warn",
            LogLevel::Info => "info",
            LogLevel::Debug => "debug",
            LogLevel::Trace => "trace",
        }
    }

    /// Writes a key of the user's file, its value as TOML; one that a stronger source sets is left alone.
    pub(crate) fn write(&self, key: &'static str, value: Option<&str>) -> Result<(), SettingNotWritten> {
        let (file, said) = (&self.file, self.read());
        let old = said.own.clone()?;
        let (_, in_force) = self.merged(said)?;
        in_force.iter().filter(|it| it.key == key).try_for_each(SettingInForce::may_be_changed)?;
        Ok(settings_text::write(file, &old, &with_setting(&old, key, value, &file.display().to_string())?)?)
    }

    /// The settings in force, and where each comes from. Where the user's own file cannot be read, what would
    /// be in force without it.
    pub fn report(&self, words: &Words) -> SettingsReport {
        let said = self.read();
        let (refused, (settings, in_force)) = match self.merged(said.clone()) {
            Ok(merged) => (None, merged),
            // Without a text there is nothing to refuse.
            Err(problem) => {
                let without = Said { own: Ok(String::new()), ..said };
                (Some(problem), self.merged(without).unwrap_or_default())
            }
        };
        let problem = |problem: SettingsProblem| SettingProblem {
            key: problem.key().map(str::to_owned),
            reason: problems::of_fault(&problem.fault, words),
            file: problem.file,
            line: problem.line as u64,
            column: problem.column as u64,
        };
        SettingsReport {
            file: self.file.display().to_string(),
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
}

fn origin(origin: Origin) -> SettingOrigin {
    match origin {
        Origin::BuiltIn => SettingOrigin::BuiltIn,
        Origin::MachineFile => SettingOrigin::MachineFile,
        Origin::UserFile => SettingOrigin::UserFile,
        Origin::Environment => SettingOrigin::Environment,
        Origin::Flag => SettingOrigin::Flag,
        Origin::Policy => SettingOrigin::Policy,
    }
}

#[cfg(test)]
mod tests {
    use std::{path::Path, time::Duration};

    use restante_engine::Event;
    use tokio::sync::mpsc;

    use super::*;
    use crate::settings_watcher::SettingsWatcher;

    fn sources(folder: &Path) -> SettingsSources {
        let machine_folder = folder.join("etc");
        fs::create_dir(&machine_folder).unwrap();
        SettingsSources { file: folder.join("config.toml"), machine_folder, log_level: None }
    }

    #[tokio::test]
    async fn a_policy_that_comes_while_the_agent_runs_is_followed_like_the_persons_own_file() {
        let folder = tempfile::tempdir().unwrap();
        let sources = sources(folder.path());
        fs::write(&sources.file, "check_interval = \"2m\"\n").unwrap();
        let policy = sources.machine_folder.join("policy.toml");
        let (sender, mut events) = mpsc::unbounded_channel();
        let _watcher = SettingsWatcher::start(sender, sources, Duration::from_millis(10));
        fs::write(&policy, "check_interval = \"9m\"\n").unwrap();
        let Some(Event::SettingsEdited(Ok(settings))) = events.recv().await else { panic!("not heard of") };
        assert_eq!(settings.check_interval.map(restante_model::Seconds::get), Some(540));
        assert_eq!(settings.check_interval_locked_by, Some(policy.display().to_string()));
    }

    #[tokio::test]
    async fn a_folder_of_the_machine_that_is_made_later_is_found() {
        let (folder, machine) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        // Not in the folder of the person's own file, which is watched.
        let machine_folder = machine.path().join("etc");
        let sources = SettingsSources { machine_folder, ..sources(folder.path()) };
        let (made, policy) = (sources.machine_folder.clone(), sources.machine_folder.join("policy.toml"));
        let (sender, mut events) = mpsc::unbounded_channel();
        let _watcher = SettingsWatcher::start(sender, sources, Duration::from_millis(10));
        fs::create_dir(&made).unwrap();
        fs::write(&policy, "check_interval = \"9m\"\n").unwrap();
        let Some(Event::SettingsEdited(Ok(settings))) = events.recv().await else { panic!("not heard of") };
        assert_eq!(settings.check_interval_locked_by, Some(policy.display().to_string()));
    }

    #[test]
    fn the_command_line_says_more_than_the_files_and_less_than_the_policy() {
        let folder = tempfile::tempdir().unwrap();
        let sources = sources(folder.path()).with_log_level(Some("trace".into()));
        fs::write(&sources.file, "[log]\nlevel = \"error\"\n").unwrap();
        assert_eq!(sources.settings().unwrap().log_level, LogLevel::Trace);
        let level =
            |report: SettingsReport| report.settings.into_iter().find(|it| it.key == "log.level").unwrap();
        let words = Words::new(restante_l10n::Language::English);
        let said = level(sources.report(&words));
        assert_eq!((said.origin, said.place.as_deref()), (SettingOrigin::Flag, Some("--log-level")));
        fs::write(sources.machine_folder.join("policy.toml"), "[log]\nlevel = \"warn\"\n").unwrap();
        assert_eq!(level(sources.report(&words)).origin, SettingOrigin::Policy);
    }
}
