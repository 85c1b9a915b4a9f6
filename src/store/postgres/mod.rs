//! What only PostgreSQL has: connections to a server, and schemas in its databases.

mod fault;
mod schema;
mod server;
#[cfg(test)]
mod tests;

pub(crate) use self::{
    fault::error,
    schema::{LISTS, Schema, steps},
    server::Server,
};
