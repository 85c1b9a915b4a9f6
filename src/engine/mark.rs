//! What a person did with a message, or an alert did for it.

/// What was done with a message on this device, for the server to hear; only ever added to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mark {
    /// An alert for it was shown.
    Alerted,
    /// The person opened it.
    Read,
    /// The person said that he knows of it.
    Acknowledged,
    /// The person removed it from the mailbox.
    Deleted,
}

impl Mark {
    /// Every mark, in the order in which the server hears of them.
    pub const ALL: [Self; 4] = [Self::Alerted, Self::Read, Self::Acknowledged, Self::Deleted];
}
