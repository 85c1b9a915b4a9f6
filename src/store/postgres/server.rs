//! A server of PostgreSQL: connections to its databases, one pool for each.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use sqlx::{
    AssertSqlSafe, Connection, PgConnection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tokio::time::timeout;

use super::{Schema, pooler, timeline::Timeline};
use crate::{Refusal, StoreError};

/// How long a request waits for a connection before the database is said to be busy or away.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);
/// Connections to one database: a request holds one for a few statements.
const CONNECTIONS: u32 = 16;
/// After so long without use a connection is closed.
const IDLE: Duration = Duration::from_mins(1);
/// A connection unused for longer is asked whether it still lives, so that after a restart of PostgreSQL a request
/// seldom gets a dead one; asking each time would double what a short request costs.
const TRUSTED: Duration = Duration::from_secs(1);

/// A server, by the URL of one of its databases.
pub(crate) struct Server {
    given: PgConnectOptions,
    pools: Mutex<HashMap<String, (PgPool, Arc<Timeline>)>>,
}

impl Server {
    /// Names the server and the database on it; it is connected to at the first use.
    pub(crate) fn new(url: &str) -> Result<Self, StoreError> {
        Ok(Self { given: options(url)?, pools: Mutex::default() })
    }

    /// The name of the database given, which others made beside it begin with.
    pub(crate) fn database(&self) -> &str {
        self.given.get_database().unwrap_or_else(|| self.given.get_username())
    }

    /// A schema of the database given.
    pub(crate) fn schema(&self, name: &str) -> Schema {
        self.at(&self.given, name)
    }

    /// A schema of another database beside the one given.
    pub(crate) fn beside(&self, database: &str, schema: &str) -> Schema {
        self.at(&self.given.clone().database(database), schema)
    }

    /// Makes a database beside the one given; one that is there already stays as it is.
    pub(crate) async fn create_database(&self, name: &str) -> Result<(), StoreError> {
        let statement = AssertSqlSafe(format!("CREATE DATABASE {}", quoted(name)));
        let created = sqlx::raw_sql(statement).execute(&self.pool(&self.given).0).await;
        let Err(error) = created else { return Ok(()) };
        match error.as_database_error().and_then(sqlx::error::DatabaseError::code).as_deref() {
            // duplicate_database
            Some("42P04") => Ok(()),
            // insufficient_privilege
            Some("42501") => Err(StoreError::Refused(Refusal::MayNotCreate {
                role: self.given.get_username().to_owned(),
                database: name.to_owned(),
            })),
            _ => Err(super::error(error, "making a database", shown(&self.given))),
        }
    }

    fn at(&self, options: &PgConnectOptions, schema: &str) -> Schema {
        let (pool, timeline) = self.pool(options);
        Schema::new(pool, timeline, schema, shown(options))
    }

    /// Whether one is let in, asked past the pool: that one goes on trying where nobody listens, and in the end says only
    /// that it gave up.
    pub(crate) async fn answers(&self) -> Result<(), StoreError> {
        let connected = timeout(ACQUIRE_TIMEOUT, PgConnection::connect_with(&self.given)).await;
        let connected = connected.unwrap_or(Err(sqlx::Error::PoolTimedOut));
        let greeted = async { connected?.close().await };
        greeted.await.map_err(|error| super::error(error, "opening a connection", shown(&self.given)))
    }

    /// Refuses a pooler that lends a connection for one transaction only: what a connection prepared is then looked for
    /// in another one.
    pub(crate) async fn refuse_lent_connections(&self) -> Result<(), StoreError> {
        self.answers().await?;
        let lent = pooler::lends(&self.pool(&self.given).0).await;
        if lent.map_err(|error| super::error(error, "opening a connection", shown(&self.given)))? {
            return Err(StoreError::Refused(Refusal::ConnectionsLent { database: shown(&self.given) }));
        }
        Ok(())
    }

    fn pool(&self, options: &PgConnectOptions) -> (PgPool, Arc<Timeline>) {
        let key = options.get_database().unwrap_or_default().to_owned();
        let mut pools = self.pools.lock().unwrap_or_else(PoisonError::into_inner);
        let begin = || {
            let timeline = Arc::default();
            (pool(options, &timeline), timeline)
        };
        pools.entry(key).or_insert_with(begin).clone()
    }
}

impl fmt::Debug for Server {
    /// Never the password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&shown(&self.given))
    }
}

fn options(url: &str) -> Result<PgConnectOptions, StoreError> {
    // The parser's words name no part of the URL, which may hold a password.
    let options: PgConnectOptions = url.parse().map_err(|error: sqlx::Error| {
        StoreError::Refused(Refusal::BadAddressOfPostgres { said: error.to_string() })
    })?;
    // A pooler refuses start-up parameters that it does not know.
    Ok(options.application_name("restante-server").extra_float_digits(None))
}

/// Two connections of its own for one who listens: they are there however many requests wait.
pub(super) fn listening_pool(options: &PgConnectOptions, timeline: &Arc<Timeline>) -> PgPool {
    looking(timeline)
        .max_connections(2)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect_lazy_with(options.clone())
}

/// Connections of which each new one says on which timeline it is.
fn looking(timeline: &Arc<Timeline>) -> PgPoolOptions {
    let timeline = Arc::clone(timeline);
    PgPoolOptions::new().acquire_timeout(ACQUIRE_TIMEOUT).after_connect(move |connection, _| {
        let timeline = Arc::clone(&timeline);
        Box::pin(async move { timeline.look(connection).await })
    })
}

fn pool(options: &PgConnectOptions, timeline: &Arc<Timeline>) -> PgPool {
    looking(timeline)
        .max_connections(CONNECTIONS)
        .idle_timeout(IDLE)
        .test_before_acquire(false)
        .before_acquire(|connection, used| {
            Box::pin(async move { Ok(used.idle_for < TRUSTED || connection.ping().await.is_ok()) })
        })
        .connect_lazy_with(options.clone())
}

/// A URL without name and password.
fn shown(options: &PgConnectOptions) -> String {
    let database = options.get_database().unwrap_or_else(|| options.get_username());
    match options.get_socket() {
        Some(socket) => format!("postgres:///{database}?host={}", socket.display()),
        None => format!("postgres://{}:{}/{database}", options.get_host(), options.get_port()),
    }
}

/// A name as an identifier of SQL.
pub(super) fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_refused_connection_says_who_refused_it() {
        // A port that was free a moment ago, and that nobody listens on.
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let url = format!("postgres://anna:secret@127.0.0.1:{port}/mail");
        let refused = Server::new(&url).unwrap().refuse_lent_connections().await.unwrap_err();
        let StoreError::Away { database, source, .. } = &refused else { panic!("{refused:?}") };
        assert_eq!(*database, format!("postgres://127.0.0.1:{port}/mail"));
        assert!(source.to_string().contains("refused"), "{source}");
    }

    #[test]
    fn a_password_is_shown_nowhere() {
        for (url, place) in [
            ("postgres://anna:secret@db.example.org/mail", "postgres://db.example.org:5432/mail"),
            (
                "postgres:///mail?host=/run/postgresql&user=anna&password=secret",
                "postgres:///mail?host=/run/postgresql",
            ),
        ] {
            let server = Server::new(url).unwrap();
            assert_eq!(format!("{server:?}"), place);
        }
        for wrong in ["postgres://anna:secret@db:port/mail", "postgres://anna:secret@[/mail"] {
            let error = Server::new(wrong).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
        }
    }
}
