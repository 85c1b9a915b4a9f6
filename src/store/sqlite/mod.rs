//! What only SQLite has: files and the folders that they lie in.

mod file;
pub(crate) mod folder;
pub(crate) mod schema;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod upgrade_tests;

pub(crate) use self::file::{File, error};
