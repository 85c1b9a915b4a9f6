//! What can be typed.

use clap::Parser;

use crate::{commands::Command, global::Global};

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
