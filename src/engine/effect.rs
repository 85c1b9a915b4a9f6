//! Everything that an agent can do: one closed list. What the engine decides, the agent carries out.

mod popup;

use std::path::PathBuf;

use restante_local_api::{
    CheckAnswer, Connection, FolderPage, FolderSummary, IntervalStatus, Job, LetterId, Message, Mode,
    Recipients, RowPosition, SearchPage, ShowWhat, Status,
};
use restante_model::{CheckInterval, Cursor, Importance, Letter, MessageId, Person, Timestamp};

pub use popup::{Named, OverFullScreen, Popup, PopupContent};

use crate::{
    ask_error::AskError,
    event::{CallId, Chore, PopupId, ServicePopup},
};
pub use crate::{event::PopupCarrier, mark::Mark};

/// Something to do. Each that asks the server or the desktop answers with an event of its own.
#[derive(Clone, Debug, PartialEq)]
pub enum Effect {
    /// Ask the keyring for the account's token: `TokenFound`.
    FindToken(AccountKey),
    /// Offer the token in use to the keyring once more: `TokenKept`.
    KeepToken(AccountKey),
    /// Throw the account's token away, on the server too where that can be done.
    ForgetToken(AccountKey),
    /// Throw the account's token away here, and ask nobody: offline mode.
    ForgetTokenHere(AccountKey),

    /// Ask the server for changes: `Checked`.
    Check {
        /// Where to go on from; absent: from the beginning.
        since: Option<Cursor>,
    },
    /// Tell the server what is durably here: `DeliveredReported`.
    ReportDelivered {
        /// Everything up to here.
        cursor: Cursor,
    },
    /// Tell the server what was read, acknowledged, deleted or alerted of here: `MarksReported`.
    ReportMarks {
        /// What was done with them.
        mark: Mark,
        /// Which.
        ids: Vec<MessageId>,
    },
    /// Take a message back from whoever has not read it: `RecipientsTold`.
    Retract {
        /// Who asked.
        call: CallId,
        /// Which.
        id: MessageId,
    },
    /// Ask the server what became of each recipient's copy of a sent message: `RecipientsTold`.
    PullRecipients {
        /// Who asked.
        call: CallId,
        /// Of which.
        id: MessageId,
    },
    /// Give the server a letter of the outbox: `Posted`.
    Post {
        /// Its id, the same at every try.
        id: MessageId,
        /// The letter.
        letter: Letter,
    },
    /// Save a draft on the server: `DraftSaved`.
    SaveDraft {
        /// Its id.
        id: MessageId,
        /// The server's version that it follows.
        base_version: Option<u64>,
        /// The letter so far.
        letter: Letter,
    },
    /// Throw a draft away on the server: `DraftThrown`.
    ThrowDraft {
        /// Its id.
        id: MessageId,
        /// The server's version as known here, zero where none is; another one is not thrown away.
        base_version: u64,
    },
    /// Ask the server for the settings: `SettingsPulled`.
    PullSettings,
    /// Save the user's interval on the server: `IntervalPushed`.
    PushInterval {
        /// The wish; `None` goes back to the office's.
        wish: Option<CheckInterval>,
        /// The revision that the wish was made on.
        base_revision: Option<u64>,
    },
    /// Ask the server who can be written to: `DirectoryPulled`.
    PullDirectory {
        /// The tag of the directory known.
        tag: Option<String>,
    },
    /// Give up every exchange with the server that is under way, a sign-in apart. An answer that was on its
    /// way all the same comes as `Late`.
    GiveUpExchanges,
    /// Give the user another password: `PasswordChanged`.
    ChangePassword {
        /// Who asked.
        call: CallId,
        /// What was asked, with both passwords.
        wish: restante_local_api::PutPassword,
    },
    /// Sign in, and keep the token: `SignedIn`, `TokenKept`.
    SignIn {
        /// Who asked.
        call: CallId,
        /// What was asked, with the password.
        login: restante_local_api::Login,
    },

    /// Run the "check mail" job from this moment on, at this interval: `Scheduled`, then `CheckDue`.
    Schedule {
        /// Seconds between two runs.
        interval: CheckInterval,
        /// The first run.
        first_run_at: Timestamp,
    },
    /// Take the job out: `Scheduled`.
    Unschedule,
    /// Run a chore from this moment on, at this interval: `ChoreScheduled`, then `ChoreDue`.
    ScheduleChore {
        /// Which.
        chore: Chore,
        /// Seconds between two runs.
        interval: CheckInterval,
        /// The first run.
        first_run_at: Timestamp,
    },
    /// Take a chore out: `ChoreScheduled`.
    UnscheduleChore(Chore),

    /// Say when this moment is there: `Woke`. The latest wins; `None` says nothing.
    WakeAt {
        /// The earliest moment at which something is due.
        at: Option<Timestamp>,
    },

    /// Write the wished interval into the settings file: `IntervalWritten`.
    WriteInterval {
        /// The wish; `None` takes the key out.
        wish: Option<CheckInterval>,
    },

    /// Write one setting into the settings file: `SettingWritten`.
    WriteSetting {
        /// Who asked.
        call: CallId,
        /// `table.name`
        key: &'static str,
        /// The value as TOML; `None` takes the key out.
        value: Option<String>,
    },

    /// Show the tray so. The latest wins.
    SetTray(TrayFace),
    /// Put a popup into the corner: `PopupShown`, later `PopupEnded`.
    ShowPopup(Popup),
    /// Take over a popup that a process of the agent before this one showed, where that service still runs: it is
    /// withdrawn and acted on like any other. `PopupEnded` when it ends, or its service has gone.
    AdoptPopup {
        /// Which.
        popup: PopupId,
        /// What the service calls it.
        at_service: ServicePopup,
    },
    /// Take a popup away; no event follows but `PopupEnded`.
    WithdrawPopup(PopupId),
    /// Ask a carrier that turned a popup away whether it would take one now, and show nothing: `CarrierAnswered`.
    AskCarrier {
        /// Which.
        carrier: PopupCarrier,
        /// Whether the popup that waits gives way to a window that has the whole screen.
        over_full_screen: OverFullScreen,
    },
    /// Open the window for important mail, in place of one that is open: `ImportantOpened`, later
    /// `ImportantClosed`.
    OpenImportant {
        /// The messages to show, newest first.
        ids: Vec<MessageId>,
    },
    /// Close the window for important mail: `ImportantClosed`.
    CloseImportant,
    /// Say aloud that important mail is there; no event follows.
    Speak(Vec<PopupContent>),
    /// Run the person's command for new mail, without a shell; no event follows.
    RunHook {
        /// The program and its arguments.
        command: Vec<String>,
        /// What is new.
        about: NewMail,
    },
    /// Open a window, or bring it to the front.
    OpenWindow {
        /// Which.
        what: ShowWhat,
        /// The message to open there.
        id: Option<MessageId>,
    },

    /// Look through a whole database of the agent, beside the loop: `LookedThrough`.
    LookThrough {
        /// What it is called in errors.
        database: &'static str,
        /// Its file.
        path: PathBuf,
    },

    /// Answer a front end.
    Answer {
        /// Which question.
        call: CallId,
        /// The answer.
        answer: Result<Answer, AskError>,
    },
    /// Something that front ends show has changed: tell those that listen.
    Publish,
    /// End the agent.
    Quit,
}

impl Effect {
    /// Whether something leaves for the network with it: never in offline mode (row S20).
    pub fn uses_network(&self) -> bool {
        match self {
            Self::ForgetToken(_)
            | Self::Check { .. }
            | Self::ReportDelivered { .. }
            | Self::ReportMarks { .. }
            | Self::Retract { .. }
            | Self::PullRecipients { .. }
            | Self::Post { .. }
            | Self::SaveDraft { .. }
            | Self::ThrowDraft { .. }
            | Self::PullSettings
            | Self::PushInterval { .. }
            | Self::PullDirectory { .. }
            | Self::ChangePassword { .. }
            | Self::SignIn { .. } => true,
            Self::FindToken(_)
            | Self::KeepToken(_)
            | Self::WakeAt { .. }
            | Self::RunHook { .. }
            | Self::ForgetTokenHere(_)
            | Self::GiveUpExchanges
            | Self::Schedule { .. }
            | Self::Unschedule
            | Self::ScheduleChore { .. }
            | Self::UnscheduleChore(_)
            | Self::WriteInterval { .. }
            | Self::WriteSetting { .. }
            | Self::SetTray(_)
            | Self::ShowPopup(_)
            | Self::AdoptPopup { .. }
            | Self::WithdrawPopup(_)
            | Self::AskCarrier { .. }
            | Self::OpenImportant { .. }
            | Self::CloseImportant
            | Self::Speak(_)
            | Self::OpenWindow { .. }
            | Self::LookThrough { .. }
            | Self::Answer { .. }
            | Self::Publish
            | Self::Quit => false,
        }
    }
}

/// Whose token: the key under which it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct AccountKey {
    /// The server's URL.
    pub server: String,
    /// The organisation's name.
    pub organisation: String,
    /// The user's login.
    pub user: String,
}

/// What the tray shows: numbers and states, which the tray puts into words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrayFace {
    /// Unread messages.
    pub unread: u64,
    /// Those of high importance.
    pub unread_high: u64,
    /// Offline mode.
    pub mode: Mode,
    /// What the last exchange came to.
    pub connection: Connection,
    /// When the server last answered well.
    pub last_good_at: Option<Timestamp>,
    /// When it is asked next.
    pub next_check_at: Option<Timestamp>,
    /// The interval, which explains itself.
    pub interval: IntervalStatus,
}

/// A new message, for the person's own command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewMail {
    /// Which.
    pub id: MessageId,
    /// From whom.
    pub from: Person,
    /// About what.
    pub subject: String,
    /// How urgent.
    pub importance: Importance,
}

/// What the agent answers a front end.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// The state of the agent.
    Status(Box<Status>),
    /// A check.
    Check(CheckAnswer),
    /// The folders.
    Folders(Vec<FolderSummary>),
    /// A page.
    Folder(FolderPage),
    /// Where a message stands in a folder.
    Position(RowPosition),
    /// Messages that were looked for.
    Found(SearchPage),
    /// A message.
    Message(Box<Message>),
    /// Messages, by id.
    Ids(Vec<MessageId>),
    /// A letter was written down.
    Letter(LetterId),
    /// What became of each recipient's copy of a sent message.
    Recipients(Recipients),
    /// People.
    People(Vec<Person>),
    /// Jobs.
    Jobs(Vec<Job>),
    /// Done; there is nothing to say.
    Done,
}
