//! A popup: what it says, and by whom it is shown.

use restante_local_api::{Connection, Direction};
use restante_model::{MessageId, Person, Timestamp};

use crate::event::{PopupCarrier, PopupId};

/// A popup in the corner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Popup {
    /// By which it is known.
    pub id: PopupId,
    /// What it says.
    pub content: PopupContent,
    /// By whom it is shown.
    pub carrier: PopupCarrier,
    /// The name of the sound that is heard with it; absent: none.
    pub sound: Option<String>,
    /// Whether it comes over a window that has the whole screen.
    pub over_full_screen: OverFullScreen,
}

/// Whether a popup comes over a window that has the whole screen.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum OverFullScreen {
    /// It comes.
    Shown,
    /// It is not shown, and its carrier says so: `NotShown::FullScreen`.
    #[default]
    GivesWay,
}

/// What a popup says; the notifier puts it into words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PopupContent {
    /// One message.
    Message {
        /// Which.
        id: MessageId,
        /// From whom; absent where previews are off.
        from: Option<Person>,
        /// About what; absent where previews are off.
        subject: Option<String>,
        /// Whether it is important (shown as a popup by the user's choice).
        important: bool,
    },
    /// Several at once.
    Summary {
        /// How many.
        count: u64,
    },
    /// More important ones than are shown each by itself.
    ImportantSummary {
        /// Which, newest first.
        ids: Vec<MessageId>,
        /// The first of them; none where previews are off.
        newest: Vec<Named>,
    },
    /// Messages that expire soon unread.
    Expiring {
        /// Whether they came here, and are unread here, or were sent from here.
        direction: Direction,
        /// How many.
        count: u64,
        /// When the first of them expires.
        expires_at: Timestamp,
        /// What a single one is about; absent where previews are off.
        subject: Option<String>,
    },
    /// The connection is in a state that needs a person.
    Connection {
        /// Which.
        state: Connection,
        /// What the server said of it.
        detail: Option<String>,
    },
}

/// What a summary says of one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// From whom.
    pub from: Person,
    /// About what.
    pub subject: String,
}
