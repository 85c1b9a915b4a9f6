//! What of the server can be set, with the defaults that reliability calls for.

use std::time::Duration;

/// How the server behaves.
#[derive(Clone, Debug)]
pub struct Config {
    /// What it puts up with.
    pub limits: Limits,
    /// How often it looks for expired mail and writes down which devices asked.
    pub housekeeping: Duration,
    /// Whether a proxy on this machine tells by `X-Forwarded-For` whom a request came from. Without one
    /// anybody here could pretend to come from anywhere.
    pub behind_proxy: bool,
}

impl Default for Config {
    fn default() -> Self {
        // A minute: nobody is served expired mail in between, as each check looks for itself.
        Self { limits: Limits::default(), housekeeping: Duration::from_mins(1), behind_proxy: false }
    }
}

/// What the server puts up with from its clients.
#[derive(Clone, Debug)]
pub struct Limits {
    /// For the whole head of a request, from its first byte (of a new connection: from the start).
    pub head: Duration,
    /// For the whole body of a request.
    pub body: Duration,
    /// Between two requests on a kept connection, and for a client to take any part of an answer.
    pub idle: Duration,
    /// For what is under way when the server is told to stop.
    pub drain: Duration,
    /// Connections at a time.
    pub connections: usize,
    /// Connections at a time from one address: whole offices share one.
    pub connections_per_address: usize,
    /// Wrong passwords at once for one account from one address, and ten times as many from one address
    /// for accounts that never signed in from there; then one each 36 s, 100 an hour.
    pub wrong_passwords: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(10),
            body: Duration::from_secs(30),
            idle: Duration::from_secs(75),
            // With what is written down afterwards the whole stays under 10 s.
            drain: Duration::from_secs(8),
            connections: 4096,
            connections_per_address: 1024,
            wrong_passwords: 10,
        }
    }
}

/// The largest head of a request, in bytes.
pub(crate) const MAX_HEAD_BYTES: usize = 16 * 1024;
