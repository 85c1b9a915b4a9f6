//! Organisations and post offices, as an administrator names and sees them.

use std::path::PathBuf;

use restante_model::{CheckInterval, IntervalRange, Name, Seconds};

use crate::Unavailable;

/// Where a post office's database lies (row S2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Placement {
    /// A database of its own, in this folder or, absent, in the data folder.
    Separate {
        /// The folder for the database.
        folder: Option<PathBuf>,
    },
    /// Inside an organisation's database.
    Current {
        /// Which organisation's.
        organisation: Name,
    },
}

/// What a post office's administrator decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OfficeTerms {
    /// How often agents check, unless their users wish otherwise.
    pub check_interval: CheckInterval,
    /// The range that users may choose from.
    pub interval_range: IntervalRange,
    /// Whether users may choose at all.
    pub interval_locked: bool,
    /// How long an unread message is kept.
    pub message_lifetime: Seconds,
}

impl Default for OfficeTerms {
    /// Row S2: 300 seconds and 7 days.
    fn default() -> Self {
        Self {
            check_interval: CheckInterval::DEFAULT,
            interval_range: IntervalRange::DEFAULT,
            interval_locked: false,
            message_lifetime: Seconds::new(7 * 86_400),
        }
    }
}

/// A post office to be made.
#[derive(Clone, Debug)]
pub struct NewOffice {
    /// Its name, not yet taken.
    pub name: Name,
    /// Where its database is to lie.
    pub placement: Placement,
    /// Its interval, range, lock and lifetime.
    pub terms: OfficeTerms,
}

/// One of a post office's terms to be changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OfficeChange {
    /// All of them at once.
    All(OfficeTerms),
    /// How often agents check.
    CheckInterval(CheckInterval),
    /// How long unread messages that come from now on are kept.
    MessageLifetime(Seconds),
    /// The range that users may choose from.
    IntervalRange(IntervalRange),
    /// Whether the interval is locked.
    IntervalLocked(bool),
}

/// A post office in a list.
#[derive(Clone, Debug)]
pub struct OfficeOverview {
    /// Its name.
    pub name: Name,
    /// `separate` or `current`.
    pub placement: &'static str,
    /// The database file.
    pub location: PathBuf,
    /// Its terms.
    pub terms: OfficeTerms,
    /// The organisations that it serves.
    pub organisations: Vec<Name>,
    /// Why it cannot be used, where it cannot.
    pub unavailable: Option<Unavailable>,
}

/// An organisation in a list (row S3: with its post office's database, interval and lifetime).
#[derive(Clone, Debug)]
pub struct OrganisationOverview {
    /// Its name.
    pub name: Name,
    /// What it is called in words.
    pub title: String,
    /// How many users it has; absent while its database cannot be used.
    pub users: Option<u64>,
    /// Its post office.
    pub office: Option<OfficeOverview>,
    /// Why it has no mail, where it has none.
    pub unavailable: Option<Unavailable>,
}
