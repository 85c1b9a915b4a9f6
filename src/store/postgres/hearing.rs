//! Hears what others change, so that a server on PostgreSQL can answer from memory.
//!
//! Whoever changes something that servers remember says so by NOTIFY in the same transaction
//! (`announcement`): it is heard if and only if the change was made. PostgreSQL hands notifications out in
//! the order in which their transactions ended, so that a server that hears its own heartbeat has heard of
//! all that was done before it sent it. What is remembered is believed only where a heartbeat sent within
//! [`BELIEVED`] was heard in each database that is in use, and is forgotten whenever that was not so.
//!
//! After a failover a primary that was given up may go on for those who are connected to it, and hands them their
//! heartbeats. So the listener must be on the timeline that the newest connection of the others met, or nothing is
//! believed; and one that is behind connects anew.
//!
//! The heartbeat is sent on another connection than the one that listens: behind a pooler that gives each
//! transaction another session no notification reaches the listener, and nothing is believed.

use std::{
    collections::HashMap,
    convert::Infallible,
    io,
    sync::{
        Arc, Mutex, OnceLock, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use restante_model::Timestamp;
use sqlx::{
    PgPool,
    postgres::{PgConnectOptions, PgListener},
};
use tokio::{
    sync::watch,
    task::AbortHandle,
    time::{MissedTickBehavior, interval, sleep, timeout},
};

use super::{
    Schema,
    announcement::{CHANNEL, Notice},
    server,
    timeline::Timeline,
};
use crate::{News, NewsListener};

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
    /// Another one whenever something may have been missed, or everything may have changed.
    number: AtomicU64,
}

/// One database that is listened in.
struct Place {
    heard: watch::Receiver<Option<Heard>>,
    timelines: Timelines,
    task: AbortHandle,
}

/// Where PostgreSQL's history is: the same for both, but for a failover that not all connections came through.
#[derive(Clone)]
struct Timelines {
    listener: Arc<Timeline>,
    /// Of the connections that read and write.
    others: Arc<Timeline>,
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
            let timelines = Timelines { listener: Arc::default(), others: schema.met() };
            let ear = Ear {
                options: schema.options(),
                told: Arc::clone(told),
                timelines: timelines.clone(),
                heard,
            };
            let task = tokio::spawn(ear.attend(schema.database().to_owned()));
            Place { heard: receiver, timelines, task: task.abort_handle() }
        });
    }

    /// Under which number what is remembered may be believed now; `None`: something may go unheard.
    pub(crate) fn number(&self) -> Option<u64> {
        let told = self.told.get()?;
        let places = self.places.lock().unwrap_or_else(PoisonError::into_inner);
        let all = places
            .values()
            .all(|place| place.timelines.same() && place.heard.borrow().is_some_and(Heard::fresh));
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

impl Timelines {
    fn same(&self) -> bool {
        self.listener.current() == self.others.current()
    }

    /// Whether the listener missed a failover.
    fn listener_behind(&self) -> bool {
        self.listener.current() < self.others.current()
    }
}

impl Heard {
    fn fresh(self) -> bool {
        self.sent_at.elapsed() < BELIEVED
    }
}

/// Who listens in one database.
struct Ear {
    options: Arc<PgConnectOptions>,
    told: Arc<Told>,
    timelines: Timelines,
    heard: watch::Sender<Option<Heard>>,
}

impl Ear {
    /// Listens for ever.
    async fn attend(self, database: String) {
        loop {
            let Err(error) = self.listen().await;
            self.heard.send_replace(None);
            tracing::warn!(database, %error, "changes of other servers go unheard: every check asks the database");
            sleep(PAUSE).await;
        }
    }

    /// Listens until a connection is lost, or nothing is heard for too long: one whose other end is gone
    /// without a word stays silent for ever.
    async fn listen(&self) -> Result<Infallible, sqlx::Error> {
        // Anew each time: no connection is kept that may be one of a server that was given up.
        let pool = server::listening_pool(&self.options, &self.timelines.listener);
        let mut listener = PgListener::connect_with(&pool).await?;
        listener.eager_reconnect(false);
        listener.listen(CHANNEL).await?;
        let (server, begun) = (rand::random(), Instant::now());
        let beats = beat(&pool, server, begun);
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
                    if self.timelines.listener_behind() {
                        return Err(io::Error::other("the listener missed a failover of PostgreSQL").into());
                    }
                    let sent_at = begun + Duration::from_micros(after_us.unsigned_abs());
                    let before = *self.heard.borrow();
                    if !before.is_some_and(Heard::fresh) {
                        // First the number: once it is believed again, nothing of before is.
                        self.told.number.fetch_add(1, Ordering::AcqRel);
                    }
                    let database_time = Timestamp::from_unix_ms(database_time_ms);
                    self.heard.send_replace(Some(Heard { sent_at, database_time }));
                }
                notice => {
                    if let Some(news) = notice.news() {
                        if news == News::Everything {
                            self.told.number.fetch_add(1, Ordering::AcqRel);
                        }
                        (self.told.listener)(news);
                    }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::story::postgres_cluster::{Cluster, Database};

    #[tokio::test]
    async fn a_listener_that_missed_a_failover_is_not_believed() {
        let _kept = Cluster::shared();
        let database = Database::create();
        let schema = server::Server::new(&database.url()).unwrap().schema("public");
        drop(schema.read().await.unwrap());
        let hearing = Hearing::default();
        hearing.begin(Arc::new(|_| {}));
        hearing.attend(&schema);
        hearing.caught_up().await;
        let before = hearing.number().unwrap();

        let (met, timeline) = (schema.met(), schema.timeline());
        met.meet(timeline + 1);
        assert_eq!(hearing.number(), None, "heartbeats of a primary that was given up prove nothing");
        hearing.lost().await;
        met.meet(timeline);
        hearing.caught_up().await;
        assert!(hearing.number().unwrap() != before, "nothing of before is believed again");
    }
}
