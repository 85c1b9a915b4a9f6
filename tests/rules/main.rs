//! The rules of ARCHITECTURE.md as tests: who may import whom, what no source may hold, what the
//! documents promise.

mod dependencies;
mod documents;
mod packages;
mod sources;
mod third_party;
