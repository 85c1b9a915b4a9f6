//! How often important mail is repeated.

/// Important mail that was neither opened nor acknowledged comes again (row B8). The numbers stand here
/// and nowhere else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rhythm {
    /// Seconds from one showing to the next.
    pub(crate) every_seconds: u32,
    /// Seconds from the first showing after which it is not repeated any more.
    pub(crate) for_seconds: u32,
}

impl Rhythm {
    /// Every five minutes for half an hour.
    pub(crate) const DEFAULT: Self = Self { every_seconds: 300, for_seconds: 1_800 };

    pub(crate) fn every_ms(self) -> i64 {
        i64::from(self.every_seconds) * 1_000
    }

    pub(crate) fn for_ms(self) -> i64 {
        i64::from(self.for_seconds) * 1_000
    }
}
