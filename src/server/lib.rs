//! The post office: answers agents over HTTP, and the commands by which an administrator runs it.
//!
//! The server is a function of its configuration, store, listener, clock and shutdown, so tests and the
//! demo run the real one. Routes are on one page (`router`), an operation is a file in `handlers`, a
//! command a file in `commands`.
//!
//! Invariants: no handler names a user or mailbox by itself, it acts through the [`access::Mailbox`] of
//! the token it was called with; no log line carries a token, password, subject or text.

mod accept;
mod access;
mod administration;
mod admission;
mod agents;
mod auth;
mod certificate_words;
mod config;
mod config_file;
mod extract;
mod guesses;
mod handlers;
mod housekeeping;
mod leftover;
mod listen;
mod metrics;
mod nothing_new;
mod observe;
mod openapi;
mod passwords;
mod patience;
mod places;
mod problem;
mod router;
mod seen;
mod serve;
mod store_words;
mod supervision;
mod tls;
mod unreached;
mod wire;

pub mod commands;

pub use config::{Config, Limits};
pub use listen::Listeners;
pub use passwords::{MIN_PASSWORD_CHARACTERS, PasswordProblem, hash_password};
pub use serve::{ServeError, routes, serve};
