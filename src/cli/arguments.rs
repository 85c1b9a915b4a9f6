//! What can be typed.

use std::error::Error;

use clap::Parser;
use restante_local_api::model::{DurationError, FolderError};

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

/// The key of the words for why a value is not taken.
pub(crate) fn why_not(error: &(dyn Error + 'static)) -> Option<&'static str> {
    if error.is::<DurationError>() {
        Some("arguments-not-a-duration")
    } else if error.is::<FolderError>() {
        Some("arguments-not-a-folder")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;
    use restante_l10n::{Language, Words, arguments::examine};

    use super::*;

    #[test]
    fn the_description_of_the_arguments_holds_together() {
        Arguments::command().debug_assert();
    }

    #[test]
    fn the_help_of_every_command_is_in_russian_too() {
        let wrong = examine(Arguments::command(), &Words::new(Language::Russian));
        assert!(wrong.is_empty(), "src/l10n/ru/help.ftl:\n{}", wrong.join("\n"));
    }

    #[test]
    fn what_every_command_takes_stands_before_or_after_its_name() {
        for line in [["restante", "--json", "status"], ["restante", "status", "--json"]] {
            assert!(Arguments::try_parse_from(line).unwrap().global.json);
        }
    }
}
