//! How many files and connections this process may hold open.

/// Raises the limit to what the system allows this process at most, and gives it; `None` where there is
/// none, or it cannot be learnt. The lower one is for programs that count descriptors by `select`
/// (systemd.exec(5), `LimitNOFILE=`); ours do not.
#[cfg(unix)]
pub fn raise_limit() -> Option<u64> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    let limit = getrlimit(Resource::Nofile);
    let highest = Rlimit { current: limit.maximum, maximum: limit.maximum };
    if setrlimit(Resource::Nofile, highest).is_ok() { limit.maximum } else { limit.current }
}

/// There is no such limit here.
#[cfg(not(unix))]
pub fn raise_limit() -> Option<u64> {
    None
}
