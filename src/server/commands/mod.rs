//! What an administrator types.

mod failure;
mod ledger;
mod office;
mod organisation;
mod serve;
mod user;

use std::{
    ffi::OsString,
    path::{Path, PathBuf},
    sync::Arc,
};

use clap::{Parser, Subcommand};
use restante_model::SystemClock;
use restante_process::Exit;
use restante_store::SqliteStore;

use self::failure::Failure;

/// The post office of an organisation's desktops.
#[derive(Parser)]
#[command(name = "restante-server", version)]
struct Arguments {
    /// The data folder.
    #[arg(long, global = true, env = "RESTANTE_DATA", value_name = "DIR")]
    data: Option<PathBuf>,
    /// PostgreSQL: not yet in this version.
    #[arg(long, global = true, env = "RESTANTE_DATABASE", value_name = "URL", hide = true)]
    database: Option<String>,
    /// Prints JSON.
    #[arg(long, global = true)]
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
}

/// Runs the program with these arguments, its own name first.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> Exit {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(error) => {
            let exit = if error.use_stderr() { Exit::Usage } else { Exit::Done };
            // Nobody is left to tell when even this cannot be printed.
            let _ = error.print();
            return exit;
        }
    };
    restante_process::private_umask();
    restante_process::logging::start(
        if matches!(arguments.command, Command::Serve(_)) { "info" } else { "warn" },
        false,
    );
    let outcome = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(Exit::Bug, format!("starting: {error}"), ""))
        .and_then(|runtime| runtime.block_on(command(arguments)));
    match outcome {
        Ok(()) => Exit::Done,
        Err(failure) => failure.say(),
    }
}

async fn command(arguments: Arguments) -> Result<(), Failure> {
    if arguments.database.is_some() {
        return Err(Failure::new(
            Exit::Usage,
            "--database: PostgreSQL is not yet in this version",
            "use --data DIR",
        ));
    }
    let folder = arguments.data.unwrap_or_else(default_folder);
    let store = open(&folder).await?;
    match arguments.command {
        Command::Serve(serve) => serve.run(store, &folder).await,
        Command::Organisation(command) => command.run(&store, arguments.json).await,
        Command::Office(command) => command.run(&store, arguments.json).await,
        Command::Ledger(command) => command.run(&store, arguments.json).await,
        Command::User(command) => command.run(&store, arguments.json).await,
    }
}

async fn open(folder: &Path) -> Result<SqliteStore, Failure> {
    Ok(SqliteStore::open(folder, Arc::new(SystemClock)).await?)
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

/// What a person or organisation is called: others see it in lists, so it is one line.
fn called(text: &str) -> Result<String, String> {
    let name = text.trim();
    if name.is_empty() || name.chars().count() > 200 || name.chars().any(char::is_control) {
        return Err("1 to 200 characters in one line".to_owned());
    }
    Ok(name.to_owned())
}

/// One line of JSON on stdout.
fn print_json(value: &serde_json::Value) {
    println(&value.to_string());
}

/// A line on stdout; a reader that went away is no failure.
fn println(text: &str) {
    use std::io::Write;
    let _ = writeln!(std::io::stdout(), "{text}");
}
