//! What only PostgreSQL has: connections to a server, and schemas in its databases.

mod durability;
mod fault;
mod pooler;
mod schema;
mod server;
#[cfg(test)]
mod tests;
mod timeline;

pub use self::durability::Durability;
pub(crate) use self::{
    fault::error,
    schema::{LISTS, Schema, steps},
    server::Server,
};
