//! restante in five minutes: the real server, two real agents and the real windows in one program, in a
//! folder of its own. `cargo run --release` at the root starts it.

mod colleague;
mod narrator;
mod office;
mod people;
mod story;

use std::{env, ffi::OsString, io::IsTerminal, process::ExitCode, sync::Arc};

use restante_l10n::{Language, Value, Words};
use restante_process::{Exit, logging, private_umask};
use tokio::task::LocalSet;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::narrator::Narrator;

/// The first argument with which the demo starts itself anew for a window: `cargo run` builds one program.
const WINDOW: &str = "window";

/// What runs beside the story: the server and two agents.
#[derive(Default)]
struct Tasks {
    stop: CancellationToken,
    running: TaskTracker,
}

fn main() -> ExitCode {
    let arguments: Vec<OsString> = env::args_os().skip(1).collect();
    if arguments.first().is_some_and(|first| first == WINDOW) {
        end_with_the_demo();
        return restante_desktop::run(arguments);
    }
    private_umask();
    // The story is on stdout; RESTANTE_LOG=info adds what the programs say.
    logging::start("error", false);
    let narrator = Narrator::new(Arc::new(Words::new(Language::of_user())));
    match play(&narrator) {
        Ok(()) => Exit::Done.into(),
        Err(error) => {
            let words = &narrator.words;
            let why = format!("{error:#}");
            eprintln!("restante-demo: {}", words.with("demo-broken", &[("why", Value::Text(&why))]));
            let hint = words.text("demo-broken-hint");
            eprintln!("{}", words.with("hint", &[("hint", Value::Text(&hint))]));
            Exit::Bug.into()
        }
    }
}

/// On one thread, so that windows which it starts belong to the thread that lives as long as the demo.
fn play(narrator: &Narrator) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let attended = std::io::stdin().is_terminal() && std::io::stdout().is_terminal();
    let outcome = LocalSet::new().block_on(&runtime, story::play(narrator, attended));
    runtime.shutdown_background();
    outcome
}

/// A window of the demo is nothing without it, however it ends.
fn end_with_the_demo() {
    #[cfg(target_os = "linux")]
    if let Err(error) = rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::TERM))
    {
        eprintln!("restante-demo: this window will outlive the demo: {error}");
    }
}
