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

use std::ffi::OsString;

use clap::CommandFactory;
use restante_process::Exit;

use crate::{
    arguments::{Arguments, why_not},
    failure::Failure,
    session::Session,
};
pub use surroundings::Surroundings;

/// Does what the arguments (the program's own name first) ask for.
pub async fn run(arguments: impl IntoIterator<Item = OsString>, mut surroundings: Surroundings<'_>) -> Exit {
    let arguments: Arguments = match restante_l10n::arguments::read(arguments, surroundings.words, why_not) {
        Ok(arguments) => arguments,
        Err(answer) => {
            answer.say(surroundings.output, surroundings.errors);
            return if answer.mistake() { Exit::Usage } else { Exit::Done };
        }
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
