//! Which threads go first where cores are short.
//!
//! A poll is answered in a few microseconds, and yet would wait for milliseconds where a thread has just begun on what
//! takes long: Linux lets one go on for a while that has begun (its slice), whatever the niceness of both. It interrupts
//! it for a thread that asked for shorter slices (since 6.12, <https://docs.kernel.org/scheduler/sched-eevdf.html>).

#[cfg(target_os = "linux")]
mod attributes;

#[cfg(target_os = "linux")]
use self::attributes::{DEFAULT_SLICE_NS, SHORTEST_SLICE_NS};

/// How much nicer than before a thread is that others go before (`nice(2)`): where all want a core it has about a tenth
/// of what they have, so that it is late and never starves.
#[cfg(target_os = "linux")]
const BEHIND: i32 = 10;
/// There is none that is nicer.
#[cfg(target_os = "linux")]
const NICEST: i32 = 19;

/// From now on this thread is let in as soon as it has something to do: for those that have no more to do than a moment
/// takes. It has no more of a core than before. Threads that it begins are as it is.
///
/// Where the system does not allow it, the thread stays as it was.
#[cfg(target_os = "linux")]
pub fn go_ahead() {
    attributes::set(attributes::niceness(), SHORTEST_SLICE_NS);
}

/// From now on this thread goes behind the others wherever there are more of them than cores. It cannot be taken back,
/// so that it is for threads that do nothing else; nobody who is in a hurry may wait for a lock that such a one holds.
///
/// Where the system does not allow it, the thread stays as it was.
#[cfg(target_os = "linux")]
pub fn go_behind() {
    attributes::set((attributes::niceness() + BEHIND).min(NICEST), DEFAULT_SLICE_NS);
}

/// Elsewhere it is as any other.
#[cfg(not(target_os = "linux"))]
pub fn go_ahead() {}

/// Elsewhere it is the whole process that has a niceness.
#[cfg(not(target_os = "linux"))]
pub fn go_behind() {}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    /// The slice of this thread, where the system tells it, and whether it has slices of one's own.
    fn slice() -> Option<u64> {
        let release = rustix::system::uname().release().to_string_lossy().into_owned();
        let mut numbers = release.split(['.', '-']).map_while(|number| number.parse().ok());
        let version: (u32, u32) = (numbers.next()?, numbers.next()?);
        let told = std::fs::read_to_string("/proc/thread-self/sched").ok()?;
        let line = told.lines().find(|line| line.starts_with("se.slice"))?;
        let (_, slice) = line.rsplit_once(':')?;
        (version >= (6, 12)).then_some(slice.trim().parse().ok()?)
    }

    #[test]
    fn a_thread_goes_behind_and_the_others_stay() {
        let before = attributes::niceness();
        let behind = std::thread::spawn(move || {
            go_behind();
            attributes::niceness()
        });
        assert_eq!(behind.join().unwrap(), (before + BEHIND).min(NICEST));
        assert_eq!(attributes::niceness(), before);
    }

    #[test]
    fn who_goes_ahead_may_interrupt_others_and_lends_that_to_nobody_behind() {
        let ahead = std::thread::spawn(|| {
            let (usual, niceness) = (slice(), attributes::niceness());
            go_ahead();
            assert_eq!(attributes::niceness(), niceness);
            let begun = || std::thread::spawn(|| (slice(), go_behind(), slice())).join().unwrap();
            (usual, slice(), begun())
        });
        let (usual, ahead, (lent, (), behind)) = ahead.join().unwrap();
        if usual.is_some() {
            assert_eq!((ahead, lent, behind), (Some(SHORTEST_SLICE_NS), ahead, usual));
        }
    }
}
