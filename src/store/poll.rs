//! "Anything new?", as devices ask it over and over.

use std::sync::Arc;

use crate::Enrolled;

/// A device asks whether anything is new in its user's mailbox.
#[derive(Clone, Copy)]
pub struct Poll<'a> {
    /// The tag of the organisation, as its token tells it.
    pub organisation_tag: &'a str,
    /// The sum of its token.
    pub token_sum: &'a [u8; 32],
    /// The cursor since which, as the server wrote it.
    pub since: &'a str,
}

/// There is nothing, and no database was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NothingNew {
    /// The device that asked, and whose it is.
    pub enrolled: Arc<Enrolled>,
    /// The revision of the settings that hold for him.
    pub settings_revision: u64,
}
