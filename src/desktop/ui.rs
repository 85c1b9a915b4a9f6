//! The types that the .slint files give, and the words for them.

#![expect(unreachable_pub, clippy::unwrap_used, reason = "generated")]

slint::include_modules!();
include!(concat!(env!("OUT_DIR"), "/words.rs"));
