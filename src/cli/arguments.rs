//! What can be typed.

use std::path::PathBuf;

use clap::{Args, Parser};

use crate::commands::Command;

const EXAMPLES: &str = "\
Examples:
  restante login https://mail.example.org --organisation hall --user anna
  echo Hello | restante send --to boris --subject \"First mail\"
  restante list --unread
  restante check --wait && restante status
  restante interval 5m

Exit codes: 0 done, 1 none or no, 2 wrong usage, 3 the agent is not running,
4 the server cannot be reached, 5 refused, 70 a fault of the program.";

/// Mail that waits at the post office until it is called for.
#[derive(Debug, Parser)]
#[command(name = "restante", version, after_help = EXAMPLES, max_term_width = 100)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

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

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_description_of_the_arguments_holds_together() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn what_every_command_takes_stands_before_or_after_its_name() {
        for line in [["restante", "--json", "status"], ["restante", "status", "--json"]] {
            assert!(Arguments::try_parse_from(line).unwrap().global.json);
        }
    }
}
