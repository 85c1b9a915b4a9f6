//! Making the database of an organisation or a post office.

use std::path::Path;

use restante_model::Timestamp;

use super::{super::mail, Database, Fault, Part, Tx, schema};
use crate::{StoreError, sqlite::folder};

/// Where a database is to be made.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Ground {
    /// A file of its own inside the data folder.
    OwnFolder,
    /// Inside an organisation's database.
    Organisation,
    /// A file of its own in a folder that an administrator named.
    Elsewhere,
}

/// Makes the tables of a part in a file. The registry does not know the file yet, so what is there was
/// left by an attempt that did not come to its end, or belongs to somebody else: it is used only where
/// it is ours and nothing was ever written into it, and never emptied.
pub(super) async fn make(path: &Path, part: Part, ground: Ground, now: Timestamp) -> Result<(), StoreError> {
    if let Some(folder) = path.parent() {
        folder::make(folder)?;
    }
    let database = Database::new(path, ground != Ground::Organisation);
    let make = async {
        let mut tx = database.write().await?;
        match there(&mut tx, part, ground).await? {
            There::Nothing => {
                schema::create(&mut tx, part).await?;
                if part == Part::Office {
                    mail::found(&mut tx, now).await?;
                }
            }
            There::Unused => {}
            There::Others => {
                let message = format!(
                    "{} is there already and no post office or organisation of this data folder: move it away first",
                    path.display()
                );
                return Err(StoreError::Refused(message).into());
            }
        }
        Ok(tx.commit().await?)
    };
    make.await.map_err(|fault: Fault| fault.at("making a database", &database))
}

/// What is in a file that is to become a database.
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
    if version == part.version() && ground != Ground::Elsewhere {
        let rows: i64 = sqlx::query_scalar(match part {
            Part::Registry => "SELECT count(*) FROM organisation",
            Part::Organisation => "SELECT count(*) FROM users",
            Part::Office => "SELECT count(*) FROM mailbox",
        })
        .fetch_one(&mut **tx)
        .await?;
        return Ok(if rows == 0 { There::Unused } else { There::Others });
    }
    let tables: i64 = sqlx::query_scalar("SELECT count(*) FROM sqlite_schema").fetch_one(&mut **tx).await?;
    let free = tables == 0 || (version == 0 && ground == Ground::Organisation);
    Ok(if free { There::Nothing } else { There::Others })
}
