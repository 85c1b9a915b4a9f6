//! What front ends ask of the agent.

use restante_local_api::{FolderOrder, Login, Mode, PutPassword, ShowWhat, Undo};
use restante_model::{Folder, Letter, MessageId, Seconds};

/// What a front end can ask: the whole local API.
#[derive(Clone, Debug)]
pub enum Ask {
    /// The state of the agent.
    Status,
    /// Check for mail now.
    Check {
        /// Answer when the run is complete.
        wait: bool,
    },
    /// The folders with their counts.
    Folders,
    /// A page of a folder.
    Folder {
        /// Which.
        folder: Folder,
        /// In which order.
        order: FolderOrder,
        /// Where it begins.
        start: PageStart,
        /// How many rows.
        limit: u32,
        /// Only unread ones.
        unread: bool,
    },
    /// Where a message stands in a folder.
    Position {
        /// Which message.
        id: MessageId,
        /// In which folder.
        folder: Folder,
        /// In which order.
        order: FolderOrder,
        /// Among unread ones only.
        unread: bool,
    },
    /// One message.
    Message(MessageId),
    /// Which of these are unread, newest first.
    Unread(Vec<MessageId>),
    /// The person opened it.
    MarkRead(MessageId),
    /// The person wants it to count as unread here.
    MarkUnread(MessageId),
    /// The person removes it from the mailbox.
    DeleteMessage(MessageId),
    /// What became of each recipient's copy, as the server knows it now.
    Recipients(MessageId),
    /// The person takes a sent message back from whoever has not read it.
    Retract(MessageId),
    /// The person knows of it: it is not repeated.
    Acknowledge(MessageId),
    /// The person wants to be reminded of it.
    RemindLater {
        /// Of which message.
        id: MessageId,
        /// In how many seconds.
        seconds: u64,
    },
    /// No alerts for so many seconds; `None`: again from now on.
    SnoozeAlerts {
        /// How long.
        seconds: Option<u64>,
    },
    /// A letter is to go out.
    Send {
        /// The id that the client made.
        id: MessageId,
        /// What to send.
        letter: Letter,
        /// How long it can be taken back.
        undo: Undo,
    },
    /// A letter is being written.
    SaveDraft {
        /// The id that the client made.
        id: MessageId,
        /// What there is of it.
        letter: Letter,
        /// The version that it follows; what came in between is kept as a draft of its own.
        base_version: Option<u64>,
    },
    /// A draft is to go out.
    SendDraft {
        /// Which.
        id: MessageId,
        /// How long it can be taken back.
        undo: Undo,
    },
    /// A letter of the outbox is to be a draft again.
    TakeBack(MessageId),
    /// A refused letter is to be tried again as it is.
    SendAnew(MessageId),
    /// A letter of the outbox is not to go out at all.
    DeleteLetter(MessageId),
    /// A draft is no longer wanted.
    DeleteDraft(MessageId),
    /// Offline mode, or out of it.
    SetMode(Mode),
    /// The wished interval; `None` is the office's.
    SetInterval(Option<Seconds>),
    /// One key of the settings file is to have another value.
    SetSetting {
        /// `table.name`
        key: String,
        /// As a person says it; `None` takes the key out.
        text: Option<String>,
    },
    /// The people whose login or name holds the text.
    Directory {
        /// The text.
        text: String,
    },
    /// The messages that hold these words.
    Search {
        /// The words, as the person wrote them.
        words: String,
        /// Where the page begins.
        start: PageStart,
        /// How many rows.
        limit: u32,
    },
    /// Where a message stands in the answer to these words.
    FoundPosition {
        /// Which message.
        id: MessageId,
        /// The words, as the person wrote them.
        words: String,
    },
    /// The scheduler's jobs.
    Jobs,
    /// Sign in.
    Login(Login),
    /// The user wants another password.
    ChangePassword(PutPassword),
    /// Sign out.
    Logout,
    /// Bring a window to the front.
    Show {
        /// Which.
        what: ShowWhat,
        /// The message to open there.
        id: Option<MessageId>,
    },
    /// End the agent.
    Quit,
}

/// Where a page of a folder, or of what was found, begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PageStart {
    /// Behind the page that said so: whatever comes meanwhile, nothing is read twice or left out.
    Behind(String),
    /// At this row, zero for the first: wherever somebody scrolls to.
    Row(u64),
}
