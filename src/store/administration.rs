//! Organisations and post offices, as an administrator names and sees them.

use std::{fmt, path::PathBuf};

use restante_model::{CheckInterval, IntervalRange, Name, Seconds};

use crate::{OldestClient, Unavailable};

/// Where a post office's database lies (row S2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Placement {
    /// A database of its own: a file of SQLite in this folder or, absent, beside the installation's other databases (in
    /// the data folder, or on its server of PostgreSQL).
    Separate {
        /// The folder for the database.
        folder: Option<PathBuf>,
    },
    /// The database of PostgreSQL at this URL, of its own too.
    Elsewhere {
        /// Where it is.
        url: DatabaseUrl,
    },
    /// Inside an organisation's database.
    Current {
        /// Which organisation's.
        organisation: Name,
    },
}

/// The URL of a database of PostgreSQL, which may hold a password.
#[derive(Clone, PartialEq, Eq)]
pub struct DatabaseUrl(pub String);

impl fmt::Debug for DatabaseUrl {
    /// Never the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DatabaseUrl(...)")
    }
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
    /// How long before its expiry both sides are warned of an unread message; 0: not at all.
    pub expiry_warning: Seconds,
    /// How long the tombstone and the ledger of a message are kept once its text is gone.
    pub ledger_retention: Seconds,
    /// Agents older than this are refused.
    pub oldest_client: OldestClient,
}

impl Default for OfficeTerms {
    /// Row S2: 300 seconds and 7 days.
    fn default() -> Self {
        Self {
            check_interval: CheckInterval::DEFAULT,
            interval_range: IntervalRange::DEFAULT,
            interval_locked: false,
            message_lifetime: Seconds::new(7 * 86_400),
            expiry_warning: Seconds::new(86_400),
            ledger_retention: Seconds::new(365 * 86_400),
            oldest_client: None,
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
    /// How long unread messages are kept, those that wait already included.
    MessageLifetime(Seconds),
    /// How long before their expiry both sides are warned of unread messages.
    ExpiryWarning(Seconds),
    /// How long tombstones and their ledger are kept.
    LedgerRetention(Seconds),
    /// Which agents are too old.
    OldestClient(OldestClient),
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
    /// The database, without the password that leads to it.
    pub location: String,
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
