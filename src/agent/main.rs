//! `restante-agent`: one per user and profile, from login on, in the foreground.

use std::{
    env,
    io::{stderr, stdout},
    path::PathBuf,
    process::ExitCode,
    sync::Arc,
};

use clap::{Parser, ValueEnum};
use restante_agent::{AgentError, Config, Desktop, SettingsSources};
use restante_l10n::{Language, Value, Words, arguments};
use restante_model::SystemClock;
use restante_process::{Exit, Paths, logging, private_umask, shutdown};

/// Restante's agent: checks for mail, keeps it here, and tells you when some comes.
#[derive(Parser)]
#[command(name = "restante-agent", version)]
struct Arguments {
    /// The account to run for, where there are several
    #[arg(long, value_name = "NAME", env = "RESTANTE_PROFILE")]
    profile: Option<String>,
    /// The settings file, in place of the usual one
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// How much is logged: error, warn, info, debug, trace; else as the settings file says
    #[arg(long, value_name = "L")]
    log_level: Option<String>,
    /// Print something for `restante`, which asks when no agent runs, and end
    #[arg(long, value_name = "WHAT", hide = true)]
    print: Option<Print>,
}

/// What `restante` asks a program for that can do it without an agent.
#[derive(Clone, Copy, ValueEnum)]
enum Print {
    // The doctor's report, as the local API gives it.
    Doctor,
    // The settings in force, as the local API gives them.
    Settings,
}

fn main() -> ExitCode {
    let words = Arc::new(Words::new(Language::of_user()));
    let arguments = match arguments::read(env::args_os(), &words, |_| None) {
        Ok(arguments) => arguments,
        Err(answer) => {
            answer.say(&mut stdout(), &mut stderr());
            return if answer.mistake() { Exit::Usage } else { Exit::Done }.into();
        }
    };
    private_umask();
    match run(arguments, Arc::clone(&words)) {
        Ok(()) => Exit::Done.into(),
        Err(error) => {
            let (said, hint) = error.said(&words);
            eprintln!("restante-agent: {said}");
            if let Some(hint) = hint {
                eprintln!("{}", words.with("hint", &[("hint", Value::Text(&hint))]));
            }
            // All of it is refused by the machine it runs on, and by nobody else.
            Exit::Refused.into()
        }
    }
}

fn run(arguments: Arguments, words: Arc<Words>) -> Result<(), AgentError> {
    let paths = Paths::of_user(arguments.profile.as_deref())?;
    let settings = SettingsSources::of(arguments.config.unwrap_or_else(|| paths.config_file()))
        .with_log_level(arguments.log_level);
    if let Some(print) = arguments.print {
        return print_and_end(print, paths, settings, words);
    }
    let level = settings.log_level();
    // The scheduler's crate says at level info what it does inside.
    logging::start(&format!("{level},tokio_cron_scheduler=warn"), false);
    let config = Config { paths, settings, windows: None, words, desktop: Desktop::Session, witness: None };
    // One thread: the agent sleeps nearly always, and its size is what a desktop feels.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().max_blocking_threads(2).build();
    let runtime = runtime.map_err(AgentError::Runtime)?;
    // Signals are listened for inside the runtime, which `requested` needs from its first moment.
    let outcome = runtime
        .block_on(async { restante_agent::run(config, Arc::new(SystemClock), shutdown::requested()).await });
    // A keyring or a bus that hangs must not hold up the end of the session.
    runtime.shutdown_background();
    outcome
}

fn print_and_end(
    print: Print,
    paths: Paths,
    settings: SettingsSources,
    words: Arc<Words>,
) -> Result<(), AgentError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(AgentError::Runtime)?;
    let text = match print {
        Print::Doctor => {
            let examine = restante_agent::examine_without_agent(paths, settings, words);
            serde_json::to_string(&runtime.block_on(examine))
        }
        Print::Settings => serde_json::to_string(&settings.report(&words)),
    };
    let text = text.map_err(|error| AgentError::Runtime(error.into()))?;
    // A desktop service that hangs must not hold up the end.
    runtime.shutdown_background();
    println!("{text}");
    Ok(())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_help_is_in_russian_too() {
        let wrong = arguments::examine(Arguments::command(), &Words::new(Language::Russian));
        assert!(wrong.is_empty(), "src/l10n/ru/help.ftl:\n{}", wrong.join("\n"));
    }
}
