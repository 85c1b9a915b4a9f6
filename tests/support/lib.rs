//! What the tests stand on: a real post office, real agents and a desktop on a bus of their own.
//!
//! Invariant: nothing here stands in for a program of ours. What the test itself plays is the other
//! side: the tray host, the notification service, another person's client. Waiting is always for
//! something that happens, with a limit after which the test fails and says what it waited for.

#![expect(clippy::expect_used, reason = "a test that cannot go on says why")]

mod account;
mod agent;
mod appearance;
mod bad_line;
mod browser;
mod bus;
mod colleague;
mod command;
mod desktop;
mod faults;
mod http;
mod keyring;
mod notification_service;
mod office;
mod other_program;
pub mod postgres;
mod programs;
mod screen;
mod server;
mod server_process;
mod session;
mod tray_host;
mod wait;
mod writes;

pub use account::Cli;
pub use agent::Agent;
pub use bad_line::BadLine;
pub use browser::Browser;
pub use bus::{Bus, Hung};
pub use colleague::Colleague;
pub use command::{Output, run};
pub use desktop::Desktop;
pub use faults::Faults;
pub use http::{HttpAnswer, call, get};
pub use keyring::Keyring;
pub use notification_service::{NotificationService, Popup};
pub use office::{Office, OfficeOptions, PASSWORD};
pub use other_program::{OtherProgram, Saying, answer};
pub use programs::{Program, target_folder, workspace_root};
pub use screen::{Place, Popups, Screen, Told, pictures_folder, readme_pictures};
pub use server::Server;
pub use server_process::ServerProcess;
pub use session::Session;
pub use tray_host::{MenuItem, TrayHost, TrayItem};
pub use wait::{TIME_LIMIT, within};
pub use writes::Writes;
