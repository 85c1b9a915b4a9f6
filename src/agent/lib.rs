//! The agent: does as the engine says. One loop takes what happens, the engine decides, the services of
//! this crate carry it out, and each of them answers with an event.
//!
//! Invariant: nothing here decides. Invariant: nothing here blocks the loop, the desktop least of all.

mod alarm;
mod badge;
mod credentials;
mod doctor;
mod durable_file;
mod event_loop;
mod exchanges;
mod full_screen;
mod hook;
mod http;
mod instance;
mod job_storage;
mod local_routes;
mod local_server;
mod local_time;
mod notifier;
mod popup_windows;
#[cfg(test)]
mod private_bus;
mod problems;
mod programs;
mod scheduler;
mod server_answer;
mod server_client;
mod session;
mod settings_sources;
mod settings_text;
mod settings_watcher;
mod speech;
mod tray;

pub use doctor::examine_without_agent;
pub use event_loop::{AgentError, Config, Desktop, Witness, run};
pub use instance::InstanceError;
pub use job_storage::{Plan, Turn, turn};
pub use scheduler::SchedulerError;
pub use server_client::{Carried, Carrier, ClientError, ServerClient};
pub use settings_sources::SettingsSources;
