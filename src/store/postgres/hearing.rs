//! Hears what others change, so that a server on PostgreSQL can answer from memory.
//!
//! Whoever changes something that servers remember says so by NOTIFY in the same transaction
//! (`announcement`): it is heard if and only if the change was made. PostgreSQL hands notifications out in
//! the order in which their transactions ended, so that a server that hears its own heartbeat has heard of
//! all that was done before it sent it. What is remembered is believed only where a heartbeat sent within
//! [`BELIEVED`] was heard in each database that is in use, and is forgotten whenever that was not so.
//!
//! The heartbeat is sent on another connection than the one that listens: behind a pooler that gives each
//! transaction another session no notification reaches the listener, and nothing is believed.

use std::{
    collections::HashMap,
    convert::Infallible,
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use restante_model::Timestamp;
use sqlx::{PgPool, postgres::PgListener};
use tokio::{
    sync::watch,
    task::AbortHandle,
    time::{MissedTickBehavior, interval, sleep, timeout},
};

use super::{
    Schema,
    announcement::{CHANNEL, Notice},
    server,
};
use crate::NewsListener;

/// How often a server sends a heartbeat to itself, in each database. Our tests wait for them.
const BEAT: Duration = Duration::from_millis(if cfg!(test) { 50 } else { 1_000 });
/// For so long after a heartbeat was sent what is remembered is believed: the longest time for which a
/// server can go by what another one has changed.
const BELIEVED: Duration = Duration::from_secs(5);
/// After a connection was lost, until the next try.
const PAUSE: Duration = Duration::from_secs(1);

/// Who hears, and in which databases.
#[derive(Default)]
pub(crate) struct Hearing {
    told: OnceLock<Arc<Told>>,
    places: Mutex<HashMap<String, Place>>,
}

/// Where all that is heard goes.
struct Told {
    listener: NewsListener,
    /// Another one whenever something may have been missed.
    number: AtomicU64,
}

/// One database that is listened in.
struct Place {
    heard: watch::Receiver<Option<Heard>>,
    task: AbortHandle,
}

/// The newest heartbeat that was heard.
#[derive(Clone, Copy)]
struct Heard {
    sent_at: Instant,
    /// The database's clock, somewhat later.
    database_time: Timestamp,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Hearing {
    /// From now on what is heard is told to this listener.
    pub(crate) fn begin(&self, listener: NewsListener) {
        let _ = self.told.set(Arc::new(Told { listener, number: AtomicU64::new(0) }));
    }

    /// Listens in this database too, where anybody is to be told.
    pub(crate) fn attend(&self, schema: &Schema) {
        let Some(told) = self.told.get() else { return };
        let mut places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        places.entry(schema.database().to_owned()).or_insert_with(|| {
            let (heard, receiver) = watch::channel(None);
            let pool = server::listening_pool(&schema.options());
            let task = tokio::spawn(attend(pool, schema.database().to_owned(), Arc::clone(told), heard));
            Place { heard: receiver, task: task.abort_handle() }
        });
    }

    /// Under which number what is remembered may be believed now; `None`: something may go unheard.
    pub(crate) fn number(&self) -> Option<u64> {
        let told = self.told.get()?;
        let places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        let all = places.values().all(|place| place.heard.borrow().is_some_and(Heard::fresh));
        (all && !places.is_empty()).then(|| told.number.load(Ordering::Acquire))
    }

    /// The latest that the clock of this schema's database can show, while it is heard from.
    pub(crate) fn latest_now(&self, schema: &Schema) -> Option<Timestamp> {
        let places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        let heard = (*places.get(schema.database())?.heard.borrow())?;
        let since = u64::try_from(heard.sent_at.elapsed().as_millis()).unwrap_or(u64::MAX);
        // Parts of a millisecond were cut off on both sides.
        Some(heard.database_time.plus_ms(i64::try_from(since).unwrap_or(i64::MAX).saturating_add(2)))
    }

    /// Waits until all that was done before this call has been heard.
    #[cfg(test)]
    pub(crate) async fn caught_up(&self) {
        let now = Instant::now();
        let places: Vec<_> = {
            let places = self.places.lock().unwrap();
            places.values().map(|place| place.heard.clone()).collect()
        };
        for mut heard in places {
            heard.wait_for(|heard| heard.is_some_and(|heard| heard.sent_at >= now)).await.unwrap();
        }
    }

    /// Waits until some database is not listened in.
    #[cfg(test)]
    pub(crate) async fn lost(&self) {
        let places: Vec<_> = {
            let places = self.places.lock().unwrap();
            places.values().map(|place| place.heard.clone()).collect()
        };
        let lost = places.into_iter().map(|mut heard| {
            Box::pin(async move { heard.wait_for(Option::is_none).await.map(drop).unwrap() })
        });
        futures_util::future::select_all(lost).await;
    }
}

impl Heard {
    fn fresh(self) -> bool {
        self.sent_at.elapsed() < BELIEVED
    }
}

/// Listens in one database for ever.
async fn attend(pool: PgPool, database: String, told: Arc<Told>, heard: watch::Sender<Option<Heard>>) {
    loop {
        let Err(error) = listen(&pool, &told, &heard).await;
        heard.send_replace(None);
        tracing::warn!(database, %error, "changes of other servers go unheard: every check asks the database");
        sleep(PAUSE).await;
    }
}

/// Listens until a connection is lost, or nothing is heard for too long: one whose other end is gone
/// without a word stays silent for ever.
async fn listen(
    pool: &PgPool,
    told: &Told,
    heard: &watch::Sender<Option<Heard>>,
) -> Result<Infallible, sqlx::Error> {
    let mut listener = PgListener::connect_with(pool).await?;
    listener.eager_reconnect(false);
    listener.listen(CHANNEL).await?;
    let (server, begun) = (rand::random(), Instant::now());
    let beats = beat(pool, server, begun);
    tokio::pin!(beats);
    loop {
        let notification = tokio::select! {
            notification = timeout(BELIEVED, listener.try_recv()) => notification,
            Err(error) = &mut beats => return Err(error),
        };
        let notification = notification.map_err(|_| sqlx::Error::PoolTimedOut)??;
        let notification = notification.ok_or(sqlx::Error::WorkerCrashed)?;
        match Notice::read(notification.payload()) {
            Notice::Heartbeat { server: sender, after_us, database_time_ms } if sender == server => {
                let sent_at = begun + Duration::from_micros(after_us.unsigned_abs());
                let before = *heard.borrow();
                if !before.is_some_and(Heard::fresh) {
                    // First the number: once it is believed again, nothing of before is.
                    told.number.fetch_add(1, Ordering::AcqRel);
                }
                let database_time = Timestamp::from_unix_ms(database_time_ms);
                heard.send_replace(Some(Heard { sent_at, database_time }));
            }
            notice => {
                if let Some(news) = notice.news() {
                    (told.listener)(news);
                }
            }
        }
    }
}

/// Sends heartbeats until that fails.
async fn beat(pool: &PgPool, server: i64, begun: Instant) -> Result<Infallible, sqlx::Error> {
    let mut ticks = interval(BEAT);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        let after_us = i64::try_from(begun.elapsed().as_micros()).unwrap_or(i64::MAX);
        sqlx::query(
            "SELECT pg_notify($1, CAST(json_build_object('Heartbeat', json_build_object( \
             'server', $2, 'after_us', $3, \
             'database_time_ms', CAST(extract(epoch FROM clock_timestamp()) * 1000 AS BIGINT))) AS text))",
        )
        .bind(CHANNEL)
        .bind(server)
        .bind(after_us)
        .execute(pool)
        .await?;
    }
}
