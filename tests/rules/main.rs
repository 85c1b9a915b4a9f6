//! The rules of ARCHITECTURE.md as tests: who may import whom, what no source may hold, what the
//! documents promise.

#![expect(clippy::expect_used, reason = "a test that cannot go on says why")]

mod dependencies;
mod documents;
mod packages;
mod sources;
mod third_party;
