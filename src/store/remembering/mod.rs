//! A store that remembers: what did not change since it was last asked is answered without a database.
//!
//! It stands before any other store. Invariants: what it answers is what the store behind it would answer
//! at some moment during the call; each of its writes has told the memory before it comes back, and goes
//! on when whoever asked for it goes away.

mod memory;
mod polls;
#[cfg(test)]
mod servers_tests;
mod tasks;
#[cfg(test)]
mod tests;
#[cfg(test)]
mod walk_tests;

use std::sync::Arc;

use self::memory::Memory;
use crate::{News, Store, StoreError};

/// Devices and mailboxes remembered at most. One that is asked for beyond it costs the database again;
/// 300,000 of each take about 250 MB.
const CAPACITY: usize = 300_000;

/// A store with a memory.
pub struct Remembering {
    store: Arc<dyn Store>,
    memory: Arc<Memory>,
}

impl Remembering {
    /// Remembers what this store says. From now on it is to be used only through the memory, or by
    /// others of whom it knows.
    pub fn new(store: Arc<dyn Store>) -> Self {
        let memory = Arc::new(Memory::new(CAPACITY));
        let hearing = Arc::clone(&memory);
        store.tell_news(Arc::new(move |news| hearing.hear(&news)));
        Self { store, memory }
    }

    /// Does something that changes something, and says what, even when nobody waits for it any more.
    async fn tell<T, F>(
        &self,
        write: impl FnOnce(Arc<dyn Store>) -> F,
        news: impl FnOnce(&T) -> News + Send + 'static,
    ) -> Result<T, StoreError>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, StoreError>> + Send + 'static,
    {
        let (write, memory) = (write(Arc::clone(&self.store)), Arc::clone(&self.memory));
        let written = tokio::spawn(async move {
            let mut unheard = Unheard { memory, silent: false };
            let result = write.await;
            match &result {
                Ok(done) => {
                    unheard.memory.hear(&news(done));
                    unheard.silent = true;
                }
                Err(error) => unheard.silent = changed_nothing(error),
            }
            result
        });
        match written.await {
            Ok(result) => result,
            Err(ended) => match ended.try_into_panic() {
                Ok(panic) => std::panic::resume_unwind(panic),
                // The runtime ends, and with it whoever asked.
                Err(_) => std::future::pending().await,
            },
        }
    }
}

/// Forgets everything where nobody knows what a write did.
struct Unheard {
    memory: Arc<Memory>,
    silent: bool,
}

impl Drop for Unheard {
    fn drop(&mut self) {
        if !self.silent {
            self.memory.hear(&News::Everything);
        }
    }
}

/// Refusals come before anything is written; of other errors nobody knows.
fn changed_nothing(error: &StoreError) -> bool {
    match error {
        StoreError::NameTaken { .. }
        | StoreError::Unknown { .. }
        | StoreError::Refused(_)
        | StoreError::Served { .. }
        | StoreError::Unavailable { .. } => true,
        StoreError::Gate { .. }
        | StoreError::Corrupt { .. }
        | StoreError::Busy { .. }
        | StoreError::DiskFull { .. }
        | StoreError::Away { .. }
        | StoreError::Malformed { .. }
        | StoreError::Damaged { .. }
        | StoreError::Database { .. }
        | StoreError::Folder { .. } => false,
    }
}
