//! What is known of a device from outside: what its agent told, showed and promised.

use std::collections::{BTreeMap, BTreeSet};

use restante_engine::effect::{Popup, PopupContent};
use restante_local_api::{Message, MessageRow, RowState};
use restante_model::{CheckInterval, DeliveryState, Importance, Letter, MessageId};

/// What a device's people saw and did there; outlives its agent.
#[derive(Default)]
pub(crate) struct Knowledge {
    /// Each message of the inbox as last seen.
    pub(crate) inbox: BTreeMap<MessageId, MessageRow>,
    /// Each sent message as last seen.
    pub(crate) sent: BTreeMap<MessageId, MessageRow>,
    /// Each recipient's copy of each sent message as last told.
    pub(crate) copies: BTreeMap<(MessageId, String), DeliveryState>,
    /// The folders were looked at as of this revision of this life.
    pub(crate) looked_at: Option<(u32, u64)>,
    /// How often each ordinary message was a popup of its own.
    pub(crate) popups: BTreeMap<MessageId, u32>,
    /// Messages counted in summaries.
    pub(crate) summed: u64,
    /// Messages that a summary counts although a popup told of them: it took the popup's place, or the popup was on
    /// its way to the screen when the agent died.
    pub(crate) counted_again: u64,
    /// Messages whose announcement was handed over, and perhaps never seen; and how many in summaries.
    pub(crate) handed: BTreeSet<MessageId>,
    pub(crate) handed_in_summaries: u64,
    /// Important messages that the window showed.
    pub(crate) shown_important: BTreeSet<MessageId>,
    /// Important messages that the agent wanted to show, whether the window started or not.
    pub(crate) handed_important: BTreeSet<MessageId>,
    /// Important messages that were here unread when this agent started: it must show them.
    pub(crate) to_show: BTreeSet<MessageId>,
    /// Messages that the person marked read here and was told so.
    pub(crate) read_here: BTreeSet<MessageId>,
    /// Messages that the person perhaps marked read here: he asked.
    pub(crate) maybe_read: BTreeSet<MessageId>,
    /// Sent messages of whose copies nothing more will be told.
    pub(crate) settled: BTreeSet<MessageId>,
    /// Drafts as last saved and promised.
    pub(crate) drafts: BTreeMap<MessageId, Letter>,
    /// Drafts of which a question was left without an answer.
    pub(crate) unsure_drafts: BTreeSet<MessageId>,
    /// Whether the person told it to be offline; `None` while the answer was lost.
    pub(crate) offline: Option<bool>,
    /// Runs of the job: the time awake at which each was due, the last few.
    pub(crate) runs_ms: Vec<i64>,
    /// The time that the agent was awake with a job, since the last run.
    pub(crate) quiet_since_ms: Option<i64>,
    /// The longest interval that was in force since the last run.
    pub(crate) longest_interval: Option<CheckInterval>,
}

fn rank(state: RowState) -> u8 {
    match state {
        RowState::Draft | RowState::Refused | RowState::Waiting | RowState::Sending => 0,
        RowState::Delivered => 1,
        RowState::Read | RowState::Expired | RowState::Retracted => 2,
    }
}

fn place(state: DeliveryState) -> u8 {
    rank(RowState::from(state))
}

/// Whether a state that was seen may be followed by this one.
fn forward(before: u8, now: u8, same: bool) -> bool {
    same || before < now
}

impl Knowledge {
    /// Looks at the inbox; says what must not be.
    pub(crate) fn see_inbox(&mut self, rows: &[MessageRow], unread: u64) -> Result<(), String> {
        let bold = rows.iter().filter(|row| row.bold).count();
        if u64::try_from(bold) != Ok(unread) {
            return Err(format!("the count says {unread} unread, the inbox shows {bold}"));
        }
        let mut seen = BTreeMap::new();
        for row in rows {
            if let Some(before) = self.inbox.get(&row.id)
                && !forward(rank(before.state), rank(row.state), before.state == row.state)
            {
                return Err(format!("{} went from {:?} to {:?}", row.subject, before.state, row.state));
            }
            if seen.insert(row.id, row.clone()).is_some() {
                return Err(format!("{} is in the inbox twice", row.subject));
            }
        }
        if let Some(lost) = self.inbox.values().find(|row| !seen.contains_key(&row.id)) {
            return Err(format!("{} is gone from the inbox", lost.subject));
        }
        self.inbox = seen;
        Ok(())
    }

    /// Looks at a sent message; gives the copies whose state is news.
    pub(crate) fn see_sent(&mut self, message: &Message) -> Result<Vec<(String, DeliveryState)>, String> {
        let mut news = Vec::new();
        for recipient in &message.recipients {
            let login = recipient.person.login.to_string();
            let before = self.copies.insert((message.row.id, login.clone()), recipient.state);
            match before {
                Some(before) if before == recipient.state => {}
                Some(before) if !forward(place(before), place(recipient.state), false) => {
                    return Err(format!(
                        "the copy of {} for {login} went from {before:?} to {:?}",
                        message.row.subject, recipient.state
                    ));
                }
                _ => news.push((login, recipient.state)),
            }
        }
        Ok(news)
    }

    /// The agent is about to show a popup.
    pub(crate) fn hand_over(&mut self, popup: &Popup) {
        match &popup.content {
            PopupContent::Message { id, .. } => {
                self.handed.insert(*id);
            }
            PopupContent::ImportantSummary { .. }
            | PopupContent::Expiring { .. }
            | PopupContent::Connection { .. } => {}
            PopupContent::Summary { count } => self.handed_in_summaries += count,
        }
    }

    /// A popup about this message reached the screen.
    pub(crate) fn see_popup(&mut self, id: MessageId, important: bool) -> Result<(), String> {
        let times = self.popups.entry(id).or_default();
        *times += 1;
        if *times > 1 && !important {
            return Err(format!("message {id} was a popup {times} times"));
        }
        Ok(())
    }

    /// Ordinary messages that were popups of their own.
    pub(crate) fn ordinary_popups(&self) -> u64 {
        let ordinary =
            |id: &&MessageId| self.inbox.get(*id).is_some_and(|row| row.importance == Importance::Normal);
        self.popups.keys().filter(ordinary).count() as u64
    }

    /// Ordinary messages that came here, ever.
    pub(crate) fn ordinary(&self) -> u64 {
        self.inbox.values().filter(|row| row.importance == Importance::Normal).count() as u64
    }

    /// The scheduler said that it is time, at this time awake.
    pub(crate) fn see_run(&mut self, awake_ms: i64, now_ms: i64) -> Result<(), String> {
        self.quiet_since_ms = Some(now_ms);
        self.longest_interval = None;
        self.runs_ms.retain(|run| awake_ms - run < 30_000);
        self.runs_ms.push(awake_ms);
        if self.runs_ms.len() > 3 {
            return Err(format!("the job ran {} times in 30 seconds: a burst", self.runs_ms.len()));
        }
        Ok(())
    }
}
