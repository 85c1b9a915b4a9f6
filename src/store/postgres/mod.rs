//! What only PostgreSQL has: connections to a server, and schemas in its databases.

mod announcement;
mod fault;
mod hearing;
mod schema;
mod server;
#[cfg(test)]
mod tests;

pub(crate) use self::{
    fault::error,
    hearing::Hearing,
    schema::{LISTS, Schema, commit, steps},
    server::Server,
};
