//! What a running server asks of the store itself, whoever's mail it is.

use std::sync::{PoisonError, atomic::Ordering};

use super::{Database, Installation, SqlStore, Time, mail};
use crate::{NewsListener, Standing, StoreError, Touched};

impl SqlStore {
    /// See [`crate::Store::begin_serving`].
    pub(super) async fn begin_serving(&self) -> Result<(), StoreError> {
        if let Installation::Folder(_, neighbours) = &*self.installation {
            neighbours.begin_serving()?;
        }
        self.serving.store(true, Ordering::Relaxed);
        for organisation in self.attached_organisations().await? {
            match self.office_database(&organisation).await {
                Ok(_) => {}
                Err(error) if error.fatal() => return Err(error),
                // Whoever asks for his mail is told so; the others have theirs.
                Err(error) => tracing::warn!(%error, "message server not available"),
            }
        }
        Ok(())
    }

    /// See [`crate::Store::expire`].
    pub(super) async fn expire(&self) -> Result<Vec<Touched>, StoreError> {
        let (mut touched, mut failed) = (Vec::new(), None);
        for organisation in self.attached_organisations().await? {
            let expired = async {
                let (database, terms) = self.office_and_terms(&organisation).await?;
                let kept = mail::keep(&database, &terms, self.now().await?).await;
                kept.map_err(|fault| fault.at("taking out expired mail", &database))
            };
            match expired.await {
                Ok(expired) => touched.extend(expired),
                // Said at the start and to whoever asks for his mail.
                Err(StoreError::Unavailable { .. }) => {}
                Err(error) if error.fatal() => return Err(error),
                // One post office that others hold must not keep the next one waiting.
                Err(error) => failed = Some(error),
            }
        }
        failed.map_or(Ok(touched), Err)
    }

    /// Where all databases are files of one folder, while nobody else writes there; on PostgreSQL, while what others
    /// write is heard of in all databases that are in use.
    pub(super) fn standing(&self) -> Option<Standing> {
        let number = match &*self.installation {
            Installation::Folder(..) => {
                let number = self.announced()?;
                // An answer that was remembered while this was not so yet is not believed any more.
                if self.used_elsewhere.load(Ordering::Relaxed) {
                    return None;
                }
                number
            }
            Installation::Server(_) => self.hearing.number()?,
        };
        let latest_now = match (&self.time, &*self.registry) {
            (Time::Clock(clock), _) => clock.now(),
            (Time::Database, Database::Postgres(schema)) => self.hearing.latest_now(schema)?,
            (Time::Database, Database::Sqlite(_)) => return None,
        };
        Some(Standing { number, latest_now })
    }

    /// Of a folder there are none: whoever else writes into it changes the standing.
    pub(super) fn tell_news(&self, listener: NewsListener) {
        if !matches!(*self.installation, Installation::Server(_)) {
            return;
        }
        self.hearing.begin(listener);
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        for database in open.values().chain([&self.registry]) {
            if let Database::Postgres(schema) = &**database {
                self.hearing.attend(schema);
            }
        }
    }
}
