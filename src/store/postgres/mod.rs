//! What only PostgreSQL has: connections to a server, and schemas in its databases.

mod announcement;
mod durability;
mod fault;
mod hearing;
mod pooler;
mod schema;
mod server;
#[cfg(test)]
mod tests;
mod timeline;

pub use self::durability::Durability;
pub(crate) use self::{
    fault::error,
    hearing::Hearing,
    schema::{LISTS, Schema, commit, steps},
    server::Server,
};
