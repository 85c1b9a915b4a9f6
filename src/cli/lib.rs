//! The command line: what is typed becomes calls of the agent's local API, and its answers become
//! lines for people or, with `--json`, the API's own objects.
//!
//! Invariant: talks to the agent's socket and to nothing else; keeps nothing.

mod arguments;
#[cfg(test)]
mod as_typed;
mod commands;
mod failure;
mod global;
mod interval_line;
mod message_id;
mod session;
mod surroundings;
mod table;
mod text;

use std::{ffi::OsString, io::Write};

use clap::{CommandFactory, Parser};
use restante_process::Exit;

use crate::{arguments::Arguments, failure::Failure, session::Session};
pub use surroundings::Surroundings;

/// Does what the arguments (the program's own name first) ask for.
pub async fn run(arguments: impl IntoIterator<Item = OsString>, mut surroundings: Surroundings<'_>) -> Exit {
    let arguments = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => arguments,
        Err(other) => return say_help(&other, &mut surroundings),
    };
    let json = arguments.global.json;
    let done = match Session::new(arguments.global, &mut surroundings) {
        Ok(mut session) => arguments.command.run(&mut session, Arguments::command).await,
        Err(failure) => Err(failure),
    };
    match done.and_then(|exit| surroundings.output.flush().map(|()| exit).map_err(Failure::Output)) {
        Ok(exit) => exit,
        Err(failure) => {
            failure.tell(json, &mut surroundings);
            failure.exit()
        }
    }
}

/// Help and version are answers; anything else that clap says is about wrong usage.
fn say_help(said: &clap::Error, surroundings: &mut Surroundings<'_>) -> Exit {
    let (stream, exit): (&mut dyn Write, _) = if said.use_stderr() {
        (surroundings.errors, Exit::Usage)
    } else {
        (surroundings.output, Exit::Done)
    };
    // Where nobody reads, there is nobody to tell.
    let _ = writeln!(stream, "{}", said.render().to_string().trim_end());
    exit
}
