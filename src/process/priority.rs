//! Which threads go first where cores are short.

/// How much nicer than before a thread is that others go before (`nice(2)`): where all want a core it has about a tenth
/// of what they have, so that it is late and never starves.
#[cfg(target_os = "linux")]
const BEHIND: i32 = 10;
/// There is none that is nicer.
#[cfg(target_os = "linux")]
const NICEST: i32 = 19;

/// From now on this thread goes behind the others wherever there are more of them than cores. It cannot be taken back,
/// so that it is for threads that do nothing else; nobody who is in a hurry may wait for a lock that such a one holds.
///
/// Where the system does not allow it, the thread stays as it was.
#[cfg(target_os = "linux")]
pub fn go_behind() {
    // On Linux each thread has a niceness of its own, and that of "this process" is this thread's (setpriority(2)).
    let before = rustix::process::getpriority_process(None).unwrap_or(0);
    let _ = rustix::process::setpriority_process(None, (before + BEHIND).min(NICEST));
}

/// Elsewhere it is the whole process that has one.
#[cfg(not(target_os = "linux"))]
pub fn go_behind() {}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn a_thread_goes_behind_and_the_others_stay() {
        let niceness = || rustix::process::getpriority_process(None).unwrap();
        let before = niceness();
        let behind = std::thread::spawn(move || {
            go_behind();
            niceness()
        });
        assert_eq!(behind.join().unwrap(), (before + BEHIND).min(NICEST));
        assert_eq!(niceness(), before);
    }
}
