//! What can be asked for on the command line.

use std::{error::Error, path::PathBuf};

use clap::{Parser, Subcommand};
use restante_local_api::model::MessageId;

/// The windows of restante.
#[derive(Debug, Parser)]
#[command(name = "restante-desktop", version, about = "The windows of restante", long_about = None)]
#[command(
    after_help = "Exit codes: 0 done, 1 left for later, 2 usage, 3 agent not running, 5 no display, 70 bug"
)]
pub(crate) struct Arguments {
    /// The agent's socket [default: the one of the profile]
    #[arg(long, global = true, value_name = "PATH", env = "RESTANTE_SOCKET")]
    pub(crate) socket: Option<PathBuf>,
    /// The profile whose agent to talk to
    #[arg(long, global = true, value_name = "NAME", env = "RESTANTE_PROFILE")]
    pub(crate) profile: Option<String>,
    /// The window
    #[command(subcommand)]
    pub(crate) window: Option<Wish>,
}

/// A window.
#[derive(Clone, Debug, PartialEq, Eq, Subcommand)]
pub(crate) enum Wish {
    /// The mailbox, with one message open or a new one begun (also without a command)
    Mailbox {
        /// The message to open
        #[arg(long, value_name = "ID")]
        id: Option<MessageId>,
        /// Begin a new message
        #[arg(long)]
        write: bool,
    },
    /// The window for important mail
    Important {
        /// The messages to tell of
        #[arg(long, value_name = "ID", required_unless_present = "ids_from_input")]
        id: Vec<MessageId>,
        /// Read them from the input, one a line
        #[arg(long, conflicts_with = "id")]
        ids_from_input: bool,
    },
    /// Popups in the corner, as the agent orders them on the input
    Popup,
    /// Where one signs in
    SignIn,
    /// The settings
    Settings,
    /// Which version this is, and whose work it stands on
    About,
}

/// The key of the words for why a value is not taken: ids alone can be wrong.
pub(crate) fn why_not(error: &(dyn Error + 'static)) -> Option<&'static str> {
    error.is::<uuid::Error>().then_some("arguments-not-an-id")
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;
    use restante_l10n::{Language, Words, arguments};

    use super::*;

    const ID: &str = "01936a70-1b3c-7000-8000-000000000001";

    fn window(line: &[&str]) -> Option<Wish> {
        Arguments::try_parse_from([&["restante-desktop"], line].concat()).unwrap().window
    }

    #[test]
    fn the_windows_are_asked_for_as_the_agent_does() {
        let id = ID.parse().unwrap();
        assert_eq!(window(&[]), None);
        assert_eq!(window(&["--socket", "/s", "mailbox"]), Some(Wish::Mailbox { id: None, write: false }));
        assert_eq!(window(&["settings"]), Some(Wish::Settings));
        assert_eq!(window(&["sign-in"]), Some(Wish::SignIn));
        assert_eq!(window(&["mailbox", "--id", ID]), Some(Wish::Mailbox { id: Some(id), write: false }));
        assert_eq!(window(&["popup"]), Some(Wish::Popup));
        assert_eq!(
            window(&["important", "--id", ID, "--id", ID]),
            Some(Wish::Important { id: vec![id, id], ids_from_input: false })
        );
        assert_eq!(
            window(&["important", "--ids-from-input"]),
            Some(Wish::Important { id: Vec::new(), ids_from_input: true })
        );
    }

    #[test]
    fn the_help_of_every_window_is_in_russian_too() {
        let words = Words::new(Language::Russian);
        let wrong = arguments::examine(Arguments::command(), &words);
        assert!(wrong.is_empty(), "src/l10n/ru/help.ftl:\n{}", wrong.join("\n"));
        let line = ["restante-desktop", "important", "--id", "x"].map(Into::into);
        let told = arguments::read::<Arguments>(line, &words, why_not).unwrap_err();
        assert!(format!("{told:?}").contains("это не номер письма"), "{told:?}");
    }

    #[test]
    fn important_mail_is_named() {
        assert!(Arguments::try_parse_from(["restante-desktop", "important"]).is_err());
        assert!(Arguments::try_parse_from(["restante-desktop", "important", "--id", "x"]).is_err());
    }
}
