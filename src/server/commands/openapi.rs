//! `openapi`.

use super::print;
use crate::{openapi, router};

/// Prints the API's document.
pub(super) fn run() {
    print(&openapi::text(&router::document()));
}
