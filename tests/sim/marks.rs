//! What must happen sometimes: a simulation in which none of this ever happens tests nothing.

use std::collections::BTreeMap;

macro_rules! marks {
    ($($mark:ident = $name:literal,)*) => {
        /// Something rare that happened.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
        pub(crate) enum Mark { $($mark,)* }

        impl Mark {
            pub(crate) const ALL: &[(Self, &str)] = &[$((Self::$mark, $name),)*];
        }
    };
}

marks! {
    RetryMetItsId = "a retry met its id",
    CursorReset = "a cursor was reset",
    AlertRecovered = "an alert was shown by the agent after the one that noted it",
    Summary = "many messages were one summary",
    ImportantSummary = "many important messages were one popup",
    PopupShown = "a message was a popup",
    PopupWithdrawn = "a popup was withdrawn",
    PopupMarkedRead = "a popup's Mark read was used",
    PopupOpened = "a popup's Open was used",
    ImportantOpened = "the window for important mail opened",
    ImportantFailed = "the window for important mail did not start",
    ServiceAway = "a popup met no notification service",
    ServiceHung = "a popup met a notification service that hung",
    KeyringLocked = "the keyring was locked",
    ExpiredUnread = "a sender was told that his letter expired",
    ExpiredHere = "a message on a device expired",
    ToldDelivered = "a sender was told that his letter is delivered",
    ToldRead = "a sender was told that his letter is read",
    LetterRefused = "a letter to nobody was refused",
    WroteToOneself = "somebody wrote to himself",
    DraftSent = "a draft was sent",
    DraftThrownAway = "a draft was thrown away",
    AskedAgainWithTheSameId = "a person without an answer sent once more",
    RequestLost = "a request was lost",
    AnswerLost = "an answer was lost",
    AnswerLate = "an answer was late",
    AnswerCut = "an answer was cut",
    RequestDoubled = "a request came twice",
    Portal = "a captive portal answered",
    ServerFailed = "a proxy answered in the server's place",
    ServerBusy = "the server was busy",
    ServerDown = "a request met no server",
    ServerKilledBefore = "the server was killed before it answered",
    ServerKilledAfter = "the server was killed before its answer went out",
    ServerDiskFull = "the server could not write",
    CopiedBack = "the office's database was copied back",
    OfficeDetached = "a check met a detached office",
    IntervalLocked = "a wish met a lock",
    IntervalPushed = "a wish was saved on the server",
    TokenRevoked = "a token was refused",
    SignedInAgain = "somebody signed in again",
    AgentKilledAtEffect = "an agent was killed at an effect",
    AgentKilledInShowing = "an agent was killed while a popup was on its way",
    AgentKilledInExchange = "an agent was killed in an exchange",
    AgentDiskFull = "an agent could not write",
    OfflineInExchange = "offline mode began in an exchange",
    OfflineLeftWithLetters = "offline mode ended with letters in the outbox",
    Stalled = "a run made good for those missed",
    ClockBack = "a clock was set back by hours",
    ClockForward = "a clock was set forward by hours",
    Slept = "a machine slept",
}

/// How often each happened.
#[derive(Clone, Debug, Default)]
pub(crate) struct Marks(BTreeMap<Mark, u64>);

impl Marks {
    pub(crate) fn hit(&mut self, mark: Mark) {
        *self.0.entry(mark).or_default() += 1;
    }

    pub(crate) fn add(&mut self, other: &Self) {
        for (mark, times) in &other.0 {
            *self.0.entry(*mark).or_default() += times;
        }
    }

    /// Those that never happened.
    pub(crate) fn missing(&self) -> Vec<&'static str> {
        let never = |(mark, _): &&(Mark, &'static str)| !self.0.contains_key(mark);
        Mark::ALL.iter().filter(never).map(|(_, name)| *name).collect()
    }

    /// A line each.
    pub(crate) fn told(&self) -> String {
        let line = |(mark, name): &(Mark, &str)| format!("{:>8}  {name}\n", self.0.get(mark).unwrap_or(&0));
        Mark::ALL.iter().map(line).collect()
    }
}
