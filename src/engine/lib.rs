//! Everything that the agent decides, and nothing that it does: events in, effects out, state in two
//! databases.
//!
//! Invariant: no network, no desktop, no async, no clock and no chance of its own; every moment comes in
//! with the event.

mod alert;
mod ask_error;
mod by_hand;
mod cache;
mod chores;
mod drafts;
pub mod effect;
mod engine;
pub mod event;
mod ids;
mod interval;
mod ledger;
mod local;
mod mark;
mod outbox;
mod rows;
mod run;
mod search;
mod sent;
pub mod settings_file;
mod sign_in;
mod status;
mod storage;
mod storage_trouble;
#[cfg(test)]
mod stories;
mod token;
mod wake;
mod weather;

pub use ask_error::AskError;
pub use effect::Effect;
pub use engine::Engine;
pub use event::Event;
pub use ledger::Account;
pub use storage::{StorageError, StorageFault, examine_database};
