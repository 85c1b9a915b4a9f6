//! Post offices: their rows, and each one's terms.

use std::path::Path;

use restante_model::{CheckInterval, IntervalRange, Name, Seconds};
use sqlx::{Row, sqlite::SqliteRow};

use super::{
    Fault, Part, SqliteStore, Tx,
    new_database::{self, Ground},
    schema, signed, stored, unsigned,
};
use crate::{NewOffice, OfficeChange, OfficeOverview, OfficeTerms, Placement, StoreError};

/// A post office as the registry has it.
pub(in super::super) struct Office {
    name: Name,
    placement: &'static str,
    pub(in super::super) location: String,
    pub(in super::super) terms: OfficeTerms,
}

pub(super) const OFFICE: &str = "SELECT o.name, o.placement, o.location, o.check_interval_seconds, \
    o.interval_min_seconds, o.interval_max_seconds, o.interval_locked, o.message_lifetime_seconds FROM office o";

impl SqliteStore {
    pub(in super::super) async fn create_office(
        &self,
        new: &NewOffice,
    ) -> Result<OfficeOverview, StoreError> {
        if let Placement::Current { organisation } = &new.placement {
            self.known_organisation(organisation).await?;
            self.organisation_database(organisation).await?;
        }
        let (placement, location, ground) = match &new.placement {
            Placement::Separate { folder: None } => {
                ("separate", format!("offices/{}/office.db", new.name), Ground::OwnFolder)
            }
            Placement::Separate { folder: Some(folder) } => {
                ("separate", location_in(folder)?, Ground::Elsewhere)
            }
            Placement::Current { organisation } => {
                ("current", format!("organisations/{organisation}.db"), Ground::Organisation)
            }
        };
        let path = self.resolve(&location);
        let create = async {
            let mut tx = self.registry.write().await?;
            let taken: i64 = sqlx::query_scalar("SELECT count(*) FROM office WHERE name = $1")
                .bind(new.name.as_str())
                .fetch_one(&mut *tx)
                .await?;
            if taken > 0 {
                return Err(StoreError::NameTaken { what: "post office", name: new.name.to_string() }.into());
            }
            let other: Option<String> = sqlx::query_scalar("SELECT name FROM office WHERE location = $1")
                .bind(&location)
                .fetch_optional(&mut *tx)
                .await?;
            if let Some(other) = other {
                let message = format!("the database {} is post office {other:?} already", path.display());
                return Err(StoreError::Refused(message).into());
            }
            let now = self.now();
            new_database::make(&path, Part::Office, ground, now).await?;
            insert_office(&mut tx, new, placement, &location, now.unix_ms()).await?;
            Ok(tx.commit().await?)
        };
        create.await.map_err(|fault: Fault| fault.at("making a post office", &self.registry))?;
        self.known_office(&new.name).await
    }

    pub(super) async fn known_office(&self, name: &Name) -> Result<OfficeOverview, StoreError> {
        let offices = self.offices().await?;
        let unknown = || StoreError::Unknown { what: "post office", name: name.to_string() };
        offices.into_iter().find(|office| office.name == *name).ok_or_else(unknown)
    }

    pub(in super::super) async fn offices(&self) -> Result<Vec<OfficeOverview>, StoreError> {
        let read = async {
            let mut tx = self.registry.read().await?;
            let query = sqlx::AssertSqlSafe(format!("{OFFICE} ORDER BY o.name"));
            let rows = sqlx::query(query).fetch_all(&mut *tx).await?;
            rows.iter().map(office).collect::<Result<Vec<_>, Fault>>()
        };
        let offices = read.await.map_err(|fault: Fault| fault.at("listing post offices", &self.registry))?;
        let mut list = Vec::with_capacity(offices.len());
        for office in offices {
            list.push(self.overview(office).await?);
        }
        Ok(list)
    }

    pub(super) async fn overview(&self, office: Office) -> Result<OfficeOverview, StoreError> {
        let location = self.resolve(&office.location);
        let unavailable = schema::gate(&self.database(&location), Part::Office).await?;
        let read = async {
            let mut tx = self.registry.read().await?;
            let query = "SELECT organisation FROM attachment WHERE office = $1 ORDER BY organisation";
            let names: Vec<String> =
                sqlx::query_scalar(query).bind(office.name.as_str()).fetch_all(&mut *tx).await?;
            names.iter().map(|name| stored(name, "attachment", name)).collect::<Result<Vec<Name>, Fault>>()
        };
        let organisations =
            read.await.map_err(|fault: Fault| fault.at("listing attachments", &self.registry))?;
        let Office { name, placement, terms, .. } = office;
        Ok(OfficeOverview { name, placement, location, terms, organisations, unavailable })
    }

    pub(in super::super) async fn change_office(
        &self,
        name: &Name,
        change: OfficeChange,
    ) -> Result<OfficeOverview, StoreError> {
        let write = async {
            let mut tx = self.registry.write().await?;
            let query = sqlx::AssertSqlSafe(format!("{OFFICE} WHERE o.name = $1"));
            let row = sqlx::query(query).bind(name.as_str()).fetch_optional(&mut *tx).await?;
            let unknown = || StoreError::Unknown { what: "post office", name: name.to_string() };
            let before = office(&row.ok_or_else(unknown)?)?.terms;
            let terms = match change {
                OfficeChange::All(terms) => terms,
                OfficeChange::CheckInterval(check_interval) => OfficeTerms { check_interval, ..before },
                OfficeChange::MessageLifetime(message_lifetime) => OfficeTerms { message_lifetime, ..before },
                OfficeChange::IntervalRange(interval_range) => OfficeTerms { interval_range, ..before },
                OfficeChange::IntervalLocked(interval_locked) => OfficeTerms { interval_locked, ..before },
            };
            sqlx::query(
                "UPDATE office SET check_interval_seconds = $2, interval_min_seconds = $3, \
                 interval_max_seconds = $4, interval_locked = $5, message_lifetime_seconds = $6 WHERE name = $1",
            )
            .bind(name.as_str())
            .bind(signed(terms.check_interval.seconds()))
            .bind(signed(terms.interval_range.min().seconds()))
            .bind(signed(terms.interval_range.max().seconds()))
            .bind(terms.interval_locked)
            .bind(signed(terms.message_lifetime.get()))
            .execute(&mut *tx)
            .await?;
            sqlx::query(
                "UPDATE organisation SET settings_revision = settings_revision + 1 \
                 WHERE name IN (SELECT organisation FROM attachment WHERE office = $1)",
            )
            .bind(name.as_str())
            .execute(&mut *tx)
            .await?;
            Ok(tx.commit().await?)
        };
        write.await.map_err(|fault: Fault| fault.at("changing a post office", &self.registry))?;
        self.known_office(name).await
    }
}

/// The database's file in a folder that an administrator named.
fn location_in(folder: &Path) -> Result<String, StoreError> {
    let finding =
        |source| StoreError::Folder { doing: "finding the folder", path: folder.to_owned(), source };
    // Absolute: the next command may run elsewhere.
    let path = std::path::absolute(folder).map_err(finding)?.join("office.db");
    let not_text = || StoreError::Refused(format!("folder {} is not UTF-8", folder.display()));
    path.to_str().map(str::to_owned).ok_or_else(not_text)
}

async fn insert_office(
    tx: &mut Tx,
    new: &NewOffice,
    placement: &str,
    location: &str,
    created_at: i64,
) -> Result<(), Fault> {
    sqlx::query(
        "INSERT INTO office (name, placement, location, check_interval_seconds, interval_min_seconds, \
         interval_max_seconds, interval_locked, message_lifetime_seconds, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
    )
    .bind(new.name.as_str())
    .bind(placement)
    .bind(location)
    .bind(signed(new.terms.check_interval.seconds()))
    .bind(signed(new.terms.interval_range.min().seconds()))
    .bind(signed(new.terms.interval_range.max().seconds()))
    .bind(new.terms.interval_locked)
    .bind(signed(new.terms.message_lifetime.get()))
    .bind(created_at)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

pub(super) fn office(row: &SqliteRow) -> Result<Office, Fault> {
    let name: String = row.try_get("name")?;
    let interval = |column: &str| -> Result<CheckInterval, Fault> {
        Ok(CheckInterval::from_seconds(unsigned(row.try_get(column)?, "office", &name)?))
    };
    let placement: String = row.try_get("placement")?;
    Ok(Office {
        placement: if placement == "current" { "current" } else { "separate" },
        location: row.try_get("location")?,
        terms: OfficeTerms {
            check_interval: interval("check_interval_seconds")?,
            interval_range: IntervalRange::new(
                interval("interval_min_seconds")?,
                interval("interval_max_seconds")?,
            ),
            interval_locked: row.try_get("interval_locked")?,
            message_lifetime: Seconds::new(unsigned(
                row.try_get("message_lifetime_seconds")?,
                "office",
                &name,
            )?),
        },
        name: stored(&name, "office", &name)?,
    })
}
