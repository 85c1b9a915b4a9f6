//! One person's account on one machine, and the command line in it.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
};

use tokio::process::Command;

use crate::{Output, Program, run};

/// The folders and the surroundings of one person's account on one machine.
#[derive(Clone)]
pub(crate) struct Account {
    pub(crate) home: PathBuf,
    pub(crate) profile: Option<String>,
    pub(crate) bus: Option<String>,
    pub(crate) display: Option<String>,
}

impl Account {
    /// A command with these surroundings and no others.
    pub(crate) fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", &self.home)
            .env("XDG_CONFIG_HOME", self.home.join("config"))
            .env("XDG_STATE_HOME", self.home.join("state"))
            .env("XDG_CACHE_HOME", self.home.join("cache"))
            .env("XDG_DATA_HOME", self.home.join("data"))
            .env("XDG_RUNTIME_DIR", self.home.join("run"))
            .env("LANG", "C.UTF-8")
            .env("TZ", "UTC")
            .env("RESTANTE_LANGUAGE", "en")
            .env("RESTANTE_LOG", std::env::var("RESTANTE_TESTS_LOG").unwrap_or("info".into()))
            .stdin(Stdio::null())
            .kill_on_drop(true);
        if let Some(profile) = &self.profile {
            command.env("RESTANTE_PROFILE", profile);
        }
        if let Some(bus) = &self.bus {
            command.env("DBUS_SESSION_BUS_ADDRESS", bus);
        }
        if let Some(display) = &self.display {
            command.env("DISPLAY", display);
        }
        command
    }

    /// The account's own folder in one of the program's.
    pub(crate) fn folder(&self, of: &str) -> PathBuf {
        let of_program = self.home.join(of).join("restante");
        match &self.profile {
            Some(profile) => of_program.join("profiles").join(profile),
            None => of_program,
        }
    }
}

/// Runs `restante` in the surroundings of one account.
#[derive(Clone)]
pub struct Cli(pub(crate) Account);

impl Cli {
    /// Runs it with these arguments.
    ///
    /// # Panics
    /// When it does not end.
    pub async fn run(&self, arguments: &[&str]) -> Output {
        self.with_input(arguments, "").await
    }

    /// Runs it as somebody who reads this language.
    ///
    /// # Panics
    /// When it does not end.
    pub async fn in_language(&self, language: &str, arguments: &[&str]) -> Output {
        let mut command = self.0.command(&Program::Cli.path());
        run(command.env("RESTANTE_LANGUAGE", language).args(arguments), "").await
    }

    /// Runs it with this on its standard input.
    ///
    /// # Panics
    /// When it does not end.
    pub async fn with_input(&self, arguments: &[&str], input: &str) -> Output {
        run(self.0.command(&Program::Cli.path()).args(arguments), input).await
    }

    /// Runs it with `--json`; it must end with 0.
    ///
    /// # Panics
    /// When it does not.
    pub async fn json(&self, arguments: &[&str]) -> serde_json::Value {
        let mut all = arguments.to_vec();
        all.push("--json");
        self.run(&all).await.done().json()
    }

    /// Checks for mail and waits until the check is complete.
    ///
    /// # Panics
    /// When it fails.
    pub async fn check(&self) {
        drop(self.run(&["check", "--wait"]).await.done());
    }

    /// Signs in.
    ///
    /// # Panics
    /// When it does not end.
    pub async fn login(&self, url: &str, organisation: &str, user: &str, password: &str) -> Output {
        let arguments = ["login", url, "--organisation", organisation, "--user", user, "--password-stdin"];
        self.with_input(&arguments, &format!("{password}\n")).await
    }
}
