//! What only SQLite has: files and the folders that they lie in.

mod file;
pub(crate) mod folder;
pub(crate) mod schema;
#[cfg(test)]
mod tests;

pub(crate) use self::file::{File, error};
