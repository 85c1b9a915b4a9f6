//! What only SQLite has: files and the folders that they lie in.

mod alone;
mod backup;
#[cfg(test)]
mod damage_tests;
mod file;
pub(crate) mod folder;
mod log;
mod log_note;
#[cfg(test)]
mod lost_log_tests;
mod neighbours;
mod restore;
pub(crate) mod schema;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod upgrade_tests;

pub use self::alone::DataFolderLock;
pub(crate) use self::{
    file::{File, error},
    log::Log,
    neighbours::Neighbours,
};
