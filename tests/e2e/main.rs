//! The real programs over real sockets, one file a subject. The test plays the tray, the notification
//! service and the other people.

mod administration;
mod alert_rules;
mod alerts;
mod authorisation;
mod bad_input;
mod bad_requests;
mod checks;
mod contract;
mod corner;
mod delivery;
mod described;
mod identity;
mod interval;
mod killed;
mod letters;
mod packages;
mod parts;
mod people;
mod profiles;
mod restart;
mod screen;
mod sign_in;
mod tray;
