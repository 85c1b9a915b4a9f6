//! The real programs over real sockets, one file a subject. The test plays the tray, the notification
//! service and the other people.

mod alert_rules;
mod alerts;
mod bad_input;
mod checks;
mod contract;
mod corner;
mod delivery;
mod identity;
mod interval;
mod killed;
mod ledger;
mod letters;
mod outlived;
mod packages;
mod parts;
mod profiles;
mod restart;
mod screen;
mod settings;
mod sign_in;
mod tray;
