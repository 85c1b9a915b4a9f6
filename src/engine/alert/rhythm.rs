//! How often important mail is repeated.

use restante_model::Seconds;

/// Important mail that was neither opened nor acknowledged comes again in this rhythm (row B8). The default
/// stands here and nowhere else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rhythm {
    /// From one showing to the next; never zero.
    pub every: Seconds,
    /// For how long after the first showing; shorter than `every`: it is not repeated.
    pub lasting: Seconds,
}

impl Default for Rhythm {
    /// Every five minutes for half an hour.
    fn default() -> Self {
        Self { every: Seconds::new(300), lasting: Seconds::new(1_800) }
    }
}

impl Rhythm {
    /// What an administrator or a person may say: oftener would be a siren, rarer would be forgotten.
    pub(crate) const EVERY: std::ops::RangeInclusive<u64> = 10..=86_400;
    /// The longest series, in seconds.
    pub(crate) const LONGEST_SECONDS: u64 = 604_800;

    pub(crate) fn every_ms(self) -> i64 {
        ms(self.every)
    }

    pub(crate) fn lasting_ms(self) -> i64 {
        ms(self.lasting)
    }
}

fn ms(seconds: Seconds) -> i64 {
    i64::try_from(seconds.get().saturating_mul(1_000)).unwrap_or(i64::MAX)
}
