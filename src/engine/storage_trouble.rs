//! What is done when a database is damaged or cannot be written, and what the person is told.

use restante_local_api::{CacheState, DiskState, StorageStatus, Trigger};
use restante_model::Timestamp;

use crate::{
    effect::Effect,
    engine::{Engine, Result},
    event::CallId,
    storage::StorageError,
};

/// What went wrong with the two databases since the start.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct StorageTrouble {
    cache: CacheState,
    disk: DiskState,
}

impl StorageTrouble {
    /// The cache was found damaged when it was opened, or not.
    pub(crate) fn at_start(cache_set_aside: bool) -> Self {
        let cache = if cache_set_aside { CacheState::Rebuilding } else { CacheState::Ok };
        Self { cache, disk: DiskState::Ok }
    }

    /// A check is complete: what the server has is here, and could be written.
    pub(crate) fn over(&mut self) {
        self.disk = DiskState::Ok;
        if self.cache == CacheState::Rebuilding {
            self.cache = CacheState::Rebuilt;
        }
    }
}

impl Engine {
    pub(crate) fn storage_status(&self) -> StorageStatus {
        StorageStatus {
            cache: self.trouble.cache,
            ledger_set_aside: self.ledger.set_aside().map(|path| path.display().to_string()),
            disk: self.trouble.disk,
        }
    }

    /// Nothing is half-written: each store method is one transaction. The run ends, and the next one
    /// tries again; a damaged database is set aside first.
    pub(crate) fn storage_failed(
        &mut self,
        error: &StorageError,
        asked: Option<CallId>,
        now: Timestamp,
    ) -> Vec<Effect> {
        tracing::error!(%error, "could not be written down or read back");
        let mut effects = self.fail_run(error, now);
        if let Some(call) = asked {
            effects.push(Effect::Answer { call, answer: Err(error.into()) });
        }
        if error.is_disk_full() {
            self.trouble.disk = DiskState::Full;
        } else if error.is_circumstance() {
            self.trouble.disk = DiskState::Failing;
        } else if error.is_damage() {
            match self.begin_anew(error, now) {
                Ok(more) => effects.extend(more),
                Err(error) => tracing::error!(%error, "the damaged database could not be set aside"),
            }
        }
        effects
    }

    /// Sets the damaged database aside. The mail is fetched again at once, unless that is under way
    /// already: a disk that spoils all that is written must not keep the agent busy.
    fn begin_anew(&mut self, error: &StorageError, now: Timestamp) -> Result<Vec<Effect>> {
        self.mailbox_revision += 1;
        if !error.spoils_cache() {
            self.ledger.begin_anew()?;
            if let Some(account) = &self.account {
                self.ledger.set_account(account, false)?;
            }
            return Ok(Vec::new());
        }
        let again = self.trouble.cache == CacheState::Rebuilding;
        self.trouble.cache = CacheState::Rebuilding;
        self.cache.begin_anew()?;
        self.directory_pulled_at = None;
        if again { Ok(Vec::new()) } else { self.start_run(Trigger::Start, now) }
    }
}
