//! The check interval in force for one user.

use restante_model::{CheckInterval, Seconds};

use crate::OfficeTerms;

/// What holds for one user: his post office's terms and his own wish.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Settings {
    /// His post office's terms.
    pub terms: OfficeTerms,
    /// His own interval, where he has one.
    pub wished: Option<CheckInterval>,
    /// Grows with every change of what holds for him.
    pub revision: u64,
}

impl Settings {
    /// The interval in force: the office's where it is locked or nothing else was wished, else the
    /// wish as far as the range allows (which may have changed since).
    pub fn check_interval(&self) -> CheckInterval {
        match self.wished {
            Some(wished) if !self.terms.interval_locked => self.terms.interval_range.clamp(wished),
            Some(_) | None => self.terms.check_interval,
        }
    }

    /// How long an unread message is kept.
    pub fn message_lifetime(&self) -> Seconds {
        self.terms.message_lifetime
    }
}

/// What became of a wished interval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IntervalReply {
    /// It is saved, clamped to the range.
    Saved(Settings),
    /// The administrator has locked it; nothing was changed.
    Locked(Settings),
    /// The settings changed since the revision it was based on; nothing was changed.
    Conflict(Settings),
}
