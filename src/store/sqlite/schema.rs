//! The steps of each kind of tables on SQLite.
//!
//! WHEN CHANGING THE SCHEMA: add the next file to the list, here and in `postgres/schema.rs`; never edit one that was
//! released.

use crate::part::Part;

/// All steps from an empty database to this build's schema.
pub(crate) fn steps(part: Part) -> &'static [&'static str] {
    match part {
        Part::Registry => &[
            include_str!("migrations/registry/0001_registry.sql"),
            include_str!("migrations/registry/0002_policy.sql"),
            include_str!("migrations/registry/0003_identity.sql"),
        ],
        Part::Organisation => &[
            include_str!("migrations/organisation/0001_people.sql"),
            include_str!("migrations/organisation/0002_last_seen.sql"),
            include_str!("migrations/organisation/0003_identity.sql"),
        ],
        Part::Office => &[
            include_str!("migrations/office/0001_mail.sql"),
            include_str!("migrations/office/0002_ledger.sql"),
            include_str!("migrations/office/0003_identity.sql"),
        ],
    }
}
