//! The real programs over real sockets, one file a subject. The test plays the tray, the notification
//! service and the other people.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "a test that cannot go on says why")]

mod administration;
mod administration_guard;
mod agent_away;
mod alert_rules;
mod alerts;
mod authorisation;
mod authority;
mod backup;
mod bad_input;
mod bad_requests;
mod checks;
mod clock;
mod compose_heard;
mod contract;
mod corner;
mod delivery;
mod described;
mod disk;
mod figures;
mod first_steps;
mod full_screen;
mod hostile_mail;
mod hostile_server;
mod identity;
mod important_popups;
mod interval;
mod killed;
mod ledger;
mod letters;
mod local_api;
mod opened;
mod outlived;
mod packages;
mod parts;
mod people;
mod pictures;
mod profiles;
mod restart;
mod russian;
mod screen;
mod secrets;
mod servers;
mod serving;
mod settings;
mod sign_in;
mod slow_clients;
mod tray;
