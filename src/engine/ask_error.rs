//! Why the agent does not do as a front end asks: a closed list. The agent has the words for it.

use restante_local_api::LocalProblemKind;
use restante_model::{LetterProblem, MessageId};
use restante_server_api::ProblemKind;

use crate::{
    event::{ServerError, TokenProblem},
    settings_file::SettingNotWritten,
    storage::{StorageError, StorageFault},
};

/// What stands in the way. Nothing was changed.
#[derive(Clone, Debug, PartialEq)]
pub enum AskError {
    /// There is no such message, letter or draft here.
    NoSuchMessage(MessageId),
    /// The id already names another letter.
    IdReused(MessageId),
    /// The letter may be with the server already, so it is not taken back.
    OnItsWay,
    /// What was written cannot be sent.
    Letter(Vec<LetterProblem>),
    /// A page is asked for that no page before it named.
    NoSuchPage,
    /// A check interval of no length.
    NoInterval,
    /// Alerts cannot be snoozed for as long, or as short.
    NoTimeOfPeace,
    /// Nobody is signed in.
    SignedOut,
    /// The token cannot be had from where it is kept.
    Token(TokenProblem),
    /// The person said not to use the network.
    Offline,
    /// The server's address is none.
    NoAddress(String),
    /// Over this address everybody on the way could read password and mail.
    Unencrypted(String),
    /// Another account still has letters and drafts here that it has not sent.
    Unsent {
        /// Its login.
        user: String,
        /// How many.
        count: u64,
    },
    /// Signing in, or another password: what came of it at this server.
    SignIn {
        /// The server's URL.
        server: String,
        /// Its answer, or that there was none.
        error: ServerError,
    },
    /// Any other question to the server.
    Server(ServerError),
    /// The exchange ended before the server's answer: it may have done it all the same.
    Unanswered,
    /// A setting was not written into the settings file.
    Setting(SettingNotWritten),
    /// It could not be written down.
    Storage {
        /// What stands behind it.
        fault: StorageFault,
        /// In the database's own words.
        said: String,
    },
}

impl AskError {
    /// The kind, for programs.
    pub fn kind(&self) -> LocalProblemKind {
        match self {
            Self::NoSuchMessage(_) | Self::Setting(SettingNotWritten::UnknownKey(_)) => {
                LocalProblemKind::NotFound
            }
            Self::IdReused(_) => LocalProblemKind::IdReused,
            Self::Letter(_)
            | Self::NoSuchPage
            | Self::NoInterval
            | Self::NoTimeOfPeace
            | Self::NoAddress(_)
            | Self::Setting(SettingNotWritten::BadValue(_)) => LocalProblemKind::Invalid,
            Self::SignedOut | Self::Token(_) => LocalProblemKind::SignedOut,
            Self::Offline => LocalProblemKind::Offline,
            Self::SignIn { error: ServerError::Refused(problem), .. } => match problem.code {
                ProblemKind::WrongCredentials => LocalProblemKind::WrongCredentials,
                ProblemKind::Invalid => LocalProblemKind::Invalid,
                _ => LocalProblemKind::Refused,
            },
            Self::OnItsWay
            | Self::Unencrypted(_)
            | Self::Unsent { .. }
            | Self::Server(ServerError::Refused(_)) => LocalProblemKind::Refused,
            Self::SignIn { error: ServerError::Unreachable(_), .. }
            | Self::Server(ServerError::Unreachable(_))
            | Self::Unanswered => LocalProblemKind::Unreachable,
            Self::Setting(SettingNotWritten::File(_)) => LocalProblemKind::SettingsBroken,
            Self::Setting(SettingNotWritten::Overruled { .. }) => LocalProblemKind::SettingOverruled,
            Self::Storage { .. } => LocalProblemKind::Internal,
        }
    }
}

impl From<&StorageError> for AskError {
    fn from(error: &StorageError) -> Self {
        Self::Storage { fault: error.fault(), said: error.to_string() }
    }
}
