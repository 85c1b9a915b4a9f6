//! What every command takes.

use std::path::PathBuf;

use clap::Args;

/// Its heading in each command's help, so that it stands apart from what is the command's own.
const EVERYWHERE: &str = "Options of every command";

/// What every command takes, before or after its name.
#[derive(Debug, Args)]
pub(crate) struct Global {
    /// Print the agent's own objects, one a line; an error is an object too
    #[arg(long, global = true, help_heading = EVERYWHERE)]
    pub(crate) json: bool,
    /// The account to use, where there are several
    #[arg(long, global = true, value_name = "NAME", env = "RESTANTE_PROFILE", help_heading = EVERYWHERE)]
    pub(crate) profile: Option<String>,
    /// The agent's socket, where it is not in its usual place
    #[arg(long, global = true, value_name = "PATH", env = "RESTANTE_SOCKET", help_heading = EVERYWHERE)]
    pub(crate) socket: Option<PathBuf>,
}
