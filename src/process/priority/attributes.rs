//! `sched_setattr(2)`, which no crate that we know offers without `unsafe`.

#![expect(unsafe_code, reason = "a system call that takes a structure")]

/// The shortest that Linux grants.
pub(super) const SHORTEST_SLICE_NS: u64 = 100_000;
/// As long as the system has it.
pub(super) const DEFAULT_SLICE_NS: u64 = 0;

/// The policy that an administrator chose for the whole process stays.
const KEEP_POLICY: u64 = 8;

/// Its first form (`SCHED_ATTR_SIZE_VER0`), which every kernel takes.
#[repr(C)]
struct Attributes {
    size: u32,
    policy: u32,
    flags: u64,
    niceness: i32,
    priority: u32,
    /// Of the usual policy: the slice, since Linux 6.12; before, it says nothing.
    runtime_ns: u64,
    deadline_ns: u64,
    period_ns: u64,
}

/// How nice this thread is: on Linux each has a niceness of its own, and that of "this process" is this thread's
/// (getpriority(2)).
pub(super) fn niceness() -> i32 {
    rustix::process::getpriority_process(None).unwrap_or(0)
}

/// Gives this thread its niceness and its slice; where the system refuses that, nothing changes.
pub(super) fn set(niceness: i32, slice_ns: u64) {
    const SIZE: u32 = 48;
    const { assert!(size_of::<Attributes>() == SIZE as usize) };
    let attributes = Attributes {
        size: SIZE,
        policy: 0,
        flags: KEEP_POLICY,
        niceness,
        priority: 0,
        runtime_ns: slice_ns,
        deadline_ns: 0,
        period_ns: 0,
    };
    // SAFETY: the call reads as many bytes as the structure says, which are all of it and live as long as the call; it
    // writes to the structure's size alone, and only where it does not know the size.
    unsafe { libc::syscall(libc::SYS_sched_setattr, 0, &raw const attributes, 0) };
}
