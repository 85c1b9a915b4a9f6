//! What of the server can be set, with the defaults that reliability calls for.

use std::time::Duration;

use ipnet::IpNet;

/// How the server behaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// What it puts up with.
    pub limits: Limits,
    /// How often it looks for expired mail and writes down which devices asked.
    pub housekeeping: Duration,
    /// Networks of the proxies whose `X-Forwarded-For` tells whom a request came from. Without one
    /// anybody could pretend to come from anywhere.
    pub trusted_proxies: Vec<IpNet>,
}

impl Default for Config {
    fn default() -> Self {
        // A minute: nobody is served expired mail in between, as each check looks for itself.
        Self { limits: Limits::default(), housekeeping: Duration::from_mins(1), trusted_proxies: Vec::new() }
    }
}

/// What the server puts up with from its clients.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// For the handshake of TLS.
    pub handshake: Duration,
    /// For the whole head of a request, from its first byte (of a new connection: from the start).
    pub head: Duration,
    /// For the whole body of a request.
    pub body: Duration,
    /// Between two requests on a kept connection, and for a client to take any part of an answer.
    pub idle: Duration,
    /// Between two requests on a connection that a device's token came over: an agent keeps it from one
    /// check to the next, since the handshake is what a check costs.
    pub device_idle: Duration,
    /// For what is under way when the server is told to stop.
    pub drain: Duration,
    /// Connections in use at a time: a request is awaited, read or answered.
    pub connections: usize,
    /// Connections in use at a time from one address: whole offices share one.
    pub connections_per_address: usize,
    /// Connections kept between requests; beyond it the one that is idle longest is closed.
    pub idle_connections: usize,
    /// Wrong passwords at once for one account from one address, and ten times as many from one address
    /// for accounts that never signed in from there; then one each 36 s, 100 an hour.
    pub wrong_passwords: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            handshake: Duration::from_secs(10),
            head: Duration::from_secs(10),
            body: Duration::from_secs(30),
            idle: Duration::from_secs(75),
            // Three times the usual check interval.
            device_idle: Duration::from_mins(15),
            // With what is written down afterwards the whole stays under 10 s.
            drain: Duration::from_secs(8),
            connections: 4096,
            connections_per_address: 1024,
            idle_connections: 10_000,
            wrong_passwords: 10,
        }
    }
}

/// The largest head of a request, in bytes.
pub(crate) const MAX_HEAD_BYTES: usize = 16 * 1024;
