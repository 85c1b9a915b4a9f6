//! Waiting for what happens, never for time to pass.

use std::{future::Future, time::Duration};

/// After this long nothing will come any more: a hundred times what the slowest step takes on two
/// cores, so that a loaded machine fails no test.
pub const TIME_LIMIT: Duration = Duration::from_mins(1);

/// What the future gives, or a failed test that says what never came.
///
/// # Panics
/// After [`TIME_LIMIT`].
pub async fn within<T>(what: &str, future: impl Future<Output = T>) -> T {
    let seconds = TIME_LIMIT.as_secs();
    tokio::time::timeout(TIME_LIMIT, future)
        .await
        .unwrap_or_else(|_elapsed| panic!("waited {seconds} s in vain for {what}"))
}
