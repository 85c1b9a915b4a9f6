//! Whether a pooler is in between, and how long it lends a connection of PostgreSQL for.

use sqlx::{PgConnection, PgPool, Row};

/// How often to look: a pooler may give the same connection twice by chance.
const LOOKS: usize = 3;

/// Whether connections are lent for a transaction, or for less. Of two connections, one that is lent for a session has a
/// process of PostgreSQL to itself.
pub(super) async fn lends(pool: &PgPool) -> Result<bool, sqlx::Error> {
    let (mut one, mut other) = (pool.acquire().await?, pool.acquire().await?);
    let own = process(&mut one).await?;
    for _ in 0..LOOKS {
        // In a transaction it keeps what it was lent.
        sqlx::raw_sql("BEGIN").execute(&mut *other).await?;
        let lent = process(&mut other).await? == own || process(&mut one).await? != own;
        sqlx::raw_sql("ROLLBACK").execute(&mut *other).await?;
        if lent {
            return Ok(true);
        }
    }
    Ok(false)
}

async fn process(connection: &mut PgConnection) -> Result<i32, sqlx::Error> {
    sqlx::raw_sql("SELECT pg_backend_pid()").fetch_one(connection).await?.try_get(0)
}
