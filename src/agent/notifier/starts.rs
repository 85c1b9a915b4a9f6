//! How often the bus is made to start a notification service: one that dies as it is started would otherwise be started
//! again at every check, for as long as mail waits for it.

/// As seldom as this, in checks with something to show, and not more seldom: an hour and more at the usual interval.
const MOST_PASSED_OVER: u32 = 16;

/// Starts that led to nothing so far.
#[derive(Debug, Default)]
pub(super) struct Starts {
    in_vain: u32,
    passed_over: u32,
}

/// Who wants the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wanted {
    /// A popup that was handed out: there may be several at once.
    ForPopup,
    /// A check that asks whether one would be taken.
    ForCheck,
}

impl Starts {
    /// Whether the bus may start one now, which it then does: at the first popup, and then at checks, at every second
    /// one, every fourth, and so on.
    pub(super) fn may_start(&mut self, wanted: Wanted) -> bool {
        if self.in_vain > 0 {
            if wanted == Wanted::ForPopup {
                return false;
            }
            self.passed_over += 1;
            let wait = 1_u32.checked_shl(self.in_vain - 1).unwrap_or(MOST_PASSED_OVER).min(MOST_PASSED_OVER);
            if self.passed_over < wait {
                return false;
            }
        }
        self.passed_over = 0;
        self.in_vain = self.in_vain.saturating_add(1);
        true
    }

    /// Whether the last one that was started has shown nothing yet.
    pub(super) fn doubtful(&self) -> bool {
        self.in_vain > 0
    }

    /// The service showed a popup.
    pub(super) fn succeeded(&mut self) {
        *self = Self::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_dies_is_started_less_and_less_and_never_for_the_last_time() {
        let mut starts = Starts::default();
        let at: Vec<u32> = (1..=64).filter(|_| starts.may_start(Wanted::ForCheck)).collect();
        assert_eq!(at, [1, 2, 4, 8, 16, 32, 48, 64]);
        assert!(!starts.may_start(Wanted::ForPopup));
        starts.succeeded();
        assert!(starts.may_start(Wanted::ForPopup));
    }
}
