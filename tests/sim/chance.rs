//! The one source of all chance and of all ids: the same seed tells the same story.

use rand::{RngExt, SeedableRng, rngs::StdRng};
use restante_model::MessageId;
use uuid::Builder;

/// Draws from one seed.
pub(crate) struct Chance(StdRng);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(StdRng::seed_from_u64(seed))
    }

    /// A number below `end`, which is not 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        self.0.random_range(0..end)
    }

    /// Whether what happens once in `times` happens now.
    pub(crate) fn one_in(&mut self, times: usize) -> bool {
        self.below(times) == 0
    }

    /// Milliseconds from `shortest` to `longest`.
    pub(crate) fn ms(&mut self, shortest: i64, longest: i64) -> i64 {
        self.0.random_range(shortest..=longest)
    }

    /// One of these; there is at least one.
    pub(crate) fn pick<T: Clone>(&mut self, from: &[T]) -> T {
        from[self.below(from.len())].clone()
    }

    /// As a client makes it: ordered by its clock.
    pub(crate) fn message_id(&mut self, unix_ms: i64) -> MessageId {
        let millis = u64::try_from(unix_ms).unwrap_or(0);
        MessageId::from_uuid(Builder::from_unix_timestamp_millis(millis, &self.0.random()).into_uuid())
    }

    /// So many random hexadecimal digits.
    pub(crate) fn hex(&mut self, digits: usize) -> String {
        (0..digits).map(|_| char::from(b"0123456789abcdef"[self.below(16)])).collect()
    }
}
