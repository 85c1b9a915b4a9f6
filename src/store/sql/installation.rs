//! Where the databases of an installation lie: a data folder, or a database of PostgreSQL.
//!
//! The registry names each database by a location, which says nothing of where the installation itself lies, so that
//! a folder can be moved and a password changed.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use restante_model::Name;
use sha2::{Digest, Sha256};

use super::Database;
use crate::{
    StoreError, postgres,
    sqlite::{self, Neighbours, folder},
};

/// The schema of the registry.
const REGISTRY: &str = "restante";
/// The schema of a post office in a database of its own.
const OFFICE: &str = "restante_office";
/// What stands before the name of a schema in the installation's own database.
const IN_SCHEMA: &str = "schema:";
/// What stands before the name of a database beside the installation's.
const IN_DATABASE: &str = "database:";
/// What PostgreSQL keeps of a name, in bytes; the rest it cuts off.
const LONGEST_NAME: usize = 63;

/// Where an installation lies.
pub(crate) enum Installation {
    /// A registry, and a file for each organisation and post office; and the other processes on the folder.
    Folder(PathBuf, Arc<Neighbours>),
    /// A schema for the registry and one for each organisation; post offices in databases beside it.
    Server(Box<postgres::Server>),
}

impl Installation {
    /// The one in this folder, which is there.
    pub(crate) fn folder(folder: &Path) -> Result<Self, StoreError> {
        Ok(Self::Folder(folder.to_owned(), Arc::new(Neighbours::join(folder)?)))
    }

    pub(crate) fn registry(&self) -> Database {
        match self {
            Self::Folder(folder, neighbours) => {
                Database::Sqlite(sqlite::File::new(&folder.join("restante.db"), true).among(neighbours))
            }
            Self::Server(server) => Database::Postgres(server.schema(REGISTRY)),
        }
    }

    /// The location of an organisation's database.
    pub(crate) fn organisation(&self, name: &Name) -> String {
        match self {
            Self::Folder(..) => format!("organisations/{name}.db"),
            Self::Server(_) => format!("{IN_SCHEMA}{}", identifier("organisation", name)),
        }
    }

    /// The location of a post office's own database, where nothing else is wished.
    pub(crate) fn office(&self, name: &Name) -> String {
        match self {
            Self::Folder(..) => format!("offices/{name}/office.db"),
            Self::Server(server) => format!("{IN_DATABASE}{}", identifier(server.database(), name)),
        }
    }

    /// The database at a location. It is connected to, or its file opened, at the first use.
    pub(crate) fn database(&self, location: &str, create: bool) -> Result<Database, StoreError> {
        if elsewhere(location) {
            return Ok(Database::Postgres(postgres::Server::new(location)?.schema(OFFICE)));
        }
        Ok(match self {
            Self::Folder(folder, neighbours) => {
                Database::Sqlite(sqlite::File::new(&folder.join(location), create).among(neighbours))
            }
            Self::Server(server) => Database::Postgres(match location.strip_prefix(IN_DATABASE) {
                Some(database) => server.beside(database, OFFICE),
                None => server.schema(location.strip_prefix(IN_SCHEMA).unwrap_or(location)),
            }),
        })
    }

    /// Makes what must be there before the tables at a location can be.
    pub(crate) async fn prepare(&self, location: &str) -> Result<(), StoreError> {
        if elsewhere(location) {
            return postgres::Server::new(location)?.answers().await;
        }
        match self {
            Self::Folder(folder, _) => folder.join(location).parent().map_or(Ok(()), folder::make),
            Self::Server(server) => match location.strip_prefix(IN_DATABASE) {
                Some(database) => server.create_database(database).await,
                None => Ok(()),
            },
        }
    }
}

/// Whether a location is the URL of a database.
pub(crate) fn elsewhere(location: &str) -> bool {
    ["postgres://", "postgresql://"].iter().any(|scheme| location.starts_with(scheme))
}

/// `PREFIX_NAME`, where that is too long for PostgreSQL with a sum in the place of its end; no other name then gives
/// the same, since none holds a `~`.
fn identifier(prefix: &str, name: &Name) -> String {
    let whole = format!("{prefix}_{name}");
    if whole.len() <= LONGEST_NAME {
        return whole;
    }
    let digest = Sha256::digest(&whole);
    let sum = digest.iter().take(8).fold(0_u64, |sum, byte| sum << 8 | u64::from(*byte));
    let kept = whole.floor_char_boundary(LONGEST_NAME - 17);
    format!("{}~{sum:016x}", &whole[..kept])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_too_long_for_postgresql_stays_a_name_of_its_own() {
        let name = |text: &str| text.parse::<Name>().unwrap();
        assert_eq!(identifier("organisation", &name("town")), "organisation_town");
        let long = "городская-управа-и-прочие-учреждения-".to_owned();
        let (one, other) = (name(&format!("{long}1")), name(&format!("{long}2")));
        let (one, other) = (identifier("organisation", &one), identifier("organisation", &other));
        assert!(one.len() <= LONGEST_NAME && other.len() <= LONGEST_NAME, "{one} {other}");
        assert_ne!(one, other);
        assert!(one.starts_with("organisation_городская-"));
    }
}
