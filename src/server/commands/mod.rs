//! What an administrator types.

mod administrator;
mod agents;
mod answers;
mod backup;
mod config;
mod device;
mod doctor;
mod failure;
mod import;
mod ledger;
mod migrate;
mod office;
mod openapi;
mod organisation;
mod password;
mod serve;
mod user;

use std::{
    error::Error,
    ffi::OsString,
    path::{Path, PathBuf},
    sync::Arc,
    time::{Duration, Instant},
};

use clap::{Parser, Subcommand};
use restante_l10n::{Language, Value, Words, arguments, io_error};
use restante_model::{DurationError, NameError, SystemClock, TimestampError};
use restante_process::Exit;
use restante_store::{SqlStore, StoreError, Time};

use self::{answers::Answers, failure::Failure, office::RangeError};
use crate::config_file::{Layers, ServerSettings};

const FIRST_STEPS: &str = "\
First steps:
  restante-server organisation create hall --title \"Town hall\"
  restante-server office create main
  restante-server office attach main --to hall
  restante-server user add hall anna --name Anna
  restante-server serve
  restante-server doctor

Exit codes: 0 done, 1 none or no, 2 wrong usage, 5 refused, 70 a fault of the program.";
/// How long a server waits for a PostgreSQL that starts when it does, as after the start of the machine.
const DATABASE_STARTS: Duration = Duration::from_secs(5);
/// Between two looks whether it has.
const LOOK: Duration = Duration::from_millis(200);
/// What every command takes stands apart from its own.
const EVERYWHERE: &str = "Options of every command";

/// The post office of an organisation's desktops.
#[derive(Parser)]
#[command(name = "restante-server", version, after_help = FIRST_STEPS, max_term_width = 100)]
struct Arguments {
    /// The settings file, in place of /etc/restante/server.toml.
    #[arg(long, global = true, env = "RESTANTE_CONFIG", value_name = "FILE", help_heading = EVERYWHERE)]
    config: Option<PathBuf>,
    /// The data folder; absent: /var/lib/restante for root and services.
    #[arg(long, global = true, env = "RESTANTE_DATA", value_name = "DIR", help_heading = EVERYWHERE)]
    data: Option<PathBuf>,
    /// A database of PostgreSQL in the place of the data folder; several servers may share it.
    #[arg(long, global = true, env = "RESTANTE_DATABASE", value_name = "URL", hide_env_values = true)]
    #[arg(help_heading = EVERYWHERE)]
    database: Option<String>,
    /// Prints JSON.
    #[arg(long, global = true, help_heading = EVERYWHERE)]
    json: bool,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serves agents until told to stop.
    Serve(serve::Serve),
    /// Organisations.
    #[command(subcommand)]
    Organisation(organisation::Organisation),
    /// Post offices.
    #[command(subcommand)]
    Office(office::Office),
    /// What happened to an organisation's messages.
    #[command(subcommand)]
    Ledger(ledger::Ledger),
    /// Users of an organisation.
    #[command(subcommand)]
    User(user::User),
    /// Copies a data folder, no server running on it, into an empty database of PostgreSQL.
    MigrateTo(migrate::MigrateTo),
    /// Writes everything into one archive, beside a running server.
    Backup(backup::Backup),
    /// Makes the data folder from such an archive; no server may be running on it.
    Restore(backup::Restore),
    /// Says what is wrong and what to do about it: 0 when mail works.
    Doctor,
    /// The server's settings.
    #[command(subcommand)]
    Config(config::Config),
    /// Prints the description of the API for agents and programs.
    Openapi,
    /// Agents of the users.
    #[command(subcommand)]
    Agents(agents::Agents),
    /// Devices of a user.
    #[command(subcommand)]
    Device(device::Device),
    /// Who may use the administrators' pages (`serve --admin-listen`).
    #[command(subcommand)]
    Administrator(administrator::Administrator),
}

impl Command {
    /// Whether this can be the first command of all. Another one, on a folder that is not there, has a name misspelt.
    fn begins_an_installation(&self) -> bool {
        match self {
            Self::Serve(_) => true,
            Self::Organisation(command) => matches!(command, organisation::Organisation::Create { .. }),
            Self::Office(command) => matches!(command, office::Office::Create { .. }),
            Self::Administrator(command) => matches!(command, administrator::Administrator::Add { .. }),
            _ => false,
        }
    }
}

/// Runs the program with these arguments, its own name first.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    let words = Words::new(Language::of_user());
    let arguments: Arguments = match arguments::read(arguments, &words, why_not) {
        Ok(arguments) => arguments,
        Err(answer) => {
            answer.say(&mut std::io::stdout(), &mut std::io::stderr());
            return if answer.mistake() { Exit::Usage } else { Exit::Done };
        }
    };
    restante_process::private_umask();
    let layers = settings(&arguments);
    let serving = matches!(arguments.command, Command::Serve(_));
    let log = &layers.settings;
    restante_process::logging::start(
        if serving { &log.log_level } else { "warn" },
        serving && log.log_as_json,
    );
    let outcome = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        // What takes long has threads of its own, which go behind.
        .on_thread_start(restante_process::priority::go_ahead)
        .build()
        .map_err(|error| {
            let message = words.with("server-starting", &[("why", Value::Text(&io_error(&error, &words)))]);
            Failure::new(Exit::Bug, message, "")
        })
        .and_then(|runtime| runtime.block_on(command(arguments, layers, &words)));
    match outcome {
        Ok(()) => Exit::Done,
        Err(failure) => failure.say(&words),
    }
}

/// The key of the words for why a value is not taken.
fn why_not(error: &(dyn Error + 'static)) -> Option<&'static str> {
    if let Some(range) = error.downcast_ref::<RangeError>() {
        return Some(range.key());
    }
    let keys = [
        (error.is::<NameError>(), "arguments-not-a-name"),
        (error.is::<DurationError>(), "arguments-not-a-duration"),
        (error.is::<NotCalled>(), "arguments-not-one-line"),
        (error.is::<TimestampError>(), "arguments-not-a-moment"),
    ];
    keys.into_iter().find_map(|(it_is, key)| it_is.then_some(key))
}

/// What file, variables and command line say together.
fn settings(arguments: &Arguments) -> Layers {
    let mut layers = config::read(arguments.config.as_ref());
    // What the command line took from a variable, the variables have said already.
    let said = |name: &str, text: &str| std::env::var(name).is_ok_and(|variable| variable == text);
    if let Some(data) = arguments.data.as_deref().and_then(Path::to_str)
        && !said("RESTANTE_DATA", data)
    {
        layers.option("data", data);
    }
    if let Some(url) = &arguments.database
        && !said("RESTANTE_DATABASE", url)
    {
        layers.option("database", url);
    }
    if let Command::Serve(serve) = &arguments.command {
        serve.lay_over(&mut layers);
    }
    layers.check_together();
    layers
}

async fn command(arguments: Arguments, layers: Layers, words: &Words) -> Result<(), Failure> {
    let answers = Answers { words, json: arguments.json };
    if let Command::Config(command) = arguments.command {
        return command.run(&layers, answers);
    }
    if matches!(arguments.command, Command::Openapi) {
        openapi::run();
        return Ok(());
    }
    config::usable(&layers, answers)?;
    let settings = layers.settings;
    let archives = matches!(arguments.command, Command::Backup(_) | Command::Restore(_));
    if settings.database.is_some() && archives {
        return Err(backup::of_postgresql(answers));
    }
    if let Command::Restore(command) = arguments.command {
        return command.run(&folder(&settings), answers).await;
    }
    // These look at what is there, and would otherwise make it.
    if matches!(arguments.command, Command::Backup(_) | Command::Doctor) {
        known_installation(&settings, answers)?;
    }
    if !arguments.command.begins_an_installation() {
        there_is_a_folder(&settings, answers)?;
    }
    let patience = if let Command::Serve(_) = arguments.command { DATABASE_STARTS } else { Duration::ZERO };
    let store = installation(&settings, patience).await;
    if matches!(arguments.command, Command::Doctor) {
        return doctor::run(&settings, store, answers).await;
    }
    let store = store?;
    match arguments.command {
        Command::Serve(_) => serve::run(&settings, store, answers).await,
        Command::Organisation(command) => command.run(&store, answers).await,
        Command::Office(command) => command.run(&store, answers).await,
        Command::Ledger(command) => command.run(&store, answers).await,
        Command::User(command) => command.run(&store, answers).await,
        Command::Backup(command) => command.run(&store, answers).await,
        Command::MigrateTo(command) => command.run(&store, answers).await,
        Command::Agents(command) => command.run(&store, answers).await,
        Command::Device(command) => command.run(&store, answers).await,
        Command::Administrator(command) => command.run(&store, answers).await,
        Command::Config(_) | Command::Doctor | Command::Openapi | Command::Restore(_) => Ok(()),
    }
}

/// The installation that the settings name: a database of PostgreSQL, which may still be starting, or a data folder.
async fn installation(settings: &ServerSettings, patience: Duration) -> Result<SqlStore, StoreError> {
    let Some(url) = &settings.database else {
        return SqlStore::open(&folder(settings), Arc::new(SystemClock)).await;
    };
    let begun = Instant::now();
    loop {
        match SqlStore::connect(url, Time::Database).await {
            Err(StoreError::Away { .. }) if begun.elapsed() < patience => tokio::time::sleep(LOOK).await,
            connected => return connected,
        }
    }
}

fn folder(settings: &ServerSettings) -> PathBuf {
    settings.data.clone().unwrap_or_else(default_folder)
}

fn known_installation(settings: &ServerSettings, answers: Answers<'_>) -> Result<(), Failure> {
    let folder = folder(settings);
    // Where only the registry is gone, what is said of it is worth more.
    if settings.database.is_some()
        || ["restante.db", "organisations"].iter().any(|it| folder.join(it).exists())
    {
        return Ok(());
    }
    let message = answers.text("server-no-data-folder", &[("folder", &folder.display())]);
    Err(Failure::new(Exit::Refused, message, answers.text("server-hint-data-folder", &[])))
}

fn there_is_a_folder(settings: &ServerSettings, answers: Answers<'_>) -> Result<(), Failure> {
    let folder = folder(settings);
    if settings.database.is_some() || folder.exists() {
        return Ok(());
    }
    let message = answers.text("server-data-folder-absent", &[("folder", &folder.display())]);
    Err(Failure::new(Exit::Refused, message, answers.text("server-hint-data-folder", &[])))
}

fn default_folder() -> PathBuf {
    let home = || std::env::home_dir().map(|home| home.join(".local/state"));
    let state = std::env::var_os("XDG_STATE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    match state.or_else(home) {
        Some(state) if std::env::var_os("USER").is_none_or(|user| user != "root") => {
            state.join("restante-server")
        }
        _ => PathBuf::from("/var/lib/restante"),
    }
}

/// A text that is no name for others to see.
#[derive(Debug, thiserror::Error)]
#[error("1 to 200 characters in one line")]
struct NotCalled;

/// What a person or organisation is called: others see it in lists, so it is one line.
fn called(text: &str) -> Result<String, NotCalled> {
    let name = text.trim();
    if name.is_empty() || name.chars().count() > 200 || name.chars().any(char::is_control) {
        return Err(NotCalled);
    }
    Ok(name.to_owned())
}

/// One line of JSON on stdout.
fn print_json(value: &serde_json::Value) {
    println(&value.to_string());
}

/// A line on stdout; a reader that went away is no failure.
fn println(text: &str) {
    print(&format!("{text}\n"));
}

/// Text on stdout as it is.
fn print(text: &str) {
    use std::io::Write;
    let _ = std::io::stdout().write_all(text.as_bytes());
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_help_of_every_command_is_in_russian_too() {
        let wrong = arguments::examine(Arguments::command(), &Words::new(Language::Russian));
        assert!(wrong.is_empty(), "src/l10n/ru/help.ftl:\n{}", wrong.join("\n"));
    }

    #[test]
    fn why_a_value_is_not_taken_is_told_in_the_readers_language() {
        let create = ["office", "create", "main"];
        for (line, told) in [
            (&["office", "create", "a/b"][..], "«a/b» — не 1–64 буквы"),
            (&[&create[..], &["--lifetime", "7"]].concat(), "«7» — не целое число с единицей"),
            (&[&create[..], &["--interval-range", "30s"]].concat(), "пределы записываются так"),
            (&[&create[..], &["--interval-range", "9s..1s"]].concat(), "пределы идут от более короткого"),
            (&[&create[..], &["--interval-range", "9..1"]].concat(), "не целое число с единицей"),
            (&["user", "add", "hall", "anna", "--name", ""], "нужны 1–200 знаков"),
            (&["ledger", "export", "hall", "--from", "now"], "время «now» записано не так"),
        ] {
            let typed = ["restante-server"].iter().chain(line).map(OsString::from);
            let read = arguments::read::<Arguments>(typed, &Words::new(Language::Russian), why_not);
            let answer = read.err().map(|answer| format!("{answer:?}")).unwrap_or_default();
            assert!(answer.contains(told), "{line:?}: {answer}");
        }
    }
}
