//! Making the database of an organisation or a post office.

use restante_model::Timestamp;

use super::{super::mail, Fault, Part, Tx, schema};
use crate::{
    Refusal, StoreError,
    sql::{self, Installation},
};

/// Where a database is to be made.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ground {
    /// One of its own beside the installation's others.
    Beside,
    /// Inside an organisation's database.
    Organisation,
    /// One of its own, at a place that an administrator named.
    Elsewhere,
}

/// Makes the tables of a part in a database. The registry does not know it yet, so what is there was
/// left by an attempt that did not come to its end, or belongs to somebody else: it is used only where
/// it is ours and nothing was ever written into it, and never emptied. It says from then on whose it is, by `id`.
pub(super) async fn make(
    installation: &Installation,
    location: &str,
    part: Part,
    ground: Ground,
    id: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    installation.prepare(location).await?;
    let database = installation.database(location, ground != Ground::Organisation)?;
    let make = async {
        let mut tx = database.write_alone().await?;
        match there(&mut tx, part, ground).await? {
            There::Nothing => {
                schema::create(&mut tx, &database, part).await?;
                if part == Part::Office {
                    mail::found(&mut tx, now).await?;
                }
            }
            There::Unused => {}
            There::Others => {
                let refusal = Refusal::DatabaseOfOthers { database: database.address() };
                return Err(StoreError::Refused(refusal).into());
            }
        }
        schema::sign(&mut tx, part, id).await?;
        Ok(tx.commit().await?)
    };
    make.await.map_err(|fault: Fault| fault.at("making a database", &database))
}

/// What is at a place where a database is to be made.
enum There {
    /// No table of this part, nor, unless it is made inside an organisation's, any other.
    Nothing,
    /// This part, of this build's schema, ours and never used.
    Unused,
    /// Anything else.
    Others,
}

async fn there(tx: &mut Tx, part: Part, ground: Ground) -> Result<There, Fault> {
    let version = schema::found(tx, part).await?;
    if version == schema::version(part) && ground != Ground::Elsewhere {
        let rows: i64 = sql::query_scalar(match part {
            Part::Registry => "SELECT count(*) FROM organisation",
            Part::Organisation => "SELECT count(*) FROM users",
            Part::Office => "SELECT count(*) FROM mailbox",
        })
        .fetch_one(tx)
        .await?;
        return Ok(if rows == 0 { There::Unused } else { There::Others });
    }
    let free = schema::tables(tx).await? == 0 || (version == 0 && ground == Ground::Organisation);
    Ok(if free { There::Nothing } else { There::Others })
}
