//! `restante`: mail from the command line, for people and scripts.

use std::{
    env,
    io::{self, IsTerminal, Write},
    process::ExitCode,
};

use anyhow::Context;
use restante_cli::{Surroundings, run};
use restante_l10n::{Language, Words};
use restante_local_api::model::SystemClock;

fn main() -> anyhow::Result<ExitCode> {
    restante_process::private_umask();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .context("could not start the program's runtime")?;
    let exit = runtime.block_on(run(
        env::args_os(),
        Surroundings {
            input: &mut io::stdin().lock(),
            output: &mut io::stdout().lock(),
            errors: &mut io::stderr().lock(),
            input_is_terminal: io::stdin().is_terminal(),
            output_columns: output_columns(),
            ask_password: &mut |prompt| rpassword::prompt_password(prompt),
            words: &Words::new(Language::of_user()),
            clock: &SystemClock,
        },
    ));
    // A reader that has gone wants nothing more of us, and there is nobody to tell.
    let _ = io::stdout().flush();
    Ok(exit.into())
}

/// The width of the terminal that the output goes to; `None` where it goes elsewhere.
fn output_columns() -> Option<usize> {
    let stdout = io::stdout();
    if !stdout.is_terminal() {
        return None;
    }
    Some(terminal_size::terminal_size_of(stdout).map_or(80, |(columns, _)| usize::from(columns.0)))
}
