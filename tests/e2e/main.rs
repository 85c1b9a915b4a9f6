//! The real programs over real sockets, one file a subject. The test plays the tray, the notification
//! service and the other people.

mod administration;
mod administration_guard;
mod alert_rules;
mod alerts;
mod authorisation;
mod authority;
mod backup;
mod bad_input;
mod bad_requests;
mod checks;
mod contract;
mod corner;
mod delivery;
mod described;
mod figures;
mod first_steps;
mod identity;
mod interval;
mod killed;
mod ledger;
mod letters;
mod outlived;
mod packages;
mod parts;
mod people;
mod profiles;
mod restart;
mod screen;
mod secrets;
mod servers;
mod serving;
mod settings;
mod sign_in;
mod slow_clients;
mod tray;
