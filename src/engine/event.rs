//! Everything that can happen to an agent: one closed list.

mod ask;
mod popup;

use restante_local_api::{KeyringState, NotificationsState, TrayState};
use restante_model::{CheckInterval, LocalTime, MessageId, Timestamp};
use restante_server_api::{
    Accepted, ChangesPage, Directory, Problem, Recipient, SavedDraft, Session, Settings,
};

pub use ask::{Ask, PageStart};
pub use popup::{NotShown, PopupAction, PopupCarrier, PopupId, ServicePopup};

use crate::{
    mark::Mark,
    settings_file::{SettingNotWritten, SettingsFile, SettingsProblem, SystemError},
    storage::StorageError,
};

/// The number of a question from a front end, by which its answer finds the way back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CallId(pub u64);

/// Something that happened.
#[derive(Debug)]
pub enum Event {
    /// The loop began. The settings were read before it, and the keyring was asked.
    Started {
        /// What the settings file says, or why it cannot be read.
        settings: Result<SettingsFile, SettingsProblem>,
    },
    /// The settings file changed on disk.
    SettingsEdited(Result<SettingsFile, SettingsProblem>),
    /// The interval was written into the settings file, or could not be.
    IntervalWritten(Result<(), SettingsProblem>),
    /// A setting was written into the settings file, or could not be.
    SettingWritten {
        /// Who asked.
        call: CallId,
        /// Whether it stands there now.
        outcome: Result<(), SettingNotWritten>,
    },
    /// The keyring gave the token of the account, or said why not.
    TokenFound(TokenFound),
    /// The token was put where it is kept, or could not be.
    TokenKept(Result<KeyringState, TokenProblem>),

    /// The scheduler says that it is time.
    CheckDue {
        /// Whether the machine slept or the program stalled for more than an interval.
        stalled: bool,
    },
    /// The scheduler took a new time for its next run.
    Scheduled {
        /// When it runs next; `None` while the job is taken out.
        next_run_at: Option<Timestamp>,
    },

    /// The scheduler says that it is time for a chore.
    ChoreDue(Chore),
    /// The scheduler took a new time for the next run of a chore.
    ChoreScheduled {
        /// Which.
        chore: Chore,
        /// When it runs next; `None` while it is taken out.
        next_run_at: Option<Timestamp>,
    },

    /// A page of changes came, or did not.
    Checked(Result<Checked, ServerError>),
    /// The server heard that messages are here.
    DeliveredReported {
        /// What was reported.
        cursor: restante_model::Cursor,
        /// Whether it heard.
        outcome: Result<(), ServerError>,
    },
    /// The server heard what was read, acknowledged or alerted of here.
    MarksReported {
        /// What was done with them.
        mark: Mark,
        /// What was reported.
        ids: Vec<MessageId>,
        /// Whether it heard.
        outcome: Result<(), ServerError>,
    },
    /// The server told what became of each recipient's copy of a sent message, taken back or not.
    RecipientsTold {
        /// Who asked.
        call: CallId,
        /// Of which message.
        id: MessageId,
        /// What the server said.
        outcome: Result<Vec<Recipient>, ServerError>,
    },
    /// A letter of the outbox was accepted, or not.
    Posted {
        /// Which letter.
        id: MessageId,
        /// What the server said.
        outcome: Result<Accepted, ServerError>,
    },
    /// The server saved a draft, or not.
    DraftSaved {
        /// Which draft.
        id: MessageId,
        /// The sum of the content that was handed over.
        content_sum: [u8; 32],
        /// What the server said.
        outcome: Result<SavedDraft, ServerError>,
    },
    /// The server threw a draft away, or not.
    DraftThrown {
        /// Which draft.
        id: MessageId,
        /// Whether it did.
        outcome: Result<(), ServerError>,
    },
    /// The server told its settings.
    SettingsPulled(Result<Settings, ServerError>),
    /// The server saved the user's interval, or not.
    IntervalPushed {
        /// What was wished; `None` is the office's.
        wish: Option<CheckInterval>,
        /// What is in force now.
        outcome: Result<Settings, ServerError>,
    },
    /// The server told who can be written to; `None` where nothing changed.
    DirectoryPulled(Result<Option<(Directory, String)>, ServerError>),
    /// The server answered a wish for another password.
    PasswordChanged {
        /// Who asked.
        call: CallId,
        /// Whether it was done.
        outcome: Result<(), ServerError>,
    },
    /// A sign-in ended.
    SignedIn {
        /// Who asked.
        call: CallId,
        /// The server's URL as it was asked.
        server: String,
        /// The token and whom it is for.
        outcome: Result<Box<Session>, ServerError>,
    },

    /// A front end asks.
    Asked {
        /// By which the answer finds its way back.
        call: CallId,
        /// What it asks.
        ask: Ask,
    },
    /// The person picked an item of the tray's menu.
    TrayPicked(TrayItem),
    /// The tray icon came or went.
    TrayChanged(TrayState),
    /// The notification service came, went or hung.
    NotificationsChanged(NotificationsState),
    /// A popup is on the screen, or could not be put there.
    PopupShown {
        /// Which.
        popup: PopupId,
        /// Whether it was taken, and what the desktop's service calls it. After `Hung` this event comes again when the
        /// service answers.
        outcome: Result<Option<ServicePopup>, NotShown>,
    },
    /// A carrier of popups that was asked says whether it would take one now.
    CarrierAnswered {
        /// Which.
        carrier: PopupCarrier,
        /// Why not.
        outcome: Result<(), NotShown>,
    },
    /// The person acted on a popup, or it went away.
    PopupEnded {
        /// Which.
        popup: PopupId,
        /// What the person did.
        action: PopupAction,
    },
    /// The window for important mail is on its way to the screen, or could not be started.
    ImportantOpened {
        /// The messages that it shows.
        ids: Vec<MessageId>,
        /// Why it could not be started.
        outcome: Result<(), String>,
    },
    /// The window for important mail ended.
    ImportantClosed {
        /// The messages that it showed.
        ids: Vec<MessageId>,
    },
    /// The moment of the last `WakeAt` is there.
    Woke,
    /// Our own corner window could not be shown.
    PopupWindowFailed {
        /// The popup that it was to show.
        popup: PopupId,
        /// Why.
        reason: String,
    },
    /// Another program is the notification service now, or none: a name that no other ever had, of its bus and of
    /// itself there.
    NotificationOwnerChanged(Option<String>),
    /// The local clock is set otherwise than was last told: told first of all, and when it changes.
    LocalTimeChanged(LocalTime),
    /// A database was looked through, and is whole or not.
    LookedThrough(Result<(), StorageError>),
    /// The machine woke from sleep.
    Resumed,
    /// The machine says that the network came, or is another: a hint to try, and nothing more.
    NetworkCame,
    /// The answer of an exchange that was given up before it came ([`crate::Effect::GiveUpExchanges`]).
    Late(Box<Event>),
    /// The session ends, or somebody stops the agent.
    Stopped,
}

/// A job of the scheduler beside "check mail": it asks no server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Chore {
    /// Cache and ledger give up what nobody needs any more.
    Housekeeping,
    /// Windows save what is being written; only while something is.
    DraftAutosave,
}

/// A page of changes as the server answered.
#[derive(Debug)]
pub enum Checked {
    /// Nothing is new: 304.
    Unchanged {
        /// The settings' revision, where the server told it.
        settings_revision: Option<u64>,
    },
    /// Something is new.
    Page(Box<ChangesPage>),
}

/// What the keyring said about the token.
#[derive(Debug)]
pub enum TokenFound {
    /// It is there; the program that carries out effects holds it, never the engine.
    Found(KeyringState),
    /// There is none for this account.
    None(KeyringState),
    /// It cannot be known now.
    Problem(TokenProblem),
}

/// Why the token cannot be read or written now. Locked, absent and unavailable are three states.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TokenProblem {
    /// The keyring is there and locked.
    #[error("the keyring is locked")]
    Locked,
    /// There is no keyring.
    #[error("there is no keyring in this session")]
    Absent,
    /// It did not answer in time.
    #[error("the keyring does not answer")]
    Silent,
    /// It failed.
    #[error("the keyring failed: {0}")]
    Failed(String),
    /// What it holds is no token.
    #[error("what the keyring holds is no token")]
    NoToken,
    /// The file in its place cannot be read, written or removed.
    #[error("{file}: {error}")]
    File {
        /// The file.
        file: String,
        /// What the system says.
        error: SystemError,
    },
    /// What the file holds is no token of ours. The place alone is told: other words would quote what was read.
    #[error("{file}:{line}:{column}: no token")]
    FileSpoilt {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
}

/// Why the server did not do as asked.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum ServerError {
    /// No answer, or one that our server would never give (a captive portal's page, say).
    #[error("{0}")]
    Unreachable(String),
    /// Our server says no, and why.
    #[error("{}", .0.detail)]
    Refused(Box<Problem>),
}

/// An item of the tray's menu (row S19).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TrayItem {
    /// The icon itself was clicked.
    Icon,
    /// Check mail now.
    CheckNow,
    /// Open mail.
    OpenMail,
    /// Write.
    Write,
    /// Offline mode: a wish to have the other mode.
    OfflineMode,
    /// Settings.
    Settings,
    /// Quit.
    Quit,
}
